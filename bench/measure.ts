import { closedLoop, type Load } from './closed.ts'
import { execute } from './fleet.ts'
import type { Figures } from './load.ts'
import { limit, PREPARING, program } from './pgbench.ts'
import type { Scenario } from './scenarios.ts'
import type { Server } from './server.ts'
import { usageOf } from './usage.ts'

/** Where a scenario is measured: a fleet of its own, and a server on it. */
export interface Stage {
  database: string
  server: Server
  /** The process id of PostgreSQL. */
  postmaster: number
  /** How many clusters there are to ask for: those that are reconciled, since reports on others would change what pollers find. */
  clusters: number
  /** How many pages of 20 the fleet has. */
  pages: number
  /** For files that pass. */
  folder: string
}

/** What a round of a server came to. */
export interface Round extends Figures {
  /** Seconds of a core for a thousand requests. */
  serverCpu: number
  databaseCpu: number
  queries: number
}

/** What a server gets done of something over so many connections, and what PostgreSQL alone does. */
export interface Point {
  name: string
  connections: number
  /** The middle rounds. */
  server: Round
  limit?: Figures
}

type Asked = Omit<Load, 'seconds'> & Pick<Scenario, 'name' | 'once'>

export interface Times {
  seconds: number
  rounds: number
}

/** Measures the server and the limit in turns, so that both see the same machine; takes the middle round of each. */
export async function compare(
  stage: Stage,
  scenario: Scenario,
  connections: number,
  times: Times,
): Promise<Point> {
  const load = { ...scenario, clusters: stage.clusters, pages: stage.pages, connections }
  const rounds = { server: [] as Round[], limit: [] as Figures[] }
  // The first round warms up: prepared statements, plans, caches, and code that Node compiles when it has run for a while.
  // What can be done once only is to end before all is done.
  const secondsOf = (last: Figures | undefined, more = 0) => {
    if (!last) return scenario.once ? 1 : times.seconds
    const most = scenario.once ? Math.floor((0.8 * stage.clusters) / last.perSecond) - more : times.seconds
    return Math.max(1, Math.min(times.seconds, most))
  }
  for (let round = 0; round <= times.rounds; round++) {
    // No checkpoint between: after one, each page that is written costs an image of itself, in short rounds almost every one.
    const begin = () => execute(stage.database, ...(scenario.before ?? ['select 1']))
    await begin()
    rounds.server.push(await measured(stage, { ...load, seconds: secondsOf(rounds.server.at(-1)) }))
    if (!program) continue
    await begin()
    const seconds = secondsOf(rounds.limit.at(-1), PREPARING)
    rounds.limit.push(checked(await limit(stage.database, { ...load, seconds }, stage.folder), load))
  }
  const { name } = scenario
  return {
    name,
    connections,
    server: middle(rounds.server.slice(1)),
    ...(program && { limit: middle(rounds.limit.slice(1)) }),
  }
}

/** One round of a server. */
export async function measured({ server, postmaster, folder }: Stage, load: Load & Asked): Promise<Round> {
  const queries = await queriesOf(server)
  // To count queries asks the database something itself, and takes time of both.
  const counting = (await queriesOf(server)) - queries
  const before = { server: usageOf(server.pid), database: usageOf(postmaster) }
  const figures = checked(await closedLoop(server.base, load, folder), load)
  const cpu = (pid: number, { cpu }: { cpu: number }) => ((usageOf(pid).cpu - cpu) / figures.requests) * 1000
  const used = { serverCpu: cpu(server.pid, before.server), databaseCpu: cpu(postmaster, before.database) }
  return {
    ...figures,
    ...used,
    queries: ((await queriesOf(server)) - queries - 2 * counting) / figures.requests,
  }
}

/** Throws where something that can be done once only was done again. */
function checked(figures: Figures, { name, once, clusters, connections }: Asked): Figures {
  if (once && figures.requests + connections > clusters)
    throw new Error(`${name}: ${clusters} clusters are not enough for ${figures.requests} requests`)
  return figures
}

/** The round in the middle, by what was done in a second. */
export function middle<Each extends Figures>(rounds: Each[]): Each {
  const sorted = rounds.toSorted((one, other) => one.perSecond - other.perSecond)
  return sorted[Math.floor(sorted.length / 2)] as Each
}

/** How many queries a server has made, by its own count. */
async function queriesOf({ metrics }: Server): Promise<number> {
  const text = await (await fetch(metrics)).text()
  const counts = text.matchAll(/^hyperfleet_db_query_duration_seconds_count\{.*\} (\d+)/gm)
  return Array.from(counts, ([, count]) => Number(count)).reduce((sum, count) => sum + count, 0)
}
