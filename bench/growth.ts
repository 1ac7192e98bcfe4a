/**
 * What requests cost at 10,000 and at 1,000,000 clusters, and in each with tenants kept apart: real servers on databases of one
 * PostgreSQL, measured in turns, so that all see the same machine. Writes bench/results/growth.md.
 *
 * Usage: npm run bench:growth [-- --small 10000 --large 1000000 --seconds 5 --rounds 3 --dir DIR]
 *
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
import { type Fleet, type Side, startFleet } from './side.ts'

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
  const fleets: Fleet[] = []
  try {
    for (const clusters of [options.small, options.large])
      fleets.push(await startFleet(embedded.url, Number(clusters), join(dir, 'server.log')))
    const sides = fleets.map(({ side }) => side)
    const rows: string[] = []
    for (const [name, scenario] of Object.entries(scenarios)) rows.push(await compare(name, scenario, sides))
    const ofTenants: string[] = []
    for (const [name, scenario] of Object.entries(tenantScenarios))
      ofTenants.push(await compareTenants(name, scenario, fleets))
    await report(embedded.url, sides, rows, ofTenants)
  } finally {
    for (const { side, tenants } of fleets) await Promise.all([side.stop(), tenants.stop()])
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
async function cursorsOf({ base, clusters }: Side): Promise<string[]> {
  const size = Math.max(10, Math.min(500, Math.floor(clusters / 500)))
  const cursors: string[] = []
  for (let cursor: string | undefined = ''; cursor !== undefined; ) {
    const answer = await fetch(`${base}${list({ size, cursor, fields: 'id' })}`)
    cursor = ((await answer.json()) as { next_cursor?: string }).next_cursor
    if (cursor) cursors.push(cursor)
  }
  return cursors
}

/** Measures a fleet and its copy with tenants in turns: the middle ratio of the rounds, for each size. */
async function compareTenants(
  name: string,
  { alone, apart }: TenantScenario,
  fleets: Fleet[],
): Promise<string> {
  const cells: string[] = []
  for (const { side, tenants } of fleets) {
    const without = await alone(side)
    const within = await apart(tenants)
    const ask = (place: Side, requests: () => Request) =>
      load(place.base, requests, { connections: CONNECTIONS, seconds: Number(options.seconds) })
    const pairs: [Figures, Figures][] = []
    for (let round = 0; round <= TENANT_ROUNDS; round++) {
      const pair: [Figures, Figures] = [await ask(side, without), await ask(tenants, within)]
      if (round > 0) pairs.push(pair)
    }
    const costs = pairs
      .map(([one, other]) => one.perSecond / other.perSecond)
      .sort((one, other) => one - other)
    const rate = (index: 0 | 1) =>
      Math.round(
        pairs.map((pair) => pair[index].perSecond).sort((one, other) => one - other)[TENANT_ROUNDS >> 1] ?? 0,
      )
    const [least = 0, most = 0] = [costs[0], costs.at(-1)]
    const middle = costs[TENANT_ROUNDS >> 1] ?? 0
    cells.push(`${rate(0)} | ${rate(1)} | ${middle.toFixed(2)} (${least.toFixed(2)}–${most.toFixed(2)})`)
  }
  const row = `| ${name} | ${cells.join(' | ')} |`
  console.log(row)
  return row
}

async function cursorAt({ base }: Side, page: number): Promise<string> {
  let cursor = ''
  for (let passed = 0; passed < page * PAGE_SIZE; passed += 500) {
    const size = Math.min(500, page * PAGE_SIZE - passed)
    const answer = await fetch(`${base}${list({ size, cursor, fields: 'id' })}`)
    cursor = ((await answer.json()) as { next_cursor: string }).next_cursor
  }
  return cursor
}

/** Measures both sides in turns, and takes the middle round of each. */
async function compare(name: string, scenario: Scenario, sides: Side[]): Promise<string> {
  const rounds = sides.map((): Figures[] => [])
  const requests = await Promise.all(sides.map(scenario))
  // The first round warms up: prepared statements, plans, caches.
  for (let round = 0; round <= Number(options.rounds); round++)
    for (const [index, side] of sides.entries()) {
      const figures = await load(side.base, requests[index] as () => Request, {
        connections: CONNECTIONS,
        seconds: Number(options.seconds),
      })
      if (round > 0) rounds[index]?.push(figures)
    }
  const [small, large] = rounds.map(
    (each) => each.sort((one, other) => one.perSecond - other.perSecond)[Math.floor(each.length / 2)],
  ) as [Figures, Figures]
  const ratio = small.perSecond / large.perSecond
  const shown = ({ perSecond, p50, p99 }: Figures) => `${Math.round(perSecond)} | ${p50} | ${p99}`
  const row = `| ${name} | ${shown(small)} | ${shown(large)} | ${ratio.toFixed(2)} |`
  console.log(row)
  return row
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
