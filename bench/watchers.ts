/**
 * What watchers of the feed cost: streams of one server, beside a caller that writes so many changes a second and one that reads, each
 * request after the answer to the one before. Measured without watchers and with them; then all are idle.
 *
 * Usage: npm run bench:watchers [-- --watchers 1000 --changes 100 --seconds 20 --write]
 *
 * --write  writes bench/results/watchers.md
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { about } from './about.ts'
import { execute, makeFleet, sampleIds } from './fleet.ts'
import { quantile } from './quantile.ts'
import { startServer } from './server.ts'
import { postmasterOf, withPostgres } from './stage.ts'
import { usageOf } from './usage.ts'

const CLUSTERS = 1000
/** Opened before the memory is measured: what the first streams take is not of each. */
const FIRST = 100

const { values: options } = parseArgs({
  options: {
    watchers: { type: 'string', default: '1000' },
    changes: { type: 'string', default: '100' },
    seconds: { type: 'string', default: '20' },
    write: { type: 'boolean', default: false },
  },
})
const [watchers, changes, seconds] = [options.watchers, options.changes, options.seconds].map(Number) as [
  number,
  number,
  number,
]

/** What the streams were told: entries in all, and of some how late. */
interface Told {
  entries: number
  delays: number[]
  ended: number
}

const ask = async <Answer>(streams: ChildProcess, message: object): Promise<Answer> => {
  streams.send(message)
  const [answer] = await once(streams, 'message')
  return answer as Answer
}

/** Writes and reads for some seconds; returns how long each read took, and how many changes there were, a second. */
async function work(base: string, ids: string[]): Promise<{ reads: number[]; perSecond: number }> {
  const reads: number[] = []
  let written = 0
  const began = performance.now()
  const isOver = () => performance.now() - began > seconds * 1000
  const write = async () => {
    const answer = await fetch(`${base}/clusters/${ids[written++ % ids.length]}`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ labels: { count: String(written) } }),
    })
    if (answer.status !== 200) throw new Error(`${answer.status} ${await answer.text()}`)
    await answer.arrayBuffer()
  }
  const writing = (async () => {
    const open = new Set<Promise<void>>()
    while (!isOver()) {
      for (const due = ((performance.now() - began) / 1000) * changes; written < due; ) {
        const one = write().finally(() => open.delete(one))
        open.add(one)
      }
      await sleep(1)
    }
    await Promise.all(open)
  })()
  while (!isOver()) {
    const sent = performance.now()
    await (await fetch(`${base}/clusters/${ids[reads.length % ids.length]}`)).arrayBuffer()
    reads.push(performance.now() - sent)
    await sleep(2)
  }
  await writing
  return { reads, perSecond: written / seconds }
}

async function measure({ url: postgres, dir }: { url: string; dir: string }) {
  const url = await makeFleet(postgres, 'watched', CLUSTERS)
  const settings = {
    HYPERFLEET_LOGGING_LEVEL: 'warn',
    HYPERFLEET_CHANGES_MAX_WATCHERS: String(watchers + FIRST),
  }
  const server = await startServer(url, join(dir, 'server.log'), settings)
  const ids = await sampleIds(url, CLUSTERS)
  const streams = fork(new URL('streams.ts', import.meta.url), [`${server.base}/changes`], {
    execArgv: ['--import', 'tsx'],
  })
  const memory = () => usageOf(server.pid).memory
  const postmaster = postmasterOf({ dir })
  const idle = async () => {
    // Else autovacuum and the checkpointer would have work left over.
    await execute(url, 'vacuum analyze', 'checkpoint')
    const start = usageOf(postmaster).cpu
    await sleep(seconds * 1000)
    return (usageOf(postmaster).cpu - start) / seconds
  }
  // The first round warms up.
  await work(server.base, ids)
  const without = await work(server.base, ids)
  const idleBefore = await idle()
  await ask(streams, { open: FIRST })
  const beside = await work(server.base, ids)
  await sleep(2000)
  const before = memory()
  await ask(streams, { open: watchers })
  await sleep(2000)
  const opened = memory()
  await ask<Told>(streams, {})
  const cpu = usageOf(server.pid).cpu
  const within = await work(server.base, ids)
  const busy = (usageOf(server.pid).cpu - cpu) / seconds
  await sleep(2000)
  const told = await ask<Told>(streams, {})
  const used = memory()
  const idleAfter = await idle()
  streams.kill()
  await server.stop()

  const kib = (bytes: number) => Math.round(bytes / watchers / 1024)
  const of = (figures: number[], share: number) => quantile(figures, share).toFixed(1)
  const reads = ({ reads: all }: { reads: number[] }) => `${of(all, 0.5)}, ${of(all, 0.99)} ms`
  const ratio = (share: number) => (quantile(within.reads, share) / quantile(without.reads, share)).toFixed(2)
  const table = `| | |
|---|---|
| streams | ${watchers + FIRST} |
| changes a second | ${within.perSecond.toFixed(0)} |
| entries that the streams were told, of those they must be | ${told.entries} of ${Math.round(within.perSecond * seconds) * (watchers + FIRST)} |
| streams that were cut | ${told.ended} |
| from the time of an entry, which is before its commit, until it was read: median, p99, longest | ${of(told.delays, 0.5)}, ${of(told.delays, 0.99)}, ${of(told.delays, 0.999999)} ms |
| memory of the server for each stream: after opening, after the changes | ${kib(opened - before)}, ${kib(used - before)} KiB |
| processor time of the server meanwhile | ${(100 * busy).toFixed(0)} % of a core |
| GET beside them: median, p99 | ${reads(within)} |
| GET beside ${FIRST} streams | ${reads(beside)} |
| GET without streams | ${reads(without)} |
| ratio of the first and the last | ${ratio(0.5)}, ${ratio(0.99)} |
| processor time of PostgreSQL while all are idle, and before there were streams | ${(100 * idleAfter).toFixed(2)}, ${(100 * idleBefore).toFixed(2)} % of a core |
`
  console.log(table)
  if (options.write)
    await writeFile(
      new URL('results/watchers.md', import.meta.url),
      `<!-- Made by \`npm run bench:watchers -- --write\`. -->
# Watchers of the feed of changes

Streams of one server (\`GET /changes\` as \`text/event-stream\`) that are told everything, beside a caller that changes labels and one that reads clusters, for ${seconds} seconds.
The callers and the readers of the streams share the machine with the server and PostgreSQL.

${table}
${await about(url)}
`,
    )
}

await withPostgres(measure)
