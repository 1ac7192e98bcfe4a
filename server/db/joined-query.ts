import pg from 'pg'

/** The part of pg's connection that sends the messages of the extended protocol. */
interface Wire {
  parsedStatements: Record<string, string>
  parse(message: { name: string; text: string }): void
  bind(message: { statement: string }): void
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
  callback: (error: Error, results: pg.QueryResult | pg.QueryResult[]) => void,
) => Extended

/** Statements without parameters and rows that are sent with another one: `begin` before it, `commit` or `rollback` after it. */
export interface Joint {
  before?: string | undefined
  after?: string | undefined
}

/**
 * A query with such statements around it, in one round trip: PostgreSQL passes over all that follows a statement that failed.
 * `isNamed` says whether these statements may be kept prepared.
 */
export class JoinedQuery extends Query {
  private readonly joint: Joint
  private readonly isNamed: boolean

  constructor(
    text: string,
    values: unknown[],
    joint: Joint,
    isNamed: boolean,
    callback: (error: Error | null, result: pg.QueryResult) => void,
  ) {
    super(text, values, (error, results) =>
      callback(error, (Array.isArray(results) ? results[joint.before ? 1 : 0] : results) as pg.QueryResult),
    )
    this.joint = joint
    this.isNamed = isNamed
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
    const name = this.isNamed ? text : ''
    if (!name || wire.parsedStatements[name] !== text) {
      wire.parse({ name, text })
      if (name) wire.parsedStatements[name] = text
    }
    wire.bind({ statement: name })
    wire.execute({})
  }
}
