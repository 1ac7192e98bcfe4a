import t, { type Test } from 'tap'
import { type Answer, application, condition, conditions, report } from '../application.ts'
import { openSession, untilWaiting } from '../sessions.ts'

type Call = () => Promise<Answer>

const adapters = {
  HYPERFLEET_CLUSTER_ADAPTERS: '["validation","dns"]',
  HYPERFLEET_NODEPOOL_ADAPTERS: '["validation"]',
}
const reportInSql = `select discarded from report_status('Cluster', null, $1, $2::jsonb, '5m', null, '{}')`

/** A report that a resource marked for deletion is cleaned up. */
const finalized = (adapter: string, generation: number) => ({
  ...report(adapter, generation, 'False', 30),
  conditions: conditions('False', [{ type: 'Finalized', status: 'True' }]),
})

/** The server, a session that holds locks, and short words for what the races are made of. */
async function arena(t: Test) {
  const server = await application(t, adapters)
  const { call, url, database } = server
  const session = await openSession(t, url)
  let names = 0
  return {
    ...server,
    session,
    cluster: async () =>
      (await call('POST', 'clusters', { kind: 'Cluster', name: `c-${names++}`, spec: {} })).body,
    nodePool: async (cluster: { id: string }) =>
      (
        await call('POST', `clusters/${cluster.id}/nodepools`, {
          kind: 'NodePool',
          name: `n-${names++}`,
          spec: {},
        })
      ).body,
    reports: (resource: { href: string }, sent: object) => () =>
      call('PUT', `${resource.href}/statuses`, sent),
    get: (resource: { href: string }) => call('GET', resource.href),
    remove: (resource: { href: string }) => () => call('DELETE', resource.href),
    patch: (resource: { href: string }, body: object) => () => call('PATCH', resource.href, body),
    /** Lets calls begin one after the other while the session holds the resources; then they go on in that order. */
    async queued(held: { id: string }[], calls: Call[]): Promise<Answer[]> {
      await session.query('begin')
      await session.query('select from resources where id = any($1) order by id for no key update', [
        held.map(({ id }) => id),
      ])
      const running: Promise<Answer>[] = []
      for (const call of calls) {
        running.push(call())
        await untilWaiting(session, running.length)
      }
      await session.query('commit')
      return Promise.all(running)
    },
    /** Lets a call begin while a statement of the session is done but not committed. */
    async during(statement: string, values: unknown[], call: Call): Promise<Answer> {
      await session.query('begin')
      await session.query(statement, values)
      const running = call()
      await untilWaiting(session, 1)
      await session.query('commit')
      return running
    },
    async check(t: Test) {
      t.same(await database.all('list_inconsistencies', {}), [], 'everything is consistent')
    },
  }
}

const statuses = (answers: Answer[]) => answers.map(({ status }) => status)

/** Both orders in which two calls can come. */
const bothOrders = <Thing>(first: Thing, second: Thing): [string, Thing[]][] => [
  ['in one order', [first, second]],
  ['in the other order', [second, first]],
]

t.test('two reports on one resource', async (t) => {
  const { cluster, reports, during, queued, get, check } = await arena(t)

  t.test('the second sees the first, which had not been committed when it came', async (t) => {
    const resource = await cluster()
    const first = [resource.id, JSON.stringify(report('validation', 1, 'True', 1))]
    const second = await during(reportInSql, first, reports(resource, report('dns', 1, 'True', 2)))
    t.equal(second.status, 200)
    const { body } = await get(resource)
    t.equal(condition(body, 'Ready')?.status, 'True')
    t.equal(condition(body, 'ValidationSuccessful')?.status, 'True')
    t.equal(condition(body, 'DnsSuccessful')?.status, 'True')
  })

  t.test('both wait for the same lock and both are kept', async (t) => {
    const resource = await cluster()
    const calls = [
      reports(resource, report('validation', 1, 'True', 1)),
      reports(resource, report('dns', 1, 'True', 2)),
    ]
    t.same(statuses(await queued([resource], calls)), [200, 200])
    t.equal(condition((await get(resource)).body, 'Ready')?.status, 'True')
  })

  t.test('an older one that waited for a newer one of the same adapter is discarded', async (t) => {
    const resource = await cluster()
    const first = [resource.id, JSON.stringify(report('dns', 1, 'True', 5))]
    const older = await during(reportInSql, first, reports(resource, report('dns', 1, 'False', 4)))
    t.match(older, { status: 204, headers: { 'hyperfleet-discarded': 'stale-time' } })
    t.equal(condition((await get(resource)).body, 'DnsSuccessful')?.status, 'True')
  })
  await check(t)
})

