import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import pg from 'pg'
import { type Queries, queries } from '../generated/sql.ts'
import { type Fragment, shifted } from '../search/fragment.ts'
import type { Selection } from '../search/selection.ts'
import type { Config } from './config/load.ts'
import { milliseconds } from './config/units.ts'
import { StartError } from './start-error.ts'

type Name = keyof Queries
type Row<Query extends Name> = Queries[Query]['row']

/** A statement, and the query of sql/queries that it is. */
type Statement = pg.QueryConfig & { query: Name }

/** The database cannot be reached, or has no connection to spare: a passing failure. */
export class DatabaseUnavailable extends Error {}

/** Nobody waits for the result any more: the caller has hung up, or has been answered that it took too long. */
export class Abandoned extends Error {}

/** Who waits for a result: the response that it is for. Once that is closed, nobody does. */
export interface Waiter {
  readonly closed: boolean
  once(event: 'close', listener: () => void): unknown
  off(event: 'close', listener: () => void): unknown
}

/** The statements of sql/queries, as one request asks them. */
export type Statements = Pick<Database, 'one' | 'all' | 'list'>

/** Serialization failure and deadlock: the transaction was rolled back, and may be tried again as it was. */
const RETRIED = new Set(['40001', '40P01'])
const ATTEMPTS = 3

/** How many orders of lists each connection keeps prepared; any more are planned each time. */
const PREPARED_SHAPES = 50

/** The statements of sql/queries, each run as a transaction of its own over a pool of connections. */
export class Database {
  readonly pool: pg.Pool
  /** Told of every attempt at a query: how long it took on its connection, if it got one, and how it failed. */
  observe: (query: Name, seconds: number | undefined, error?: Error) => void = () => {}
  private readonly prepares: boolean
  private readonly patience: number
  private readonly maxWaiting: number
  private readonly shapes = new Map<string, string>()

  constructor(config: Config['database']) {
    this.pool = new pg.Pool(connection(config))
    // An idle connection that dies must not take the process with it; the next request gets another one.
    this.pool.on('error', () => {})
    // One that dies while it is used tells both the query, which fails, and whoever listens here.
    this.pool.on('connect', (client) => client.on('error', () => {}))
    this.prepares = config.pool.prepared_statements
    this.patience = milliseconds(config.pool.statement_timeout)
    this.maxWaiting = config.pool.max_waiting
  }

  /** The same statements for one request: what still runs when it is abandoned is cancelled. */
  until(waiter: Waiter): Statements {
    return {
      one: (name, parameters) => this.one(name, parameters, waiter),
      all: (name, parameters) => this.all(name, parameters, waiter),
      list: (name, parameters, selection) => this.list(name, parameters, selection, waiter),
    }
  }

  /** Runs a query that returns exactly one row. */
  async one<Query extends Name>(
    name: Query,
    parameters: Queries[Query]['parameters'],
    waiter?: Waiter,
  ): Promise<Row<Query>> {
    return first(await this.all(name, parameters, waiter))
  }

  /** Runs a query and returns its rows. */
  all<Query extends Name>(
    name: Query,
    parameters: Queries[Query]['parameters'],
    waiter?: Waiter,
  ): Promise<Row<Query>[]> {
    const { id, text } = queries[name]
    return this.run({ query: name, name: id, text, values: ordered(name, parameters) }, waiter)
  }

  /** Runs a list query for one selection of its rows, and returns its one row. */
  async list<Query extends Name>(
    name: Query,
    parameters: Queries[Query]['parameters'],
    selection: Selection,
    waiter?: Waiter,
  ): Promise<Row<Query>> {
    const { text, values } = selected(queries[name].text, ordered(name, parameters), selection)
    // A search is planned for its values each time: how many have a label decides how they are found.
    const id = selection.filter ? undefined : this.shape(name, text)
    return first(await this.run({ query: name, name: id, text, values }, waiter))
  }

