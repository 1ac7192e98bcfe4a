/**
 * What requests cost at 10,000 and at 1,000,000 clusters, and in each with tenants kept apart: real servers on databases of one
 * PostgreSQL, measured in turns, so that all see the same machine. Writes bench/results/growth.md.
 *
 * Usage: npm run bench:growth [-- --small 10000 --large 1000000 --seconds 5 --rounds 3 --buffers 256MB --dir DIR]
 *
 * --small    at least 10,000, with which each of the 1,000 tenants has the ten clusters that a list of 10 shows
 * --buffers  the shared_buffers of PostgreSQL
 * --dir      keeps the databases there, and uses what is there already; else they are made anew in a temporary folder
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startEmbedded } from '../server/embedded/embedded.ts'
import { about } from './about.ts'
import { ADAPTERS, TENANTS, UNRECONCILED } from './fleet.ts'
import { type Figures, load, type Request } from './load.ts'
import { middle } from './measure.ts'
import { type Pair, type Side, startPair } from './side.ts'

const CONNECTIONS = 8
const PAGE_SIZE = 20
/** An odd number of rounds, of which the middle counts. */
const TENANT_ROUNDS = 7

/** One thing that clients do; it makes the requests for one side. */
type Scenario = (side: Side) => Promise<() => Request> | (() => Request)

const { values: options } = parseArgs({
  options: {
    small: { type: 'string', default: '10000' },
    large: { type: 'string', default: '1000000' },
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '3' },
    buffers: { type: 'string', default: '256MB' },
    dir: { type: 'string' },
  },
})

const anyOf = <Item>(items: Item[]): Item => items[Math.floor(Math.random() * items.length)] as Item
const list = (query: Record<string, string | number>) =>
  `/clusters?${new URLSearchParams(Object.entries(query).map(([name, value]): [string, string] => [name, String(value)]))}`

const poller = `status.conditions.Reconciled = 'False' and status.conditions.Reconciled.last_updated_time < now() - 10s`

const scenarios: Record<string, Scenario> = {
  'GET by id': (side) => () => ({ path: `/clusters/${anyOf(side.ids)}` }),
  'default list, 20': () => () => ({ path: list({ size: PAGE_SIZE }) }),
  'walk by cursor, page 1': () => () => ({ path: list({ size: PAGE_SIZE, cursor: '' }) }),
  'walk by cursor, page 5,000 (400 of the small)': async (side) => {
    const cursor = await cursorAt(side, Math.min(5000, Math.floor((side.clusters * 0.8) / PAGE_SIZE)))
    return () => ({ path: list({ size: PAGE_SIZE, cursor }) })
  },
  'search for a label, 10 matches': (side) => () => {
    const customer = 1 + Math.floor((Math.random() * (side.clusters - 20)) / 10)
    return { path: list({ search: `labels.example.com/customer = 'customer-${customer}'` }) }
  },
  'search of a poller, 200 matches': () => () => ({ path: list({ search: poller }) }),
  'report that changes, of 2,000 clusters': (side) => {
    const [first] = ADAPTERS
    let sent = 0
    return () => {
      const conditions = ['Available', 'Applied', 'Health'].map((type) => ({ type, status: 'True' }))
      const observed_time = new Date(Date.now() - 60_000 + sent++).toISOString()
      const body = {
        adapter: first,
        observed_generation: 1,
        observed_time,
        conditions,
        data: { attempt: sent },
      }
      return { method: 'PUT', path: `/clusters/${anyOf(side.ids)}/statuses`, body: JSON.stringify(body) }
    }
  },
}

/** One thing that tenants do, and what is compared with it where all resources are visible to all. */
interface TenantScenario {
  alone: Scenario
  apart: Scenario
}

const ofTenant = (path: string, org: string): Request => ({ path, headers: { 'x-org': org } })
const anyTenant = () => `tenant-${1 + Math.floor(Math.random() * TENANTS)}`

const tenantScenarios: Record<string, TenantScenario> = {
  'GET by id, of random tenants': {
    alone: (side) => () => ({ path: `/clusters/${anyOf(side.ids)}` }),
    apart: async (side) => {
      const owned = await owners(side)
      return () => {
        const { id, org } = anyOf(owned)
        return ofTenant(`/clusters/${id}`, org)
      }
    },
  },
  'list of 10, always of the same tenant': {
    alone: () => () => ({ path: list({ size: 10 }) }),
    apart: () => () => ofTenant(list({ size: 10 }), 'tenant-1'),
  },
  'list of 10, of random tenants; alone, a step of a walk at a random place': {
    alone: async (side) => {
      const cursors = await cursorsOf(side)
      return () => ({ path: list({ size: 10, cursor: anyOf(cursors) }) })
    },
    apart: () => () => ofTenant(list({ size: 10 }), anyTenant()),
  },
}

async function growth() {
  const dir = options.dir ?? (await mkdtemp(join(tmpdir(), 'hyperfleet-bench-')))
  const embedded = await startEmbedded({ dir, settings: { shared_buffers: options.buffers } })
  const pairs: Pair[] = []
  try {
    for (const clusters of [options.small, options.large])
      pairs.push(await startPair(embedded.url, Number(clusters), join(dir, 'server.log')))
    const sides = pairs.map(({ alone }) => alone)
    const rows: string[] = []
    for (const [name, scenario] of Object.entries(scenarios)) rows.push(await compare(name, scenario, sides))
    const ofTenants: string[] = []
    for (const [name, scenario] of Object.entries(tenantScenarios))
      ofTenants.push(await compareTenants(name, scenario, pairs))
    await report(embedded.url, sides, rows, ofTenants)
  } finally {
    for (const { alone, apart } of pairs) await Promise.all([alone.stop(), apart.stop()])
    await embedded.stop()
    if (!options.dir) await rm(dir, { recursive: true, force: true })
  }
}

