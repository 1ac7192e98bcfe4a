import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { migrate } from '../../server/db/migrate.ts'
import { loadDocument } from '../../server/openapi/document.ts'
import { type Application, application, report } from '../application.ts'
import { createDatabase, execute, testConfig } from '../databases.ts'
import { generator, seed, tried } from '../random.ts'
import { openSession, untilWaiting } from '../sessions.ts'

const env = { HYPERFLEET_CLUSTER_ADAPTERS: '["validation"]' }
type Call = Application['call']

/** The token from which nothing has happened yet. */
const now = async (call: Call, headers?: Record<string, string>): Promise<string> =>
  (await call('GET', 'changes', undefined, headers)).body.next

/** All changes since a token, page by page. */
async function changesSince(call: Call, since: string, headers?: Record<string, string>, limit = 100) {
  const items = []
  for (let token = since; ; ) {
    const { status, body, text } = await call(
      'GET',
      `changes?since=${token}&limit=${limit}`,
      undefined,
      headers,
    )
    if (status !== 200) throw new Error(text)
    items.push(...body.items)
    token = body.next
    if (body.items.length < limit) return { items, next: token }
  }
}

let names = 0
const cluster = () => ({ kind: 'Cluster', name: `c-${++names}`, spec: {} })
const pool = () => ({ kind: 'NodePool', name: `p-${++names}`, spec: {} })

const shortened = (items: { type: string; version: number; changed: string[] }[]) =>
  items.map(({ type, version, changed }) => [type, version, ...changed])

t.test('each visible change is one entry', async (t) => {
  const { call } = await application(t, env)
  const since = await now(call)
  const { body: made } = await call('POST', 'clusters', cluster())
  await call('PATCH', made.href, { spec: { a: 1 } })
  await call('PATCH', made.href, { spec: { a: 1 } })
  await call('PATCH', made.href, { labels: { a: 'b' } })
  await call('PUT', `${made.href}/statuses`, report('validation', 2, 'True', 1))
  await call('PUT', `${made.href}/statuses`, report('validation', 2, 'True', 1))
  await call('PUT', `${made.href}/statuses`, report('validation', 2, 'True', 2))
  await call('PUT', `${made.href}/statuses`, report('other', 2, 'True', 2))
  await call('DELETE', made.href)
  await call('DELETE', made.href)
  await call('PUT', `${made.href}/statuses`, {
    ...report('validation', 3, 'True', 3),
    conditions: [...report('validation', 3, 'True', 3).conditions, { type: 'Finalized', status: 'True' }],
  })
  const { items, next } = await changesSince(call, since)
  const [reconciled, both] = [
    ['Ready', 'Reconciled'],
    ['Available', 'Ready', 'Reconciled', 'LastKnownReconciled', 'ValidationSuccessful'],
  ]
  t.strictSame(shortened(items), [
    ['created', 1],
    ['changed', 2, 'spec', 'Reconciled'],
    ['changed', 3, 'labels'],
    ['reported', 4, ...both],
    ['reported', 5],
    ['marked', 6, 'deleted_time', ...reconciled],
    ['reported', 7, ...both],
    ['removed', 7],
  ])
  t.ok(items.every(({ id, kind }) => id === made.id && kind === 'Cluster'))
  t.strictSame(
    items.map(({ caller, adapter }) => caller ?? adapter),
    [
      ...Array(3).fill(made.created_by),
      ...Array(2).fill('validation'),
      made.created_by,
      'validation',
      'validation',
    ],
  )
  t.equal(items.at(-1).token, next)
  t.strictSame((await changesSince(call, items[3].token)).items, items.slice(4), 'it goes on from any token')
  t.strictSame((await changesSince(call, since, {}, 3)).items, items, 'in pages')
  t.strictSame((await call('GET', `changes?since=${since}&kind=NodePool`)).body.items, [])
  t.equal((await call('GET', `changes?since=${since}&kind=Nothing`)).status, 400)
})