  /** Closes the connections once what runs on them has ended. */
  close(): Promise<void> {
    return this.pool.end()
  }

  /** Tries a statement again that was rolled back, but not for longer than one statement may take. */
  private async run<Result extends pg.QueryResultRow>(query: Statement, waiter?: Waiter): Promise<Result[]> {
    const end = Date.now() + this.patience
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.attempt(this.prepares ? query : { ...query, name: undefined }, waiter)
      } catch (error) {
        const again = RETRIED.has((error as pg.DatabaseError).code ?? '')
        if (!again || attempt === ATTEMPTS || Date.now() > end) throw error
      }
    }
  }

  private async attempt<Result extends pg.QueryResultRow>(
    query: Statement,
    waiter?: Waiter,
  ): Promise<Result[]> {
    const client = await this.connect().catch((error: Error) => {
      this.observe(query.query, undefined, error)
      throw new DatabaseUnavailable('no connection to the database', { cause: error })
    })
    if (waiter?.closed) {
      client.release()
      throw new Abandoned('abandoned before its statement began')
    }
    const cancelIt = () => cancel(client as CancelTarget)
    waiter?.once('close', cancelIt)
    const began = performance.now()
    try {
      const { rows } = await client.query<Result>(query)
      // What is cancelled is whatever runs on the connection when the message arrives: no other statement may.
      client.release(waiter?.closed)
      this.observe(query.query, (performance.now() - began) / 1000)
      return rows
    } catch (error) {
      this.observe(
        query.query,
        (performance.now() - began) / 1000,
        waiter?.closed ? undefined : (error as Error),
      )
      // An ERROR of PostgreSQL leaves the connection usable; a FATAL, or the loss of the connection, does not.
      const reported = error instanceof pg.DatabaseError
      client.release(waiter?.closed || !reported || error.severity !== 'ERROR')
      if (waiter?.closed) throw new Abandoned('abandoned while its statement ran', { cause: error })
      if (reported || error instanceof TypeError) throw error
      throw new DatabaseUnavailable('the connection to the database was lost', { cause: error })
    } finally {
      waiter?.off('close', cancelIt)
    }
  }

  private connect(): Promise<pg.PoolClient> {
    if (this.pool.waitingCount < this.maxWaiting) return this.pool.connect()
    return Promise.reject(new Error(`${this.maxWaiting} requests wait for a connection`))
  }

  private shape(name: Name, text: string): string | undefined {
    const known = this.shapes.get(text)
    if (known || this.shapes.size >= PREPARED_SHAPES) return known
    const id = `${queries[name].id}_${this.shapes.size}`
    this.shapes.set(text, id)
    return id
  }
}

/** What a connection is cancelled by; pg keeps it on its clients. */
type CancelTarget = pg.PoolClient & { host: string; port: number; processID: number; secretKey: number }

/**
 * Asks PostgreSQL to stop what runs on a connection, by the protocol's CancelRequest, which is never encrypted and never answered.
 * Where it does not arrive, the statement's own time limit ends it.
 */
function cancel({ host, port, processID, secretKey }: CancelTarget) {
  const request = Buffer.alloc(16)
  const code = (1234 << 16) | 5678
  for (const [index, word] of [request.length, code, processID, secretKey].entries())
    request.writeInt32BE(word, index * 4)
  const socket = host.startsWith('/') ? connect(`${host}/.s.PGSQL.${port}`) : connect(port, host)
  socket.on('error', () => {}).end(request)
}

