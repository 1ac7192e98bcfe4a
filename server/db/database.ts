import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { type Queries, queries } from '../../generated/sql.ts'
import { type Selection, selectedText, selectedValues } from '../../search/selection.ts'
import type { Config } from '../config/schema.ts'
import { milliseconds } from '../config/units.ts'
import { within } from '../lib/timeout.ts'
import { StartError } from '../process/start-error.ts'
import { reasonAndAdvice } from './advice.ts'
import { abandon, type Cancellable, CONNECT_TIMEOUT_MS, connection, describe } from './connection.ts'
import { ConnectionQueue, type Waiter } from './connection-queue.ts'
import { DatabaseAway, DatabaseUnavailable, RequestAborted, SessionUnfit } from './database-errors.ts'
import { isPrepared, JoinedQuery, type Joint, PipelinedQuery } from './joined-query.ts'

type Name = keyof Queries
type Row<Query extends Name> = Queries[Query]['row']

/** A list query in one of its orders; without an id it is not kept prepared. */
interface Shape {
  id: string | undefined
  text: string
}

/** A statement, and the query of sql/queries that it is; `begin` and the like are none. */
type Statement = pg.QueryConfig & { query?: Name; unindexed?: boolean; joint?: Joint }

/** The statements of sql/queries, as one request asks them. */
export type Statements = Pick<Database, 'one' | 'all' | 'list'>

/** The statements of one transaction. */
export interface Transaction extends Statements {
  /** Runs the last statement of the transaction, and ends it in the same round trip; returns its rows. */
  finish<Query extends Name>(name: Query, parameters: Queries[Query]['parameters']): Promise<Row<Query>[]>
  /**
   * Runs queries in this order, in few round trips; resolves with the rows of each. After one that fails none is run, and the promise
   * is rejected as that one.
   */
  pipeline(queries: Asked[]): Promise<object[][]>
  /** Does some work, and undoes it alone where it rejects; rejects as the work does. */
  attempt<Result>(work: () => Promise<Result>): Promise<Result>
}

/** A query of sql/queries with its parameters. */
export type Asked = { [Query in Name]: { name: Query; parameters: Queries[Query]['parameters'] } }[Name]

/** The database as one request sees it. */
export interface RequestDatabase extends Statements {
  /** Whether its writes are kept. Without, each is a transaction that is rolled back, with the locks and the answer of one that is kept. */
  isKept: boolean
  /** The check that its statements depend on; with it, each statement is a transaction that begins with the check. */
  guard: Guard | undefined
  transaction<Result>(work: (statements: Transaction) => Promise<Result>): Promise<Result>
  /** Calls some work once the writes before it are kept; never where they are not. */
  whenKept(work: () => void): void
}

/** A check of a request that its statements depend on. */
export interface Guard {
  /** Rejects where the statements of the request must not run. Runs first in each transaction, and may take locks. */
  check(statements: Transaction): Promise<void>
  /** As `check`, on the state as it is read: takes no locks. */
  look(statements: Transaction): Promise<void>
  /** Whether the check and the statements after it see one state of the database; then they take no locks. */
  isSnapshot: boolean
}

const DEADLOCK = '40P01'
/**
 * A serialization failure. At READ COMMITTED a primary raises none itself: functions do, where another write came between a read and the
 * lock after it. Each retry follows a write that succeeded, so retries are limited by time and not by their count. A standby raises it for
 * conflicts with recovery.
 */
const OVERTAKEN = '40001'
/**
 * An internal error, and a datatype mismatch, by which PostgreSQL fails when a later release changes a table at the moment in which
 * a statement is analysed: one part of its plan has the columns of before, another those of after.
 */
const TABLE_CHANGED = ['XX000', '42804']
/**
 * What may be tried again as it was: after a serialization failure, a deadlock or a change of a table the transaction was rolled
 * back, and on a connection that the database has ended for being idle no statement began.
 */
