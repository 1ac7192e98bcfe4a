import pg from 'pg'

/** The part of pg's connection that sends the messages of the extended protocol, and knows what is prepared on its session. */
interface Wire {
  parsedStatements: Record<string, string>
  parse(message: { text: string }): void
  bind(message: { statement?: string | undefined }): void
  execute(message: { portal?: string | undefined; rows?: number | undefined }): void
  sync(): void
}

/** A statement as pg takes it. */
export interface Prepared {
  name?: string | undefined
  text: string
  values?: unknown[] | undefined
}

/** What pg's Query has beside its declared members. */
interface Extended {
  portal: string
  requiresPreparation(): boolean
  prepare(wire: Wire): void
}

const Query = pg.Query as unknown as new (
  text: string,
  values: unknown[],
  callback: (error: Error | null, results: pg.QueryResult | pg.QueryResult[]) => void,
) => Extended

/** Statements without parameters and rows that are sent with another one: `begin` before it, `commit` or `rollback` after it. */
export interface Joint {
  before?: string | undefined
  after?: string | undefined
  /** Whether they are prepared on the session, by their texts as names (isPrepared). */
  isPrepared: boolean
}

/** Whether a statement has been prepared on a session, by its text as its name where it has no other one. */
export const isPrepared = (client: pg.ClientBase, text: string, name = text): boolean =>
  (client as unknown as { connection: Wire }).connection.parsedStatements[name] === text

/**
 * A query with such statements around it, in one round trip: PostgreSQL passes over all that follows a statement that failed.
 * None of them is prepared here: of one that was passed over, pg would not know that it is not prepared.
 */
export class JoinedQuery extends Query {
  private readonly joint: Joint

  constructor(
    text: string,
    values: unknown[],
    joint: Joint,
    callback: (error: Error | null, result: pg.QueryResult) => void,
  ) {
    super(text, values, (error, results) =>
      callback(error, (Array.isArray(results) ? results[joint.before ? 1 : 0] : results) as pg.QueryResult),
    )
    this.joint = joint
  }

  /** A statement without parameters is sent by the extended protocol, too: the simple one takes no other along. */
  override requiresPreparation() {
    return true
  }

  override prepare(wire: Wire) {
    if (this.joint.before) this.add(this.joint.before, wire)
    super.prepare(wire)
  }

  /** Called by pg at the end of `prepare`. */
  _getRows(wire: Wire, rows?: number) {
    wire.execute({ portal: this.portal, rows })
    if (this.joint.after) this.add(this.joint.after, wire)
    wire.sync()
  }

  private add(text: string, wire: Wire) {
    if (!this.joint.isPrepared) wire.parse({ text })
    wire.bind({ statement: this.joint.isPrepared ? text : undefined })
    wire.execute({})
  }
}

/** One statement of a PipelinedQuery. */
class Part extends Query {
  override requiresPreparation() {
    return true
  }

  _getRows(wire: Wire, rows?: number) {
    wire.execute({ portal: this.portal, rows })
  }
}

/**
 * Several statements in one round trip: PostgreSQL passes over all that follow one that failed. Those with names must have been
 * prepared on the session (isPrepared). The callback gets the results of those that have succeeded, also after an error.
 */
export class PipelinedQuery extends Query {
  private readonly parts: Part[]

  constructor(statements: Prepared[], callback: (error: Error | null, results: pg.QueryResult[]) => void) {
    const { text = '' } = statements[0] ?? {}
    super(text, [], (error) => callback(error, this.completed()))
    this.parts = statements.map(({ name, text, values = [] }) =>
      Object.assign(new Part(text, values, () => {}), { name }),
    )
  }

  override requiresPreparation() {
    return true
  }

  override prepare(wire: Wire) {
    for (const part of this.parts) part.prepare(wire)
    wire.sync()
  }

  private completed(): pg.QueryResult[] {
    const { _results } = this as unknown as { _results: pg.QueryResult | pg.QueryResult[] }
    return [_results].flat().filter(({ command }) => command)
  }
}
