/**
 * Has 20 readers follow the feed of changes while 8 callers write by two servers, servers and PostgreSQL are killed, transactions stay
 * open, and old entries are dropped. Every reader must be told every change exactly once, in one order. Ends with 1 where one is not.
 *
 * Usage: npm run bench:changes [-- --changes 20000 --runs 1 --write]
 *
 * --changes  how many changes are written at least (1,000,000)
 * --runs     how often, with another seed each time (3)
 * --write    writes bench/results/changes.md
 */
import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { follow, type Outcome } from '../test/faults/feed/follow.ts'
import { inScope } from '../test/processes.ts'
import { generator, seed } from '../test/random.ts'
import { about } from './about.ts'
import { quantile } from './quantile.ts'

const { values: options } = parseArgs({
  options: {
    changes: { type: 'string', default: '1000000' },
    runs: { type: 'string', default: '3' },
    write: { type: 'boolean', default: false },
  },
})
const changes = Number(options.changes)
const plan = {
  changes,
  writers: 8,
  readers: 20,
  seeded: Math.min(20_000, changes / 20),
  serverKills: Math.ceil(changes / 20_000),
  databaseKills: Math.ceil(changes / 50_000),
  prunes: Math.ceil(changes / 50_000),
  log: (line: string) => console.log(line),
}

const rows: Record<string, (outcome: Outcome) => unknown> = {
  changes: ({ changes }) => changes,
  'readers, half of them by streams, half by long polls': () => plan.readers,
  'entries told': ({ told }) => told,
  'missing, told twice, or in another order': ({ faults }) => faults.length,
  'kill -9 of a server': () => plan.serverKills,
  'kill -9 of PostgreSQL': () => plan.databaseKills,
  'times that the synchronous standby took over': () => 1,
  'resumed by readers': ({ resumed }) => resumed,
  'entries dropped while they were read on': ({ pruned }) => pruned,
  'transactions held open with an entry': ({ openWrites }) => openWrites,
  'changes a second': ({ changes, seconds }) => Math.round(changes / seconds),
  'from the time of an entry until the first reader was told, ms: p50, p99, longest': ({ delays }) =>
    [0.5, 0.99, 1].map((share) => quantile(delays, share)).join(', '),
}

const cells = (all: unknown[]) => `| ${all.join(' | ')} |`
const tableOf = (outcomes: Outcome[]) =>
  [
    cells(['', ...outcomes.map((_, run) => `run ${run + 1}`)]),
    cells(['---', ...outcomes.map(() => '---')]),
    ...Object.entries(rows).map(([name, of]) => cells([name, ...outcomes.map(of)])),
  ].join('\n')
const pageOf = (outcomes: Outcome[], used: string) => `<!-- Made by \`npm run bench:changes -- --write\`. -->
# The feed of changes under faults

Eight callers create, change, report on and remove clusters by two servers, without pause, and the seed adds thousands in transactions of 500. Readers begin at the same token, are cut off at random, and resume at the last entry that they have dealt with, or an earlier one, at either server. Meanwhile servers and PostgreSQL
are killed and started again, the synchronous standby is promoted in the place of the primary that was killed, other transactions write a resource and stay open, idle, for up to 0.4 seconds before they commit or roll back, and entries that all readers have dealt with are dropped with their partition.
At the end, what each reader was told is compared with all that was written: every entry once, in one order, with the same token at all servers, and the versions of each resource without a gap. All of it shares the cores of one machine: readers fall behind the writers, and catch up in the end.

${tableOf(outcomes)}

${used}
`

const outcomes: Outcome[] = []
for (let run = 0; run < Number(options.runs); run++)
  await inScope(async (scope) => {
    console.log(`seed ${seed + run}`)
    const outcome = await follow(scope, { ...plan, below: generator(seed + run) })
    for (const fault of outcome.faults) console.log(fault)
    if (outcome.faults.length) process.exitCode = 1
    outcomes.push(outcome)
    const page = pageOf(outcomes, await about(outcome.url))
    console.log(page)
    if (options.write) await writeFile('bench/results/changes.md', page)
  })
