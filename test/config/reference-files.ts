/** Configuration as the users of the Go implementation have it, with every name that it knows. */
import type { Tree } from '../../server/config/file.ts'

/** Addresses of the three listeners and of the database. */
export interface Places {
  api: number
  health: number
  metrics: number
  database: URL
}

/** The five kinds that it comes with. */
const kinds = `
entities:
  - kind: Cluster
    plural: clusters
    spec_schema_name: ClusterSpec
    require_spec_schema: true
    name_min_len: 3
    name_max_len: 53
    required_adapters:
      - validation
      - dns
      - pullsecret
      - hypershift
    references:
      - ref_type: wif_config
        target_kind: WifConfig
        min: 0
        max: 1
  - kind: NodePool
    plural: nodepools
    parent_kind: Cluster
    on_parent_delete: cascade
    spec_schema_name: NodePoolSpec
    require_spec_schema: true
    name_min_len: 3
    name_max_len: 15
    required_adapters:
      - validation
      - hypershift
  - kind: Channel
    plural: channels
    spec_schema_name: ChannelSpec
    name_min_len: 1
    name_max_len: 100
  - kind: Version
    plural: versions
    parent_kind: Channel
    on_parent_delete: restrict
    spec_schema_name: VersionSpec
    name_min_len: 1
    name_max_len: 100
  - kind: WifConfig
    plural: wifconfigs
    parent_kind: ""
    on_parent_delete: ""
    spec_schema_name: WifConfigSpec
    require_spec_schema: false
    name_min_len: 1
    name_max_len: 100
    required_adapters: []
`

/** A condition of the user's own, as an entity of it may have. */
const conditions = `
    conditions:
      - type: ZoneReady
        when:
          expression: statuses.exists(s, s.adapter == "dns")
        output:
          status:
            expression: '"True"'
          reason:
            expression: '"Found"'
          message:
            expression: '"the zone is there"'
`

/** A whole configs/config.yaml. Numbers, durations and switches are written in each of the ways that it takes. */
export const wholeFile = ({ api, health, metrics, database }: Places): string => `
server:
  hostname: api.example.com
  host: 127.0.0.1
  port: "${api}"
  openapi_schema_path: ""
  timeouts:
    read: 1m30s
    write: 15s
  tls:
    enabled: false
    cert_file: ""
    key_file: ""
  jwt:
    enabled: "False"
    configs:
      - issuer_url: https://sso.example.com/realms/fleet
        jwk_cert_url: https://sso.example.com/realms/fleet/certs
        jwk_cert_file: ""
        jwk_cert_ca_file: ""
        audience: ""
        header: ""
        identity_header: ""
        identity_claim: ""
        identity_claim_pattern: ""
  tenant:
    enabled: false
    system_header: X-HyperFleet-System
    dimensions:
      - header: X-HyperFleet-Org
        key: org
        required: true
database:
  dialect: postgres
  host: ${database.hostname}
  port: ${database.port}
  name: ${database.pathname.slice(1)}
  username: ${database.username}
  password: "${decodeURIComponent(database.password)}"
  host_file: ""
  port_file: ""
  name_file: ""
  username_file: ""
  password_file: ""
  debug: true
  ssl:
    mode: disable
    root_cert_file: ""
  pool:
    max_connections: 50
    max_idle_connections: 10
    conn_max_lifetime: 5m
    conn_max_idle_time: 1m
    request_timeout: 30s
    conn_retry_attempts: 10
    conn_retry_interval: 1.5s
    advisory_lock_timeout: 5m
logging:
  level: info
  format: json
  output: stdout
  otel:
    enabled: false
  masking:
    enabled: true
    headers:
      - Authorization
      - Cookie
    fields:
      - password
      - tell-nobody
metrics:
  host: 127.0.0.1
  port: ${metrics}
  tls:
    enabled: false
    cert_file: ""
    key_file: ""
  label_metrics_inclusion_duration: 168h
  reconciliation_stuck_threshold: 10m0s
health:
  host: 127.0.0.1
  port: ${health}
  tls:
    enabled: false
    cert_file: ""
    key_file: ""
  shutdown_timeout: 20s
  db_ping_timeout: 2s
tracing:
  enabled: false
  service_name: fleet-api
${kinds.replace('  - kind: NodePool', `${conditions.slice(1)}  - kind: NodePool`)}`

