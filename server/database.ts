import pg from 'pg'
import { type Queries, queries } from '../generated/sql.ts'
import { type Selection, selectedText, selectedValues } from '../search/selection.ts'
import type { Config } from './config/load.ts'
import { milliseconds } from './config/units.ts'
import { type Cancellable, cancel, connection, describe } from './connection.ts'
import { StartError } from './start-error.ts'

type Name = keyof Queries
type Row<Query extends Name> = Queries[Query]['row']

/** A list query in one of its orders; without an id it is not kept prepared. */
interface Shape {
  id: string | undefined
  text: string
}

/** A statement, and the query of sql/queries that it is. */
type Statement = pg.QueryConfig & { query: Name }

/** The database cannot be reached, or has no connection to spare: a passing failure. */
export class DatabaseUnavailable extends Error {}

/** The database cannot be reached: no connection to it can be made, or the one that was used is lost. */
export class DatabaseAway extends DatabaseUnavailable {}

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

/** What the pool says to whoever has waited in vain for a connection that others had. */
const QUEUED_IN_VAIN = 'timeout exceeded when trying to connect'

/** How many orders of lists each connection keeps prepared; any more are planned each time. */
const PREPARED_SHAPES = 50

/** The statements of sql/queries, each run as a transaction of its own over a pool of connections. */
export class Database {
  readonly pool: pg.Pool
  /** Told of every attempt at a query that anybody waits for: how long it took on its connection, if it got one, and how it failed. */
  observe: (query: Name, seconds: number | undefined, error?: Error) => void = () => {}
  /** How many requests wait for a connection. */
  waiting = 0
  /** How many statements run, each on a connection of its own. */
  private running = 0
  private ended: Promise<void> | undefined
  private readonly prepares: boolean
  private readonly patience: number
  private readonly maxWaiting: number
  private readonly attempts: number
  private readonly shapes = new Map<string, Shape>()

  constructor(config: Config['database'], { attempts = ATTEMPTS, pool = {} as pg.PoolConfig } = {}) {
    this.attempts = attempts
    this.pool = new pg.Pool({ ...connection(config), ...pool })
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
    return new Asked(this, waiter)
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
    const own = ordered(name, parameters)
    // A search is planned for its values each time: how many have a label decides how they are found.
    const { id, text } = selection.filter
      ? { id: undefined, text: selectedText(queries[name].text, own.length, selection) }
      : this.shape(name, own.length, selection)
    const values = [...own, ...selectedValues(selection)]
    return first(await this.run({ query: name, name: id, text, values }, waiter))
  }

  /** Closes the connections once what runs on them has ended. */
  close(): Promise<void> {
    this.ended ??= this.pool.end()
    return this.ended
  }

