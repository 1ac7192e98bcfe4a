{{/* Ends the rendering with everything that is wrong with the values, as the server does with its settings. */}}
{{- define "hyperfleet-api.check" -}}
{{- $wrong := list }}
{{- if not .Values.existingConfig }}
{{- range $name, $kind := dict "cluster" "clusters" "nodepool" "node pools" }}
{{- if not (kindIs "slice" (get (default dict $.Values.adapters) $name)) }}
{{- $wrong = append $wrong (printf "adapters.%s must say which adapters are required for %s: a list such as [validation, dns], or [] for none" $name $kind) }}
{{- end }}
{{- end }}
{{- if and .Values.auth.enableJwt (not .Values.auth.issuers) }}
{{- $wrong = append $wrong "auth.enableJwt is on and auth.issuers names no issuer: add one with issuerUrl and jwkCertUrl, or turn it off with auth.enableJwt=false" }}
{{- end }}
{{- end }}
{{- if and .Values.database.existingSecret .Values.postgresql.enabled }}
{{- $wrong = append $wrong "database.existingSecret and postgresql.enabled are both set: there is one database, so leave one out" }}
{{- else if not (or .Values.database.existingSecret .Values.postgresql.enabled) }}
{{- $wrong = append $wrong "database.existingSecret must name a Secret with db.host, db.port, db.name, db.user and db.password (or set postgresql.enabled=true, to try things)" }}
{{- end }}
{{- if regexMatch "://[^/@]*:[^/@]*@|[?&]password=" (default "" .Values.database.readUrl) }}
{{- $wrong = append $wrong "database.readUrl has a password, which would stand in a ConfigMap: set HYPERFLEET_DATABASE_READ_URL from a Secret, in extraEnv" }}
{{- end }}
{{- if and .Values.pgbouncer.enabled (not .Values.pgbouncer.image) }}
{{- $wrong = append $wrong "pgbouncer.enabled is on and pgbouncer.image names no image" }}
{{- end }}
{{- if and .Values.ingress.enabled (not .Values.ingress.hosts) }}
{{- $wrong = append $wrong "ingress.enabled is on and ingress.hosts names no host" }}
{{- end }}
{{- $tenant := .Values.config.server.tenant }}
{{- $isRequired := false }}
{{- range $tenant.dimensions }}{{ $isRequired = or $isRequired .required }}{{ end }}
{{- if and $tenant.enabled (not $isRequired) }}
{{- $wrong = append $wrong "config.server.tenant.enabled is on and config.server.tenant.dimensions has none that is required, such as {key: org, header: X-HyperFleet-Org, required: true}" }}
{{- end }}
{{- if gt (len (default "" .Values.provider.schema)) 1000000 }}
{{- $wrong = append $wrong "provider.schema is too long for a ConfigMap, which holds one mebibyte" }}
{{- end }}

{{- $places := dict "server.openapi_schema_path" "provider.schema" "database.secret_dir" "database.existingSecret" }}
{{- $_ := merge $places (dict "database.read_url" "database.readUrl") }}
{{- range list "url" "username" "password" }}
{{- $_ := set $places (printf "database.%s" .) "the Secret of database.existingSecret" }}
{{- end }}
{{- range $key, $place := $places }}
{{- $node := $.Values.config }}
{{- range splitList "." $key }}{{ $node = kindIs "map" $node | ternary (get (default dict $node) .) "" }}{{ end }}
{{- if not (empty $node) }}
{{- $wrong = append $wrong (printf "config.%s must not be set: the chart makes it of %s" $key $place) }}
{{- end }}
{{- end }}
{{- range $index, $entity := default list .Values.config.entities }}
{{- if and (has $entity.kind (list "Cluster" "NodePool")) (hasKey $entity "required_adapters") }}
{{- $wrong = append $wrong (printf "config.entities[%d].required_adapters of %s must not be set: the chart takes them from adapters" $index $entity.kind) }}
{{- end }}
{{- end }}
{{- range .Values.extraEnv }}
{{- if regexMatch "^HYPERFLEET_(((SERVER|HEALTH|METRICS)_(HOST|PORT|TLS_ENABLED))|SERVER_JWT_ENABLED|DATABASE_SSL_MODE|HEALTH_(DRAIN_DELAY|SHUTDOWN_TIMEOUT)|DATABASE_POOL_CONN_RETRY_(ATTEMPTS|INTERVAL)|CONFIG)$" .name }}
{{- $wrong = append $wrong (printf "extraEnv must not have %s: ports, probes and others follow the value that the chart has for it, so set that" .name) }}
{{- end }}
{{- end }}

