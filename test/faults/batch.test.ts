/** Batches that meet others, and servers that die in the middle of a batch. */
import { once } from 'node:events'
import t, { type Test } from 'tap'
import { application, base, report } from '../application.ts'
import { createDatabase, execute } from '../databases.ts'
import { serving, startReplica } from '../processes.ts'
import { generator, seed } from '../random.ts'
import { openSession, untilWaiting } from '../sessions.ts'

const TRIES = Number(process.env.RUNS ?? 1000)
const RESOURCES = 50
const POOLS = 10

const cluster = (name: string) => ({ kind: 'Cluster', name, spec: {} })
const patch = (id: string, labels: object) => ({ method: 'PATCH', path: `/clusters/${id}`, body: { labels } })

/** The deadlocks that PostgreSQL has found in a database. */
async function deadlocksIn(url: string): Promise<number> {
  const { rows } = await execute(
    url,
    'select deadlocks::int from pg_stat_database where datname = current_database()',
  )
  return Number(rows[0]?.deadlocks)
}

t.test('batches over the same resources in opposite orders wait for one another', async (t) => {
  const { call, url } = await application(t, { HYPERFLEET_CLUSTER_ADAPTERS: '["dns"]' })
  const created = await call('POST', 'batch', {
    atomic: true,
    operations: Array.from({ length: RESOURCES - POOLS }, (_, index) => ({
      method: 'POST',
      path: '/clusters',
      body: cluster(`c-${index}`),
    })),
  })
  const ids: string[] = created.body.results.map(({ body }: { body: { id: string } }) => body.id)
  const pools = await call('POST', 'batch', {
    atomic: true,
    operations: ids.slice(0, POOLS).map((id) => ({
      method: 'POST',
      path: `/clusters/${id}/nodepools`,
      body: { kind: 'NodePool', name: 'pool', spec: {} },
    })),
  })
  const poolIds: string[] = pools.body.results.map(({ body }: { body: { id: string } }) => body.id)
  const writes = (tries: number) => [
    ...ids.map((id, index) =>
      index % 2
        ? patch(id, { tries: String(tries) })
        : { method: 'PUT', path: `/clusters/${id}/statuses`, body: report('dns', 1, 'False', index % 60) },
    ),
    ...poolIds.map((id) => ({
      method: 'PATCH',
      path: `/nodepools/${id}`,
      body: { labels: { a: String(tries) } },
    })),
  ]
  for (let tries = 0; tries < TRIES; tries++) {
    const [one, other] = [writes(2 * tries), writes(2 * tries + 1).reverse()]
    const answers = await Promise.all(
      [one, other].map((operations) => call('POST', 'batch', { atomic: tries % 2 === 0, operations })),
    )
    const failed = answers.flatMap(({ status, text, body }) =>
      status === 200
        ? body.results.filter((each: { status: number }) => each.status >= 300 || each.status < 200)
        : [text],
    )
    if (failed.length) return t.strictSame(failed, [], `try ${tries}`)
  }
  t.equal(await deadlocksIn(url), 0, `${TRIES} tries`)
})

t.test('names, deletions and writes of their own meet batches without a deadlock', async (t) => {
  const { call, url } = await application(t, {
    HYPERFLEET_CLUSTER_ADAPTERS: '[]',
    HYPERFLEET_NODEPOOL_ADAPTERS: '[]',
  })
  const random = generator(seed)
  t.comment(`SEED=${seed}`)
  const names = Array.from({ length: 8 }, (_, index) => `name-${index}`)
  const shuffled = () => names.map((name) => [random(1000), name] as const).sort(([a], [b]) => a - b)
  const counts: Record<number, number> = {}
  const note = (status: number) => {
    counts[status] = (counts[status] ?? 0) + 1
  }
  const writer = async (isBatch: boolean) => {
    for (let round = 0; round < 60; round++) {
      const { body: list } = await call('GET', 'clusters?size=100')
      const there = new Map<string, string>(
        list.items.map(({ name, id }: { name: string; id: string }) => [name, id]),
      )
      const operations = shuffled().flatMap(([chance, name]) => {
        const id = there.get(name)
        if (!id) return [{ method: 'POST', path: '/clusters', body: cluster(name) }]
        return chance % 2
          ? [{ method: 'DELETE', path: `/clusters/${id}` }]
          : [
              {
                method: 'POST',
                path: `/clusters/${id}/nodepools`,
                body: { kind: 'NodePool', name: 'pool', spec: {} },
              },
            ]
      })
      if (isBatch) {
        const { status, body } = await call('POST', 'batch', { atomic: false, operations })
        if (status === 200) for (const each of body.results) note(each.status)
        else note(status)
      } else {
        const [{ method = '', path = '', body = undefined } = {}] = operations as {
          method: string
          path: string
          body?: object
        }[]
        note((await call(method, `${base}${path}`, body)).status)
      }
    }
  }
  await Promise.all([writer(true), writer(true), writer(true), writer(false), writer(false)])
  t.comment(JSON.stringify(counts))
  t.equal(await deadlocksIn(url), 0)
  t.strictSame(
    Object.keys(counts).filter((status) => Number(status) >= 500),
    [],
    'each write is answered',
  )
  t.ok((counts[201] ?? 0) > 20 && (counts[202] ?? 0) > 20, 'resources come and go')
})