t.test('what is not kept is not told', async (t) => {
  const { call } = await application(t, env)
  const key = { 'idempotency-key': 'one' }
  const sent = cluster()
  const since = await now(call)
  await call('POST', 'clusters', sent, key)
  const { next } = await changesSince(call, since)
  await call('POST', 'clusters', sent, key)
  t.equal((await call('POST', 'clusters', sent)).status, 409)
  await call('POST', 'clusters?dry_run', cluster())
  t.strictSame((await changesSince(call, next)).items, [])
})

t.test('a cascade is told whole', async (t) => {
  const { call } = await application(t, { ...env, HYPERFLEET_NODEPOOL_ADAPTERS: '["validation"]' })
  const { body: made } = await call('POST', 'clusters', cluster())
  const pools = []
  for (let count = 0; count < 3; count++)
    pools.push((await call('POST', `${made.href}/nodepools`, pool())).body.id)
  const since = await now(call)
  await call('DELETE', made.href)
  const marked = await changesSince(call, since)
  t.strictSame(marked.items.map(({ id }) => id).sort(), [made.id, ...pools].sort())
  t.ok(marked.items.every(({ type, version }) => type === 'marked' && version === 2))
  t.ok(marked.items.every(({ id, owner_id }) => id === made.id || owner_id === made.id))
  await call('POST', `${made.href}/force-delete`, { reason: 'a test' })
  const removed = await changesSince(call, marked.next)
  t.strictSame(removed.items.map(({ id }) => id).sort(), [made.id, ...pools].sort())
  t.ok(removed.items.every(({ type, caller }) => type === 'removed' && caller === made.created_by))
})

t.test('a reader waits for writers that have begun before', async (t) => {
  const { call, url } = await application(t, env)
  const since = await now(call)
  const slow = await openSession(t, url)
  const create = (name: string) =>
    `select create_resource('Cluster', null, '{"name":"${name}","spec":{}}', 'me', '{}', '')`
  await slow.query('begin')
  await slow.query(create('slow'))
  await execute(url, create('fast'))
  let isAnswered = false
  const reading = call('GET', `changes?since=${since}`).finally(() => {
    isAnswered = true
  })
  // Another writer that is open is none of those, and is not waited for.
  const { rows } = await slow.query('select last_value from change_numbers')
  await waitUntil(
    url,
    `select count(*) > 0 as done from pg_stat_activity where query like '%change_writers%' and pid <> pg_backend_pid()`,
  )
  t.equal(isAnswered, false, 'while the first writer is open')
  const later = await openSession(t, url)
  await later.query('begin')
  await later.query(create('later'))
  await slow.query('commit')
  const { body } = await reading
  t.strictSame(await namesOf(url, body.items), ['slow', 'fast'])
  t.ok(Number(rows[0].last_value) >= 2)
  const next = call('GET', `changes?since=${body.next}`)
  await later.query('rollback')
  t.strictSame((await next).body.items, [], 'what is rolled back is not told')
})

const waitUntil = async (url: string, text: string) => {
  while (!(await execute(url, text)).rows[0].done) await sleep(5)
}

const namesOf = async (url: string, items: { id: string }[]) => {
  const { rows } = await execute(url, 'select id, name from resources')
  const byId = new Map(rows.map(({ id, name }) => [id, name]))
  return items.map(({ id }) => byId.get(id))
}

t.test('a writer that is open for long delays changes, and no request', async (t) => {
  const { call, url } = await application(t, env)
  const since = await now(call)
  const slow = await openSession(t, url)
  await slow.query('begin')
  await slow.query(`select create_resource('Cluster', null, '{"name":"slow","spec":{}}', 'me', '{}', '')`)
  await call('POST', 'clusters', cluster())
  for (const query of [`?since=${since}`, '', '?since=start'])
    t.match(await call('GET', `changes${query}`), { status: 200, body: { next: since } }, query)
  await slow.query('commit')
  t.equal((await changesSince(call, since)).items.length, 2)
})