/** Opens the database, waiting for it as configured; throws a StartError when it is not there or too old. */
export async function openDatabase(config: Config['database']): Promise<Database> {
  const database = new Database(config)
  const { conn_retry_attempts, conn_retry_interval } = config.pool
  for (let attempt = 1; ; attempt++) {
    try {
      const { server_version } = await database.one('check_database', {})
      if (server_version >= 150_000) return database
      throw new StartError(
        `PostgreSQL 15 or newer is needed, and the database is ${Math.floor(server_version / 10_000)}`,
      )
    } catch (error) {
      const wrong = error instanceof StartError || error instanceof pg.DatabaseError || isRefusal(error)
      if (!wrong && attempt < conn_retry_attempts) {
        await new Promise((resolve) => setTimeout(resolve, milliseconds(conn_retry_interval)))
        continue
      }
      await database.close()
      if (error instanceof StartError) throw error
      throw new StartError(`the database ${describe(config)} cannot be used: ${reason(error)}`)
    }
  }
}

/** How to connect: also for the tools that need a connection of their own. */
export function connection(config: Config['database']): pg.PoolConfig {
  const timeout = milliseconds(config.pool.statement_timeout)
  const ssl = secure(config.ssl)
  const where = config.url
    ? { connectionString: config.url, ...(ssl && { ssl }) }
    : {
        host: config.host ?? 'localhost',
        port: config.port,
        database: config.name,
        user: config.username,
        password: config.password,
        ssl,
      }
  return {
    ...where,
    application_name: 'hyperfleet-api',
    max: config.pool.max_connections,
    connectionTimeoutMillis: 5000,
    statement_timeout: timeout,
    // For a connection that is dead without saying so; the database's own limit comes first.
    query_timeout: timeout + 2000,
    keepAlive: true,
  }
}

function secure({ mode, root_cert_file }: Config['database']['ssl']): pg.PoolConfig['ssl'] {
  if (mode === 'disable') return false
  const ca = root_cert_file ? readCertificate(root_cert_file) : undefined
  return {
    rejectUnauthorized: mode !== 'require',
    ...(ca && { ca }),
    // The certificate is all that verify-ca asks for, whatever host it is of.
    ...(mode === 'verify-ca' && { checkServerIdentity: () => undefined }),
  }
}

function readCertificate(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new StartError(
      `database.ssl.root_cert_file (HYPERFLEET_DATABASE_SSL_ROOT_CERT_FILE) cannot be read: ${(error as Error).message}`,
    )
  }
}

/** A list query with a selection put in between the marks `/* filter: *\/ … /* :filter *\/` and the like. */
export function selected(query: string, values: unknown[], selection: Selection): Fragment {
  const { filter, order, keys, after } = selection
  const all = [...values, ...(filter?.values ?? []), ...(after?.values ?? [])]
  const parts: Record<string, string | undefined> = {
    order,
    keys,
    filter: filter && shifted(filter.text, values.length),
    after: after && shifted(after.text, all.length - after.values.length),
  }
  const text = query.replace(/\/\* (\w+): \*\/.*?\/\* :\1 \*\//gs, (own, mark: string) => parts[mark] ?? own)
  return { text, values: all }
}

function ordered(name: Name, parameters: object): unknown[] {
  return queries[name].parameters.map((parameter) => parameters[parameter as keyof typeof parameters])
}

function first<Result>(rows: Result[]): Result {
  const [row] = rows
  if (row === undefined) throw new Error('a query that returns one row returned none')
  return row
}

/** A refusal of the very connection, such as a wrong password: waiting would not mend it. */
function isRefusal(error: unknown): boolean {
  return (error as Error).cause instanceof pg.DatabaseError && !isStarting((error as Error).cause)
}

const isStarting = (error: unknown) => ['57P03', '53300'].includes((error as pg.DatabaseError).code ?? '')

function reason(error: unknown): string {
  const cause = ((error as Error).cause ?? error) as Error & { errors?: Error[] }
  return cause.errors?.[0]?.message ?? cause.message
}

function describe({ url, host, port, name }: Config['database']): string {
  if (!url) return `${name} at ${host ?? 'localhost'}:${port}`
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  // A password with a slash makes a path of itself: then nothing of the URL is what it seems to be.
  const isPlain = parsed && (parsed.username || !url.includes('@'))
  return isPlain ? `${parsed.pathname.slice(1)} at ${parsed.host}` : 'of database.url'
}