  /** Tries a statement again that was rolled back, but not for longer than one statement may take. */
  private async run<Result extends pg.QueryResultRow>(query: Statement, waiter?: Waiter): Promise<Result[]> {
    const end = performance.now() + this.patience
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.attempt(this.prepares ? query : { ...query, name: undefined }, waiter)
      } catch (error) {
        const again = RETRIED.has((error as pg.DatabaseError).code ?? '')
        if (!again || attempt >= this.attempts || performance.now() > end) throw error
      }
    }
  }

  private async attempt<Result extends pg.QueryResultRow>(
    query: Statement,
    waiter?: Waiter,
  ): Promise<Result[]> {
    const client = await this.connect(query.query, waiter)
    const cancelIt = () => cancel(client as Cancellable)
    waiter?.once('close', cancelIt)
    const began = performance.now()
    this.running++
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
      const isUsable = error instanceof pg.DatabaseError && error.severity === 'ERROR'
      client.release(waiter?.closed || !isUsable)
      if (waiter?.closed) throw new Abandoned('abandoned while its statement ran', { cause: error })
      if (isUsable || error instanceof TypeError) throw error
      throw new DatabaseAway('the connection to the database was lost', { cause: error })
    } finally {
      this.running--
      waiter?.off('close', cancelIt)
    }
  }

  /** A connection of the pool. Whoever no longer waits for one gives up the place in the queue at once. */
  private async connect(query: Name, waiter?: Waiter): Promise<pg.PoolClient> {
    if (waiter?.closed) throw new Abandoned('abandoned before its statement began')
    this.waiting++
    const isCrowded = this.waiting > this.maxWaiting && !this.pool.idleCount
    try {
      if (isCrowded) throw new Error(`${this.maxWaiting} requests wait for a connection`)
      return await (waiter ? this.comeTo(waiter) : this.pool.connect())
    } catch (error) {
      if (error instanceof Abandoned) throw error
      this.observe(query, undefined, error as Error)
      const isBusy = isCrowded || (this.running > 0 && (error as Error).message === QUEUED_IN_VAIN)
      const Failure = isBusy ? DatabaseUnavailable : DatabaseAway
      throw new Failure('no connection to the database', { cause: error })
    } finally {
      this.waiting--
    }
  }

  /** A connection is either handed to whoever waits for it or given back, and never both. */
  private comeTo(waiter: Waiter): Promise<pg.PoolClient> {
    return new Promise((resolve, reject) => {
      let hasLeft = false
      const leave = () => {
        hasLeft = true
        reject(new Abandoned('abandoned before its statement began'))
      }
      waiter.once('close', leave)
      this.pool
        .connect()
        .then((client) => (hasLeft ? client.release() : resolve(client)), reject)
        .finally(() => waiter.off('close', leave))
    })
  }

  /** The query of a list in an order. Its text is several KB, made once for each order that is kept prepared. */
  private shape(name: Name, parameters: number, selection: Selection): Shape {
    const { order, keys, after } = selection
    const key = [name, order, keys, after?.text].join('\n')
    const known = this.shapes.get(key)
    if (known) return known
    const text = selectedText(queries[name].text, parameters, selection)
    if (this.shapes.size >= PREPARED_SHAPES) return { id: undefined, text }
    const shape = { id: `${queries[name].id}_${this.shapes.size}`, text }
    this.shapes.set(key, shape)
    return shape
  }
}

/** The statements as one request asks them. */
class Asked implements Statements {
  private readonly database: Database
  private readonly waiter: Waiter

  constructor(database: Database, waiter: Waiter) {
    this.database = database
    this.waiter = waiter
  }

  one<Query extends Name>(name: Query, parameters: Queries[Query]['parameters']) {
    return this.database.one(name, parameters, this.waiter)
  }

  all<Query extends Name>(name: Query, parameters: Queries[Query]['parameters']) {
    return this.database.all(name, parameters, this.waiter)
  }

  list<Query extends Name>(name: Query, parameters: Queries[Query]['parameters'], selection: Selection) {
    return this.database.list(name, parameters, selection, this.waiter)
  }
}

/** Opens the database; throws as `reach` does. */
export async function openDatabase(config: Config['database']): Promise<Database> {
  const database = new Database(config)
  await reach(database, config)
  return database
}

/** Waits for the database as configured; closes it, and throws a StartError, when it is not there or too old. */
export async function reach(database: Database, config: Config['database']): Promise<void> {
  const { conn_retry_attempts, conn_retry_interval } = config.pool
  for (let attempt = 1; ; attempt++) {
    try {
      const { server_version } = await database.one('check_database', {})
      if (server_version >= 150_000) return
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
      throw unusable(config, error)
    }
  }
}

/** What tells the operator in one line why the database cannot be used. */
export function unusable(config: Config['database'], error: unknown): StartError {
  return new StartError(`the database ${describe(config)} cannot be used: ${reason(error)}`)
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

/** What PostgreSQL, or the network, has said. */
export function reason(error: unknown): string {
  const cause = ((error as Error).cause ?? error) as Error & { errors?: Error[] }
  return cause.errors?.[0]?.message ?? cause.message
}
