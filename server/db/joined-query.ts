import pg from 'pg'

/** The part of pg's connection that sends the messages of the extended protocol, and knows what is prepared on its session. */
interface Wire {
  parsedStatements: Record<string, string>
  parse(message: { text: string }): void
  bind(message: { statement?: string | undefined }): void
  execute(message: { portal?: string | undefined; rows?: number | undefined }): void
  sync(): void
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

/** Whether a statement has been prepared on a session by its text as its name. */
export const isPrepared = (client: pg.ClientBase, text: string): boolean =>
  (client as unknown as { connection: Wire }).connection.parsedStatements[text] === text

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
