/** The feed of changes while servers and PostgreSQL are killed, and behind a pooler; `npm run bench:changes` does it with many more changes. */
import t from 'tap'
import { application } from '../application.ts'
import { createDatabase } from '../databases.ts'
import { streams } from '../event-stream.ts'
import { pgbouncer, throughPooler } from '../pooler.ts'
import { generator, seed } from '../random.ts'
import { openSession } from '../sessions.ts'
import { follow } from './feed/follow.ts'

t.test('whatever is killed, each reader is told each change once and in order', async (t) => {
  t.comment(`seed ${seed}`)
  const outcome = await follow(t, {
    changes: 20_000,
    writers: 8,
    readers: 20,
    seeded: 500,
    serverKills: 4,
    databaseKills: 2,
    prunes: 3,
    below: generator(seed),
    log: (line) => t.comment(line),
  })
  t.same(outcome.faults, [])
  t.ok(outcome.changes >= 20_000)
  t.ok(outcome.pruned > 0, `${outcome.pruned} entries were dropped meanwhile`)
  t.comment(JSON.stringify({ ...outcome, delays: outcome.delays.length }))
})

const skip = pgbouncer ? false : 'PgBouncer is not installed'

t.test('behind PgBouncer, a stream waits for a writer that is open', { skip }, async (t) => {
  const url = await createDatabase()
  const own = await application(t, {}, await throughPooler(t, url))
  const open = await streams(own)
  const since = (await own.call('GET', 'changes')).body.next
  const stream = await open(`?since=${since}`)
  const session = await openSession(t, url)
  await session.query('begin')
  await session.query(`select create_resource('Cluster', null, '{"name":"open","spec":{}}', 'me', '{}', '')`)
  const names = Array.from({ length: 20 }, (_, index) => `pooled-${index}`)
  await Promise.all(names.map((name) => own.call('POST', 'clusters', { kind: 'Cluster', name, spec: {} })))
  const waited = await own.call('GET', `changes?since=${since}&wait=1s`)
  t.strictSame(waited.body.items, [], 'nothing is told past the number that the writer has')
  t.strictSame(await stream.entries(0), [])
  await session.query('commit')
  const entries = await stream.entries(21)
  const { body } = await own.call('GET', `changes?since=${since}&limit=1000`)
  t.strictSame(
    entries.map(({ data }) => data),
    body.items,
  )
  stream.close()
})