const RETRIED = new Set([OVERTAKEN, DEADLOCK, '57P05', ...TABLE_CHANGED])
/** How long a statement waits after its first deadlock; twice as long after the second. */
const DEADLOCK_PAUSE_MS = 50
/** A prepared statement is not there, or there already: the pooler has given us another connection than we prepared it on. */
const NOT_PREPARED = new Set(['26000', '42P05'])
/** The session is read-only. */
const READ_ONLY = '25006'
/**
 * Nothing was written because of how the session is set up (HF503: require_read_committed). Another one may have begun
 * since that was changed.
 */
const UNFIT = new Set([READ_ONLY, 'HF503'])
const ATTEMPTS = 3

/** How long a connection may take to be ready again, or to end, after an error. */
const SETTLE_MS = 1000

/** A client of pg, which keeps on it whether it can take a statement. */
type Client = pg.PoolClient & Cancellable & { readyForQuery: boolean }

/** A connection while one statement or one transaction has it. */
interface Session {
  client: Client
  /** Whether the connection can be used again afterwards. */
  isUsable: boolean
}

/** How a database is opened. */
interface Options {
  /** How often a statement is tried. */
  attempts?: number
  /** Whether the sessions only read: then they may be those of a standby. */
  isReader?: boolean
  /** Settings of the pool that go before those of the configuration. */
  pool?: pg.PoolConfig
}

/** How many orders of lists each connection keeps prepared; any more are planned each time. */
const PREPARED_SHAPES = 50

/**
 * The statements of sql/queries, each run as a transaction of its own over a pool of connections.
 *
 * What is settled when a session begins is checked then, with one statement: a session that must not be used, such as one
 * of a standby, is closed, and its request fails with SessionUnfit.
 */
export class Database {
  /** Where its connections come from: a pool of its own, or the one that it was given. */
  pool: pg.Pool
  /** How such a pool is opened. */
  readonly settings: pg.PoolConfig
  /** Called after each attempt at a query: `seconds` on its connection, undefined if it got none; `error` if it failed and its request was not aborted. */
  observe: (query: Name, seconds: number | undefined, error?: Error) => void = () => {}
  /** Called with a message to the operator about a setting to change. */
  warn: (message: string) => void = () => {}
  private readonly queue: ConnectionQueue
  /** Statements that read every row pass this queue first, so that a few of them at most hold connections that others wait for. */
  private readonly unindexed: ConnectionQueue
  private isOwner = true
  private ended: Promise<void> | undefined
  private prepares: boolean
  private readonly patience: number
  private readonly attempts: number
  readonly isReader: boolean
  private readonly shapes = new Map<string, Shape>()
  /** When each session had been checked. */
  private readonly begun = new WeakMap<object, number>()
  /** Sessions that had begun by then are not used again. */
  private renewedAt = Number.NEGATIVE_INFINITY

  constructor(
    config: Config['database'],
    { attempts = ATTEMPTS, isReader = false, pool = {} }: Options = {},
  ) {
    this.attempts = attempts
    this.isReader = isReader
    const { connectionTimeoutMillis = CONNECT_TIMEOUT_MS } = pool
    const onConnect = async (session: pg.ClientBase) => {
      // The time before the check: a change during the check makes this session too old, and another one is opened and checked.
      const at = performance.now()
      await checkSession(session, isReader, connectionTimeoutMillis)
      this.begun.set(session, at)
    }
    this.settings = { ...connection(config), ...pool, onConnect }
    this.pool = outliving(new pg.Pool(this.settings))
    this.prepares = config.pool.prepared_statements
    this.patience = milliseconds(config.pool.statement_timeout)
    // The pool itself never has to queue: the queue lets no more in than it has connections.
    const { max_connections, max_unindexed, max_waiting } = config.pool
    this.queue = new ConnectionQueue(max_connections, max_waiting, connectionTimeoutMillis)
    const share = Math.max(1, Math.min(max_unindexed, max_connections - 1))
    this.unindexed = new ConnectionQueue(share, max_waiting, connectionTimeoutMillis)
  }

  /**
   * Takes its connections from a pool that was opened with `settings`, and that its owner ends: `close` does nothing from
   * here on. To be called before the first statement.
   */
  use(pool: pg.Pool) {
    this.pool = outliving(pool)
    this.isOwner = false
  }

