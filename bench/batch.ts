/**
 * What writes cost in batches: the same creates and reports, each as a request of its own and many in one batch, in turns on one
 * server over ten connections.
 *
 * Usage: npm run bench:batch [-- --clusters 10000 --seconds 4 --rounds 5 --write]
 *
 * --write  writes bench/results/batch.md
 */
import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { about } from './about.ts'
import { closedLoop } from './closed.ts'
import { quantile } from './quantile.ts'
import type { Request } from './requests.ts'
import { onStage, postmasterOf, seedFleet, withPostgres } from './stage.ts'
import { usageOf } from './usage.ts'

const CONNECTIONS = 10
const KILOBYTES = 1.5
const SIZES = [10, 100]

const { values: options } = parseArgs({
  options: {
    clusters: { type: 'string', default: '10000' },
    seconds: { type: 'string', default: '4' },
    rounds: { type: 'string', default: '5' },
    write: { type: 'boolean', default: false },
  },
})
const [clusters, seconds, rounds] = [options.clusters, options.seconds, options.rounds].map(Number) as [
  number,
  number,
  number,
]

/** The goals: how many times as many writes as alone, in batches of 100. */
const GOALS: Record<string, number> = { create: 5, 'report, changed': 4 }

/** A way to send a write: alone, or so many in one batch. */
interface Way {
  name: string
  size: number
  requests: Request[]
}

/** Figures of one round: writes in a second, the median of an answer in ms, and seconds of a core for 1,000 writes. */
interface Round {
  perSecond: number
  p50: number
  server: number
  postgres: number
}

/** The batch of so many of a request, each with a name or a cluster of its own. */
function batchOf(request: Request, size: number, atomic: boolean): Request {
  const { method, path, body = '' } = request
  const operations = Array.from({ length: size }, (_, index) => {
    const own = (text: string) => text.replace('{run}-{n}', `{run}-{n}-${index}`).replace('{id}', '{next}')
    return `{"method":"${method}","path":"/api/hyperfleet/v1${own(path)}","body":${own(body)}}`
  })
  return {
    ...request,
    method: 'POST',
    path: '/batch',
    body: `{"atomic":${atomic},"operations":[${operations}]}`,
  }
}

const waysOf = (request: Request): Way[] => [
  { name: 'alone', size: 1, requests: [request] },
  ...SIZES.map((size) => ({
    name: `batches of ${size}`,
    size,
    requests: [batchOf(request, size, false)],
  })),
  { name: 'batches of 100, atomic', size: 100, requests: [batchOf(request, 100, true)] },
]

/** Throws unless each operation of all batches has succeeded. */
async function checkOperations(metrics: string) {
  const text = await (await fetch(metrics)).text()
  const failed = text
    .split('\n')
    .filter((line) => line.startsWith('hyperfleet_api_batch_operations_total') && !/code="20[01]"/.test(line))
  if (failed.length) throw new Error(`operations failed: ${failed.join('; ')}`)
}

const lines: string[] = []
const goals: string[] = []
let versions = ''

await withPostgres(async ({ url, dir }) => {
  const postgres = { url, dir, folder: dir }
  const fleet = await seedFleet(postgres, clusters, KILOBYTES)
  for (const scenario of fleet.scenarios.filter(({ name }) => name in GOALS)) {
    const { name, requests } = scenario
    const ways = waysOf(requests[0] as Request)
    const measured = new Map<string, Round[]>(ways.map((way) => [way.name, []]))
    await onStage(postgres, fleet, scenario, async ({ server, database, clusters, pages, folder }) => {
      versions ||= await about(database)
      for (let round = 0; round <= rounds; round++) {
        for (const way of ways) {
          const work = { requests: way.requests, clusters, pages, connections: CONNECTIONS, seconds }
          const before = [usageOf(server.pid).cpu, usageOf(postmasterOf(postgres)).cpu]
          const figures = await closedLoop(server.base, work, folder)
          const after = [usageOf(server.pid).cpu, usageOf(postmasterOf(postgres)).cpu]
          const [own = 0, theirs = 0] = after.map((cpu, index) => cpu - (before[index] ?? 0))
          const writes = figures.requests * way.size
          // The first round warms up.
          if (round)
            measured.get(way.name)?.push({
              perSecond: figures.perSecond * way.size,
              p50: figures.p50,
              server: (own / writes) * 1000,
              postgres: (theirs / writes) * 1000,
            })
        }
      }
      await checkOperations(server.metrics)
    })
    const middle = (way: string, figure: keyof Round) =>
      quantile(
        (measured.get(way) ?? []).map((round) => round[figure]),
        0.5,
      )
    const alone = middle('alone', 'perSecond')
    for (const way of ways) {
      const perSecond = middle(way.name, 'perSecond')
      const rest = (['server', 'postgres'] as const).map((figure) => middle(way.name, figure).toFixed(2))
      const shown = [
        Math.round(perSecond),
        (perSecond / alone).toFixed(1),
        middle(way.name, 'p50').toFixed(1),
        ...rest,
      ]
      lines.push(`| ${name} | ${way.name} | ${shown.join(' | ')} |`)
      console.log(lines.at(-1))
    }
    const factor = middle('batches of 100', 'perSecond') / alone
    const goal = GOALS[name] ?? 0
    goals.push(
      `| ${name}, batches of 100: times alone | ≥ ${goal} | ${factor.toFixed(1)} | ${factor >= goal ? 'met' : '**missed**'} |`,
    )
  }
})

const page = `<!-- Made by \`npm run bench:batch -- --write\`. -->
# Writes in batches

Creates and reports of the fleet of [bench.md](bench.md), ${clusters} clusters with specs of ${KILOBYTES} KB, over ${CONNECTIONS} connections without pause: each a
request of its own, and in batches, in turns on one server. The middle of ${rounds} rounds of ${seconds} s. All operations succeeded. The median is that of a request, so of a whole batch; processor time (CPU) is
in seconds for 1,000 writes.

|  | target | measured |  |
|---|---|---|---|
${goals.join('\n')}

| write |  | writes/s | times alone | median, ms | CPU s of server | of PostgreSQL |
|---|---|---|---|---|---|---|
${lines.join('\n')}

${versions}
`
console.log(page)
if (options.write) await writeFile(new URL('results/batch.md', import.meta.url), page)