{{- if not (regexMatch "^[a-z]([-a-z0-9]*[a-z0-9])?$" (include "hyperfleet-api.fullname" .)) }}
{{- $wrong = append $wrong (printf "everything would be called %q, which no Service can be: set fullnameOverride to lower-case letters, digits and -, with a letter first" (include "hyperfleet-api.fullname" .)) }}
{{- end }}

{{- /* What YAML read as a number need not be what was written: 1.10 is 1.1, and 20 digits are 17. */}}
{{- $maps := dict "podLabels" .Values.podLabels "podAnnotations" .Values.podAnnotations "nodeSelector" .Values.nodeSelector }}
{{- range list "serviceAccount" "service" "ingress" "route" "serviceMonitor" "podMonitoring" "prometheusRule" "dashboard" }}
{{- $section := get $.Values . }}
{{- $_ := set $maps (printf "%s.annotations" .) $section.annotations }}
{{- $_ := set $maps (printf "%s.labels" .) $section.labels }}
{{- end }}
{{- $_ := set $maps "migration.podAnnotations" .Values.migration.podAnnotations }}
{{- range .Values.extraEnv }}
{{- $_ := set $maps (printf "extraEnv %s" .name) (pick . "value") }}
{{- end }}
{{- range $place, $texts := $maps }}
{{- range $name, $value := $texts }}
{{- if and (kindIs "float64" $value) (or (ne (floor $value) $value) (gt (maxf $value (mulf $value -1.0)) 9007199254740991.0)) }}
{{- $wrong = append $wrong (printf "%s: %s is the number %s, which may not be how it was written: put it in quotes" $place $name (toJson $value)) }}
{{- end }}
{{- end }}
{{- end }}

{{- $isDual := or (has .Values.service.ipFamilyPolicy (list "PreferDualStack" "RequireDualStack")) (has "IPv6" (default list .Values.service.ipFamilies)) }}
{{- range list "server" "health" "metrics" }}
{{- $host := include "hyperfleet-api.host" (list $ .) }}
{{- if regexMatch "^(localhost|127\\..*|::1)$" $host }}
{{- $wrong = append $wrong (printf "config.%s.host is %s, where neither probes nor the Service reach it: leave it out for 0.0.0.0, or take '::' for IPv6 as well" . $host) }}
{{- else if hasPrefix "[" $host }}
{{- $wrong = append $wrong (printf "config.%s.host is %s: write an address of IPv6 without brackets, '::'" . $host) }}
{{- else if and $isDual (not (contains ":" $host)) }}
{{- $wrong = append $wrong (printf "service.ipFamilyPolicy and service.ipFamilies want IPv6, and config.%s.host is %s, which is IPv4 only: set config.server.host to '::'" . $host) }}
{{- end }}
{{- end }}

{{- $needed := include "hyperfleet-api.secondsToEnd" . | int }}
{{- $granted := .Values.terminationGracePeriodSeconds }}
{{- if and (not (kindIs "invalid" $granted)) (lt (int $granted) $needed) }}
{{- $wrong = append $wrong (printf "terminationGracePeriodSeconds is %d, and the server may take %d s to end (config.health.drain_delay, config.health.shutdown_timeout, 5 s, preStopSleepSeconds): it would be killed" (int $granted) $needed) }}
{{- end }}

{{- with .Values.config.database.pool }}
{{- $interval := include "hyperfleet-api.milliseconds" (list "config.database.pool.conn_retry_interval" .conn_retry_interval) }}
{{- $waited := div (add (mul .conn_retry_attempts $interval) 999) 1000 }}
{{- $probe := default dict $.Values.probes.startup }}
{{- $probed := mul (dig "periodSeconds" 10 $probe) (dig "failureThreshold" 3 $probe) }}
{{- if lt $probed $waited }}
{{- $wrong = append $wrong (printf "probes.startup ends a server after %d s (periodSeconds, failureThreshold), which may wait %d s for its database (config.database.pool.conn_retry_attempts, conn_retry_interval): it would be killed" $probed $waited) }}
{{- end }}
{{- end }}

{{- with .Values.serviceMonitor }}
{{- $timeout := include "hyperfleet-api.scrapeMilliseconds" (list "serviceMonitor.scrapeTimeout" .scrapeTimeout) | int64 }}
{{- $interval := include "hyperfleet-api.scrapeMilliseconds" (list "serviceMonitor.interval" .interval) | int64 }}
{{- if and .enabled $interval (gt $timeout $interval) }}
{{- $wrong = append $wrong (printf "serviceMonitor.scrapeTimeout is %s, and serviceMonitor.interval %s: Prometheus takes none that is longer" .scrapeTimeout .interval) }}
{{- end }}
{{- end }}
{{- if $wrong }}{{ fail (printf "\n- %s\n" (join "\n- " $wrong)) }}{{ end }}
{{- end }}
