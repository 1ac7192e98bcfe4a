{{/*
PgBouncer reads no password from a file of its own form, so its configuration is written when it starts, out of the Secret
that the server reads. It listens to its own pod only, and wants the password there, too.
A statement's limit comes as a parameter of the connection, which transactions of others would share: it is given once, by
connect_query.
*/}}
{{- define "hyperfleet-api.pgbouncer" -}}
- name: pgbouncer
  image: {{ .Values.pgbouncer.image | quote }}
  imagePullPolicy: {{ .Values.pgbouncer.imagePullPolicy }}
  restartPolicy: Always
  command: [sh, -c]
  args:
    - |
      set -eu
      umask 077
      cd /mnt/secrets/database
      quoted() { tr -d '\n' <"$1" | sed 's/"/""/g'; }
      word() { if [ -s "$1" ]; then tr -d ' \n' <"$1"; else printf '%s' "$2"; fi; }
      printf '"%s" "%s"\n' "$(quoted db.user)" "$(quoted db.password)" >/pgbouncer/users.txt
      cat >/pgbouncer/pgbouncer.ini <<EOF
      [databases]
      * = host=$(word db.host localhost) port=$(word db.port 5432) connect_query='set statement_timeout = {{ include "hyperfleet-api.milliseconds" (list "config.database.pool.statement_timeout" .Values.config.database.pool.statement_timeout) }}'
      [pgbouncer]
      listen_addr = 127.0.0.1
      listen_port = 6432
      unix_socket_dir =
      auth_type = scram-sha-256
      auth_file = /pgbouncer/users.txt
      pool_mode = transaction
      default_pool_size = {{ .Values.pgbouncer.poolSize }}
      max_client_conn = 1000
      ignore_startup_parameters = statement_timeout,extra_float_digits
      server_tls_sslmode = {{ .Values.database.sslMode }}
      {{- with .Values.pgbouncer.maxPreparedStatements }}
      max_prepared_statements = {{ . }}
      {{- end }}
      EOF
      if [ -s db.rootcert ]; then echo 'server_tls_ca_file = /mnt/secrets/database/db.rootcert' >>/pgbouncer/pgbouncer.ini; fi
      exec pgbouncer /pgbouncer/pgbouncer.ini
  securityContext:
    {{- toYaml (merge (deepCopy (default dict .Values.pgbouncer.securityContext)) .Values.securityContext) | nindent 4 }}
  resources:
    {{- toYaml .Values.pgbouncer.resources | nindent 4 }}
  volumeMounts:
    - name: database
      mountPath: /mnt/secrets/database
      readOnly: true
    - name: pgbouncer
      mountPath: /pgbouncer
{{- end }}
