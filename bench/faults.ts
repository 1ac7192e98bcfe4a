/**
 * Does every fault of test/faults/attack many times while callers write, and judges what is left: what was acknowledged
 * must be there. Prints a table, and ends with 1 when anything is lost or against the rules.
 *
 * Usage: npm run test:faults [-- --only killed --short --write]
 *
 * --only   those faults only whose name has this word
 * --short  as few rounds as `npm test` does
 * --write  writes bench/results/faults.md
 */
import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { attack, type Fault, type Outcome } from '../test/faults/attack/attack.ts'
import { faults } from '../test/faults/attack/faults.ts'
import { verify } from '../test/faults/attack/ledger.ts'
import { makeSeed, openDatabase, openPlainScene, unsynced } from '../test/faults/attack/stage.ts'
import { inScope } from '../test/processes.ts'
import { about } from './about.ts'

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    short: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
})

const heads = [
  'fault',
  'rounds',
  'acknowledged',
  'lost',
  'violations',
  'not answered',
  'stored all the same',
  'first success after: p50',
  'max',
]

function row({ name }: Fault, { recoveries, ...outcome }: Outcome): string {
  const sorted = recoveries.toSorted((a, b) => a - b)
  const cells = [
    name,
    outcome.rounds,
    outcome.acknowledged,
    outcome.lost.length,
    outcome.violations.length,
    outcome.unanswered,
    outcome.stored,
    `${Math.round(sorted[Math.floor(sorted.length / 2)] ?? 0)} ms`,
    `${Math.round(sorted.at(-1) ?? 0)} ms`,
  ]
  return `| ${cells.join(' | ')} |`
}

await inScope(async (scope) => {
  const seed = await makeSeed(scope, options.short ? unsynced : { fsync: 'on' })
  const rows: string[] = []
  for (const fault of faults.filter(({ name }) => name.includes(options.only))) {
    const rounds = fault.rounds[options.short ? 'short' : 'long']
    const lack = rounds ? fault.lack?.() : 'only in the long form'
    if (lack) {
      console.log(`skipped: ${fault.name}: ${lack}`)
      rows.push(`| ${fault.name} | not done: ${lack} |${' |'.repeat(heads.length - 2)}`)
      continue
    }
    const { open = openPlainScene } = fault
    const outcome = await inScope(async (own) =>
      attack(fault, await open(own, seed), { rounds, list: verify }),
    )
    for (const each of [...outcome.lost, ...outcome.violations].slice(0, 20)) console.log(each)
    if (outcome.lost.length + outcome.violations.length) process.exitCode = 1
    rows.push(row(fault, outcome))
    console.log(rows.at(-1))
  }
  const { database } = await openDatabase(scope, seed)
  const table = [`| ${heads.join(' | ')} |`, `|${'---|'.repeat(heads.length)}`, ...rows].join('\n')
  const page = `<!-- Made by \`npm run test:faults -- --write\`. -->
# Faults

Eight callers create, change, report and delete without pause, most of their creates with an \`Idempotency-Key\`, while a fault is done again and again. Afterwards every write that was
acknowledged must be there, every row must be as it was last written, the writes must follow the rules in the order of their commits, and \`hyperfleet-api verify\` must list nothing.

- \`lost\`: writes that were acknowledged and are not there; \`violations\`: whatever else is not as it must be.
- \`not answered\`: writes with a 503, a 504 or no answer; some of them are \`stored all the same\`, which is why clients repeat them with the same key.
- \`first success\`: from the end of the fault to the next write that is acknowledged.

${table}

${await about(database.url)}
`
  console.log(`\n${table}`)
  if (options.write) await writeFile('bench/results/faults.md', page)
})