t.test('a report against a PATCH', async (t) => {
  const { cluster, reports, patch, queued, get, check } = await arena(t)
  const spec = { spec: { changed: true } }
  const labels = { labels: { changed: 'yes' } }

  for (const [order, [first = spec, second = spec]] of bothOrders<object>(
    spec,
    report('dns', 1, 'True', 2),
  )) {
    t.test(`of the spec: neither is lost, ${order}`, async (t) => {
      const resource = await cluster()
      await reports(resource, report('validation', 1, 'True', 1))()
      const calls = [first, second].map((body) =>
        'spec' in body ? patch(resource, body) : reports(resource, body),
      )
      t.same(statuses(await queued([resource], calls)), [200, 200])
      const { body } = await get(resource)
      t.match(body, { generation: 2, spec: { changed: true } })
      t.match(condition(body, 'Ready'), { status: 'False', observed_generation: 2 })
      t.match(condition(body, 'Available'), { status: 'True', observed_generation: 1 })
      t.match(condition(body, 'DnsSuccessful'), { status: 'True', observed_generation: 1 })
    })
  }

  for (const [order, [first = labels, second = labels]] of bothOrders<object>(
    labels,
    report('dns', 1, 'True', 2),
  )) {
    t.test(`of the labels: neither is lost, ${order}`, async (t) => {
      const resource = await cluster()
      await reports(resource, report('validation', 1, 'True', 1))()
      const calls = [first, second].map((body) =>
        'labels' in body ? patch(resource, body) : reports(resource, body),
      )
      t.same(statuses(await queued([resource], calls)), [200, 200])
      const { body } = await get(resource)
      t.match(body, { generation: 1, labels: { changed: 'yes' } })
      t.equal(condition(body, 'Ready')?.status, 'True')
    })
  }
  await check(t)
})

t.test('a report against a DELETE', async (t) => {
  const { cluster, nodePool, reports, remove, queued, get, check } = await arena(t)

  t.test('of a cluster: it is kept, and the mark too', async (t) => {
    const resource = await cluster()
    const calls = [remove(resource), reports(resource, report('dns', 1, 'True', 2))]
    t.same(statuses(await queued([resource], calls)), [202, 200])
    const { body } = await get(resource)
    t.match(body, { generation: 2, deleted_by: 'system@hyperfleet.local' })
    t.match(condition(body, 'DnsSuccessful'), { status: 'True', observed_generation: 1 })
  })

  t.test('of a node pool: it begins again, since it must lock the cluster first now', async (t) => {
    const owner = await cluster()
    const resource = await nodePool(owner)
    const calls = [remove(resource), reports(resource, report('validation', 1, 'True', 2))]
    t.same(statuses(await queued([resource], calls)), [202, 200])
    t.match(condition((await get(resource)).body, 'ValidationSuccessful'), {
      status: 'True',
      observed_generation: 1,
    })
  })

  t.test('of the cluster of its node pool: likewise', async (t) => {
    const owner = await cluster()
    const resource = await nodePool(owner)
    const calls = [remove(owner), reports(resource, report('validation', 1, 'True', 2))]
    t.same(statuses(await queued([resource], calls)), [202, 200])
    const { body } = await get(resource)
    t.match(body, { generation: 2, deleted_time: String })
    t.match(condition(body, 'ValidationSuccessful'), { status: 'True', observed_generation: 1 })
  })
  await check(t)
})