  /** How many requests wait for a connection. */
  get waiting(): number {
    return this.queue.waiting + this.unindexed.waiting
  }

  /** Whether all connections are in use. */
  get isBusy(): boolean {
    return this.queue.isFull
  }

  /** The same statements for one request: when the request is aborted, its running statement is cancelled. */
  until(waiter: Waiter): RequestDatabase {
    return new OwnStatements(this, waiter)
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
    return this.run(statementOf(name, parameters), waiter)
  }

  /** Runs a list query for one selection of its rows, and returns its one row. */
  async list<Query extends Name>(
    name: Query,
    parameters: Queries[Query]['parameters'],
    selection: Selection,
    waiter?: Waiter,
  ): Promise<Row<Query>> {
    return first(await this.run(this.listStatement(name, parameters, selection), waiter))
  }

  private listStatement(name: Name, parameters: object, selection: Selection): Statement {
    const own = ordered(name, parameters)
    // A search is planned for its values each time: how many have a label decides how they are found.
    const { id, text } =
      selection.filter || selection.group
        ? { id: undefined, text: selectedText(queries[name].text, own.length, selection) }
        : this.shape(name, own.length, selection)
    const values = [...own, ...selectedValues(selection)]
    const { unindexed } = selection
    return { query: name, name: id, text, values, unindexed }
  }

  /** What must be changed before the database can be used, as an open session sees it. Rejects as a query does. */
  async faults(waiter?: Waiter): Promise<string[]> {
    const { faults, unwritable } = await this.one('check_database', {}, waiter)
    if (unwritable.length) this.renew()
    return faults
  }

  /** Has no session used again that has begun by now: statements that run on them end as they do. */
  renew() {
    this.renewedAt = performance.now()
  }

  /** Closes the connections of its own pool once their statements have ended. */
  async close(): Promise<void> {
    if (this.isOwner) this.ended ??= this.pool.end()
    await this.ended
  }

  /**
   * Runs statements as one transaction on one connection. It is rolled back when `work` rejects, and where it is not to be
   * kept; rejects as `work` does. `work` may run more than once: after a deadlock, for example. With `isSnapshot` all of its
   * statements see one state of the database. It begins with the first statement, in the same round trip but
   * for the first transaction of a session.
   */
  transaction<Result>(
    work: (statements: Transaction) => Promise<Result>,
    {
      isKept = true,
      isSnapshot = false,
      waiter,
    }: { isKept?: boolean; isSnapshot?: boolean; waiter?: Waiter } = {},
  ): Promise<Result> {
    const ending = isKept ? 'commit' : 'rollback'
    return this.retried((prepares) =>
      this.connected(async (session) => {
        const perform = <Row extends pg.QueryResultRow>(statement: Statement) =>
          this.perform<Row>(prepares ? statement : unnamed(statement), session, waiter)
        // The first time on a session they are sent alone, and so prepared.
        const joins = (text: string) => !prepares || isPrepared(session.client, text)
        let begin: string | undefined = isSnapshot ? 'begin isolation level repeatable read' : 'begin'
        let isOpen = false
        let isEnded = false
        const end = async () => {
          await perform({ name: ending, text: ending })
          isOpen = false
        }
        const run = async <Row extends pg.QueryResultRow>(statement: Statement, isLast = false) => {
          // It would be a transaction of its own.
          if (isEnded) throw new Error('a statement after the last one of its transaction')
          isEnded = isLast
          if (begin && !joins(begin)) {
            await perform({ name: begin, text: begin })
            begin = undefined
          }
          const before = begin
          begin = undefined
          const after = isLast && joins(ending) ? ending : undefined
          isOpen = true
          const joint = (before || after) && { before, after, isPrepared: prepares }
          const rows = await perform<Row>(joint ? { ...statement, joint } : statement)
          if (after) isOpen = false
          else if (isLast) await end()
          return rows
        }
        try {
          const runAll = (list: Statement[]) =>
            this.performAll(prepares ? list : list.map(unnamed), session, waiter)
          const statements = new Within(run, runAll, (...list) => this.listStatement(...list))
          if (!isKept) await statements.one('mark_dry_run', {})
          const result = await work(statements)
          if (isOpen) await end()
          return result
        } catch (error) {
          // Without an answer to this, the connection is closed, and PostgreSQL rolls back.
          if (waiter?.closed) session.isUsable = false
          if (isOpen && session.isUsable) await perform({ text: 'rollback' }).catch(() => {})
          throw error
        }
      }, waiter),
    )
  }

