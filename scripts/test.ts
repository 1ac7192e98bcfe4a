/**
 * Runs the tests against a real PostgreSQL: an embedded one in a temporary folder, or the server of
 * HYPERFLEET_DATABASE_URL. A database is migrated once and then cloned for each test.
 * With --tier it runs that tier (scripts/tiers.ts); the one named foreign runs on the PostgreSQL that is installed on this
 * system, with German messages, times and numbers. Names of files replace those of the tier.
 * The last line printed is "N passed, N failed, N skipped". One or two files that fail beside others run again alone: one that
 * passes then is named as unsteady, with its failure above, and is no failure. With CI=true a test that is skipped, for lack
 * of a program that it needs, is a failure.
 *
 * Usage: npm test [-- [--tier foreign] test/sql/aggregation.test.ts …]
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { fail } from '../commands/main.ts'
import { startEmbedded } from '../server/embedded/embedded.ts'
import { createTemplate, dropTestDatabases } from '../test/databases.ts'
import { startForeign } from '../test/foreign-postgres.ts'
import { runFiles } from './test-files.ts'
import { type Tier, tiers } from './tiers.ts'

const { values: options, positionals: files } = parseArgs({
  options: { tier: { type: 'string', default: 'api' } },
  allowPositionals: true,
})

async function test(): Promise<number> {
  const tier = tiers[options.tier as Tier]
  if (!tier) throw new Error(`--tier is one of ${Object.keys(tiers).join(', ')}`)
  const folder = await mkdtemp(join(tmpdir(), 'hyperfleet-test-'))
  const postgres = await startPostgres(join(folder, 'postgres'))
  const server = postgres?.url ?? process.env.HYPERFLEET_DATABASE_URL ?? ''
  try {
    await createTemplate(server)
    const env = { ...testEnvironment(), HYPERFLEET_TEST_SERVER: server }
    const chosen = files.length ? files : tier.files
    const { passed, failed, skipped, unsteady } = await runFiles(chosen, tier.jobs, env)
    for (const line of skipped) console.log(`skipped: ${line}`)
    for (const file of unsteady) console.log(`unsteady: ${file} failed beside others and passed alone`)
    const failures = failed + (process.env.CI ? skipped.length : 0)
    console.log(`${passed} passed, ${failures} failed, ${skipped.length} skipped`)
    return failures && 1
  } finally {
    await dropTestDatabases(server)
    await postgres?.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

async function startPostgres(dir: string): Promise<{ url: string; stop(): Promise<void> } | undefined> {
  if (options.tier === 'foreign') return startForeign(dir)
  if (process.env.HYPERFLEET_DATABASE_URL) return undefined
  // A test database need not survive the machine.
  const settings = { fsync: 'off', full_page_writes: 'off', max_connections: '300' }
  return startEmbedded({ dir, settings })
}

/** The tests choose their own settings. */
function testEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !name.startsWith('HYPERFLEET_') && !name.startsWith('LOG_'),
    ),
  )
}

test().then((code) => process.exit(code), fail)
