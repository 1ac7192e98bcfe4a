{{- define "hyperfleet-api.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{/* Short enough for a suffix such as -postgresql-0. */}}
{{- define "hyperfleet-api.fullname" -}}
{{- $name := include "hyperfleet-api.name" . }}
{{- $full := contains $name .Release.Name | ternary .Release.Name (printf "%s-%s" .Release.Name $name) }}
{{- default $full .Values.fullnameOverride | trunc 45 | trimSuffix "-" }}
{{- end }}

{{/* The labels of a selector, which never change. Called with (dict "root" $ "component" …). */}}
{{- define "hyperfleet-api.selectorLabels" -}}
app.kubernetes.io/name: {{ include "hyperfleet-api.name" .root | quote }}
app.kubernetes.io/instance: {{ .root.Release.Name | quote }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{/* The labels of pods: nothing that changes from release to release, so that only a change of the pods rolls them. */}}
{{- define "hyperfleet-api.podLabels" -}}
app: hyperfleet-api
{{ include "hyperfleet-api.selectorLabels" . }}
app.kubernetes.io/part-of: hyperfleet
{{- end }}

{{- define "hyperfleet-api.labels" -}}
{{ include "hyperfleet-api.podLabels" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- end }}

{{- define "hyperfleet-api.image" -}}
{{- with .Values.image }}
{{- with .registry }}{{ trimSuffix "/" . }}/{{ end }}
{{- if .digest }}{{ .repository }}@{{ .digest }}{{ else }}{{ .repository }}:{{ default $.Chart.AppVersion .tag }}{{ end }}
{{- end }}
{{- end }}

{{- define "hyperfleet-api.serviceAccountName" -}}
{{- $own := .Values.serviceAccount.create | ternary (include "hyperfleet-api.fullname" .) "default" }}
{{- default $own .Values.serviceAccount.name }}
{{- end }}

{{/* The Secret that servers reach the database with. */}}
{{- define "hyperfleet-api.databaseSecret" -}}
{{- .Values.postgresql.enabled | ternary (printf "%s-postgresql" (include "hyperfleet-api.fullname" .)) .Values.database.existingSecret }}
{{- end }}

{{/* The ConfigMap with the server's configuration file. */}}
{{- define "hyperfleet-api.configMap" -}}
{{- default (include "hyperfleet-api.fullname" .) .Values.existingConfig }}
{{- end }}

{{/* The ConfigMap with the provider's document; empty without one. */}}
{{- define "hyperfleet-api.providerConfigMap" -}}
{{- with .Values.provider }}
{{- $own := .schema | empty | ternary "" (printf "%s-schema" (include "hyperfleet-api.fullname" $)) }}
{{- default $own .existingConfigMap }}
{{- end }}
{{- end }}

{{/* The milliseconds in a duration of the server, such as 250ms, 10s or 5m. Called with (list name duration). */}}
{{- define "hyperfleet-api.milliseconds" -}}
{{- $duration := index . 1 | toString }}
{{- if not (regexMatch "^[0-9]{1,9}(ms|s|m|h|d)$" $duration) }}
{{- fail (printf "%s must be a duration such as 500ms, 10s or 5m, not %q" (index . 0) $duration) }}
{{- end }}
{{- $unit := regexFind "[a-z]+$" $duration }}
{{- mul (trimSuffix $unit $duration | int64) (get (dict "ms" 1 "s" 1000 "m" 60000 "h" 3600000 "d" 86400000) $unit) }}
{{- end }}

{{/* The milliseconds in a duration of Prometheus, which may have several parts: 1m30s. Called with (list name duration). */}}
{{- define "hyperfleet-api.scrapeMilliseconds" -}}
{{- $name := index . 0 }}
{{- $sum := 0 }}
{{- range regexFindAll "[0-9]+[a-z]+" (index . 1) -1 }}
{{- $sum = include "hyperfleet-api.milliseconds" (list $name .) | add $sum }}
{{- end }}
{{- $sum }}
{{- end }}

{{/* The Service that has health and metrics: that of the API when it is within the cluster, too. */}}
{{- define "hyperfleet-api.internalName" -}}
{{ include "hyperfleet-api.fullname" . }}{{ if ne .Values.service.type "ClusterIP" }}-internal{{ end }}
{{- end }}

{{/* The seconds that the server may take to end: its own limit, and the sleep before it. */}}
{{- define "hyperfleet-api.secondsToEnd" -}}
{{- with .Values.config.health }}
{{- $drain := include "hyperfleet-api.milliseconds" (list "config.health.drain_delay" .drain_delay) }}
{{- $finish := include "hyperfleet-api.milliseconds" (list "config.health.shutdown_timeout" .shutdown_timeout) }}
{{- add (div (add $drain $finish 999) 1000) 5 $.Values.preStopSleepSeconds }}
{{- end }}
{{- end }}

{{/* HTTP or HTTPS, whichever one of the listeners of config speaks. Called with (list $ listener). */}}
{{- define "hyperfleet-api.scheme" -}}
{{- dig (index . 1) "tls" "enabled" false (index . 0).Values.config | ternary "HTTPS" "HTTP" }}
{{- end }}

{{/* A value as the text that Kubernetes wants: numbers and booleans as JSON has them, all digits of 1000000 included. */}}
{{- define "hyperfleet-api.text" -}}
{{- kindIs "string" . | ternary . (toJson .) }}
{{- end }}

{{/* A map of texts, such as labels and annotations. */}}
{{- define "hyperfleet-api.texts" -}}
{{- $texts := dict }}
{{- range $name, $value := . }}
{{- $_ := set $texts $name (include "hyperfleet-api.text" $value) }}
{{- end }}
{{- toYaml $texts }}
{{- end }}

{{/* A list of objects whose `value` is a text: variables, tolerations. */}}
{{- define "hyperfleet-api.valued" -}}
{{- $list := list }}
{{- range . }}
{{- $each := deepCopy . }}
{{- if hasKey $each "value" }}
{{- $_ := set $each "value" (include "hyperfleet-api.text" $each.value) }}
{{- end }}
{{- $list = append $list $each }}
{{- end }}
{{- toYaml $list }}
{{- end }}

{{/* What has selectors within it, with texts as their labels. */}}
{{- define "hyperfleet-api.selecting" -}}
{{- $copy := deepCopy (dict "it" .) }}
{{- include "hyperfleet-api.settleSelectors" $copy }}
{{- toYaml $copy.it }}
{{- end }}

{{/* Makes texts of the labels in selectors, in place. */}}
{{- define "hyperfleet-api.settleSelectors" -}}
{{- $within := . }}
{{- if kindIs "map" $within }}
{{- range $name, $value := $within }}
{{- if and (eq $name "matchLabels") (kindIs "map" $value) }}
{{- $_ := set $within $name (include "hyperfleet-api.texts" $value | fromYaml) }}
{{- else if and (eq $name "values") (kindIs "slice" $value) }}
{{- $texts := list }}
{{- range $value }}{{ $texts = include "hyperfleet-api.text" . | append $texts }}{{ end }}
{{- $_ := set $within $name $texts }}
{{- else }}
{{- include "hyperfleet-api.settleSelectors" $value }}
{{- end }}
{{- end }}
{{- else if kindIs "slice" $within }}
{{- range $within }}{{ include "hyperfleet-api.settleSelectors" . }}{{ end }}
{{- end }}
{{- end }}

{{/* The addresses that a Service of the API has. */}}
{{- define "hyperfleet-api.ipFamilies" -}}
{{- with .Values.service.ipFamilyPolicy }}
ipFamilyPolicy: {{ . }}
{{- end }}
{{- with .Values.service.ipFamilies }}
ipFamilies:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* Where one of the listeners of config listens. Called with (list $ listener). */}}
{{- define "hyperfleet-api.host" -}}
{{- $config := (index . 0).Values.config }}
{{- coalesce (dig (index . 1) "host" "" $config) (dig "server" "host" "" $config) "0.0.0.0" }}
{{- end }}
