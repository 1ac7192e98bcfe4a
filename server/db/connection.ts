import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import type pg from 'pg'
import type { Config } from '../config/schema.ts'
import { milliseconds } from '../config/units.ts'
import { driverUrl, postgresUrl, tlsOf, type UrlTls } from '../lib/postgres-url.ts'
import { keepSecret } from '../observability/masking.ts'
import { StartError } from '../process/start-error.ts'

type Ssl = Config['database']['ssl']

/** Settings of a database, and which of them its URL is. */
type DatabaseSettings = Config['database'] & { urlFrom?: string }

/** How long a new connection may take, and how long a request waits for one of others. */
export const CONNECT_TIMEOUT_MS = 5000

/** How long the other side may take to close a cancel request. */
const CANCEL_TIMEOUT_MS = 2000

/**
 * How to connect: for the pool, and for the tools that need a connection of their own. From here on the log hides the
 * password. Throws a StartError when a setting cannot be followed.
 */
export function connection(config: DatabaseSettings): pg.PoolConfig {
  const timeout = milliseconds(config.pool.statement_timeout)
  keepSecret(config)
  const where = config.url
    ? byUrl(config.url, config)
    : {
        host: config.host ?? 'localhost',
        port: config.port,
        database: config.name,
        user: config.username,
        password: config.password,
        ssl: secure(config.ssl),
      }
  return {
    ...where,
    application_name: 'hyperfleet-api',
    max: config.pool.max_connections,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: timeout,
    // For a connection that is dead without saying so; the database's own limit comes first.
    query_timeout: timeout + 2000,
    keepAlive: true,
  }
}

/** The settings of the replica, if there is one: what its URL does not have is as for the database. */
export function replicaConfig(config: Config['database']): DatabaseSettings | undefined {
  if (!config.read_url) return undefined
  const url = postgresUrl(config.read_url)
  const own = (config.url && postgresUrl(config.url)) || new URL('postgres://')
  if (!url) throw new StartError('database.read_url is no URL of PostgreSQL')
  const { searchParams: asked } = url
  const login = {
    user: decodeURIComponent(own.username) || (own.searchParams.get('user') ?? config.username),
    password: decodeURIComponent(own.password) || (own.searchParams.get('password') ?? config.password ?? ''),
  }
  // A URL without a host takes a user in its query only.
  if (!url.username && !asked.has('user')) asked.set('user', login.user)
  if (!url.password && !asked.has('password')) asked.set('password', login.password)
  if (url.pathname.length < 2 && !asked.has('dbname')) {
    const name = own.searchParams.get('dbname')
    url.pathname = name ? encodeURI(name) : config.url ? own.pathname : encodeURI(config.name)
  }
  // Whether to encrypt is one question, and each file another one.
  const isSaid = asked.has('sslmode') || asked.has('ssl')
  for (const [name, value] of own.searchParams) {
    const isTaken = /^ssl(mode|negotiation)?$/.test(name)
      ? isSaid
      : !name.startsWith('ssl') || asked.has(name)
    if (!isTaken) asked.set(name, value)
  }
  return { ...config, url: url.href, urlFrom: 'database.read_url' }
}

/**
 * Where a URL leads, and the TLS that it and the settings ask for: what the URL says goes before. That the two do not
 * contradict each other was seen when the settings were read.
 */
function byUrl(text: string, { ssl, urlFrom = 'database.url' }: DatabaseSettings): pg.PoolConfig {
  const url = postgresUrl(text)
  if (!url) throw new StartError(`${urlFrom} is no URL of PostgreSQL`)
  const { mode, isOn, rootCert, cert, key, keyPassword } = tlsOf(url)
  const whether = ssl.mode === 'disable' ? 'require' : ssl.mode
  const settled = mode ?? (isOn === undefined ? ssl.mode : isOn ? whether : 'disable')
  const negotiation = url.searchParams.get('sslnegotiation')
  const tls = secure({ mode: settled, root_cert_file: ssl.root_cert_file }, urlFrom, {
    rootCert,
    cert,
    key,
    keyPassword,
  })
  return {
    connectionString: driverUrl(url),
    ssl: tls,
    ...(tls && negotiation === 'direct' && { sslnegotiation: 'direct' }),
  } as pg.PoolConfig
}

