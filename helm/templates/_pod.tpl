{{/* What is the same for the pods of servers, migration and test. */}}
{{- define "hyperfleet-api.pod" -}}
serviceAccountName: {{ include "hyperfleet-api.serviceAccountName" . | quote }}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  {{- toYaml .Values.podSecurityContext | nindent 2 }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ quote . }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- include "hyperfleet-api.texts" . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- include "hyperfleet-api.valued" . | nindent 2 }}
{{- end }}
{{- with .Values.affinity }}
affinity:
  {{- include "hyperfleet-api.selecting" . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "hyperfleet-api.container" -}}
image: {{ include "hyperfleet-api.image" . }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  {{- toYaml .Values.securityContext | nindent 2 }}
{{- end }}

{{- define "hyperfleet-api.mounts" -}}
- name: config
  mountPath: /etc/hyperfleet/config.yaml
  subPath: config.yaml
  readOnly: true
- name: database
  mountPath: /mnt/secrets/database
  readOnly: true
- name: tmp
  mountPath: /tmp
{{- with .Values.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* Called with (dict "root" $ "secret" …). */}}
{{- define "hyperfleet-api.volumes" -}}
- name: config
  configMap:
    name: {{ include "hyperfleet-api.configMap" .root | quote }}
- name: database
  secret:
    secretName: {{ .secret | quote }}
- name: tmp
  emptyDir: {}
{{- with .root.Values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* The sidecars of one sort. Called with (dict "root" $ "native" true or false). */}}
{{- define "hyperfleet-api.sidecars" -}}
{{- $found := list }}
{{- range .root.Values.sidecars }}
{{- if eq (eq (default "" .restartPolicy) "Always") $.native }}
{{- $sidecar := deepCopy . }}
{{- with .env }}{{ $_ := set $sidecar "env" (include "hyperfleet-api.valued" . | fromYamlArray) }}{{ end }}
{{- $found = append $found $sidecar }}
{{- end }}
{{- end }}
{{- if $found }}{{ toYaml $found }}{{ end }}
{{- end }}
