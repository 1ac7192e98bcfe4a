/**
 * The names by which the Go implementation (the reference), and older releases, call settings, where they are not ours
 * (server/config/schema.ts): in its file (`member`), in the environment and as flags. Each stands once, with the setting that
 * it becomes here or with the reason why it is ignored. A name that is neither here nor in the schema is refused.
 *
 * A member of the file also has the variable and the flag that follow from its path, as our own settings have.
 */

interface OtherName {
  /** Its path in the file; `[]` is each item of a list. */
  member?: string
  variables?: readonly string[]
  flags?: readonly string[]
}

/** Names of a setting of ours. Where both are set, in one file or in the environment, ours goes before. */
export const aliases: readonly (OtherName & { setting: string })[] = [
  { setting: 'server.openapi_schema_path', variables: ['OPENAPI_SCHEMA_PATH'] },
  { setting: 'server.timeouts.read', flags: ['--server-read-timeout'] },
  { setting: 'server.timeouts.write', flags: ['--server-write-timeout'] },
  { setting: 'server.tls.enabled', flags: ['--server-https-enabled'] },
  { setting: 'server.tls.cert_file', flags: ['--server-https-cert-file'] },
  { setting: 'server.tls.key_file', flags: ['--server-https-key-file'] },
  { setting: 'database.host', flags: ['--db-host'] },
  { setting: 'database.port', flags: ['--db-port'] },
  { setting: 'database.name', flags: ['--db-name'] },
  { setting: 'database.username', flags: ['--db-username'] },
  { setting: 'database.password', flags: ['--db-password'] },
  { setting: 'database.ssl.mode', flags: ['--db-ssl-mode'] },
  { setting: 'database.ssl.root_cert_file', flags: ['--db-root-cert-file'] },
  { setting: 'database.pool.max_connections', flags: ['--db-max-open-connections'] },
  {
    setting: 'logging.level',
    variables: ['HYPERFLEET_LOG_LEVEL', 'LOG_LEVEL'],
    flags: ['--log-level', '-l'],
  },
  {
    setting: 'logging.format',
    variables: ['HYPERFLEET_LOG_FORMAT', 'LOG_FORMAT'],
    flags: ['--log-format', '-f'],
  },
  { setting: 'logging.output', variables: ['HYPERFLEET_LOG_OUTPUT'], flags: ['--log-output'] },
  { setting: 'logging.masking.enabled', flags: ['--log-masking-enabled'] },
  { setting: 'tracing.enabled', member: 'logging.otel.enabled', variables: ['TRACING_ENABLED'] },
]

interface Ignored extends OtherName {
  member: string
  /** Why nothing here follows from it: a sentence, for the page. */
  why: string
  /** The type of its values, where that matters: a switch may be a flag without a value. */
  type?: 'boolean' | 'string'
  /** The only value that may be ignored: with any other, the server would not do what was asked for. */
  only?: string | boolean
}

const NO_EXCERPTS = 'Neither headers nor bodies are logged.'
const POOL = 'The pool opens connections as they are needed, and closes those that are idle.'

/** Names of features that this server lacks, or cannot turn off. */
export const ignored: readonly Ignored[] = [
  { member: 'server.hostname', why: 'It has no effect there, either.' },
  { member: 'database.dialect', flags: ['--db-dialect'], only: 'postgres', why: 'There is only PostgreSQL.' },
  {
    member: 'database.debug',
    type: 'boolean',
    flags: ['--db-debug'],
    why: 'Statements are not logged: metrics and traces have them.',
  },
  { member: 'database.pool.max_idle_connections', why: POOL },
  { member: 'database.pool.conn_max_lifetime', why: POOL },
  { member: 'database.pool.conn_max_idle_time', why: POOL },
  {
    member: 'database.pool.request_timeout',
    why: 'The limits are `server.timeouts.request` and `database.pool.statement_timeout`, which must nest.',
  },
  {
    member: 'database.pool.advisory_lock_timeout',
    why: '`migrate` waits for another one until that ends or its session is gone.',
  },
  { member: 'logging.masking.headers', flags: ['--log-masking-sensitive-headers'], why: NO_EXCERPTS },
  { member: 'logging.masking.fields', flags: ['--log-masking-sensitive-fields'], why: NO_EXCERPTS },
  { member: 'metrics.label_metrics_inclusion_duration', why: 'It has no effect there, either.' },
]
