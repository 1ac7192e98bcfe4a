import { createHash } from 'node:crypto'
import { EventEmitter } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import Postgrator from 'postgrator'
import { type Queries, queries } from '../../generated/sql.ts'
import { ConditionMapping } from '../conditions/condition-mapping.ts'
import type { Config } from '../config/schema.ts'
import { about } from '../lib/version.ts'
import type { Kinds } from '../openapi/kinds.ts'
import { StartError } from '../process/start-error.ts'
import { abandon, type Cancellable, connection, describe } from './connection.ts'
import { type Database, openDatabase, type RequestDatabase, unusable } from './database.ts'
import { DatabaseUnavailable } from './database-errors.ts'
import { type KindRow, kindRows } from './kind-rows.ts'
import { updateTenants } from './tenancies.ts'

const sql = new URL('../../sql/', import.meta.url)
const BATCH = 500

/** How long a migration waits for a table, how long it then lets others go first, and how often. */
const LOCK_TIMEOUT = '2s'
const LOCK_PAUSE_MS = 1000
const ATTEMPTS = 100

/**
 * Brings the database to this release: migrations, functions, kinds with their required adapters, indexes, and the
 * conditions of resources for which the rules, the required adapters or `conditions.older_names` have changed, and
 * resources.tenant where other dimensions are required. Safe to run at any time, by several at
 * once, and after one that was interrupted. A database of a newer release is left as it is.
 *
 * `log` takes a line for each rule of a condition that failed, with the number of resources.
 *
 * Throws a StartError when the database cannot be used. When a session ends, that of the migration lock above all, what
 * runs on other connections is cancelled, and nothing more is done.
 */
export async function migrate(
  config: Config,
  kinds: Kinds,
  log: (line: string) => void = () => {},
): Promise<void> {
  const database = await openDatabase(config.database)
  const sessions: pg.Client[] = []
  const lost = Object.assign(new EventEmitter(), { closed: false })
  const stop = () => {
    lost.closed = true
    lost.emit('close')
    for (const session of sessions) abandon(session as Cancellable)
  }
  const open = async () => {
    const session = new pg.Client({
      ...connection(config.database),
      statement_timeout: 0,
      query_timeout: undefined,
    })
    session.on('error', () => {})
    session.once('end', stop)
    await session.connect().catch((error) => {
      throw unusable(config.database, error)
    })
    sessions.push(session)
    return session
  }
  try {
    const lock = await open()
    await takeLock(lock)
    const client = await open()
    await run(client, 'lift_time_limits', [false])
    await bringUpToDate(client, database.until(lost), config, kinds, log)
    // Only then is the lock free when this resolves: a session, and a pooler's above all, ends some time after its client.
    await lock.query('rollback')
  } catch (error) {
    const isLost =
      lost.closed ||
      error instanceof DatabaseUnavailable ||
      SESSION_ENDED.test((error as pg.DatabaseError).code ?? '')
    if (!isLost) throw error
    throw new StartError(
      `a session of the database ${describe(config.database)} ended before the migration did: ` +
        'completed steps are kept; run `migrate` again',
      { cause: error },
    )
  } finally {
    for (const session of sessions.splice(0)) {
      session.off('end', stop)
      await session.end()
    }
    await database.close()
  }
}

/** SQLSTATEs after which there is no session: connection exceptions, admin_shutdown and its like. */
const SESSION_ENDED = /^(08|57P0)/

/**
 * Waits until no other `migrate` holds the lock, and takes it for as long as the session lasts.
 *
 * The lock is of a transaction, which a pooler keeps on one session of PostgreSQL. It is READ COMMITTED, so that it has no
 * snapshot between its statements: `create index concurrently` would wait for that.
 */
async function takeLock(session: pg.Client): Promise<void> {
  for (;;) {
    await session.query('begin isolation level read committed')
    await run(session, 'lift_time_limits', [true])
    if ((await run(session, 'lock_migrations', []))[0]?.locked) return
    await session.query('rollback')
    await sleep(200)
  }
}

async function bringUpToDate(
  client: pg.Client,
  database: RequestDatabase,
  config: Config,
  kinds: Kinds,
  log: (line: string) => void,
) {
  const isNewer = await givingWay(client, async () => {
    if (!(await applyMigrations(client)) || !(await applyFunctions(client))) return true
    await applyKinds(client, kinds, config)
    await applyRowSecurity(client, config)
    return false
  })
  if (isNewer) return
  await buildIndexes(client)
  await database.one('rotate_changes', config.changes)
  await updateTenants(database, config.server.tenant.dimensions)
  await recomputeConditions(database, log)
}

