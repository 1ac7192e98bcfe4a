/** Watchers that come and go while a round hands out what it has found. */
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { viewOf } from '../../server/changes/change-view.ts'
import type { Batch, Watcher } from '../../server/changes/change-watcher.ts'
import { application } from '../application.ts'

t.test('each watcher is handed each entry once, also when one joins or leaves meanwhile', async (t) => {
  const { app, call } = await application(t)
  const feed = app.changes
  const view = viewOf({ tenancy: '{}', tenant: '' }, {})
  /** One that has joined at the position that is known now; `then` is called with its first batch. */
  const join = (then = () => {}) => {
    const told: string[] = []
    let first: (() => void) | undefined = then
    const watcher: Watcher & { told: string[] } = {
      view,
      told,
      place: { position: feed.latest?.position ?? 0 },
      take(batch: Batch) {
        Object.assign(this, { place: { position: batch.position } })
        told.push(...batch.entries.map(({ body }) => JSON.parse(`{${body.slice(1)}`).version))
        first?.()
        first = undefined
      },
      miss: () => t.fail('misses nothing'),
      end() {},
      tick() {},
    }
    feed.open(watcher)
    t.ok(feed.join(watcher))
    t.teardown(() => feed.close(watcher))
    return watcher
  }
  await feed.reached()
  const late: ReturnType<typeof join>[] = []
  const meanwhile = () => {
    late.push(join())
    t.strictSame(late[0]?.place, many[10]?.place, 'the position of a watcher that joins is after the batch')
    feed.leave(many[150] as Watcher)
  }
  const many: ReturnType<typeof join>[] = Array.from({ length: 200 }, (_, index) =>
    join(index === 10 ? meanwhile : undefined),
  )
  const { body } = await call('POST', 'clusters', { kind: 'Cluster', name: 'watched', spec: {} })
  while (!many.at(-1)?.told.length) await sleep(5)
  await call('PATCH', body.href, { labels: { a: 'b' } })
  // It joined last, and is handed each batch last.
  while (!late[0]?.told.length) await sleep(5)
  t.strictSame(late[0]?.told, [2])
  for (const [index, { told }] of many.entries()) t.strictSame(told, index === 150 ? [] : [1, 2], `${index}`)
})
