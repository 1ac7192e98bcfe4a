/**
 * What requests cost, and how near that is to what the machine can do: a real server on a real PostgreSQL, asked without pause
 * and at fixed rates, in turns with pgbench that sends the same statements.
 *
 * Usage: npm run bench [-- --only GET --short --seconds 2 --rounds 3 --write --against COMMIT]
 *
 * --only     those scenarios only whose name has this word
 * --short    one round of a second each
 * --write    writes bench/results/bench.md and bench.svg
 * --against  compares this build with that of a commit instead (bench/against.ts)
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startEmbedded } from '../server/embedded/embedded.ts'
import { about } from './about.ts'
import { compareBuilds } from './against.ts'
import { type Arrivals, openLoop } from './arrivals.ts'
import { client, closedLoop } from './closed.ts'
import { ADAPTERS } from './fleet.ts'
import { compare, measured, middle, type Round, type Stage } from './measure.ts'
import { markdown, noResults, plots, targetsOf } from './page.ts'
import { program } from './pgbench.ts'
import type { Scenario } from './scenarios.ts'
import { type Fleet, onStage, type Postgres, seedFleet } from './stage.ts'
import { sweep, sweeps } from './sweep.ts'
import { usageOf } from './usage.ts'

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    short: { type: 'boolean', default: false },
    seconds: { type: 'string' },
    rounds: { type: 'string' },
    write: { type: 'boolean', default: false },
    against: { type: 'string' },
  },
})
const times = {
  seconds: Number(options.seconds ?? (options.short ? 1 : 2)),
  rounds: Number(options.rounds ?? (options.short ? 1 : 3)),
}
const CLUSTERS = 10_000
const KILOBYTES = 1.5
const CONNECTIONS = [1, 10, 50]
const LONG = { clusters: 1000, kilobytes: [15, 50] }
/** Clusters of about 2 KB each: one adapter, a short spec. */
const SMALL = { kilobytes: 0.4, adapters: ADAPTERS.slice(0, 1) }
const SWEPT = 5000
const WARM_UP = 5
const SHARES = [0.25, 0.5, 0.75]

if (options.write && (options.only || options.short || options.against))
  throw new Error('a part is no page: --write is for the whole')
if (!program) console.log('pgbench is not installed (postgresql-contrib): no limits to compare with')

const results = noResults()

async function bench(postgres: Postgres): Promise<void> {
  const isAsked = ({ name }: { name: string }) => name.includes(options.only)
  const fleet = await seedFleet(postgres, CLUSTERS, KILOBYTES)
  if (!options.only) await measureEmpty(postgres)
  for (const scenario of fleet.scenarios.filter(isAsked)) await measureScenario(postgres, fleet, scenario)
  const lists = fleet.scenarios.filter(({ name }) => name === 'list of 10' && isAsked({ name }))
  if (lists.length) await measureSmall(postgres)
  for (const kilobytes of LONG.kilobytes) {
    const asked = fleet.scenarios.filter((scenario) => scenario.sizes && isAsked(scenario))
    if (asked.length) await measureSize(postgres, kilobytes, asked)
  }
  if (isAsked({ name: 'sweep' })) await measureSweeps(postgres)
}

/** Over few and many connections, and at fixed rates. */
const measureScenario = (postgres: Postgres, fleet: Fleet, scenario: Scenario) =>
  onStage(postgres, fleet, scenario, async (stage) => {
    results.startSeconds.push(stage.server.startSeconds)
    results.memory.rest ||= usageOf(stage.server.pid).memory
    if (!options.short && !scenario.once) await warmUp(stage, scenario)
    let most = 0
    for (const connections of CONNECTIONS) {
      const point = await compare(stage, scenario, connections, times)
      results.points.push(point)
      most = Math.max(most, point.server.perSecond)
      say(point.name, `${connections} connections`, point.server, point.limit)
    }
    if (scenario.rates) await measureRates(stage, scenario, most)
    results.memory.peaks.push({ name: scenario.name, bytes: usageOf(stage.server.pid).peak })
  })

/** A server has run for a while before it is measured: Node compiles only what has been asked for thousands of times. */
const warmUp = (stage: Stage, scenario: Scenario) =>
  measured(stage, {
    ...scenario,
    clusters: stage.clusters,
    pages: stage.pages,
    connections: 10,
    seconds: WARM_UP,
  })

async function measureRates(stage: Stage, scenario: Scenario, most: number): Promise<void> {
  const { base } = stage.server
  const work = { ...scenario, clusters: stage.clusters, pages: stage.pages }
  // The client has to warm up, too.
  await openLoop(base, work, { rate: most / 4, seconds: 1 })
  for (const share of SHARES) {
    const rounds = await inTurn(() => openLoop(base, work, { rate: most * share, seconds: times.seconds }))
    // By the median: what is answered in a second follows from what is asked.
    const sorted = rounds.toSorted((one, other) => one.p50 - other.p50)
    const figures = sorted[Math.floor(sorted.length / 2)] as Arrivals
    results.arrivals.push({ name: scenario.name, share, ...figures })
    say(scenario.name, `at ${share * 100} %`, figures)
  }
}