/** What a database lacks for a server of this release with these settings, if anything; nothing, where a newer release has migrated it. */
export async function pendingMigration(database: Database, config: Config): Promise<string | undefined> {
  const { migrated } = await database.one('check_database', {})
  if (!migrated) return 'the database has no schema yet: run `migrate`'
  const [{ version }, needed] = [await database.one('get_schema_version', {}), await schemaVersion()]
  if (version < needed) {
    return `the schema of the database is ${version}, and ${needed} is needed: run \`migrate\``
  }
  const [applied] = await database.all('get_applied_functions', {})
  if (!applied) return 'the database was not migrated to the end: run `migrate`'
  if (isNewer(applied.release, about.version)) return undefined
  const { hash } = await readFunctions()
  if (applied.hash !== hash)
    return 'the functions of the database are not those of this release: run `migrate`'
  const isSecure = !isRowSecure(config) || (await database.one('get_row_security', {})).is_on
  return isSecure ? undefined : 'row-level security is not set up (server.tenant.row_security): run `migrate`'
}

/** The number of the last migration of this release. */
async function schemaVersion(): Promise<number> {
  const files = await readdir(new URL('migrations/', sql))
  return Math.max(...files.map((file) => Number.parseInt(file, 10)))
}

/** Whether the schema is now this release's: a newer one is left alone. */
async function applyMigrations(client: pg.Client): Promise<boolean> {
  const postgrator = new Postgrator({
    driver: 'pg',
    schemaTable: 'schema_migrations',
    newline: 'LF',
    migrationPattern: `${fileURLToPath(new URL('migrations/', sql)).replace(/[*?|(){}[\]!+@]/g, '\\$&')}*.sql`,
    execQuery: (text) => client.query(text),
  })
  if ((await postgrator.getDatabaseVersion()) > (await schemaVersion())) return false
  await postgrator.migrate().catch((error: Error) => {
    if (error instanceof pg.DatabaseError) throw error
    throw new StartError(
      `the database was migrated by files that differ from those of this release: ${error.message}`,
    )
  })
  return true
}

/**
 * Builds the indexes that are not there yet, or were begun and not finished, while servers read and write; then drops those
 * that they replace.
 */
async function buildIndexes(client: pg.Client): Promise<void> {
  const folder = new URL('indexes/', sql)
  for (const file of (await readdir(folder)).filter((file) => file.endsWith('.sql')).sort()) {
    const name = file.replace('.sql', '')
    const text = await readFile(new URL(file, folder), 'utf8')
    const [index] = await run(client, 'get_index', [name])
    if (index && !index.is_valid) await client.query(`drop index concurrently ${name}`)
    if (!index?.is_valid) await client.query(text)
    const [, replaced] = /^-- replaces: (\w+)$/m.exec(text) ?? []
    if (replaced) await client.query(`drop index concurrently if exists ${replaced}`)
  }
}

/** Whether the functions are now this release's: those of a newer one are left alone. */
async function applyFunctions(client: pg.Client): Promise<boolean> {
  const { texts, hash, rulesHash } = await readFunctions()
  const [applied] = await run(client, 'get_applied_functions', [])
  if (applied && isNewer(applied.release, about.version)) return false
  if (applied?.hash === hash) return true
  // Functions name each other, in any order.
  await client.query('set local check_function_bodies = off')
  for (const text of texts) await client.query(text)
  await run(client, 'upsert_applied_functions', [about.version, hash, rulesHash])
  if (applied?.rules_hash !== rulesHash) await run(client, 'update_kind_stale', [null, true])
  return true
}

/**
 * The texts of sql/functions, and hashes of all and of those in `conditions`, whose results are stored: when one of
 * these changes, what is stored is stale.
 */
async function readFunctions(): Promise<{ texts: string[]; hash: string; rulesHash: string }> {
  const folder = new URL('functions/', sql)
  const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.sql')).sort()
  const texts = await Promise.all(files.map((file) => readFile(new URL(file, folder), 'utf8')))
  const rules = texts.filter((_, at) => files[at]?.startsWith('conditions/'))
  return { texts, hash: hashOf(texts), rulesHash: hashOf(rules) }
}

