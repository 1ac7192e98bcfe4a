{{/* The spec of the migration's Job. */}}
{{- define "hyperfleet-api.migration" -}}
parallelism: 1
completions: 1
backoffLimit: {{ .Values.migration.backoffLimit }}
# A drained node is no failure of the migration.
podFailurePolicy:
  rules:
    - action: Ignore
      onPodConditions:
        - type: DisruptionTarget
          status: "True"
template:
  metadata:
    labels:
      {{- include "hyperfleet-api.podLabels" (dict "root" $ "component" "migration") | nindent 6 }}
    annotations:
      checksum/config: {{ include "hyperfleet-api.config" . | sha256sum }}
      {{- with .Values.migration.podAnnotations }}
      {{- include "hyperfleet-api.texts" . | nindent 6 }}
      {{- end }}
  spec:
    {{- include "hyperfleet-api.pod" . | nindent 4 }}
    # A pod that failed stays, with its log.
    restartPolicy: Never
    {{- with include "hyperfleet-api.sidecars" (dict "root" $ "native" true) }}
    initContainers:
      {{- . | nindent 6 }}
    {{- end }}
    containers:
      - name: migration
        {{- include "hyperfleet-api.container" . | nindent 8 }}
        args: [migrate]
        {{- $decided := include "hyperfleet-api.decided" . }}
        {{- if or $decided .Values.extraEnv }}
        env:
          {{- with $decided }}
          {{- . | nindent 10 }}
          {{- end }}
          {{- with .Values.extraEnv }}
          {{- include "hyperfleet-api.valued" . | nindent 10 }}
          {{- end }}
        {{- end }}
        {{- with .Values.extraEnvFrom }}
        envFrom:
          {{- toYaml . | nindent 10 }}
        {{- end }}
        resources:
          {{- toYaml .Values.migration.resources | nindent 10 }}
        volumeMounts:
          {{- include "hyperfleet-api.mounts" . | nindent 10 }}
    volumes:
      {{- $secret := default (include "hyperfleet-api.databaseSecret" .) .Values.migration.existingSecret }}
      {{- include "hyperfleet-api.volumes" (dict "root" $ "secret" $secret) | nindent 6 }}
{{- end }}

{{/* Its name says all that it depends on, and which upgrade wants it. */}}
{{- define "hyperfleet-api.migrationName" -}}
{{ include "hyperfleet-api.fullname" . }}-migrate-{{ printf "%d %s" .Release.Revision (include "hyperfleet-api.migration" .) | sha256sum | trunc 8 }}
{{- end }}
