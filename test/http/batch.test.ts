import { Writable } from 'node:stream'
import { pino } from 'pino'
import t from 'tap'
import { type Answer, application, base, report } from '../application.ts'
import { openSession, untilBlocking, untilWaiting } from '../sessions.ts'

const adapters = { HYPERFLEET_CLUSTER_ADAPTERS: '["dns"]', HYPERFLEET_NODEPOOL_ADAPTERS: '[]' }
const cluster = (name: string, more: object = {}) => ({ kind: 'Cluster', name, spec: {}, ...more })
const create = (name: string, more: object = {}) => ({
  method: 'POST',
  path: `${base}/clusters`,
  body: cluster(name, more),
})
const statuses = ({ body }: Answer) => body.results.map(({ status }: Answer) => status)

t.test('each operation is answered as it would be alone, in order', async (t) => {
  const { call } = await application(t, adapters)
  const { body: a } = await call('POST', 'clusters', cluster('aaa'))
  const { body: marked } = await call('POST', 'clusters', cluster('marked'))
  await call('DELETE', `clusters/${marked.id}`)
  const path = `${base}/clusters/${a.id}`
  const operations = [
    create('bbb', { spec: { wide: 1.0 } }),
    create('aaa'),
    { method: 'POST', path: `${path}/nodepools`, body: { kind: 'NodePool', name: 'pool', spec: {} } },
    { method: 'POST', path: '/resources', body: cluster('any') },
    { method: 'POST', path: '/resources', body: cluster('Not a name') },
    { method: 'PATCH', path, body: { labels: { tier: 'gold' } } },
    {
      method: 'PATCH',
      path,
      headers: { 'Content-Type': 'application/merge-patch+json' },
      body: { spec: { b: { c: 1 } } },
    },
    { method: 'PATCH', path, headers: { 'if-match': '"0"' }, body: { spec: {} } },
    { method: 'PATCH', path: `/resources/${a.id}`, body: { labels: { tier: 'tin' } } },
    { method: 'PUT', path: `${path}/statuses`, body: report('dns', 2, 'True', 1) },
    { method: 'PUT', path: `${path}/statuses`, body: report('dns', 2, 'True', 1) },
    { method: 'POST', path: `${path}/statuses`, body: report('dns', 1, 'True', 2) },
    { method: 'PUT', path: `${path}/statuses`, body: {} },
    { method: 'PUT', path: `${base}/clusters/${marked.id}9/statuses`, body: {} },
    { method: 'DELETE', path },
    { method: 'PATCH', path, body: { spec: {} } },
    { method: 'POST', path: `/clusters/${marked.id}/force-delete`, body: { reason: 'a test' } },
    { method: 'POST', path: '/nodepools', body: { kind: 'NodePool', name: 'pool', spec: {} } },
    { method: 'PUT', path: '/clusters', body: {} },
    { method: 'POST', path: '/nothing', body: {} },
    { method: 'POST', path: '/clusters' },
    { method: 'POST', path: '/clusters', headers: { 'content-type': 'text/plain' }, body: {} },
    { method: 'POST', path: '/clusters', headers: { cookie: 'a' }, body: {} },
    { method: 'POST', path: '/clusters?dry_run=true', body: {} },
    { method: 'POST', path: '/clusters?serach=a', body: {} },
    { method: 'POST', path: '/batch', body: {} },
    { method: 'POST', path: `${path}/explain`, body: report('dns', 1, 'True', 2) },
  ]
  const answer = await call('POST', 'batch', { atomic: false, operations })
  t.equal(answer.status, 200)
  t.strictSame(
    statuses(answer),
    [
      201, 409, 201, 201, 400, 200, 200, 412, 200, 200, 200, 204, 400, 404, 202, 409, 204, 422, 405, 404, 400,
      415, 400, 400, 400, 400, 400,
    ],
    JSON.stringify(answer.body.results, null, 1),
  )
})