t.test('a request waits for a change', async (t) => {
  const { call, app } = await application(t, env)
  const other = await application(t, env, app.settings.database.url)
  const since = await now(call)
  const none = await call('GET', `changes?since=${since}&wait=50ms`)
  t.strictSame(none.body.items, [])
  const waiting = call('GET', `changes?since=${since}&wait=2m`)
  while (app.changes.watching === 0) await sleep(5)
  await call('POST', 'clusters', cluster())
  t.equal((await waiting).body.items[0].type, 'created')
  const { next } = await changesSince(call, since)
  const byKind = call('GET', `changes?since=${next}&wait=2m&kind=NodePool`)
  const byAll = call('GET', `changes?since=${next}&wait=2m`)
  while (app.changes.watching < 2) await sleep(5)
  const { body: made } = await other.call('POST', 'clusters', cluster())
  t.equal((await byAll).body.items[0].id, made.id, 'of another server')
  await other.call('POST', `${made.href}/nodepools`, pool())
  t.strictSame(
    (await byKind).body.items.map(({ kind }: { kind: string }) => kind),
    ['NodePool'],
  )
  t.equal(app.changes.watching, 0)
})

t.test('a server that ends answers those who wait', async (t) => {
  const { call, app } = await application(t, env)
  const waiting = call('GET', 'changes?wait=2m')
  while (app.changes.watching === 0) await sleep(5)
  for (const end of app.beforeClose) end()
  t.match(await waiting, { status: 200, body: { items: [] } })
})

t.test('a list has a token from which nothing is missed', async (t) => {
  const { call } = await application(t, env)
  const before = await now(call)
  const { body: made } = await call('POST', 'clusters', cluster())
  for (const path of [
    'clusters',
    'nodepools',
    'resources',
    `${made.href}/nodepools`,
    `${made.href}/statuses`,
  ]) {
    const { headers } = await call('GET', path)
    await call('PATCH', made.href, { spec: { path } })
    const { items } = await changesSince(call, String(headers['hyperfleet-token']))
    t.equal(items.at(-1)?.type, 'changed', path)
  }
  t.equal((await changesSince(call, before)).items.length, 6)
})

t.test('a token that is not of this feed, or too old, is refused', async (t) => {
  const { call, url } = await application(t, env)
  const isGone = async (t: Test, token: string, title: string) => {
    const { status, body } = await call('GET', `changes?since=${token}`)
    t.match({ status, body }, { status: 410, body: { code: 'HYPERFLEET-GON-001' } }, title)
  }
  const other = await application(t, env)
  await other.call('POST', 'clusters', cluster())
  await isGone(t, await now(other.call), 'of another database')
  for (const token of ['nothing', 'A', 'AAAAAAAAAAAAAAAAAAAAAA', '%20']) await isGone(t, token, token)

  const first = await now(call)
  await call('POST', 'clusters', cluster())
  const second = await now(call)
  await call('POST', 'clusters', cluster())
  const last = await now(call)
  await execute(url, `select setval('change_numbers', 1)`)
  await isGone(t, last, 'of a later state of the database')
  await execute(url, `select setval('change_numbers', 100)`)

  // The first entry is one of a day that is no longer kept.
  await execute(url, `create table changes_20200101 (like changes including all)`)
  await execute(
    url,
    `alter table changes attach partition changes_20200101 for values from ('2020-01-01Z') to ('2020-01-02Z')`,
  )
  await execute(
    url,
    `update changes set time = '2020-01-01 12:00Z' where seq = (select min(seq) from changes)`,
  )
  const rotate = () => execute(url, `select rotate_changes('24h', '24h')`)
  await rotate()
  await isGone(t, first, 'older than what is kept')
  t.equal((await changesSince(call, second)).items.length, 1)
})