t.test('the creation of a child against the DELETE of its parent', async (t) => {
  const { cluster, call, during, remove, get, session, check } = await arena(t)
  const body = { kind: 'NodePool', name: 'workers', spec: {} }

  t.test('a child that comes while the mark is being set is refused', async (t) => {
    const owner = await cluster()
    const created = await during(
      `select delete_resource('Cluster', null, $1, 'test', null, '{}')`,
      [owner.id],
      () => call('POST', `clusters/${owner.id}/nodepools`, body),
    )
    t.match(created, { status: 409, body: { code: 'HYPERFLEET-CNF-003' } })
  })

  t.test('a child that is being created while the mark comes is marked too', async (t) => {
    const owner = await cluster()
    const deleted = await during(
      `select create_resource('NodePool', $1, $2::jsonb, 'test', '{}', '')`,
      [owner.id, JSON.stringify(body)],
      remove(owner),
    )
    t.equal(deleted.status, 202)
    const { rows } = await session.query('select id from resources where owner_id = $1', [owner.id])
    t.match((await get({ href: `/api/hyperfleet/v1/nodepools/${rows[0].id}` })).body, {
      deleted_time: String,
    })
  })
  await check(t)
})

t.test('the last finalizing report of a child against that of its parent', async (t) => {
  const { cluster, nodePool, reports, remove, queued, get, check } = await arena(t)
  for (const order of ['the child first', 'the parent first']) {
    t.test(`both go, ${order}`, async (t) => {
      const owner = await cluster()
      const child = await nodePool(owner)
      await remove(owner)()
      await reports(owner, finalized('validation', 2))()
      const calls = [reports(child, finalized('validation', 2)), reports(owner, finalized('dns', 2))]
      const answers = await queued([owner, child], order === 'the child first' ? calls : calls.reverse())
      t.same(statuses(answers), [200, 200])
      t.equal((await get(child)).status, 404)
      t.equal((await get(owner)).status, 404)
    })
  }
  await check(t)
})

t.test('the last two children at once', async (t) => {
  const { cluster, nodePool, reports, remove, queued, get, check } = await arena(t)
  const owner = await cluster()
  const children = [await nodePool(owner), await nodePool(owner)]
  await remove(owner)()
  for (const adapter of ['validation', 'dns']) await reports(owner, finalized(adapter, 2))()
  t.match(condition((await get(owner)).body, 'Ready'), { reason: 'ReconciledWaitingForChildren' })
  const calls = children.map((child) => reports(child, finalized('validation', 2)))
  t.same(statuses(await queued([owner, ...children], calls)), [200, 200])
  for (const gone of [owner, ...children]) t.equal((await get(gone)).status, 404)
  await check(t)
})

t.test('two finalizing reports at once', async (t) => {
  const { cluster, reports, remove, queued, get, check } = await arena(t)
  const resource = await cluster()
  await remove(resource)()
  const calls = ['validation', 'dns'].map((adapter) => reports(resource, finalized(adapter, 2)))
  t.same(statuses(await queued([resource], calls)), [200, 200])
  t.equal((await get(resource)).status, 404)

  t.test('the second of one adapter finds the resource gone', async (t) => {
    const resource = await cluster()
    await remove(resource)()
    await reports(resource, finalized('validation', 2))()
    const calls = [1, 2].map(() => reports(resource, finalized('dns', 2)))
    t.same(statuses(await queued([resource], calls)), [200, 404])
  })
  await check(t)
})

