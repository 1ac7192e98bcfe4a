import pg from 'pg'
import { loadConfig } from '../server/config/load.ts'
import type { Config } from '../server/config/schema.ts'
import { migrate } from '../server/db/migrate.ts'
import { loadDocument } from '../server/openapi/document.ts'

export const kinds = loadDocument()['x-kinds']
const template = 'hf_test_template'

/** Settings for a test, from environment names; no adapter is required unless the test says so. */
export function testConfig(url: string, env: Record<string, string> = {}): Config {
  return loadConfig(kinds, {
    file: '/dev/null',
    env: {
      HYPERFLEET_SERVER_JWT_ENABLED: 'false',
      HYPERFLEET_LOGGING_LEVEL: 'silent',
      HYPERFLEET_CLUSTER_ADAPTERS: '[]',
      HYPERFLEET_NODEPOOL_ADAPTERS: '[]',
      // Tests share a machine, and a process with PostgreSQL's starts: being behind is no fault of the server's.
      HYPERFLEET_SERVER_MAX_EVENT_LOOP_DELAY: '1m',
      HYPERFLEET_DATABASE_URL: url,
      ...env,
    },
  })
}

/** Migrates the database that the others are cloned from. */
export async function createTemplate(server: string): Promise<void> {
  await dropTestDatabases(server)
  await execute(server, `create database ${template}`)
  await migrate(testConfig(databaseUrl(server, template)), kinds)
}

/** A database of the test's own, migrated with its settings. Returns its URL. */
export async function createDatabase(env: Record<string, string> = {}): Promise<string> {
  const server = process.env.HYPERFLEET_TEST_SERVER ?? ''
  const name = `hf_test_${process.pid}_${Math.random().toString(36).slice(2, 10)}`
  // By files: in half the time that the usual way through the log takes.
  await execute(server, `create database ${name} template ${template} strategy file_copy`)
  const url = databaseUrl(server, name)
  const config = testConfig(url, env)
  await migrate(config, loadDocument(config)['x-kinds'])
  return url
}

/** An empty database, for what tests migrations themselves. Returns its URL. */
export async function createEmptyDatabase(): Promise<string> {
  const server = process.env.HYPERFLEET_TEST_SERVER ?? ''
  const name = `hf_test_${process.pid}_${Math.random().toString(36).slice(2, 10)}`
  await execute(server, `create database ${name}`)
  return databaseUrl(server, name)
}

export async function dropTestDatabases(server: string): Promise<void> {
  const { rows } = await execute(
    server,
    String.raw`select datname from pg_database where datname like 'hf\_test\_%'`,
  )
  for (const { datname } of rows) await execute(server, `drop database ${datname} with (force)`)
}

/** Runs a statement on a connection of its own. */
export async function execute(url: string, text: string, values: unknown[] = []) {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  try {
    return await client.query(text, values)
  } finally {
    await client.end()
  }
}

function databaseUrl(server: string, name: string): string {
  const url = new URL(server)
  url.pathname = name
  return url.href
}
