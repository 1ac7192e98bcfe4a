/**
 * What writes notice when a day of the feed is dropped: callers change labels over ten connections, and after some seconds
 * `rotate_changes` drops a partition with so many entries.
 *
 * Usage: npm run bench:pruning [-- --entries 5000000 --seconds 10 --write]
 *
 * --write  writes bench/results/pruning.md
 */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { about } from './about.ts'
import { execute, makeFleet, sampleIds } from './fleet.ts'
import { quantile } from './quantile.ts'
import { startServer } from './server.ts'
import { withPostgres } from './stage.ts'

const CLUSTERS = 1000
const CONNECTIONS = 10

const { values: options } = parseArgs({
  options: {
    entries: { type: 'string', default: '5000000' },
    seconds: { type: 'string', default: '10' },
    write: { type: 'boolean', default: false },
  },
})
const [entries, seconds] = [Number(options.entries), Number(options.seconds)]

/** A write: when it was sent and answered, in milliseconds. */
interface Write {
  sent: number
  answered: number
}

/** A partition of three days ago with so many entries, as writes leave them. */
const fill = (url: string) =>
  execute(
    url,
    `create table changes_old (like changes including all)`,
    `insert into changes_old (seq, time, type, kind, resource_id, version, generation, tenancy, caller, changed)
     select nextval('change_numbers'), current_date - 3 + number * interval '10 milliseconds', 'reported', 'Cluster',
       gen_random_uuid(), number, 1, '{}', 'adapter@example.com', '{Available,Ready,Reconciled}'
     from generate_series(1, ${entries}) as number`,
    `do $$
     declare
       v_day date := (current_date at time zone 'UTC')::date - 3;
     begin
       execute format('alter table changes_old rename to changes_%s', to_char(v_day, 'YYYYMMDD'));
       execute format('alter table changes attach partition changes_%s for values from (%L) to (%L)',
         to_char(v_day, 'YYYYMMDD'), v_day || ' 00:00:00+00', v_day + 1 || ' 00:00:00+00');
     end $$`,
    'vacuum analyze changes',
    'checkpoint',
  )

const sizeOf = async (url: string) => {
  const [row] = await execute(
    url,
    `select sum(pg_total_relation_size(inhrelid))::bigint as bytes from pg_inherits where inhparent = 'changes'::regclass`,
  )
  return Number(row?.bytes) / 1024 ** 2
}

async function measure({ url: postgres, dir }: { url: string; dir: string }) {
  const url = await makeFleet(postgres, 'pruned', CLUSTERS)
  await fill(url)
  const settings = { HYPERFLEET_LOGGING_LEVEL: 'warn', HYPERFLEET_CHANGES_HISTORY_RETENTION: '30d' }
  const server = await startServer(url, join(dir, 'server.log'), settings)
  const ids = await sampleIds(url, CLUSTERS)
  const writes: Write[] = []
  let isOver = false
  const working = Array.from({ length: CONNECTIONS }, async (_, connection) => {
    for (let count = 0; !isOver; count++) {
      const sent = performance.now()
      const id = ids[(count * CONNECTIONS + connection) % ids.length]
      const answer = await fetch(`${server.base}/clusters/${id}`, {
        method: 'PATCH',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ labels: { count: String(count) } }),
      })
      await answer.arrayBuffer()
      if (answer.status !== 200) throw new Error(`${answer.status}`)
      writes.push({ sent, answered: performance.now() })
    }
  })
  await sleep(seconds * 1000)
  const before = await sizeOf(url)
  const began = performance.now()
  await execute(url, `select rotate_changes('24h', '24h')`)
  const took = performance.now() - began
  await sleep(seconds * 1000)
  isOver = true
  await Promise.all(working)
  const after = await sizeOf(url)
  await server.stop()

  const latencies = (some: Write[]) => some.map(({ sent, answered }) => answered - sent)
  const others = latencies(writes.filter(({ answered }) => answered < began))
  const meanwhile = latencies(
    writes.filter(({ sent, answered }) => answered >= began && sent <= began + took),
  )
  const second = latencies(writes.filter(({ answered }) => answered >= began && answered <= began + 1000))
  const shown = (some: number[]) =>
    `${some.length} | ${[0.5, 0.99, 1].map((share) => quantile(some, share).toFixed(1)).join(' | ')} |`
  const table = `| writes | how many | median, ms | p99 | slowest |
|---|---|---|---|---|
| before, ${seconds} s | ${shown(others)}
| open while the partition was dropped, ${took.toFixed(0)} ms | ${shown(meanwhile)}
| answered within a second from then on | ${shown(second)}

The feed had ${entries} entries in the partition, and ${before.toFixed(0)} MiB with its indexes; afterwards it has ${after.toFixed(0)} MiB.
`
  console.log(table)
  if (options.write)
    await writeFile(
      new URL('results/pruning.md', import.meta.url),
      `<!-- Made by \`npm run bench:pruning -- --write\`. -->
# Pruning of the feed of changes

Callers change labels over ${CONNECTIONS} connections, while the entries of a day are dropped with their partition.

${table}
${await about(url)}
`,
    )
}

await withPostgres(measure)