const names = async (url: string) =>
  (await execute(url, "select name from resources where kind = 'Cluster' order by name")).rows.map(
    ({ name }) => String(name),
  )

/** Kills a server while the batch waits for a lock on a resource, and says what is there afterwards. */
async function killedInTheMiddle(t: Test, atomic: boolean, key?: string) {
  const url = await createDatabase()
  const { api, child } = await startReplica(t, serving(url))
  const send = (path: string, body: object, headers = {}) =>
    fetch(`${api}${base}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    })
  const { id } = (await (await send('/clusters', cluster('zz-held'))).json()) as { id: string }
  const session = await openSession(t, url)
  await session.query('begin')
  await session.query('select from resources where id = $1 for update', [id])
  const operations = [
    ...Array.from({ length: 150 }, (_, index) => ({
      method: 'POST',
      path: '/clusters',
      body: cluster(`c-${String(index).padStart(3, '0')}`),
    })),
    patch(id, { a: 'b' }),
  ]
  const asked = send('/batch', { atomic, operations }, key ? { 'idempotency-key': key } : {}).then(
    (response) => response.status,
    () => 0,
  )
  await untilWaiting(session, 1)
  child.kill('SIGKILL')
  await once(child, 'exit')
  t.equal(await asked, 0, 'there is no answer')
  await session.query('rollback')
  return { url, operations }
}

/** Waits until no session of a server that is gone is left. */
async function untilAlone(url: string) {
  for (;;) {
    const { rows } = await execute(
      url,
      `select count(*)::int as others from pg_stat_activity
       where datname = current_database() and pid <> pg_backend_pid() and application_name <> 'test'`,
    )
    if (rows[0]?.others === 0) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

t.test('of an atomic batch whose server is killed nothing is left', async (t) => {
  const { url } = await killedInTheMiddle(t, true)
  await untilAlone(url)
  t.strictSame(await names(url), ['zz-held'])
})

t.test(
  'of a batch with a key whose server is killed nothing is left, and it can be sent again',
  async (t) => {
    const { url, operations } = await killedInTheMiddle(t, false, 'one')
    await untilAlone(url)
    t.strictSame(await names(url), ['zz-held'])
    const { api } = await startReplica(t, serving(url))
    const send = async () => {
      const response = await fetch(`${api}${base}/batch`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': 'one' },
        body: JSON.stringify({ atomic: false, operations }),
      })
      return response.text()
    }
    const first = await send()
    t.equal((await names(url)).length, operations.length)
    t.equal(await send(), first, 'the same answer')
  },
)

t.test('of other batches the parts that were committed are left', async (t) => {
  const { url } = await killedInTheMiddle(t, false)
  await untilAlone(url)
  const there = await names(url)
  const expected = Array.from({ length: 100 }, (_, index) => `c-${String(index).padStart(3, '0')}`)
  t.strictSame(there, [...expected, 'zz-held'], 'a part of the operations, from the first on')
})

t.test('what was acknowledged before a server is killed is there', async (t) => {
  const url = await createDatabase()
  const { api, child } = await startReplica(t, serving(url))
  const acknowledged: string[] = []
  const sender = async (caller: number) => {
    for (let step = 0; ; step++) {
      const atomic = step % 2 === 0
      const operations = Array.from({ length: 30 }, (_, index) => ({
        method: 'POST',
        path: '/clusters',
        // Each fifth has a name that is taken in a batch that is not atomic.
        body: cluster(!atomic && index % 5 === 4 ? `n-${caller}-${step}-0` : `n-${caller}-${step}-${index}`),
      }))
      const answer = await fetch(`${api}${base}/batch`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ atomic, operations }),
      }).catch(() => undefined)
      const text = await answer?.text().catch(() => undefined)
      if (text === undefined) return { step, atomic }
      const { results } = JSON.parse(text) as { results: { status: number; body: { name: string } }[] }
      for (const { status, body } of results) if (status === 201) acknowledged.push(body.name)
    }
  }
  const senders = [0, 1, 2, 3].map(sender)
  while (acknowledged.length < 400) await new Promise((resolve) => setTimeout(resolve, 20))
  child.kill('SIGKILL')
  const last = await Promise.all(senders)
  await untilAlone(url)
  const there = new Set(await names(url))
  t.strictSame(
    acknowledged.filter((name) => !there.has(name)),
    [],
    `${acknowledged.length} that were acknowledged`,
  )
  for (const name of acknowledged) there.delete(name)
  for (const [caller, { step, atomic }] of last.entries()) {
    const left = [...there].filter((name) => name.startsWith(`n-${caller}-${step}-`))
    t.ok(!atomic || [0, 30].includes(left.length), `of the last batch of ${caller}: ${left.length}`)
    for (const name of left) there.delete(name)
  }
  t.strictSame([...there], [], 'nothing else is there')
})