const hashOf = (texts: string[]) => createHash('sha256').update(texts.join('\n')).digest('hex')

/** Compares versions of releases, 1.10.0 being newer than 1.9.2. */
function isNewer(one: string, other: string): boolean {
  const [left, right] = [one, other].map((version) => version.split('.').map(Number))
  const at = left?.findIndex((number, index) => number !== right?.[index]) ?? -1
  return at >= 0 && (left?.[at] ?? 0) > (right?.[at] ?? 0)
}

/** Whether statements for callers are to pass row-level security. */
const isRowSecure = ({ server: { tenant } }: Config) => tenant.enabled && tenant.row_security

async function applyRowSecurity(client: pg.Client, config: Config): Promise<void> {
  await run(client, 'set_row_security', [isRowSecure(config)]).catch((error: pg.DatabaseError) => {
    if (error.code !== INSUFFICIENT_PRIVILEGE) throw error
    throw new StartError(
      `row-level security cannot be set up (${error.message}): have an administrator run ` +
        '`create role hyperfleet_scoped nologin; grant hyperfleet_scoped to <user>`, or set server.tenant.row_security to false',
    )
  })
}

const INSUFFICIENT_PRIVILEGE = '42501'

async function applyKinds(client: pg.Client, kinds: Kinds, config: Config): Promise<void> {
  await run(client, 'delete_unused_kinds', [Object.keys(kinds)])
  await run(client, 'update_older_names', [config.conditions.older_names])
  for (const row of kindRows(kinds, config)) {
    const values = queries.upsert_kind.parameters.map((member) => row[member as keyof KindRow])
    await run(client, 'upsert_kind', values).catch((error: pg.DatabaseError) => {
      if (!/^HF/.test(error.code ?? '')) throw error
      throw new StartError(`entities: ${error.message}`)
    })
  }
}

/** Each resource for itself, so that no lock is held for long. */
async function recomputeConditions(database: RequestDatabase, log: (line: string) => void): Promise<void> {
  const kinds = await database.all('list_kinds', {})
  const failures = new Map<string, number>()
  const mapping = new ConditionMapping(kinds, ({ kind, type, reason }) => {
    const failure = `${kind}: the condition ${type} could not be mapped: ${reason}`
    failures.set(failure, (failures.get(failure) ?? 0) + 1)
  })
  for (const { kind, stale } of kinds) {
    if (!stale) continue
    for (let after: string | null = null; ; ) {
      const batch: Queries['list_resource_ids']['row'][] = await database.all('list_resource_ids', {
        kind,
        after,
        size: BATCH,
      })
      for (const { id } of batch) await database.one('update_conditions', { id })
      after = batch.at(-1)?.id ?? null
      if (!after) break
    }
    await mapping.storeAll(database, kind)
    await database.all('update_kind_stale', { kind, stale: false })
  }
  for (const [failure, count] of failures) log(`${failure} (${count} resources)`)
}

/** lock_not_available, and deadlock_detected: a statement of a server takes the tables in an order of its own. */
const GAVE_WAY = /^(55P03|40P01)$/

/**
 * Works in a transaction that waits for no lock for long: behind a change of a table that waits, all others who want that
 * table wait, too. It is rolled back and tried again; throws a StartError when the table is never free.
 */
async function givingWay<Result>(client: pg.Client, work: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await inTransaction(client, async () => {
        await run(client, 'limit_lock_waits', [LOCK_TIMEOUT])
        return await work()
      })
    } catch (error) {
      if (!(error instanceof pg.DatabaseError && GAVE_WAY.test(error.code ?? ''))) throw error
      if (attempt === ATTEMPTS) throw new StartError('the tables are in use: nothing was changed; try again')
      await sleep(LOCK_PAUSE_MS)
    }
  }
}

async function inTransaction<Result>(client: pg.Client, work: () => Promise<Result>): Promise<Result> {
  await client.query('begin')
  try {
    const result = await work()
    await client.query('commit')
    return result
  } catch (error) {
    await client.query('rollback').catch(() => {})
    throw error
  }
}

async function run<Name extends keyof Queries>(
  client: pg.Client,
  name: Name,
  values: unknown[],
): Promise<Queries[Name]['row'][]> {
  return (await client.query<Queries[Name]['row']>(queries[name].text, values)).rows
}