  private run<Result extends pg.QueryResultRow>(query: Statement, waiter?: Waiter): Promise<Result[]> {
    return this.retried((prepares) => this.attempt(prepares ? query : unnamed(query), waiter))
  }

  /**
   * Tries again what was rolled back, but not for longer than one statement may take. `attempt` is told whether statements
   * are to be prepared.
   */
  private async retried<Result>(attempt: (prepares: boolean) => Promise<Result>): Promise<Result> {
    const end = performance.now() + this.patience
    for (let count = 1; ; count++) {
      const isPrepared = this.prepares
      try {
        return await attempt(isPrepared)
      } catch (error) {
        const state = sqlState(error)
        if (performance.now() > end) throw error
        if (isPrepared && NOT_PREPARED.has(state)) this.stopPreparing()
        else if (!(RETRIED.has(state) || UNFIT.has(state))) throw error
        else if (count >= this.attempts && (state !== OVERTAKEN || this.isReader)) throw error
        // At once, it could take the lock again before the session that waits for it has woken up.
        if (state === DEADLOCK) await sleep(count * DEADLOCK_PAUSE_MS)
      }
    }
  }

  private stopPreparing() {
    if (!this.prepares) return
    this.prepares = false
    this.warn(
      'prepared statements do not last from one transaction to the next, and are no longer used: ' +
        'set database.pool.prepared_statements to false, or let the pooler keep them (max_prepared_statements of PgBouncer 1.21)',
    )
  }

  private async attempt<Result extends pg.QueryResultRow>(
    statement: Statement,
    waiter?: Waiter,
  ): Promise<Result[]> {
    let isConnected = false
    const task = () =>
      this.connected((session) => {
        isConnected = true
        return this.perform<Result>(statement, session, waiter)
      }, waiter)
    try {
      return await (statement.unindexed ? this.unindexed.run(task, waiter) : task())
    } catch (error) {
      if (!isConnected && statement.query && !(error instanceof RequestAborted))
        this.observe(statement.query, undefined, error as Error)
      throw error
    }
  }

  /** Runs work on a connection of its own, which goes back to the pool unless it cannot be used again. */
  private connected<Result>(work: (session: Session) => Promise<Result>, waiter?: Waiter): Promise<Result> {
    return this.queue.run(async () => {
      const session = { client: await this.connect(), isUsable: true }
      try {
        return await work(session)
      } finally {
        session.client.release(!session.isUsable)
      }
    }, waiter)
  }

  private async perform<Result extends pg.QueryResultRow>(
    statement: Statement,
    session: Session,
    waiter?: Waiter,
  ): Promise<Result[]> {
    const began = performance.now()
    const observe = (error?: Error) => {
      const seconds = (performance.now() - began) / 1000
      if (statement.query) this.observe(statement.query, seconds, waiter?.closed ? undefined : error)
    }
    const { rows } = await this.watched(
      () => ask<Result>(session.client, statement),
      observe,
      session,
      waiter,
    )
    return rows
  }

  /** Runs statements one after another; those that are prepared on the session are sent together. Rejects as the first one that fails. */
  private async performAll(list: Statement[], session: Session, waiter?: Waiter): Promise<object[][]> {
    const { client } = session
    const isReady = ({ name, text }: Statement) => name === undefined || isPrepared(client, text, name)
    const rows: object[][] = []
    for (let at = 0; at < list.length; ) {
      const statement = list[at] as Statement
      if (!isReady(statement)) {
        rows.push(await this.perform(statement, session, waiter))
        at++
        continue
      }
      const next = list.findIndex((each, index) => index > at && !isReady(each))
      const together = list.slice(at, next < 0 ? list.length : next)
      await this.performTogether(together, rows, session, waiter)
      at += together.length
    }
    return rows
  }