t.test('an atomic batch is done as a whole, or not at all', async (t) => {
  const { call, metrics } = await application(t, adapters)
  await call('POST', 'clusters', cluster('taken'))
  const counted = async () =>
    metrics.registry.getSingleMetricAsString('hyperfleet_api_reconciliation_started_total')
  const before = await counted()
  const valid = ['one', 'two', 'three'].map((name) => create(name.padEnd(3, 'x')))
  const failing: [number, string, object][] = [
    [409, 'CNF-001', create('taken')],
    [400, 'VAL-000', create('Not a name')],
    [404, 'NTF-001', { method: 'DELETE', path: '/clusters/none' }],
    [404, 'NTF-000', { method: 'DELETE', path: '/nothing' }],
    [405, 'VAL-013', { method: 'PUT', path: '/clusters', body: {} }],
    [415, 'VAL-011', { ...create('new'), headers: { 'Content-Type': 'text/plain' } }],
    [
      422,
      'VAL-000',
      { method: 'POST', path: '/nodepools', body: { kind: 'NodePool', name: 'pool', spec: {} } },
    ],
  ]
  for (const [status, code, operation] of failing) {
    for (let place = 0; place <= valid.length; place++) {
      const operations = valid.toSpliced(place, 0, operation as never)
      // The first one counts.
      operations.push(create('Not a name either'))
      const answer = await call('POST', 'batch', { atomic: true, operations })
      t.strictSame(
        [
          answer.status,
          answer.body.code,
          answer.body.index,
          answer.body.problem.status,
          answer.body.problem.code,
        ],
        [status, `HYPERFLEET-${code}`, place, status, `HYPERFLEET-${code}`],
        answer.text,
      )
    }
  }
  t.equal((await call('GET', 'clusters')).body.total, 1, 'nothing was done')
  t.equal(await counted(), before, 'and nothing counted')
  const answer = await call('POST', 'batch', { atomic: true, operations: valid })
  t.strictSame([answer.status, ...statuses(answer)], [200, 201, 201, 201])
  t.equal((await call('GET', 'clusters')).body.total, 4)
  const { body: list } = await call('GET', 'clusters?search=name%3D%27one%27')
  t.strictSame(list.items, [answer.body.results[0].body], 'the body is that of the resource')
  t.equal(answer.body.results[0].headers.location, list.items[0].href)
  t.match(answer.body.results[0].headers.etag, /^"\d+"$/)
})

t.test('operations that fail do not keep others from being done, wherever they stand', async (t) => {
  const { call } = await application(t, adapters)
  await call('POST', 'clusters', cluster('taken'))
  for (const place of [0, 1, 49, 50, 99, 100, 119]) {
    const operations = Array.from({ length: 120 }, (_, index) =>
      index === place ? create('taken') : create(`at-${place}-${index}`),
    )
    const results = statuses(await call('POST', 'batch', { atomic: false, operations }))
    t.strictSame(
      results,
      operations.map((_, index) => (index === place ? 409 : 201)),
    )
  }
  t.equal((await call('GET', 'clusters')).body.total, 1 + 7 * 119)
})

t.test('operations see what those before them have done', async (t) => {
  const { call } = await application(t, adapters)
  const { body: a } = await call('POST', 'clusters', cluster('aaa'))
  for (const atomic of [true, false]) {
    const answer = await call('POST', 'batch', {
      atomic,
      operations: [
        { method: 'PATCH', path: `/clusters/${a.id}`, body: { labels: { n: '1', atomic: String(atomic) } } },
        {
          method: 'PATCH',
          path: `/clusters/${a.id}`,
          headers: { 'Content-Type': 'application/merge-patch+json' },
          body: { labels: { n: '2' } },
        },
        create(`once-${atomic}`, {}),
        { ...create(`keyed-${atomic}`), headers: { 'Idempotency-Key': `k-${atomic}` } },
        { ...create(`keyed-${atomic}`), headers: { 'idempotency-key': `k-${atomic}` } },
      ],
    })
    const [, second, , fourth, fifth] = answer.body.results
    t.strictSame(second.body.labels, { n: '2', atomic: String(atomic) })
    t.strictSame(fifth, fourth, 'the key of an operation is kept within the batch')
  }
})

t.test('numbers of a body are kept as they were written', async (t) => {
  const { call } = await application(t, adapters)
  const operation = `{"method":"POST","path":"/clusters","body":{"kind":"Cluster","name":"wide","spec":{"n":12345678901234567890.123456789,"one":1.0}}}`
  const { text } = await call('POST', 'batch', `{ "operations" : [ ${operation} ] , "atomic" : true }`)
  t.match(text, /12345678901234567890\.123456789/)
  t.match(text, /1\.0[,}]/)
})

t.test('a batch with a key is done once', async (t) => {
  const { call } = await application(t, adapters)
  for (const atomic of [true, false]) {
    const key = { 'idempotency-key': `key-${atomic}` }
    const body = JSON.stringify({
      atomic,
      operations: [create(`one-${atomic}`), ...(atomic ? [] : [create('one-true')])],
    })
    const first = await call('POST', 'batch', body, key)
    t.strictSame(statuses(first), atomic ? [201] : [201, 409])
    t.equal((await call('POST', 'batch', body, key)).text, first.text)
    t.equal((await call('POST', 'batch?dry_run=true', body, key)).text, first.text)
    const other = await call('POST', 'batch', `${body} `, key)
    t.strictSame([other.status, other.body.code], [422, 'HYPERFLEET-VAL-000'])
    const failing = JSON.stringify({
      atomic: true,
      operations: [{ method: 'DELETE', path: '/clusters/none' }],
    })
    const other_key = { 'idempotency-key': `other-${atomic}` }
    t.equal((await call('POST', 'batch', failing, other_key)).status, 404)
    const again = JSON.stringify({ atomic: true, operations: [create(`again-${atomic}`)] })
    t.equal(
      (await call('POST', 'batch', again, other_key)).status,
      200,
      'a batch that was not done keeps no key',
    )
  }
  t.equal((await call('GET', 'clusters')).body.total, 4)
})

