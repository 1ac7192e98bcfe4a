import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import Postgrator from 'postgrator'
import { type Queries, queries } from '../generated/sql.ts'
import type { Config } from './config.ts'
import { connection, openDatabase } from './database.ts'
import type { Kinds } from './document.ts'

const sql = new URL('../sql/', import.meta.url)
const BATCH = 500

/**
 * Brings the database to this release: migrations, functions, kinds with their required adapters, and the
 * conditions of resources whose required adapters have changed. Safe to run at any time, and by several at once.
 */
export async function migrate(config: Config, kinds: Kinds): Promise<void> {
  const database = await openDatabase(config.database)
  const client = new pg.Client({
    ...connection(config.database),
    statement_timeout: 0,
    query_timeout: undefined,
  })
  try {
    await client.connect()
    client.on('error', () => {})
    while (!(await run(client, 'lock_migrations', []))[0]?.locked) await sleep(200)
    const changed = await inTransaction(client, async () => {
      if (!(await applyMigrations(client))) return []
      await applyFunctions(client)
      return applyKinds(client, kinds, config.entities)
    })
    // Batch by batch and each resource for itself, so that no lock is held for long.
    for (const kind of changed) {
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
    }
  } finally {
    await client.end()
    await database.close()
  }
}

/** Whether the schema is now this release's: a newer one is left alone, and so are its functions. */
async function applyMigrations(client: pg.Client): Promise<boolean> {
  const postgrator = new Postgrator({
    driver: 'pg',
    schemaTable: 'schema_migrations',
    newline: 'LF',
    migrationPattern: fileURLToPath(new URL('migrations/*.sql', sql)),
    execQuery: (text) => client.query(text),
  })
  if ((await postgrator.getDatabaseVersion()) > (await postgrator.getMaxVersion())) return false
  await postgrator.migrate()
  return true
}

async function applyFunctions(client: pg.Client): Promise<void> {
  const folder = new URL('functions/', sql)
  const files = (await readdir(folder)).filter((file) => file.endsWith('.sql')).sort()
  const texts = await Promise.all(files.map((file) => readFile(new URL(file, folder), 'utf8')))
  const hash = createHash('sha256').update(texts.join('\n')).digest('hex')
  const [applied] = await run(client, 'get_functions_hash', [])
  if (applied?.hash === hash) return
  // Functions name each other, in any order.
  await client.query('set local check_function_bodies = off')
  for (const text of texts) await client.query(text)
  await run(client, 'upsert_functions_hash', [hash])
}

/** Returns the kinds whose required adapters are others than before. */
async function applyKinds(client: pg.Client, kinds: Kinds, entities: Config['entities']): Promise<string[]> {
  const changed: string[] = []
  for (const [kind, { plural, base_path, parent }] of Object.entries(kinds)) {
    const adapters = entities.find((entity) => entity.kind === kind)?.required_adapters ?? []
    const [row] = await run(client, 'upsert_kind', [kind, plural, base_path, parent ?? null, adapters])
    if (row?.changed) changed.push(kind)
  }
  return changed
}

async function inTransaction<Result>(client: pg.Client, work: () => Promise<Result>): Promise<Result> {
  await client.query('begin')
  try {
    const result = await work()
    await client.query('commit')
    return result
  } catch (error) {
    await client.query('rollback')
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
