import { Writable } from 'node:stream'
import { pino } from 'pino'
import t from 'tap'
import { application, report } from '../application.ts'
import { openSession, untilWaiting } from '../sessions.ts'
import { rehearsed } from './rehearsal.ts'

const adapters = { HYPERFLEET_CLUSTER_ADAPTERS: '["dns"]', HYPERFLEET_NODEPOOL_ADAPTERS: '[]' }
const merge = { 'content-type': 'application/merge-patch+json' }
const TABLES = [
  'kinds',
  'resources',
  'adapter_statuses',
  'resource_counts',
  'idempotency_keys',
  'resource_references',
  'changes',
]

/** All rows of all tables, with the transactions that wrote them. */
const everything = TABLES.map(
  (table) => `select '${table}', ${table}.xmin::text, ${table}::text from ${table}`,
).join(' union all ')

t.test('a dry run has the answer of the write, and keeps nothing', async (t) => {
  const lines: string[] = []
  const stream = new Writable({ write: (chunk, _encoding, done) => done(void lines.push(String(chunk))) })
  const { call, url, database, metrics } = await application(
    t,
    adapters,
    undefined,
    pino({ level: 'warn' }, stream) as never,
  )
  const session = await openSession(t, url)
  const rows = async () =>
    (await session.query({ text: `${everything} order by 1, 3`, rowMode: 'array' })).rows
  const started = async () =>
    metrics.registry.getSingleMetricAsString('hyperfleet_api_reconciliation_started_total')

  const { body: kept } = await call('POST', 'clusters', { kind: 'Cluster', name: 'kept', spec: { a: 1 } })
  const { body: pool } = await call('POST', `clusters/${kept.id}/nodepools`, {
    kind: 'NodePool',
    name: 'p',
    spec: {},
  })
  const { body: marked } = await call('POST', 'clusters', { kind: 'Cluster', name: 'marked', spec: {} })
  await call('DELETE', `clusters/${marked.id}`)
  const path = `clusters/${kept.id}`
  const writes: [string, string, unknown?, Record<string, string>?][] = [
    ['POST', 'clusters', { kind: 'Cluster', name: 'new', spec: {} }, { 'idempotency-key': 'one' }],
    ['POST', 'clusters', { kind: 'Cluster', name: 'kept', spec: {} }],
    ['POST', 'resources', { kind: 'Cluster', name: 'any', spec: {} }],
    ['POST', `${path}/nodepools`, { kind: 'NodePool', name: 'other', spec: {} }],
    ['PATCH', path, { spec: { b: 2 } }],
    ['PATCH', path, { labels: { tier: 'gold' } }, merge],
    ['PATCH', path, { spec: { b: 3 }, generation: 7 }],
    ['PUT', `${path}/statuses`, report('dns', 1, 'True', 1)],
    ['POST', `${path}/statuses`, report('dns', 1, 'False', 2)],
    ['PUT', `${path}/statuses`, report('dns', 2, 'True', 3)],
    ['DELETE', `nodepools/${pool.id}`],
    ['DELETE', path],
    ['POST', `clusters/${marked.id}/force-delete`, { reason: 'a test' }],
    ['POST', `${path}/force-delete`, { reason: 'a test' }],
  ]
  const before = [await rows(), await started()]
  for (const [method, target, body, headers] of writes) {
    const { headers: answered } = await call(method, `${target}?dry_run=true`, body, headers)
    t.equal(answered['hyperfleet-dry-run'], 'true', `${method} ${target}`)
    t.strictSame([await rows(), await started()], before, 'nothing has changed')
  }
  t.strictSame(lines, [], 'a removal that was not made is not in the log')
  t.equal(database.pool.totalCount, 1, 'no connection was given up')
  const locks = await session.query(
    `select relation::regclass from pg_locks where relation = 'resources'::regclass and pid <> pg_backend_pid()
     and database = (select oid from pg_database where datname = current_database())`,
  )
  t.strictSame(locks.rows, [], 'no lock is held')

  // Each of them now, after a dry run with the same answer.
  const rehearse = rehearsed(call)
  for (const [method, target, body, headers] of writes) await rehearse(method, target, body, headers)
  t.equal(lines.length, 2, 'the removals that were made are in the log')
})

t.test('without dry_run=true, a write is kept', async (t) => {
  const { call } = await application(t, adapters)
  const cluster = (name: string) => ({ kind: 'Cluster', name, spec: {} })
  for (const [query, status] of [
    ['?dry_run=false', 201],
    ['?dry_run=yes', 400],
    ['?dry_run=true&dry_run=true', 400],
  ] as const) {
    const { headers, ...answer } = await call('POST', `clusters${query}`, cluster(`c-${query.length}`))
    t.equal(answer.status, status, query)
    t.equal(headers['hyperfleet-dry-run'], undefined)
  }
  t.equal((await call('GET', 'clusters')).body.total, 1)
  for (const query of ['?dry_run', '?dry_run=', '?dry_run=true&nonsense=1']) {
    const { headers } = await call('POST', `clusters${query}`, cluster('another'))
    t.equal(headers['hyperfleet-dry-run'], 'true', query)
  }
  t.equal((await call('GET', 'clusters')).body.total, 1, 'an empty dry_run is one')
  t.equal((await call('GET', 'clusters?dry_run=true')).status, 400, 'a read has none')
})

t.test('a dry run waits for the locks of the write, and shows what that would find', async (t) => {
  const { call, url } = await application(t, adapters)
  const [session, watcher] = [await openSession(t, url), await openSession(t, url)]
  const { body } = await call('POST', 'clusters', { kind: 'Cluster', name: 'one', spec: {} })
  await session.query('begin')
  await session.query(`select from delete_resource('Cluster', null, '${body.id}', 'another', null, '{}')`)
  const waiting = call('PATCH', `clusters/${body.id}?dry_run=true`, { spec: { a: 1 } })
  await untilWaiting(watcher, 1)
  await session.query('commit')
  t.match(await waiting, { status: 409, headers: { 'hyperfleet-dry-run': 'true' } })
})

t.test('a dry run keeps no other request from its idempotency key', async (t) => {
  const { call, url } = await application(t, adapters)
  const session = await openSession(t, url)
  const create = (query = '') =>
    call('POST', `clusters${query}`, { kind: 'Cluster', name: 'one', spec: {} }, { 'idempotency-key': 'a' })
  // As while a dry run with this key is under way.
  await session.query('begin; set local hyperfleet.dry_run = true')
  const body = JSON.stringify({ kind: 'Cluster', name: 'other', spec: {} })
  const values = ['Cluster', body, 'system@hyperfleet.local', 'Cluster', 'b']
  await session.query("select create_resource_once($1, null, $2, $3, $4, $5, '1h', '{}', '')", values)
  const locks = await session.query(
    "select 1 from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()",
  )
  t.equal(locks.rowCount, 0)
  await session.query('rollback')
  t.equal((await create('?dry_run=true')).status, 201)
  t.equal((await create()).status, 201)
  t.equal((await create('?dry_run=true')).status, 201, 'the answer that is kept')
})
