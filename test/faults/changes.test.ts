/** The feed of changes while servers and PostgreSQL are killed; `npm run bench:changes` does it with many more changes. */
import t from 'tap'
import { generator, seed } from '../random.ts'
import { follow } from './feed/follow.ts'

t.test('whatever is killed, each reader is told each change once and in order', async (t) => {
  t.comment(`seed ${seed}`)
  const outcome = await follow(t, {
    changes: 20_000,
    writers: 8,
    readers: 20,
    serverKills: 4,
    databaseKills: 2,
    prunes: 3,
    below: generator(seed),
    log: (line) => t.comment(line),
  })
  t.same(outcome.faults, [])
  t.ok(outcome.changes >= 20_000)
  t.ok(outcome.pruned > 0, `${outcome.pruned} entries were dropped meanwhile`)
  t.comment(JSON.stringify(outcome))
})