t.test('of two batches with one key, the second is refused while the first one runs', async (t) => {
  const { call, url } = await application(t, adapters)
  const { body: held } = await call('POST', 'clusters', cluster('held'))
  const session = await openSession(t, url)
  await session.query('begin')
  await session.query('select from resources where id = $1 for update', [held.id])
  const body = { atomic: false, operations: [{ method: 'DELETE', path: `/clusters/${held.id}` }] }
  const key = { 'idempotency-key': 'one' }
  const first = call('POST', 'batch', body, key)
  await untilWaiting(session, 1)
  const second = await call('POST', 'batch', body, key)
  t.strictSame(
    [second.status, second.body.code, second.headers['retry-after']],
    [409, 'HYPERFLEET-CNF-003', '1'],
  )
  await session.query('rollback')
  t.strictSame(statuses(await first), [202])
})

t.test('a dry run of a batch has its answer, and keeps nothing', async (t) => {
  const { call, metrics } = await application(t, adapters)
  const counted = async () =>
    metrics.registry.getSingleMetricAsString('hyperfleet_api_reconciliation_started_total')
  const before = await counted()
  for (const atomic of [true, false]) {
    const operations = [create('one'), ...(atomic ? [] : [create('one')]), create('two')]
    const answer = await call('POST', 'batch?dry_run', { atomic, operations })
    t.equal(answer.headers['hyperfleet-dry-run'], 'true')
    t.strictSame(statuses(answer), atomic ? [201, 201] : [201, 409, 201])
  }
  t.equal((await call('GET', 'clusters')).body.total, 0)
  t.equal(await counted(), before)
})

t.test('limits: operations, bytes, requests of a caller', async (t) => {
  const { call } = await application(t, {
    ...adapters,
    HYPERFLEET_SERVER_BODY_LIMIT: '4KiB',
    HYPERFLEET_SERVER_RATE_LIMIT_REQUESTS: '20',
    HYPERFLEET_SERVER_RATE_LIMIT_WINDOW: '1h',
  })
  const few = await call('POST', 'batch', { atomic: true, operations: [] })
  t.strictSame([few.status, few.body.errors[0].field], [400, 'operations'])
  const large = create('large', { spec: { a: 'a'.repeat(5000) } })
  const answer = await call('POST', 'batch', { atomic: false, operations: [create('small'), large] })
  t.strictSame(statuses(answer), [201, 413])
  const huge = await call('POST', 'batch', { atomic: false, operations: Array(8).fill(large) })
  t.strictSame([huge.status, huge.body.code], [413, 'HYPERFLEET-VAL-010'])
  const spent = await call('POST', 'batch', { atomic: false, operations: Array(30).fill(create('spent')) })
  t.strictSame([spent.status, spent.body.code], [429, 'HYPERFLEET-LMT-001'])
})

t.test('1,001 operations are refused', async (t) => {
  const { call } = await application(t, adapters)
  const operations = Array(1001).fill({ method: 'DELETE', path: '/a' })
  const answer = await call('POST', 'batch', { atomic: true, operations })
  t.strictSame(
    [answer.status, answer.body.errors[0].field, answer.body.errors[0].constraint],
    [400, 'operations', undefined],
  )
  for (const body of [
    {},
    { operations: [create('one')] },
    { atomic: true, operations: [{ method: 'GET', path: '/clusters' }] },
  ])
    t.equal((await call('POST', 'batch', body)).status, 400)
})

t.test('each operation is logged and counted, with the ids of its batch', async (t) => {
  const lines: string[] = []
  const stream = new Writable({ write: (chunk, _encoding, done) => done(void lines.push(String(chunk))) })
  const { call, metrics } = await application(
    t,
    adapters,
    undefined,
    pino({ level: 'info' }, stream) as never,
  )
  const answer = await call('POST', 'batch', { atomic: false, operations: [create('one'), create('one')] })
  const [one] = answer.body.results
  const logged = lines.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'operation')
  t.match(
    logged.map(({ operation, method, path, status_code, resource_id, request_id }) => ({
      operation,
      method,
      path,
      status_code,
      resource_id,
      request_id,
    })),
    [
      {
        operation: 0,
        method: 'POST',
        path: `${base}/clusters`,
        status_code: 201,
        resource_id: one.body.id,
        request_id: answer.headers['x-request-id'],
      },
      { operation: 1, status_code: 409, request_id: answer.headers['x-request-id'] },
    ],
  )
  const counted = await metrics.registry.getSingleMetricAsString('hyperfleet_api_batch_operations_total')
  t.match(counted, /method="POST",path="\/api\/hyperfleet\/v1\/clusters",code="201"[^\n]* 1\n/)
  t.match(counted, /code="409"[^\n]* 1/)
})

