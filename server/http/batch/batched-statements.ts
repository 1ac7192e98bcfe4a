import type { Queries } from '../../../generated/sql.ts'
import type { Asked, Guard, RequestDatabase, Transaction } from '../../db/database.ts'

type Name = keyof Queries
type Row<Query extends Name> = Queries[Query]['row']

/** Each is the whole write of an operation, the last of its statements that depends on the order of operations. */
const WRITES: ReadonlySet<Name> = new Set([
  'create_resource',
  'patch_resource',
  'delete_resource',
  'force_delete_resource',
  'report_status',
])

interface Waiting {
  query: Asked
  resolve(rows: object[]): void
  reject(error: unknown): void
}

/** A statement that does one write or several, and what is done with its rows. */
interface Step {
  query: Asked
  settle(rows: object[]): void
}

/** The statements of writes that wait: those of one sort that follow one another are done by one. */
function stepsOf(waiting: Waiting[]): Step[] {
  const runs: Waiting[][] = []
  for (const each of waiting) {
    const last = runs.at(-1)
    const sort = sortOf(each.query)
    if (last && sort && sortOf((last[0] as Waiting).query) === sort) last.push(each)
    else runs.push([each])
  }
  return runs.map((run) => {
    const [first] = run as [Waiting]
    if (run.length === 1) return { query: first.query, settle: first.resolve }
    const settle = (rows: object[]) => {
      for (const [index, { resolve }] of run.entries()) resolve(rows.slice(index, index + 1))
    }
    const queries = run.map(({ query }) => query)
    const query = sortOf(first.query) === 'report' ? reportsOf(queries) : createsOf(queries)
    return { query, settle }
  })
}

/** The writes of which one statement does many. A create with a key is none: its answer may be kept. */
function sortOf({ name, parameters }: Asked): 'report' | 'create' | undefined {
  if (name === 'report_status') return 'report'
  return name === 'create_resource' && parameters.key === null ? 'create' : undefined
}

type Report = Queries['report_status']['parameters']
type Create = Queries['create_resource']['parameters']

/** The statement that takes several reports of one caller. */
function reportsOf(queries: Asked[]): Asked {
  const reports = queries.map(({ parameters }) => parameters as Report)
  const { max_clock_skew, max_age, tenancy } = reports[0] as Report
  const texts = reports.map(({ kind, owner_id, id, report }) =>
    withText({ kind, owner_id, id }, 'report', report),
  )
  return { name: 'report_statuses', parameters: { reports: `[${texts}]`, max_clock_skew, max_age, tenancy } }
}

/** The statement that does several creates of one caller. */
function createsOf(queries: Asked[]): Asked {
  const creates = queries.map(({ parameters }) => parameters as Create)
  const { caller, tenancy, tenant } = creates[0] as Create
  const texts = creates.map(({ kind, owner_id, body }) => withText({ kind, owner_id }, 'body', body))
  return { name: 'create_resources', parameters: { creates: `[${texts}]`, caller, tenancy, tenant } }
}

/** An object as JSON, with one more member whose JSON is there already. */
const withText = (object: object, name: string, text: unknown) =>
  `${JSON.stringify(object).slice(0, -1)},"${name}":${text}}`

/**
 * A transaction in which the operations of a batch run, in their order. Writes are sent together: each waits until
 * `flush` is called, or until another statement has to run after it.
 */
export class SharedTransaction {
  readonly statements: Transaction
  /** By what a statement has failed: none runs any more. */
  failure: unknown
  private waiting: Waiting[] = []

  constructor(statements: Transaction) {
    this.statements = statements
  }

  /** How many writes wait. */
  get size(): number {
    return this.waiting.length
  }

  /** Puts a write behind those that wait; resolves with its rows once it has run. */
  queue<Query extends Name>(name: Query, parameters: Queries[Query]['parameters']): Promise<Row<Query>[]> {
    return new Promise((resolve, reject) => {
      const query = { name, parameters } as unknown as Asked
      this.waiting.push({ query, resolve: resolve as Waiting['resolve'], reject })
    })
  }

  /** Runs the writes that wait. Where one fails, none of them is kept, and each rejects with its error; this call never rejects. */
  async flush(): Promise<void> {
    const { waiting } = this
    this.waiting = []
    if (!waiting.length) return
    try {
      if (this.failure) throw this.failure
      const steps = stepsOf(waiting)
      const results = await this.statements.pipeline(steps.map(({ query }) => query))
      for (const [index, { settle }] of steps.entries()) settle(results[index] ?? [])
    } catch (error) {
      this.failure = error
      for (const { reject } of waiting) reject(error)
    }
  }

  /** Runs a statement after those that wait. After one that has failed, it fails likewise. */
  async run<Result>(statement: (statements: Transaction) => Promise<Result>): Promise<Result> {
    await this.flush()
    if (this.failure) throw this.failure
    try {
      return await statement(this.statements)
    } catch (error) {
      this.failure = error
      throw error
    }
  }
}

/** The statements of one operation of a batch. */
export class BatchedStatements implements RequestDatabase {
  isKept: boolean
  guard: Guard | undefined
  /** Resolves when the write of the operation waits in the transaction: the next operation can begin. */
  readonly written: Promise<void>
  /** What is to be done once the transaction is committed. */
  readonly afterwards: (() => void)[] = []
  /** The transaction that it runs in, to be set before the first statement. */
  shared!: SharedTransaction
  /** Whether the locks of the batch are not taken yet: a guard takes none then. */
  isLooking = true
  private hasWritten = () => {}

  constructor(isKept: boolean) {
    this.isKept = isKept
    this.written = new Promise((resolve) => {
      this.hasWritten = resolve
    })
  }

  async one<Query extends Name>(name: Query, parameters: Queries[Query]['parameters']): Promise<Row<Query>> {
    const [row] = await this.all(name, parameters)
    if (row === undefined) throw new Error('a query that returns one row returned none')
    return row
  }

  all<Query extends Name>(name: Query, parameters: Queries[Query]['parameters']): Promise<Row<Query>[]> {
    if (this.guard) return this.transaction((statements) => statements.all(name, parameters))
    if (!WRITES.has(name)) return this.shared.run((statements) => statements.all(name, parameters))
    const rows = this.shared.queue(name, parameters)
    this.hasWritten()
    return rows
  }

  list(...[name, parameters, selection]: Parameters<Transaction['list']>) {
    return this.shared.run((statements) => statements.list(name, parameters, selection)) as never
  }

  async transaction<Result>(work: (statements: Transaction) => Promise<Result>): Promise<Result> {
    const { shared } = this
    const statements: Transaction = {
      one: (name, parameters) => shared.run((each) => each.one(name, parameters)),
      all: (name, parameters) => shared.run((each) => each.all(name, parameters)),
      list: (name, parameters, selection) => shared.run((each) => each.list(name, parameters, selection)),
      // The transaction goes on after it.
      finish: (name, parameters) => shared.run((each) => each.all(name, parameters)),
      pipeline: (queries) => shared.run((each) => each.pipeline(queries)),
      attempt: (attempted) => shared.run((each) => each.attempt(attempted)),
    }
    if (this.isLooking) await this.guard?.look(statements)
    else await this.guard?.check(statements)
    try {
      return await work(statements)
    } catch (error) {
      // It may have written already.
      shared.failure ??= error
      throw error
    }
  }

  whenKept(work: () => void) {
    if (this.isKept) this.afterwards.push(work)
  }
}