  /** Runs statements in one round trip, and adds the rows of each that succeeds to `rows`. */
  private async performTogether(list: Statement[], rows: object[][], session: Session, waiter?: Waiter) {
    const began = performance.now()
    const first = rows.length
    const observe = (error?: Error) => {
      const done = rows.length - first
      // How long each took is not known.
      const seconds = (performance.now() - began) / 1000 / Math.max(1, done + (error ? 1 : 0))
      for (const { query } of list.slice(0, done)) if (query) this.observe(query, seconds)
      const failed = error && list[done]?.query
      if (failed) this.observe(failed, seconds, waiter?.closed ? undefined : error)
    }
    const run = () =>
      new Promise<void>((resolve, reject) => {
        const query = new PipelinedQuery(list, (error, results) => {
          rows.push(...results.map((result) => result.rows))
          if (error) reject(error)
          else resolve()
        })
        session.client.query(query as never)
      })
    await this.watched(run, observe, session, waiter)
  }

  /** Waits for statements that run on a connection, and settles whether it can be used again. */
  private async watched<Result>(
    run: () => Promise<Result>,
    observe: (error?: Error) => void,
    session: Session,
    waiter?: Waiter,
  ): Promise<Result> {
    const { client } = session
    if (waiter?.closed) throw new RequestAborted('aborted before its statement began')
    const cancelIt = () => abandon(client)
    waiter?.once('close', cancelIt)
    try {
      const result = await run()
      observe()
      return result
    } catch (error) {
      // Else its stack would be that of the parser of the answer.
      Error.captureStackTrace(error as Error)
      observe(error as Error)
      const isUsable = error instanceof pg.DatabaseError && !waiter?.closed && (await isReusable(client))
      const state = sqlState(error)
      // This session is read-only. All sessions that are open now may be, too: none of them is used again.
      if (state === READ_ONLY) this.renew()
      session.isUsable = isUsable && !UNFIT.has(state) && !TABLE_CHANGED.includes(state)
      // The request may have been aborted meanwhile.
      if (waiter?.closed) throw new RequestAborted('aborted while its statement ran', { cause: error })
      // A TypeError is of a value that cannot be sent: nothing is wrong with the database.
      if (isUsable || error instanceof TypeError) throw error
      throw new DatabaseAway('the connection to the database was lost', { cause: error })
    } finally {
      waiter?.off('close', cancelIt)
      // A cancel request stops the statement that runs when it arrives: no other statement may.
      if (waiter?.closed) session.isUsable = false
    }
  }

  private async connect(): Promise<Client> {
    try {
      for (;;) {
        const client = (await this.pool.connect()) as Client
        if ((this.begun.get(client) ?? 0) > this.renewedAt) return client
        client.release(true)
      }
    } catch (error) {
      if (error instanceof SessionUnfit) throw error
      throw new DatabaseAway('no connection to the database', { cause: error })
    }
  }

  /** The query of a list in an order. Its text is several KB, made once for each order that is kept prepared. */
  private shape(name: Name, parameters: number, selection: Selection): Shape {
    const { scope, tenant, source, order, keys, after } = selection
    const key = [name, scope, tenant, source, order, keys, after?.text].join('\n')
    const known = this.shapes.get(key)
    if (known) return known
    const text = selectedText(queries[name].text, parameters, selection)
    if (this.shapes.size >= PREPARED_SHAPES) return { id: undefined, text }
    const shape = { id: `${queries[name].id}_${this.shapes.size}`, text }
    this.shapes.set(key, shape)
    return shape
  }
}

/** The statements of a request, each a transaction of its own. */
class OwnStatements implements RequestDatabase {
  isKept = true
  guard: Guard | undefined
  private readonly database: Database
  private readonly waiter: Waiter

  constructor(database: Database, waiter: Waiter) {
    this.database = database
    this.waiter = waiter
  }

  whenKept(work: () => void) {
    if (this.isKept) work()
  }