async function measureSmall(postgres: Postgres): Promise<void> {
  const { scenarios, ...fleet } = await seedFleet(postgres, CLUSTERS, SMALL.kilobytes, SMALL.adapters)
  const scenario = scenarios.find(({ name }) => name === 'list of 10') as Scenario
  await onStage(postgres, { scenarios, ...fleet }, scenario, async (stage) => {
    const point = await compare(stage, { ...scenario, name: 'list of 10 small' }, 10, times)
    const answer = await fetch(`${stage.server.base}/clusters?size=10`)
    const kilobytes = (await answer.arrayBuffer()).byteLength / 10 / 1024
    results.small = { ...point, kilobytes }
    say(point.name, `${kilobytes.toFixed(1)} KB each`, point.server, point.limit)
  })
}

async function measureSize(postgres: Postgres, kilobytes: number, asked: Scenario[]): Promise<void> {
  const short = asked.map(({ name }) => name)
  for (const point of results.points)
    if (short.includes(point.name) && point.connections === 10 && kilobytes === LONG.kilobytes[0])
      results.sizes.push({ ...point, kilobytes: KILOBYTES })
  const fleet = await seedFleet(postgres, LONG.clusters, kilobytes)
  for (const scenario of fleet.scenarios.filter(({ name }) => short.includes(name)))
    await onStage(postgres, fleet, scenario, async (stage) => {
      const point = await compare(stage, scenario, 10, times)
      results.sizes.push({ ...point, kilobytes })
      say(point.name, `${kilobytes} KB`, point.server, point.limit)
    })
}

async function measureSweeps(postgres: Postgres): Promise<void> {
  const fleet = await seedFleet(postgres, SWEPT, KILOBYTES)
  await onStage(postgres, fleet, {}, async (stage) => {
    for (const [name, how] of Object.entries(sweeps)) {
      await sweep(stage.server.base, SWEPT, how)
      const rounds = await inTurn(() => sweep(stage.server.base, SWEPT, how))
      const seconds = rounds.toSorted((one, other) => one - other)[Math.floor(rounds.length / 2)] ?? 0
      results.sweeps.push({ name, seconds })
      console.log(`sweep, ${name}: ${seconds.toFixed(2)} s`)
    }
  })
}

async function measureEmpty({ folder }: Postgres): Promise<void> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'bench/empty.ts'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    const [said] = await once(child.stdout.setEncoding('utf8'), 'data')
    const statement = { text: '', values: [] }
    const requests = [{ method: 'GET' as const, path: '/route', statement, share: 100 }]
    for (const connections of CONNECTIONS) {
      const load = { requests, clusters: 1, pages: 1, connections }
      await closedLoop(said.trim(), { ...load, seconds: 1 }, folder)
      const figures = middle(
        await inTurn(() => closedLoop(said.trim(), { ...load, seconds: times.seconds }, folder)),
      )
      results.empty.push({ connections, figures })
      say('an empty route', `${connections} connections`, figures)
    }
  } finally {
    child.kill()
  }
}

/** As many rounds of something as are asked for, one after the other. */
async function inTurn<Result>(work: () => Promise<Result>): Promise<Result[]> {
  const done: Result[] = []
  for (let round = 0; round < times.rounds; round++) done.push(await work())
  return done
}

function say(
  name: string,
  how: string,
  ...figures: (Round | { perSecond: number; p50: number; p99: number } | undefined)[]
) {
  const shown = figures.flatMap((each) =>
    each ? [`${Math.round(each.perSecond)}/s, ${each.p50.toFixed(2)} and ${each.p99.toFixed(2)} ms`] : [],
  )
  console.log(`${name}, ${how}: ${shown.join('; ')}`)
}

const folder = await mkdtemp(join(tmpdir(), 'hyperfleet-bench-'))
const dir = join(folder, 'postgres')
// An interrupt leaves nothing behind: all cleanup runs at the exit of this process.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))
process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 20 }))
const embedded = await startEmbedded({ dir })
try {
  const began = Date.now()
  const postgres = { url: embedded.url, dir, folder }
  if (options.against) {
    await compareBuilds(postgres, options.against, { ...times, only: options.only })
    process.exit(0)
  }
  await bench(postgres)
  const minutes = Math.round((Date.now() - began) / 60_000)
  const how = `A server as \`npm run serve\` runs it (validation, a log at \`info\`, metrics; no tokens) on an embedded PostgreSQL, both on one machine with the client,
which is ${client}, and undici at fixed rates. The fleet has ${CLUSTERS.toLocaleString('en')} clusters with 6 labels, a spec of ${KILOBYTES} KB, reports of 5 adapters and one node pool each. Each scenario begins with a
copy of it. Times are in ms, processor time (CPU) in seconds for 1,000 requests, queries for one. The middle of ${times.rounds} rounds of ${times.seconds} s (or as long as there is a cluster left to report on for the first time, or to delete) after one to warm up; the whole took ${minutes} minutes.

The mix is of 90 % polls (half of them a page of 20 of all clusters, half the search for what is not reconciled), 8 % reports that change something, and 2 % changes of labels.`
  const page = markdown(results, await about(embedded.url), how)
  console.log(page)
  for (const { what, target, measured, isMet } of targetsOf(results))
    if (!isMet) console.log(`missed: ${what}: ${measured} (${target})`)
  if (options.write) {
    await writeFile('bench/results/bench.md', page)
    await writeFile('bench/results/bench.svg', plots(results))
  }
} finally {
  await embedded.stop()
}