t.test('partitions are made in advance, and writes do without', async (t) => {
  const { call, url } = await application(t, env)
  const partitions = async () =>
    (
      await execute(
        url,
        `select inhrelid::regclass::text as name from pg_inherits where inhparent = 'changes'::regclass order by 1`,
      )
    ).rows.map(({ name }) => name)
  const made = await partitions()
  t.equal(made.length, 4)
  const since = await now(call)
  await execute(url, `drop table ${made[0]}`)
  await call('POST', 'clusters', cluster())
  await execute(url, `select rotate_changes('24h', '24h')`)
  t.strictSame(await partitions(), made.slice(1), 'the default partition has the entries of this day')
  t.equal((await changesSince(call, since)).items.length, 1)
  await execute(url, `update changes_default set time = '2020-01-01Z'`)
  await execute(url, `select rotate_changes('24h', '24h')`)
  t.equal((await call('GET', `changes?since=${since}`)).status, 410)
  await execute(url, `select rotate_changes('24h', '24h')`)
  t.strictSame(await partitions(), made)
  await call('POST', 'clusters', cluster())
  t.strictSame((await execute(url, 'select from changes_default')).rows.length, 0)
})

t.test('a write waits for the partition of its day that is being made', async (t) => {
  const { call, url } = await application(t, env)
  const today = `(clock_timestamp() at time zone 'UTC')::date`
  for (const table of ['changes', 'generations']) {
    const { rows } = await execute(url, `select '${table}_' || to_char(${today}, 'YYYYMMDD') as name`)
    await execute(url, `drop table ${rows[0]?.name}`)
  }
  const { body } = await call('POST', 'clusters', cluster())
  for (const table of ['changes', 'generations']) {
    await execute(url, `truncate ${table}_default`)
    const session = await openSession(t, url)
    await session.query('begin')
    await session.query(`select add_partition('${table}', ${today})`)
    const writing = call('PATCH', body.href, { spec: { table } })
    await untilWaiting(session, 1)
    await session.query('commit')
    t.equal((await writing).status, 200, table)
  }
})

t.test('tenants are told of their own resources only', async (t) => {
  const { call, app } = await application(t, {
    ...env,
    HYPERFLEET_SERVER_TENANT_ENABLED: 'true',
    HYPERFLEET_SERVER_TENANT_SYSTEM_HEADER: 'X-System',
    HYPERFLEET_SERVER_TENANT_DIMENSIONS:
      '[{"key":"org","header":"X-Org","required":true},{"key":"project","header":"X-Project"}]',
  })
  const callers: Record<string, Record<string, string>> = {
    system: { 'x-system': 'true' },
    a: { 'x-org': 'a' },
    web: { 'x-org': 'a', 'x-project': 'web' },
    b: { 'x-org': 'b' },
  }
  const sees: Record<string, string[]> = {
    system: ['a', 'web', 'b'],
    a: ['a', 'web'],
    web: ['web'],
    b: ['b'],
  }
  const since = await now(call, callers.system)
  const waiting = Object.fromEntries(
    Object.entries(callers).map(([name, headers]) => [
      name,
      call('GET', `changes?since=${since}&wait=2m`, undefined, headers),
    ]),
  )
  while (app.changes.watching < 4) await sleep(5)
  const ids: Record<string, string> = {}
  for (const name of ['b', 'web', 'a'])
    ids[name] = (await call('POST', 'clusters', cluster(), callers[name])).body.id
  const idsOf = (items: { id: string }[]) => items.map(({ id }) => id).sort()
  for (const [name, headers] of Object.entries(callers)) {
    const expected = sees[name]?.map((each) => ids[each] ?? '') ?? []
    const { items } = await changesSince(call, since, headers)
    t.strictSame(idsOf(items), expected.sort(), name)
    const { body } = (await waiting[name]) ?? { body: { items: [] } }
    t.ok(body.items.length > 0 && idsOf(body.items).every((id) => expected.includes(id)), `${name}, waiting`)
    const rest = await changesSince(call, body.next, headers)
    t.strictSame(
      idsOf([...body.items, ...rest.items]),
      expected.sort(),
      `${name}, waiting and then reading on`,
    )
  }
})