  async one<Query extends Name>(name: Query, parameters: Queries[Query]['parameters']) {
    if (!this.isKept || this.guard)
      return first(await this.transaction((statements) => statements.finish(name, parameters)))
    return this.database.one(name, parameters, this.waiter)
  }

  all<Query extends Name>(name: Query, parameters: Queries[Query]['parameters']) {
    if (this.guard) return this.transaction((statements) => statements.finish(name, parameters))
    return this.database.all(name, parameters, this.waiter)
  }

  list<Query extends Name>(name: Query, parameters: Queries[Query]['parameters'], selection: Selection) {
    if (this.guard) return this.transaction((statements) => statements.list(name, parameters, selection))
    return this.database.list(name, parameters, selection, this.waiter)
  }

  transaction<Result>(work: (statements: Transaction) => Promise<Result>) {
    const { guard, isKept, waiter } = this
    const guarded = async (statements: Transaction) => {
      await guard?.check(statements)
      return work(statements)
    }
    return this.database.transaction(guarded, { isKept, waiter, isSnapshot: guard?.isSnapshot ?? false })
  }
}

/** The statements of a transaction. */
class Within implements Transaction {
  private readonly run: <Row extends pg.QueryResultRow>(
    statement: Statement,
    isLast?: boolean,
  ) => Promise<Row[]>

  private readonly runAll: (statements: Statement[]) => Promise<object[][]>
  private readonly listStatement: (name: Name, parameters: object, selection: Selection) => Statement

  constructor(run: Within['run'], runAll: Within['runAll'], listStatement: Within['listStatement']) {
    this.run = run
    this.runAll = runAll
    this.listStatement = listStatement
  }

  pipeline(queries: Asked[]) {
    return this.runAll(queries.map(({ name, parameters }) => statementOf(name, parameters)))
  }

  async attempt<Result>(work: () => Promise<Result>): Promise<Result> {
    const send = (text: string) => this.run({ name: text, text })
    await send('savepoint attempt')
    try {
      const result = await work()
      await send('release savepoint attempt')
      return result
    } catch (error) {
      // After the loss of the connection nothing is left to be undone.
      if (!(error instanceof DatabaseUnavailable)) await send('rollback to savepoint attempt')
      throw error
    }
  }

  finish<Query extends Name>(name: Query, parameters: Queries[Query]['parameters']) {
    return this.run<Row<Query>>(statementOf(name, parameters), true)
  }

  async one<Query extends Name>(name: Query, parameters: Queries[Query]['parameters']) {
    return first(await this.all(name, parameters))
  }

  all<Query extends Name>(name: Query, parameters: Queries[Query]['parameters']) {
    return this.run<Row<Query>>(statementOf(name, parameters))
  }

  async list<Query extends Name>(
    name: Query,
    parameters: Queries[Query]['parameters'],
    selection: Selection,
  ) {
    return first(await this.run<Row<Query>>(this.listStatement(name, parameters, selection)))
  }
}

/** The same pool. The death of a connection no longer ends the process, as an error event without a listener does. */
function outliving(pool: pg.Pool): pg.Pool {
  // Of an idle connection: the next request gets another one.
  pool.on('error', () => {})
  // Of one in use: the query fails, too.
  pool.on('connect', (client) => client.on('error', () => {}))
  return pool
}

/** Throws a SessionUnfit when a new session must not be used; waits `patience` milliseconds for the answer. */
async function checkSession(session: pg.ClientBase, isReader: boolean, patience: number) {
  const { text } = queries.check_database
  const { rows } = await session.query<Row<'check_database'>>({
    text,
    query_timeout: patience,
  } as pg.QueryConfig)
  const { unreadable, unwritable, standby } = first(rows)
  const faults = isReader ? unreadable : unwritable
  if (faults.length) throw new SessionUnfit(faults, standby)
}

/** Opens the database, for reading only or also for writing; throws as `reach` does. */
export async function openDatabase(config: Config['database'], { isReader = false } = {}): Promise<Database> {
  const database = new Database(config, { isReader })
  await reach(database, config).catch(async (error) => {
    await database.close()
    throw error
  })
  return database
}

