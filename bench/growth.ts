/**
 * What requests cost at 10,000 and at 1,000,000 clusters: two real servers on two databases of one PostgreSQL, measured in turns,
 * so that both see the same machine. Writes bench/results/growth.md.
 *
 * Usage: npm run bench:growth [-- --small 10000 --large 1000000 --seconds 5 --rounds 3 --dir DIR]
 *
 * --dir  keeps the databases there, and uses what is there already; else they are made anew in a temporary folder
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startEmbedded } from '../server/embedded/embedded.ts'
import { about } from './about.ts'
import { ADAPTERS, UNRECONCILED } from './fleet.ts'
import { type Figures, load, type Request } from './load.ts'
import { type Side, startSide } from './side.ts'

const CONNECTIONS = 8
const PAGE_SIZE = 20

/** One thing that clients do; it makes the requests for one side. */
type Scenario = (side: Side) => Promise<() => Request> | (() => Request)

const { values: options } = parseArgs({
  options: {
    small: { type: 'string', default: '10000' },
    large: { type: 'string', default: '1000000' },
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '3' },
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

async function growth() {
  const dir = options.dir ?? (await mkdtemp(join(tmpdir(), 'hyperfleet-bench-')))
  const embedded = await startEmbedded({ dir })
  const sides: Side[] = []
  try {
    for (const clusters of [options.small, options.large])
      sides.push(await startSide(embedded.url, Number(clusters), join(dir, 'server.log')))
    const rows: string[] = []
    for (const [name, scenario] of Object.entries(scenarios)) rows.push(await compare(name, scenario, sides))
    await report(embedded.url, sides, rows)
  } finally {
    for (const side of sides) await side.stop()
    await embedded.stop()
    if (!options.dir) await rm(dir, { recursive: true, force: true })
  }
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

async function report(server: string, [small, large]: Side[], rows: string[]) {
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
`,
  )
}

await growth()