t.test('a removal by force is in the audit log once its batch is committed', async (t) => {
  const lines: string[] = []
  const stream = new Writable({ write: (chunk, _encoding, done) => done(void lines.push(String(chunk))) })
  const { call } = await application(t, adapters, undefined, pino({ level: 'warn' }, stream) as never)
  const { body: a } = await call('POST', 'clusters', cluster('aaa'))
  await call('DELETE', `clusters/${a.id}`)
  const force = { method: 'POST', path: `/clusters/${a.id}/force-delete`, body: { reason: 'a test' } }
  const audits = () => lines.filter((line) => line.includes('"audit":"force-delete"')).length
  await call('POST', 'batch', { atomic: true, operations: [force, create('Not a name')] })
  t.equal(audits(), 0)
  await call('POST', 'batch', { atomic: false, operations: [force, create('Not a name')] })
  t.equal(audits(), 1)
})

t.test('a path that no request can have fails for itself', async (t) => {
  const { call } = await application(t, adapters)
  const operations = [create('aaa'), { method: 'DELETE', path: '/clusters/\ud800' }, create('bbb')]
  t.same(statuses(await call('POST', 'batch', { atomic: false, operations })), [201, 400, 201])
  const atomic = await call('POST', 'batch', { atomic: true, operations: operations.slice(1) })
  t.match(atomic.body, { status: 400, index: 0, problem: { status: 400 } })
})

t.test('a kind or a name that cannot be stored fails for itself', async (t) => {
  const { call } = await application(t, adapters)
  for (const text of ['\ud800', 'a\0b']) {
    const named = { method: 'POST', path: '/clusters', body: { kind: 'Cluster', name: text, spec: {} } }
    const ofKind = { method: 'POST', path: '/resources', body: { kind: text, name: 'ccc', spec: {} } }
    for (const fault of [named, ofKind]) {
      const operations = [create('aaa'), fault, create('bbb')]
      const { body } = await call('POST', 'batch', { atomic: true, operations: operations.slice(1) })
      t.match(body, { status: 400, index: 0 })
      t.equal(statuses(await call('POST', 'batch', { atomic: false, operations }))[1], 400)
    }
  }
})

t.test('a path begins with a slash', async (t) => {
  const { call } = await application(t, adapters)
  for (const path of ['clusters', 'http://elsewhere.example/api/hyperfleet/v1/clusters']) {
    const answer = await call('POST', 'batch', { atomic: false, operations: [{ ...create('aaa'), path }] })
    t.equal(answer.status, 400)
    t.match(answer.body, { errors: [{ field: 'operations[0].path' }] })
  }
})

t.test('a batch begins anew each time that a resource of it is marked meanwhile', async (t) => {
  const { call, url } = await application(t, { ...adapters, HYPERFLEET_NODEPOOL_ADAPTERS: '["validation"]' })
  const parents: string[] = []
  const pools: string[] = []
  for (const name of ['aaa', 'bbb', 'ccc', 'ddd', 'eee']) {
    const { body: parent } = await call('POST', 'clusters', cluster(name))
    const pool = { kind: 'NodePool', name: 'pool', spec: {} }
    parents.push(parent.id)
    pools.push((await call('POST', `clusters/${parent.id}/nodepools`, pool)).body.id)
  }
  const [first = '', ...others] = parents
  const begin = async () => {
    const session = await openSession(t, url)
    await session.query('begin')
    return session
  }
  let holder = await begin()
  await holder.query(`select delete_resource('Cluster', null, $1, 'other', null, '{}')`, [first])
  const operations = pools.map((id) => ({
    method: 'PUT',
    path: `/nodepools/${id}/statuses`,
    body: report('validation', 1, 'True', 1),
  }))
  const answer = call('POST', 'batch', { atomic: true, operations })
  /** Rejects where the batch is answered before it waits. */
  const untilItWaits = async (session: typeof holder) => {
    const early = answer.then(({ text }) => Promise.reject(new Error(text)))
    await Promise.race([untilBlocking(session), early])
  }
  await untilItWaits(holder)
  // While the batch waits for one tree, another one is marked, and locked by somebody else.
  for (const parent of others) {
    const next = await begin()
    await call('DELETE', `clusters/${parent}`)
    await next.query('select from resources where id = $1 for update', [parent])
    await holder.query('commit')
    await untilItWaits(next)
    holder = next
  }
  await holder.query('commit')
  t.strictSame(
    statuses(await answer),
    pools.map(() => 200),
  )
})
