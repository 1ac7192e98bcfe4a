{{/* The configuration file of server and migration: config, and over it what the chart decides. */}}
{{- define "hyperfleet-api.config" -}}
{{- $config := deepCopy .Values.config }}
{{- range list "server" "health" "metrics" "database" }}
{{- $_ := set $config . (default dict (get $config .)) }}
{{- end }}
{{- range list "server" "health" "metrics" }}
{{- $_ := set (get $config .) "host" (include "hyperfleet-api.host" (list $ .)) }}
{{- end }}

{{- $issuers := list }}
{{- range .Values.auth.issuers }}
{{- $issuer := dict }}
{{- range $name, $value := . }}{{ $_ := set $issuer (snakecase $name) $value }}{{ end }}
{{- $issuers = append $issuers $issuer }}
{{- end }}
{{- $_ := set $config.server "jwt" (dict "enabled" .Values.auth.enableJwt "configs" $issuers) }}
{{- if include "hyperfleet-api.providerConfigMap" . }}
{{- $_ := set $config.server "openapi_schema_path" "/etc/hyperfleet/schemas/openapi.yaml" }}
{{- end }}

{{- $_ := set $config.database "secret_dir" "/mnt/secrets/database" }}
{{- $ssl := default dict $config.database.ssl }}
{{- $_ := set $config.database "ssl" (set $ssl "mode" (.Values.postgresql.enabled | ternary "disable" .Values.database.sslMode)) }}
{{- with .Values.database.readUrl }}
{{- $url := . }}
{{- /* The environment turns TLS off for the way to PgBouncer, which is no way to the replica. */}}
{{- if and $.Values.pgbouncer.enabled (not (contains "sslmode=" .)) }}
{{- $url = printf "%s%ssslmode=%s" . (contains "?" . | ternary "&" "?") $config.database.ssl.mode }}
{{- end }}
{{- $_ := set $config.database "read_url" $url }}
{{- end }}
{{- if and .Values.pgbouncer.enabled (not .Values.pgbouncer.maxPreparedStatements) }}
{{- $pool := default dict $config.database.pool }}
{{- $_ := set $config.database "pool" (set $pool "prepared_statements" false) }}
{{- end }}

{{- $adapters := default dict .Values.adapters }}
{{- $cluster := dict "kind" "Cluster" "required_adapters" $adapters.cluster }}
{{- $nodepool := dict "kind" "NodePool" "required_adapters" $adapters.nodepool }}
{{- $others := list }}
{{- range default list $config.entities }}
{{- if eq .kind "Cluster" }}{{ $cluster = merge $cluster . }}
{{- else if eq .kind "NodePool" }}{{ $nodepool = merge $nodepool . }}
{{- else }}{{ $others = append $others . }}
{{- end }}
{{- end }}
{{- $_ := set $config "entities" (concat (list $cluster $nodepool) $others) }}
{{- toYaml $config }}
{{- end }}

{{/* With a configuration file that is not the chart's: what the chart decides in any case, as variables, which go before a file. */}}
{{- define "hyperfleet-api.decided" -}}
{{- if .Values.existingConfig }}
{{- $config := include "hyperfleet-api.config" . | fromYaml }}
{{- $paths := list "server.openapi_schema_path" "database.secret_dir" "database.ssl.mode" "database.read_url" }}
{{- range list "server" "health" "metrics" }}
{{- $paths = concat $paths (list (printf "%s.host" .) (printf "%s.port" .) (printf "%s.tls.enabled" .)) }}
{{- end }}
{{- $paths = concat $paths (list "health.drain_delay" "health.shutdown_timeout") }}
{{- range list "conn_retry_attempts" "conn_retry_interval" "statement_timeout" "prepared_statements" }}
{{- $paths = append $paths (printf "database.pool.%s" .) }}
{{- end }}
{{- range $path := $paths }}
{{- $names := splitList "." $path }}
{{- $node := $config }}
{{- range initial $names }}{{ $node = get $node . | default dict }}{{ end }}
{{- if hasKey $node (last $names) }}
- name: HYPERFLEET_{{ $path | replace "." "_" | upper }}
  value: {{ include "hyperfleet-api.text" (get $node (last $names)) | quote }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