/** The config.yaml in the ConfigMap of its chart; the database comes by variables. */
export const configMapFile = ({ api, health, metrics }: Places): string => `
server:
  hostname: ""
  host: "0.0.0.0"
  port: ${api}
  timeouts:
    read: 5s
    write: 30s
  tls:
    enabled: false
    cert_file: ""
    key_file: ""
  jwt:
    enabled: false
    configs: []
database:
  dialect: postgres
  host: hyperfleet-api-postgresql
  port: 5432
  name: hyperfleet
  debug: false
  ssl:
    mode: disable
    root_cert_file: ""
  pool:
    max_connections: 50
    max_idle_connections: 10
    conn_max_lifetime: 5m
    conn_max_idle_time: 1m
    request_timeout: 30s
    conn_retry_attempts: 10
    conn_retry_interval: 3s
logging:
  level: info
  format: json
  output: stdout
  masking:
    enabled: true
    headers:
      - Authorization
    fields:
      - password
metrics:
  host: "0.0.0.0"
  port: ${metrics}
  tls:
    enabled: false
  label_metrics_inclusion_duration: 168h
health:
  host: "0.0.0.0"
  port: ${health}
  tls:
    enabled: false
  shutdown_timeout: 20s
  db_ping_timeout: 2s
${kinds}`

/** The flags that it has, each with a value; \`undefined\` for one that stands alone. */
export const flags = ({ api, health, metrics, database }: Places): [string, string | undefined][] => [
  ['--server-hostname', 'api.example.com'],
  ['--server-host', '127.0.0.1'],
  ['--server-port', `${api}`],
  ['--server-read-timeout', '10s'],
  ['--server-write-timeout', '1m0s'],
  ['--server-https-enabled', 'false'],
  ['--server-https-cert-file', '/tls/tls.crt'],
  ['--server-https-key-file', '/tls/tls.key'],
  ['--server-jwt-enabled', 'F'],
  ['--server-tenant-enabled', 'false'],
  ['--server-tenant-system-header', 'X-HyperFleet-System'],
  ['--db-host', database.hostname],
  ['--db-port', database.port],
  ['--db-username', database.username],
  ['--db-password', decodeURIComponent(database.password)],
  ['--db-name', database.pathname.slice(1)],
  ['--db-dialect', 'postgres'],
  ['--db-ssl-mode', 'disable'],
  ['--db-debug', undefined],
  ['--db-max-open-connections', '50'],
  ['--db-root-cert-file', '/tls/ca.crt'],
  ['-l', 'info'],
  ['--log-format', 'text'],
  ['-f', 'json'],
  ['--log-output', 'stdout'],
  ['--log-masking-enabled', undefined],
  ['--log-masking-sensitive-headers', 'Authorization,Cookie'],
  ['--log-masking-sensitive-fields', 'password,tell-nobody'],
  ['--metrics-host', '127.0.0.1'],
  ['--metrics-port', `${metrics}`],
  ['--metrics-tls-enabled', 'false'],
  ['--metrics-tls-cert-file', '/tls/tls.crt'],
  ['--metrics-tls-key-file', '/tls/tls.key'],
  ['--metrics-label-metrics-inclusion-duration', '168h0m0s'],
  ['--metrics-reconciliation-stuck-threshold', '10m0s'],
  ['--health-host', '127.0.0.1'],
  ['--health-port', `${health}`],
  ['--health-tls-enabled', 'false'],
  ['--health-tls-cert-file', '/tls/tls.crt'],
  ['--health-tls-key-file', '/tls/tls.key'],
  ['--health-shutdown-timeout', '20s'],
  ['--health-db-ping-timeout', '2s'],
]

/** The variables of the single settings in a file: of server.port, HYPERFLEET_SERVER_PORT. Lists have none there. */
export function variablesIn(tree: Tree, prefix = 'HYPERFLEET'): Record<string, string> {
  return Object.fromEntries(
    Object.entries(tree).flatMap(([name, value]) => {
      const variable = `${prefix}_${name.toUpperCase()}`
      if (Array.isArray(value)) return /_(HEADERS|FIELDS)$/.test(variable) ? [[variable, value.join()]] : []
      return typeof value === 'object' && value
        ? Object.entries(variablesIn(value as Tree, variable))
        : [[variable, String(value)]]
    }),
  )
}
