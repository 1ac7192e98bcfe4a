/**
 * Runs the tests against a real PostgreSQL: an embedded one in a temporary folder, or the server of
 * HYPERFLEET_DATABASE_URL. A database is migrated once and then cloned for each test file.
 * With --foreign it is the PostgreSQL that is installed on this system, with German messages, times and numbers.
 * The last line printed is "N passed, N failed, N skipped". With CI=true a test that is skipped, for lack of a program that
 * it needs, is a failure.
 *
 * Usage: npm test [-- [--foreign] test/sql/aggregation.test.ts …]
 */
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fail } from '../commands/main.ts'
import { startEmbedded } from '../server/embedded/embedded.ts'
import { createTemplate, dropTestDatabases } from '../test/databases.ts'
import { startForeign } from '../test/foreign-postgres.ts'

async function test(): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'hyperfleet-test-'))
  const dir = join(folder, 'postgres')
  const postgres = await startPostgres(dir)
  const server = postgres?.url ?? process.env.HYPERFLEET_DATABASE_URL ?? ''
  try {
    await createTemplate(server)
    return await runTap(
      server,
      process.argv.slice(2).filter((arg) => arg !== '--foreign'),
    )
  } finally {
    await dropTestDatabases(server)
    await postgres?.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

async function startPostgres(dir: string): Promise<{ url: string; stop(): Promise<void> } | undefined> {
  if (process.argv.includes('--foreign')) return startForeign(dir)
  if (process.env.HYPERFLEET_DATABASE_URL) return undefined
  // No fsync: a test database need not survive the machine.
  return startEmbedded({ dir, settings: { fsync: 'off', max_connections: '300' } })
}

async function runTap(server: string, files: string[]): Promise<number> {
  const tap = spawn(
    process.execPath,
    ['node_modules/tap/dist/esm/run.mjs', '--reporter=tap', `--jobs=${availableParallelism()}`, ...files],
    { stdio: ['ignore', 'pipe', 'inherit'], env: { ...testEnvironment(), HYPERFLEET_TEST_SERVER: server } },
  )
  const counts = { passed: 0, failed: 0 }
  const skipped: string[] = []
  for await (const line of createInterface({ input: tap.stdout })) {
    // Only the innermost results count: those that no further level of the report follows.
    const [, not, rest = ''] = /^\s*(not )?ok \d+(.*)/.exec(line) ?? [undefined, undefined, undefined]
    if (/^\s*ok \d+.* # SKIP\b/i.test(line)) skipped.push(line.trim())
    else if (/^\s*(not )?ok \d+/.test(line) && !/\{\s*$|# time=/.test(rest))
      counts[not ? 'failed' : 'passed']++
    if (not || !/^\s*ok \d+/.test(line)) console.log(line)
  }
  const code: number = tap.exitCode ?? (await new Promise((resolve) => tap.once('exit', resolve)))
  for (const line of skipped) console.log(`skipped: ${line}`)
  if (process.env.CI) counts.failed += skipped.length
  if (code !== 0 && counts.failed === 0) counts.failed = 1
  console.log(`${counts.passed} passed, ${counts.failed} failed, ${skipped.length} skipped`)
  return code || (counts.failed && 1)
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
