/**
 * Two builds on one PostgreSQL, in turns: that of a commit and this one. Both have the same fleet, seeded by the other build and
 * migrated by this one, and answer the same requests; the first answers are compared before anything is measured.
 */

import { deepStrictEqual } from 'node:assert'
import { execFileSync } from 'node:child_process'
import { mkdirSync, symlinkSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { closedLoop } from './closed.ts'
import { ADAPTERS, databaseUrl, environment, execute, PROGRAM, UNRECONCILED } from './fleet.ts'
import { filler } from './requests.ts'
import type { Scenario } from './scenarios.ts'
import { type Server, startServer } from './server.ts'
import { type Postgres, postmasterOf, seedFleet } from './stage.ts'
import { usageOf } from './usage.ts'

const CLUSTERS = 26_000
const KILOBYTES = 1.5
const CONNECTIONS = 10
const WARM_UP = 5

interface Options {
  seconds: number
  rounds: number
  /** Those scenarios only whose name has this word. */
  only: string
}

/** One of the builds that are compared. */
interface Build {
  name: string
  folder: string
  /** The database that its copies are made of. */
  fleet: string
}

/** Prints, for each scenario, how many times as many requests this build answers in a second as that of the commit, with the spread over the rounds. */
export async function compareBuilds(postgres: Postgres, commit: string, options: Options): Promise<void> {
  const folder = checkOut(commit, postgres.folder)
  const fleet = await seedFleet(postgres, CLUSTERS, KILOBYTES, ADAPTERS.slice(0, 2), folder)
  const builds: [Build, Build] = [
    { name: commit, folder, fleet: fleet.name },
    { name: 'this', folder: resolve('.'), fleet: `${fleet.name}_migrated` },
  ]
  await execute(postgres.url, `create database ${builds[1].fleet} template ${fleet.name} strategy file_copy`)
  execFileSync(process.execPath, [PROGRAM, 'migrate'], {
    env: environment(databaseUrl(postgres.url, builds[1].fleet), adapters),
    stdio: 'inherit',
  })
  await execute(databaseUrl(postgres.url, builds[1].fleet), 'vacuum full analyze')
  console.log(
    '| scenario | ratio | of the rounds | a second, then | now | CPU of the server | of PostgreSQL |',
  )
  console.log('|---|---|---|---|---|---|---|')
  for (const scenario of fleet.scenarios.filter(({ name }) => name.includes(options.only)))
    await compareScenario(postgres, builds, scenario, options)
}

const adapters = { HYPERFLEET_CLUSTER_ADAPTERS: JSON.stringify(ADAPTERS.slice(0, 2)) }

/** The files of a commit in a folder of their own, with the packages that it needs. */
function checkOut(commit: string, parent: string): string {
  const folder = join(parent, 'against')
  mkdirSync(folder)
  const archive = execFileSync('git', ['archive', commit], { maxBuffer: 1024 ** 3 })
  execFileSync('tar', ['-x', '-C', folder], { input: archive })
  const lock = 'npm-shrinkwrap.json'
  const isSame = execFileSync('git', ['diff', '--name-only', commit, '--', lock]).length === 0
  if (isSame) symlinkSync(resolve('node_modules'), join(folder, 'node_modules'))
  else execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: folder, stdio: 'inherit' })
  return folder
}

async function compareScenario(
  postgres: Postgres,
  builds: [Build, Build],
  scenario: Scenario,
  { seconds, rounds }: Options,
): Promise<void> {
  const load = {
    ...scenario,
    clusters: CLUSTERS - UNRECONCILED,
    pages: CLUSTERS / 20,
    connections: CONNECTIONS,
  }
  const sides: { server: Server; database: string; folder: string }[] = []
  try {
    for (const [index, build] of builds.entries()) {
      const name = `side_${index}`
      const database = databaseUrl(postgres.url, name)
      await execute(postgres.url, `create database ${name} template ${build.fleet} strategy file_copy`)
      await execute(database, ...(scenario.prepare ?? []), 'vacuum analyze', 'checkpoint')
      const log = join(postgres.folder, `${name}.log`)
      const server = await startServer(database, log, adapters, build.folder)
      sides.push({ server, database, folder: postgres.folder })
    }
    const [before, after] = sides as [(typeof sides)[0], (typeof sides)[0]]
    await compareAnswers(before.server, after.server, scenario)
    const run = async ({ server, database, folder }: (typeof sides)[0], time: number) => {
      await execute(database, ...(scenario.before ?? ['select 1']))
      const [cpu, databaseCpu] = [usageOf(server.pid).cpu, usageOf(postmasterOf(postgres)).cpu]
      const { perSecond, requests } = await closedLoop(server.base, { ...load, seconds: time }, folder)
      const used = (now: number, then: number) => ((now - then) / requests) * 1000
      return {
        perSecond,
        cpu: used(usageOf(server.pid).cpu, cpu),
        databaseCpu: used(usageOf(postmasterOf(postgres)).cpu, databaseCpu),
      }
    }
    const time = scenario.once ? 1 : seconds
    for (const side of [before, after]) await run(side, scenario.once ? 1 : WARM_UP)
    const pairs: [Awaited<ReturnType<typeof run>>, Awaited<ReturnType<typeof run>>][] = []
    for (let round = 0; round < rounds; round++) {
      const isTurned = round % 2 === 1
      const first = await run(isTurned ? after : before, time)
      const second = await run(isTurned ? before : after, time)
      pairs.push(isTurned ? [second, first] : [first, second])
    }
    const ratios = pairs.map(([then, now]) => now.perSecond / then.perSecond)
    const middle = (values: number[]) =>
      values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0
    const of = (side: 0 | 1, key: 'perSecond' | 'cpu' | 'databaseCpu') =>
      middle(pairs.map((pair) => pair[side][key]))
    const cells = [
      scenario.name,
      middle(ratios).toFixed(2),
      `${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}`,
      of(0, 'perSecond').toFixed(0),
      of(1, 'perSecond').toFixed(0),
      `${of(0, 'cpu').toFixed(2)} → ${of(1, 'cpu').toFixed(2)} ms`,
      `${of(0, 'databaseCpu').toFixed(2)} → ${of(1, 'databaseCpu').toFixed(2)} ms`,
    ]
    console.log(`| ${cells.join(' | ')} |`)
  } finally {
    for (const { server } of sides) await server.stop()
    for (const [index] of builds.entries())
      await execute(postgres.url, `drop database if exists side_${index} with (force)`)
  }
}

/** Members that no two answers share: they are of the moment, or made by chance. */
const OWN = /^(id|href|name|.*_time|timestamp|trace_id|instance|message)$/

/** Throws unless both servers answer the first requests of a scenario alike, ids, times and wording apart. */
async function compareAnswers(before: Server, after: Server, { requests }: Scenario): Promise<void> {
  const [next, other] = [0, 1].map(() => filler({ requests: requests.slice(0, 1), clusters: 1, pages: 1 }))
  for (let count = 0; count < 3; count++) {
    const answers = await Promise.all([answerOf(before, next?.()), answerOf(after, other?.())])
    deepStrictEqual(answers[1], answers[0])
  }
}

async function answerOf({ base }: Server, request: ReturnType<ReturnType<typeof filler>> | undefined) {
  const { method = 'GET', path = '', body } = request ?? {}
  const headers: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' }
  const response = await fetch(base + path, { method, headers, ...(body !== undefined && { body }) })
  const text = await response.text()
  const content = text && JSON.parse(text, (key, value) => (OWN.test(key) ? typeof value : value))
  return { status: response.status, content }
}
