import pg from 'pg'
import type { Config } from '../config/schema.ts'
import { reason } from '../db/advice.ts'
import { connection, describe } from '../db/connection.ts'
import { faultsOf, hasSeveralHosts, postgresUrl } from '../lib/postgres-url.ts'
import { StartError } from '../process/start-error.ts'
import { type SourceStatements, statementsFor, TABLES } from './source-schema.ts'

/** How many rows without a document are read at once. */
const PAGE = 1000

/** A database of the Go implementation, as one snapshot of it. */
export class SourceSession {
  private readonly client: pg.Client
  private readonly statements: SourceStatements

  private constructor(client: pg.Client, statements: SourceStatements) {
    this.client = client
    this.statements = statements
  }

  /**
   * Opens the database at a URL and begins a transaction that reads it. What the URL does not say of TLS is as for the database
   * of the configuration. Throws a StartError with one line, without passwords, where the URL, the database or its schema is wrong.
   */
  static async open(url: string, settings: Config['database']): Promise<SourceSession> {
    const parsed = postgresUrl(url)
    if (!parsed) throw new StartError('the flag --from must have a URL of PostgreSQL (postgres://…)')
    if (hasSeveralHosts(url)) throw new StartError('the URL of --from must have one host')
    const [fault] = faultsOf(parsed, 'replica')
    if (fault) throw new StartError(`the URL of --from ${fault.rule}: ${fault.hint}`)
    const config = { ...settings, url, urlFrom: '--from' }
    const place = `the database ${describe(config)} (--from)`.replace('of database.url (--from)', 'of --from')
    const client = new pg.Client(connection(config))
    // The death of the connection is told by the statement that meets it.
    client.on('error', () => {})
    try {
      await client.connect()
      await client.query('begin isolation level repeatable read read only')
      await client.query(
        "select set_config('idle_in_transaction_session_timeout', '0', true), set_config('timezone', 'UTC', true)",
      )
      const { rows } = await client.query<{ table: string; columns: string[] }>(
        `select relation.relname as table, array_agg(attribute.attname::text) as columns
        from unnest($1::text[]) as name
        inner join pg_class as relation on relation.oid = to_regclass(quote_ident(name))
        inner join pg_attribute as attribute on attribute.attrelid = relation.oid
        where attribute.attnum > 0 and not attribute.attisdropped
        group by relation.relname`,
        [TABLES],
      )
      const tables = new Map(rows.map(({ table, columns }) => [table, new Set(columns)]))
      return new SourceSession(client, statementsFor(tables, place))
    } catch (error) {
      await client.end().catch(() => {})
      if (error instanceof StartError) throw error
      throw new StartError(`${place} cannot be read: ${reason(error)}`)
    }
  }

  /** Ends the transaction and the connection. */
  async close(): Promise<void> {
    await this.client.end()
  }

  /** The number of resources of each kind. */
  async kinds(): Promise<Map<string, number>> {
    const rows = await this.read<{ kind: string; count: number }>(this.statements.kinds, [])
    return new Map(rows.map(({ kind, count }) => [kind, count]))
  }

  /** The resources of kinds, as JSON: `size` trees at a time, each whole and with its root first. */
  async *trees(kinds: string[], size: number): AsyncGenerator<string[]> {
    for (let after: string | null = null; ; ) {
      const rows: { root: string; row: string }[] = await this.read(this.statements.trees, [
        kinds,
        after,
        size,
      ])
      after = rows.at(-1)?.root ?? null
      if (after === null) return
      yield rows.map(({ row }) => row)
    }
  }

  /** The references of resources of kinds, as JSON: those of `size` resources at a time. */
  async *references(kinds: string[], size: number): AsyncGenerator<string[]> {
    const { references } = this.statements
    for (let after: string | null = null; references; ) {
      const rows: { id: string; row: string }[] = await this.read(references, [kinds, after, size])
      after = rows.at(-1)?.id ?? null
      if (after === null) return
      yield rows.map(({ row }) => row)
    }
  }

  /** The resources of kinds. */
  async *ids(kinds: string[]): AsyncGenerator<{ id: string; kind: string }> {
    for (let after: string | null = null; ; ) {
      const rows: { id: string; kind: string }[] = await this.read(this.statements.ids, [kinds, after, PAGE])
      yield* rows
      after = rows.at(-1)?.id ?? null
      if (after === null) return
    }
  }

  /** The reports on resources that are not there. */
  async *orphans(): AsyncGenerator<{ id: string; resource_id: string; adapter: string }> {
    for (let after: string | null = null; ; ) {
      const rows: { id: string; resource_id: string; adapter: string }[] = await this.read(
        this.statements.orphans,
        [after, PAGE],
      )
      yield* rows
      after = rows.at(-1)?.id ?? null
      if (after === null) return
    }
  }

  /** Those of these ids that are not there. */
  async missing(ids: string[]): Promise<string[]> {
    const rows = await this.read<{ id: string }>(this.statements.present, [ids])
    const there = new Set(rows.map(({ id }) => id))
    return ids.filter((id) => !there.has(id))
  }

  private async read<Row extends pg.QueryResultRow>(text: string, values: unknown[]): Promise<Row[]> {
    try {
      return (await this.client.query<Row>(text, values)).rows
    } catch (error) {
      throw new StartError(
        `the database of --from cannot be read further: ${reason(error)}; what was imported is kept: run \`import\` again`,
        { cause: error },
      )
    }
  }
}
