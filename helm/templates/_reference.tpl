{{/*
Moves the values of the reference's chart to those of this chart (files/reference-values.yaml), and lists those without effect
in .Values.ignored. The order in which templates are rendered is not defined: each begins with this, and all but the first call do nothing.
*/}}
{{- define "hyperfleet-api.adopt" -}}
{{- if not (hasKey .Values "ignored") }}
{{- $table := .Files.Get "files/reference-values.yaml" | fromYaml }}
{{- $_ := set .Values "ignored" list }}
{{- range $from, $to := $table.moved }}
{{- with include "hyperfleet-api.take" (list $ $from) }}{{ include "hyperfleet-api.put" (list $ $to (fromJson .).value) }}{{ end }}
{{- end }}
{{- range $from, $name := $table.variables }}
{{- with include "hyperfleet-api.take" (list $ $from) }}
{{- with (fromJson .).value }}
{{- $_ := set $.Values "extraEnv" (append $.Values.extraEnv (dict "name" $name "value" .)) }}
{{- end }}
{{- end }}
{{- end }}
{{- range $from, $reason := $table.ignored }}
{{- if include "hyperfleet-api.take" (list $ $from) }}
{{- $_ := set $.Values "ignored" (append $.Values.ignored (printf "%s: %s" $from $reason)) }}
{{- end }}
{{- end }}
{{- $found := dict }}
{{- range $table.combined }}
{{- $from := . }}
{{- with include "hyperfleet-api.take" (list $ $from) }}{{ $_ := set $found $from (fromJson .).value }}{{ end }}
{{- end }}

{{- if get $found "database.external.enabled" }}
{{- $_ := set .Values.database "existingSecret" (get $found "database.external.secretName") }}
{{- $_ := set .Values.postgresql "enabled" false }}
{{- end }}
{{- if get $found "validationSchema.enabled" }}
{{- $_ := set .Values.provider "existingConfigMap" (get $found "validationSchema.existingConfigMap" | default "") }}
{{- if not .Values.provider.existingConfigMap }}
{{- $_ := set .Values.provider "schema" (get $found "validationSchema.content" | default "") }}
{{- end }}
{{- end }}
{{- range get $found "nativeSidecars" | default list }}
{{- $_ := set $.Values "sidecars" (append $.Values.sidecars (merge (dict "restartPolicy" "Always") .)) }}
{{- end }}
{{- $issuer := dict }}
{{- range $from, $value := $found }}
{{- if and (hasPrefix "config.server." $from) $value }}
{{- $_ := set $issuer ($from | replace "config.server." "" | replace "jwt." "" | replace "jwk." "jwk_") $value }}
{{- end }}
{{- end }}
{{- if and $issuer.issuer_url (not .Values.auth.issuers) }}
{{- $_ := set .Values.auth "issuers" (list $issuer) }}
{{- end }}
{{- $_ := set .Values "adapters" (default dict .Values.adapters) }}
{{- range .Values.config.entities | default list }}
{{- $name := get (dict "Cluster" "cluster" "NodePool" "nodepool") .kind }}
{{- if and $name (hasKey . "required_adapters") (not (hasKey $.Values.adapters $name)) }}
{{- $_ := set $.Values.adapters $name .required_adapters }}
{{- $_ := unset . "required_adapters" }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{/* Takes a value out of the values: {value: …} as JSON, nothing where it is not given. Called with (list $ path). */}}
{{- define "hyperfleet-api.take" -}}
{{- $names := splitList "." (index . 1) }}
{{- $node := (index . 0).Values }}
{{- range initial $names }}{{ $node = kindIs "map" $node | ternary (get (default dict $node) .) "" }}{{ end }}
{{- if and (kindIs "map" $node) (hasKey (default dict $node) (last $names)) }}
{{- dict "value" (get $node (last $names)) | toJson }}
{{- $_ := unset $node (last $names) }}
{{- /* The server refuses a group that it does not know, also one that is empty. */}}
{{- if and (not $node) (gt (len $names) 2) (eq (first $names) "config") }}
{{- $_ := include "hyperfleet-api.take" (list (index . 0) (join "." (initial $names))) }}
{{- end }}
{{- end }}
{{- end }}

{{/* Sets a value within the values; a map goes over the one that is there, as helm does it. Called with (list $ path value). */}}
{{- define "hyperfleet-api.put" -}}
{{- $names := splitList "." (index . 1) }}
{{- $node := (index . 0).Values }}
{{- range initial $names }}
{{- if not (kindIs "map" (get $node .)) }}{{ $_ := set $node . dict }}{{ end }}
{{- $node = get $node . }}
{{- end }}
{{- $value := index . 2 }}
{{- $former := get $node (last $names) }}
{{- if and (kindIs "map" $value) (kindIs "map" $former) }}{{ $value = mergeOverwrite $former $value }}{{ end }}
{{- $_ := set $node (last $names) $value }}
{{- end }}
