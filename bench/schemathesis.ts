/**
 * Runs schemathesis against a server, without tokens and then with them, and ends with 1 when it finds anything that
 * test/contract/schemathesis.yaml does not explain. Prints how often each explanation was needed.
 *
 * Usage: npm run schemathesis [-- --minutes 5 --seed 1]
 *
 * --minutes  for each of the two
 * --seed     of what is tried; a new one each time unless it is given
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startEmbedded } from '../server/embedded/embedded.ts'
import { explain, explanations, run, skip } from '../test/contract/schemathesis.ts'
import { createTemplate, dropTestDatabases } from '../test/databases.ts'
import { inScope } from '../test/processes.ts'

const { values: options } = parseArgs({
  options: {
    minutes: { type: 'string', default: '5' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 1_000_000_000)) },
  },
})

/** Tries for the time that was asked for; whether all failures are explained. */
async function attempt(jwt: boolean): Promise<boolean> {
  const amount = { seed: Number(options.seed), seconds: Number(options.minutes) * 60, examples: 100 }
  const { cases, failures, errors } = await inScope((scope) => run(scope, jwt, amount))
  const needed = new Map(explanations.map((each) => [each, 0]))
  for (const each of failures.flatMap(explain)) needed.set(each, (needed.get(each) ?? 0) + 1)
  const unexplained = failures.filter((failure) => !explain(failure).length)
  console.log(`\nJWT ${jwt ? 'on' : 'off'}, seed ${options.seed}: ${JSON.stringify(cases)} cases`)
  console.log(`${failures.length} failures, ${unexplained.length} of them unexplained`)
  for (const [{ check, status, says }, times] of needed) console.log(`${times}\t${check} ${status} ${says}`)
  for (const each of [...unexplained, ...errors]) console.log(each)
  return !unexplained.length && !errors.length
}

async function main() {
  if (skip) throw new Error(skip)
  const folder = await mkdtemp(join(tmpdir(), 'hyperfleet-schemathesis-'))
  const embedded = await startEmbedded({ dir: join(folder, 'postgres'), settings: { fsync: 'off' } })
  try {
    process.env.HYPERFLEET_TEST_SERVER = embedded.url
    await createTemplate(embedded.url)
    for (const jwt of [false, true]) if (!(await attempt(jwt))) process.exitCode = 1
    await dropTestDatabases(embedded.url)
  } finally {
    await embedded.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

await main()
