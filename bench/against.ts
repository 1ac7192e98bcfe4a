/**
 * Two builds on one PostgreSQL, in turns: that of a commit and this one. Both have the same fleet, seeded by the other build and
 * migrated by this one, and answer the same requests; the first answers are compared before anything is measured.
 */

import { deepStrictEqual } from 'node:assert'
import { execFileSync } from 'node:child_process'
import { mkdirSync, symlinkSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { ADAPTERS, databaseUrl, environment, execute, PROGRAM } from './fleet.ts'
import { measured, middle, type Round, type Stage } from './measure.ts'
import { filler } from './requests.ts'
import type { Scenario } from './scenarios.ts'
import type { Server } from './server.ts'
import { onStage, type Postgres, seedFleet } from './stage.ts'

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

/**
 * Prints, for each scenario, how many times as many requests this build answers in a second as that of the commit, with the
 * spread over the rounds.
 */
export async function compareBuilds(postgres: Postgres, commit: string, options: Options): Promise<void> {
  const before = await seedFleet(
    postgres,
    CLUSTERS,
    KILOBYTES,
    ADAPTERS.slice(0, 2),
    checkOut(commit, postgres.folder),
  )
  const after = { ...before, name: `${before.name}_migrated`, folder: '.' }
  await execute(postgres.url, `create database ${after.name} template ${before.name} strategy file_copy`)
  const migrated = databaseUrl(postgres.url, after.name)
  execFileSync(process.execPath, [PROGRAM, 'migrate'], {
    env: environment(migrated, adapters),
    stdio: 'inherit',
  })
  await execute(migrated, 'vacuum full analyze')
  console.log(
    '| scenario | ratio | of the rounds | a second, then | now | CPU of the server | of PostgreSQL |',
  )
  console.log('|---|---|---|---|---|---|---|')
  for (const scenario of before.scenarios.filter(({ name }) => name.includes(options.only)))
    await onStage(
      postgres,
      before,
      scenario,
      (first) =>
        onStage(
          postgres,
          after,
          scenario,
          (second) => compareStages(first, second, scenario, options),
          'after',
        ),
      'before',
    )
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

/** Measures a scenario on both stages, in turns that begin with the other one each time. */
async function compareStages(
  before: Stage,
  after: Stage,
  scenario: Scenario,
  { seconds, rounds }: Options,
): Promise<void> {
  await compareAnswers(before.server, after.server, scenario)
  const run = async (stage: Stage, time: number): Promise<Round> => {
    await execute(stage.database, ...(scenario.before ?? ['select 1']))
    const { clusters, pages } = stage
    return measured(stage, {
      ...scenario,
      clusters,
      pages,
      connections: CONNECTIONS,
      seconds: scenario.once ? 1 : time,
    })
  }
  for (const stage of [before, after]) await run(stage, WARM_UP)
  const pairs: [before: Round, after: Round][] = []
  for (let round = 0; round < rounds; round++) {
    const [first, second] = round % 2 ? [after, before] : [before, after]
    const pair: [Round, Round] = [await run(first, seconds), await run(second, seconds)]
    pairs.push(round % 2 ? [pair[1], pair[0]] : pair)
  }
  const ratios = pairs
    .map(([one, other]) => other.perSecond / one.perSecond)
    .sort((one, other) => one - other)
  const [then, now] = [middle(pairs.map(([one]) => one)), middle(pairs.map(([, other]) => other))]
  const cells = [
    scenario.name,
    ratios[Math.floor(ratios.length / 2)]?.toFixed(2),
    `${ratios[0]?.toFixed(2)} to ${ratios.at(-1)?.toFixed(2)}`,
    then.perSecond.toFixed(0),
    now.perSecond.toFixed(0),
    `${then.serverCpu.toFixed(2)} → ${now.serverCpu.toFixed(2)} ms`,
    `${then.databaseCpu.toFixed(2)} → ${now.databaseCpu.toFixed(2)} ms`,
  ]
  console.log(`| ${cells.join(' | ')} |`)
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