t.test('conditions that migrate recomputes are told', async (t) => {
  const url = await createDatabase(env)
  const { call } = await application(t, env, url)
  await call('POST', 'clusters', cluster())
  const since = await now(call)
  const changed = testConfig(url, { HYPERFLEET_CLUSTER_ADAPTERS: '["validation","dns"]' })
  await migrate(changed, loadDocument(changed)['x-kinds'])
  const { items } = await changesSince(call, since)
  t.match(items, [{ type: 'reported', version: 2 }])
  t.equal(items.length, 1)
})

t.test('readers that resume anywhere are told of each change once, in one order', async (t) => {
  const servers = [await application(t, env)]
  const url = servers[0]?.url ?? ''
  servers.push(await application(t, env, url))
  const below = generator(seed)
  const pick = <Item>(items: Item[]) => items[below(items.length)] as Item
  t.comment(`seed ${seed}`)
  const callOf = () => pick(servers).call
  const since = await now(callOf())

  const write = async () => {
    const session = await openSession(t, url)
    const own: string[] = []
    for (let count = 0; count < 25; count++) {
      const href = own.length ? pick(own) : ''
      const call = callOf()
      const choice = below(8)
      if (!href || choice < 2) {
        const { status, body } = await call('POST', 'clusters', cluster())
        if (status === 201) own.push(body.href)
      } else if (choice === 2) await call('PATCH', href, { spec: { count } })
      else if (choice === 3)
        await call('PUT', `${href}/statuses`, report('validation', 1, pick(['True', 'False']), count))
      else if (choice === 4) await call('POST', `${href}/nodepools`, pool())
      else if (choice === 5) await call('DELETE', href)
      else if (choice === 6) await call('POST', `${href}/force-delete`, { reason: 'a test' })
      else {
        await session.query('begin')
        await session.query(
          `select create_resource('Cluster', null, '{"name":"s-${++names}","spec":{}}', 'me', '{}', '')`,
        )
        await sleep(below(20))
        await session.query(pick(['commit', 'rollback']))
      }
    }
  }
  const answers: Record<string, number> = {}
  let isWriting = true
  const read = async () => {
    const seen: string[] = []
    for (let token = since; ; ) {
      const wasWriting = isWriting
      const limit = 1 + below(20)
      const { status, body, text } = await callOf()(
        'GET',
        `changes?since=${token}&limit=${limit}&wait=${pick(['0ms', '20ms'])}`,
      )
      // Transient, as on a machine with too much to do; told at the end.
      if (status === 503 || status === 504) {
        const answer = `${status} ${body.detail}`
        answers[answer] = (answers[answer] ?? 0) + 1
        continue
      }
      if (status !== 200) throw new Error(text)
      // As after a crash: some of the items are dealt with, and the reader resumes at the last of these.
      const items = body.items.slice(0, below(limit + 1))
      seen.push(...items.map(keyOf))
      if (items.length) token = items.at(-1).token
      else if (!body.items.length) token = body.next
      if (!body.items.length && !wasWriting) return seen
    }
  }
  const readers = Array.from({ length: 5 }, read)
  await Promise.all(Array.from({ length: 8 }, write))
  isWriting = false

  const { rows } = await execute(url, 'select resource_id as id, version, type from changes order by seq')
  const all = rows.map(keyOf)
  for (const [index, seen] of (await Promise.all(readers)).entries())
    t.strictSame(seen, all, `reader ${index}`)
  tried(t, 'changes', { count: all.length, answers })

  // No write has been left out: the versions of a resource follow each other, up to its present one.
  const versions = new Map<string, number>()
  for (const { id, version, type } of rows) {
    t.equal(version, (versions.get(id) ?? 0) + (type === 'removed' ? 0 : 1), `${type} of ${id}`)
    versions.set(id, version)
    if (type === 'removed') versions.delete(id)
  }
  const present = await execute(url, 'select id, version from resources')
  t.strictSame(
    [...versions].sort(),
    present.rows.map(({ id, version }) => [id, version]).sort(),
    'all resources',
  )
})

const keyOf = ({ id, version, type }: { id: string; version: number; type: string }) =>
  `${id} ${version} ${type}`