/** Waits for the database as configured, also for a standby to be promoted; throws a StartError when it is not there, too old, or set up otherwise than the rules need. */
export async function reach(database: Database, config: Config['database']): Promise<void> {
  const { conn_retry_attempts, conn_retry_interval } = config.pool
  for (let attempt = 1; ; attempt++) {
    try {
      const { server_version, faults, unreadable } = await database.one('check_database', {})
      if (server_version < 150_000) {
        const version = Math.floor(server_version / 10_000)
        throw new StartError(`PostgreSQL 15 or newer is needed, and the database is ${version}`)
      }
      const broken = database.isReader ? unreadable : faults
      if (!broken.length) return
      throw new SessionUnfit(broken)
    } catch (error) {
      const wrong =
        error instanceof StartError ||
        error instanceof pg.DatabaseError ||
        (error instanceof SessionUnfit && !error.isStandby) ||
        isRefusal(error)
      if (!wrong && attempt < conn_retry_attempts) {
        await new Promise((resolve) => setTimeout(resolve, milliseconds(conn_retry_interval)))
        continue
      }
      if (error instanceof StartError) throw error
      throw unusable(config, error)
    }
  }
}

/** What tells the operator in one line why the database cannot be used. */
export function unusable(config: Config['database'], error: unknown): StartError {
  if (error instanceof SessionUnfit)
    return new StartError(
      `the database ${describe(config)} cannot be used as it is set up: ${error.faults.join('; ')}`,
    )
  return new StartError(`the database ${describe(config)} cannot be used: ${reasonAndAdvice(error)}`)
}

/**
 * Runs a statement on a connection. pg copies a statement that is given as an object, with the descriptors of its members,
 * which costs more than to parse the answer; a Query of its own is taken as it is.
 */
function ask<Result extends pg.QueryResultRow>(
  client: Client,
  { name, text, values, joint }: Statement,
): Promise<pg.QueryResult<Result>> {
  return new Promise((resolve, reject) => {
    const settle = (error: Error | null, result: pg.QueryResult<Result>) =>
      error ? reject(error) : resolve(result)
    const query = joint
      ? new JoinedQuery(text, values ?? [], joint, settle as never)
      : new pg.Query<Result>(text, values, settle as never)
    client.query(Object.assign(query, { name }) as never)
  })
}

/** A statement that is not prepared. */
const unnamed = (statement: Statement): Statement => ({ ...statement, name: undefined })

function statementOf<Query extends Name>(name: Query, parameters: Queries[Query]['parameters']): Statement {
  const { id, text } = queries[name]
  return { query: name, name: id, text, values: ordered(name, parameters) }
}

function ordered(name: Name, parameters: object): unknown[] {
  return queries[name].parameters.map((parameter) => parameters[parameter as keyof typeof parameters])
}

/**
 * Whether a connection can be used after an error of PostgreSQL: an ERROR leaves it ready for the next statement, a FATAL
 * ends it. The severity is in the language of the server (lc_messages), and is not read.
 */
async function isReusable(client: Client): Promise<boolean> {
  if (client.readyForQuery) return true
  let [ready, end] = [() => {}, () => {}]
  const settled = new Promise<boolean>((resolve) => {
    ready = () => resolve(true)
    end = () => resolve(false)
    client.once('drain', ready).once('end', end)
  })
  return within(SETTLE_MS, settled, false).finally(() => client.off('drain', ready).off('end', end))
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

/** Whether a transaction that failed by an error was rolled back for a passing reason, and is tried again as a whole. */
export const isRetried = (error: unknown): boolean => {
  const state = sqlState(error)
  return RETRIED.has(state) || UNFIT.has(state) || NOT_PREPARED.has(state)
}

/** The SQLSTATE of an error of PostgreSQL, also of one that has ended the connection; '' of any other error. */
function sqlState(error: unknown): string {
  const answer = error instanceof DatabaseAway ? error.cause : error
  return answer instanceof pg.DatabaseError ? (answer.code ?? '') : ''
}