t.test('five DELETEs at once mark once', async (t) => {
  const { cluster, nodePool, remove, queued, check } = await arena(t)
  const owner = await cluster()
  await nodePool(owner)
  const answers = await queued(
    [owner],
    Array.from({ length: 5 }, () => remove(owner)),
  )
  t.same(statuses(answers), [202, 202, 202, 202, 202])
  t.equal(new Set(answers.map(({ text }) => text)).size, 1)
  t.equal(answers[0]?.body.generation, 2)
  await check(t)
})

t.test('twenty read-modify-writes with If-Match lose none', async (t) => {
  const { cluster, call, get, queued, check } = await arena(t)
  const resource = await cluster()
  let refused = 0
  const add = async (member: string): Promise<void> => {
    const { body, headers } = await get(resource)
    const spec = { ...body.spec, [member]: true }
    const { status } = await call('PATCH', resource.href, { spec }, { 'if-match': String(headers.etag) })
    if (status === 200) return
    t.equal(status, 412)
    refused++
    await add(member)
  }
  await Promise.all(Array.from({ length: 20 }, (_, index) => add(`member-${index}`)))
  const { body } = await get(resource)
  t.equal(Object.keys(body.spec).length, 20)
  t.equal(body.generation, 21)
  t.ok(refused > 0, 'some met another')

  t.test('a tag that was right when the call came, and is not under the lock, is refused', async (t) => {
    const seen = await get(resource)
    const calls = ['first', 'second'].map(
      (member) => () =>
        call('PATCH', resource.href, { spec: { member } }, { 'if-match': String(seen.headers.etag) }),
    )
    t.same(statuses(await queued([resource], calls)), [200, 412])
    t.equal((await get(resource)).body.spec.member, 'first')
  })
  await check(t)
})

t.test('two POSTs with one key', async (t) => {
  const { call, session, check } = await arena(t)
  const body = { kind: 'Cluster', name: 'only-once', spec: {} }
  const post = () => call('POST', 'clusters', body, { 'idempotency-key': 'a-key' })

  t.test('while the first one runs, the second is told to come back', async (t) => {
    await session.query('begin')
    await session.query(
      `select create_resource_once('Cluster', null, $1, 'system@hyperfleet.local', 'Cluster', 'a-key', '24h', '{}', '')`,
      [JSON.stringify(body)],
    )
    t.match(await post(), {
      status: 409,
      body: { code: 'HYPERFLEET-CNF-003' },
      headers: { 'retry-after': '1' },
    })
    await session.query('commit')
    const replayed = await post()
    t.equal(replayed.status, 201)
    t.equal((await post()).text, replayed.text)
  })

  t.test('many at once create one', async (t) => {
    const same = { kind: 'Cluster', name: 'many-at-once', spec: {} }
    const key = { 'idempotency-key': 'another-key' }
    const answers = await Promise.all(Array.from({ length: 10 }, () => call('POST', 'clusters', same, key)))
    const created = answers.filter(({ status }) => status === 201)
    t.ok(created.length >= 1)
    t.equal(new Set(created.map(({ text }) => text)).size, 1)
    t.ok(answers.every(({ status }) => status === 201 || status === 409))
    const { total } = (await call('GET', `clusters?search=name='many-at-once'`)).body
    t.equal(total, 1)
  })
  await check(t)
})

t.test('a deadlock is not shown to the caller: the call is tried again and succeeds', async (t) => {
  const { cluster, nodePool, remove, session, get, check } = await arena(t)
  const owner = await cluster()
  const child = await nodePool(owner)
  const hold = 'select from resources where id = $1 for no key update'
  // Against the order that all paths of the server keep: the child first.
  await session.query('begin')
  // This session never looks for deadlocks, so the server's is the one that PostgreSQL gives up.
  await session.query(`set local deadlock_timeout = '1min'`)
  await session.query(hold, [child.id])
  const deleting = remove(owner)()
  await untilWaiting(session, 1)
  await session.query(hold, [owner.id])
  await session.query('commit')
  t.equal((await deleting).status, 202)
  t.match((await get(child)).body, { deleted_time: String })
  await check(t)
})
