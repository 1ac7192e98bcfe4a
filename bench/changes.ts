/**
 * Has 20 readers follow the feed of changes while 8 callers write by two servers, servers and PostgreSQL are killed, transactions stay
 * open, and old entries are dropped. Every reader must be told every change exactly once, in one order. Ends with 1 where one is not.
 *
 * Usage: npm run bench:changes [-- --changes 20000 --write]
 *
 * --changes  how many changes are written at least (1,000,000)
 * --write    writes bench/results/changes.md
 */
import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { follow, type Outcome } from '../test/faults/feed/follow.ts'
import { inScope } from '../test/processes.ts'
import { generator, seed } from '../test/random.ts'
import { about } from './about.ts'

const { values: options } = parseArgs({
  options: { changes: { type: 'string', default: '1000000' }, write: { type: 'boolean', default: false } },
})
const changes = Number(options.changes)
const plan = {
  changes,
  writers: 8,
  readers: 20,
  serverKills: Math.ceil(changes / 5000),
  databaseKills: Math.ceil(changes / 20_000),
  prunes: Math.ceil(changes / 10_000),
  below: generator(seed),
  log: (line: string) => console.log(line),
}

const table = ({ changes, resumed, pruned, openWrites, seconds, delays, faults }: Outcome) => `| | |
|---|---|
| changes | ${changes} |
| readers | ${plan.readers}, half of them by streams, half by long polls |
| entries told | ${changes * plan.readers} |
| missing, told twice, or in another order | ${faults.length} |
| kill -9 of a server | ${plan.serverKills} |
| kill -9 of PostgreSQL | ${plan.databaseKills} |
| resumed by readers | ${resumed} |
| entries dropped while they were read on | ${pruned} |
| transactions held open with an entry | ${openWrites} |
| changes a second | ${Math.round(changes / seconds)} |
| from the time of an entry until the first reader was told: p50, p99, longest | ${delays.join(' ms, ')} ms |
`

await inScope(async (scope) => {
  console.log(`seed ${seed}`)
  const outcome = await follow(scope, plan)
  const text = table(outcome)
  console.log(`\n${text}`)
  for (const fault of outcome.faults) console.log(fault)
  if (outcome.faults.length) process.exitCode = 1
  const page = `<!-- Made by \`npm run bench:changes -- --write\`. -->
# The feed of changes under faults

Eight callers create, change, report on and remove clusters by two servers, without pause. Readers begin at the same token, are cut off at random, and resume at the last entry that they have dealt with, or an earlier one, at either server. Meanwhile servers and PostgreSQL
are killed and started again, other transactions write a resource and stay open, idle, for up to 0.4 seconds before they commit or roll back, and entries that all readers have dealt with are dropped with their partition.
At the end, what each reader was told is compared with all that was written: every entry once, in one order, with the same token at all servers, and the versions of each resource without a gap. The longest delay has the restart of PostgreSQL in it.

${text}
${await about(outcome.url)}
`
  if (options.write) await writeFile('bench/results/changes.md', page)
})