/** The files of TLS that a URL names. */
type Files = Pick<UrlTls, 'rootCert' | 'cert' | 'key' | 'keyPassword'>

function secure(
  { mode, root_cert_file }: Ssl,
  urlFrom = 'database.url',
  { rootCert, cert, key, keyPassword }: Files = {},
): pg.PoolConfig['ssl'] {
  if (mode === 'disable') return false
  const ca = rootCert
    ? readPem(rootCert, `sslrootcert of ${urlFrom}`)
    : root_cert_file
      ? readPem(root_cert_file, 'database.ssl.root_cert_file (HYPERFLEET_DATABASE_SSL_ROOT_CERT_FILE)')
      : undefined
  return {
    rejectUnauthorized: mode !== 'require',
    ...(ca && { ca }),
    ...(cert && { cert: readPem(cert, `sslcert of ${urlFrom}`) }),
    ...(key && { key: readPem(key, `sslkey of ${urlFrom}`) }),
    ...(keyPassword && { passphrase: keyPassword }),
    // The certificate is all that verify-ca asks for, whatever host it is of.
    ...(mode === 'verify-ca' && { checkServerIdentity: () => undefined }),
  }
}

/** The text of a file; throws a StartError that names the setting that names it. */
function readPem(file: string, setting: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new StartError(`${setting} cannot be read: ${(error as Error).message}`)
  }
}

/** A client of pg, with the address and the key of its CancelRequest, which pg keeps on it. */
export type Cancellable = pg.PoolClient & {
  host: string
  port: number
  processID: number
  secretKey: number
  end(): Promise<void>
}

/**
 * Gives up a statement and its connection: requests its cancellation, then closes the connection. A pooler drops a
 * statement that waits in it for a server connection only when its client closes; PostgreSQL stops one that runs only
 * when it is cancelled, and a pooler knows which one to cancel only while its client is connected.
 *
 * `timeoutMs` bounds the wait for the end of the cancel request. Never rejects.
 */
export async function abandon(client: Cancellable, timeoutMs = CANCEL_TIMEOUT_MS): Promise<void> {
  await cancel(client, timeoutMs)
  await client.end()
}

/**
 * Sends the protocol's CancelRequest as libpq does: in clear, whatever database.ssl says, on a connection that stays
 * open until the other side closes it, which is all that it answers. Resolves then, after an error, or after
 * `timeoutMs`: a statement that it does not reach ends by its own time limit.
 */
function cancel({ host, port, processID, secretKey }: Cancellable, timeoutMs: number): Promise<void> {
  const request = Buffer.alloc(16)
  const code = (1234 << 16) | 5678
  for (const [index, word] of [request.length, code, processID, secretKey].entries())
    request.writeInt32BE(word, index * 4)
  const address = host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host, port }
  return new Promise((resolve) => {
    const socket = connect({ ...address, signal: AbortSignal.timeout(timeoutMs) })
    socket
      .on('error', () => {})
      .on('close', () => resolve())
      .resume()
    socket.write(request)
  })
}

/** What a database is called in a message: where it is, and nothing secret. */
export function describe({ url, host, port, name }: Config['database']): string {
  if (!url) return `${name} at ${host ?? 'localhost'}:${port}`
  const parsed = postgresUrl(url)
  // A password with a slash makes a path of itself: then nothing of the URL is what it seems to be.
  const isPlain = parsed && (parsed.username || !url.includes('@'))
  if (!isPlain) return 'of database.url'
  const { searchParams: asked, pathname } = parsed
  return `${asked.get('dbname') ?? pathname.slice(1)} at ${asked.get('host') ?? decodeURIComponent(parsed.host)}`
}