/** Some clusters, each with its tenant. */
async function owners({ base, ids }: Side): Promise<{ id: string; org: string }[]> {
  const owned: { id: string; org: string }[] = []
  for (const id of ids.slice(0, 500)) {
    const answer = await fetch(`${base}/clusters/${id}`, { headers: { 'x-system': 'true' } })
    const { tenancy } = (await answer.json()) as { tenancy: { org: string } }
    owned.push({ id, org: tenancy.org })
  }
  return owned
}

/** Cursors of 500 steps of a walk through the whole fleet. */
async function cursorsOf(side: Side): Promise<string[]> {
  const size = Math.max(10, Math.min(500, Math.floor(side.clusters / 500)))
  const cursors: string[] = []
  for (let cursor = await step(side, size, ''); cursor; cursor = await step(side, size, cursor))
    cursors.push(cursor)
  return cursors
}

async function cursorAt(side: Side, page: number): Promise<string> {
  let cursor = ''
  for (let passed = 0; passed < page * PAGE_SIZE; passed += 500)
    cursor = (await step(side, Math.min(500, page * PAGE_SIZE - passed), cursor)) ?? ''
  return cursor
}

/** Takes a step of a walk through a fleet; resolves with the cursor after it, if any. */
async function step({ base }: Side, size: number, cursor: string): Promise<string | undefined> {
  const answer = await fetch(`${base}${list({ size, cursor, fields: 'id' })}`)
  return ((await answer.json()) as { next_cursor?: string }).next_cursor
}

/** Measures both sides in turns, and takes the middle round of each. */
async function compare(name: string, scenario: Scenario, sides: Side[]): Promise<string> {
  const asked = await Promise.all(sides.map(async (side) => ({ side, next: await scenario(side) })))
  const [small, large] = (await inTurns(asked, Number(options.rounds))).map(middle) as [Figures, Figures]
  const ratio = small.perSecond / large.perSecond
  const shown = ({ perSecond, p50, p99 }: Figures) => `${Math.round(perSecond)} | ${p50} | ${p99}`
  const row = `| ${name} | ${shown(small)} | ${shown(large)} | ${ratio.toFixed(2)} |`
  console.log(row)
  return row
}

/** Measures a fleet and its copy with tenants in turns, for each size: the middle rounds, and the middle ratio of the rounds. */
async function compareTenants(name: string, scenario: TenantScenario, pairs: Pair[]): Promise<string> {
  const cells: string[] = []
  for (const pair of pairs) {
    const asked = [
      { side: pair.alone, next: await scenario.alone(pair.alone) },
      { side: pair.apart, next: await scenario.apart(pair.apart) },
    ]
    const [alone, apart] = (await inTurns(asked, TENANT_ROUNDS)) as [Figures[], Figures[]]
    const costs = alone
      .map(({ perSecond }, round) => perSecond / (apart[round]?.perSecond ?? Number.NaN))
      .sort((one, other) => one - other)
    const [least, cost, most] = [0, TENANT_ROUNDS >> 1, -1].map((at) => costs.at(at)?.toFixed(2))
    const [without, within] = [alone, apart].map((rounds) => Math.round(middle(rounds).perSecond))
    cells.push(`${without} | ${within} | ${cost} (${least}–${most})`)
  }
  const row = `| ${name} | ${cells.join(' | ')} |`
  console.log(row)
  return row
}

/** Asks all sides in turns, in so many rounds after one that warms up (prepared statements, plans, caches): the figures of each side. */
async function inTurns(asked: { side: Side; next: () => Request }[], rounds: number): Promise<Figures[][]> {
  const times = { connections: CONNECTIONS, seconds: Number(options.seconds) }
  const figures = asked.map((): Figures[] => [])
  for (let round = 0; round <= rounds; round++)
    for (const [index, { side, next }] of asked.entries())
      figures[index]?.push(await load(side.base, next, times))
  return figures.map((each) => each.slice(1))
}

async function report(server: string, [small, large]: Side[], rows: string[], ofTenants: string[]) {
  const format = (clusters = 0) => clusters.toLocaleString('en')
  await writeFile(
    new URL('results/growth.md', import.meta.url),
    `<!-- Made by \`npm run bench:growth\`. -->
# Growth

What a request costs in a fleet of ${format(small?.clusters)} and of ${format(large?.clusters)} clusters (each with 6 labels, a spec of 1.2 KB, reports of
${ADAPTERS.length} adapters, and one node pool; ${UNRECONCILED} are not reconciled), asked over ${CONNECTIONS} connections without pause. Two servers on two databases of one
PostgreSQL, measured in turns on one machine that also runs the client; the middle of ${options.rounds} rounds of ${options.seconds} s after one to warm up. Times in ms.

| | ${format(small?.clusters)}: requests/s | median | p99 | ${format(large?.clusters)}: requests/s | median | p99 | cost |
|---|---|---|---|---|---|---|---|
${rows.join('\n')}

\`cost\` is how much more a request costs in the large fleet. ${await about(server)}

## Tenants

The same fleets, whose clusters belong to ${format(TENANTS)} tenants, asked of a server without tenants (alone) and of one that keeps them apart, with
row-level security, on a copy of the database (apart): requests per second, the middle of ${TENANT_ROUNDS} rounds in turns, and how much more a request costs apart
(the middle of the ratios of each round, the least and the most).

| | ${format(small?.clusters)}: alone | apart | cost | ${format(large?.clusters)}: alone | apart | cost |
|---|---|---|---|---|---|---|
${ofTenants.join('\n')}
`,
  )
}

await growth()
