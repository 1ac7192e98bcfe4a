import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { type Application, application, report } from '../application.ts'
import { ruled } from '../auth/ruled.ts'
import { execute } from '../databases.ts'
import { streams } from '../event-stream.ts'
import { generator, seed, tried } from '../random.ts'

const env = { HYPERFLEET_CLUSTER_ADAPTERS: '["validation"]' }
const tenants = {
  HYPERFLEET_SERVER_TENANT_ENABLED: 'true',
  HYPERFLEET_SERVER_TENANT_SYSTEM_HEADER: 'X-System',
  HYPERFLEET_SERVER_TENANT_DIMENSIONS: '[{"key":"org","header":"X-Org","required":true}]',
}
type Call = Application['call']
interface Entry {
  token: string
  type: string
  id: string
  kind: string
  version: number
  generation: number
  left?: boolean
  resource?: Record<string, unknown>
}

let names = 0
const cluster = (more: object = {}) => ({ kind: 'Cluster', name: `c-${++names}`, spec: {}, ...more })
const pool = () => ({ kind: 'NodePool', name: `p-${++names}`, spec: {} })

const now = async (call: Call, headers?: Record<string, string>): Promise<string> =>
  (await call('GET', 'changes', undefined, headers)).body.next

/** All entries from a token on, or from the start, page by page. */
async function read(call: Call, since: string, { query = '', limit = 100, headers = {} } = {}) {
  const items: Entry[] = []
  for (let token = since; ; ) {
    const path = `changes?since=${token}&limit=${limit}${query}`
    const { status, body, text } = await call('GET', path, undefined, headers)
    if (status !== 200) throw new Error(text)
    items.push(...body.items)
    if (token === body.next || !body.items.length) return { items, next: body.next as string }
    token = body.next
  }
}

const brief = (items: Entry[]) =>
  items.map(({ type, id, version, left }) => [type, id, version, ...(left ? ['left'] : [])])
const byId = (one: { id: string }, other: { id: string }) => (one.id < other.id ? -1 : 1)

t.test('who begins at the start is told what there is, and then what changes', async (t) => {
  const own = await application(t, env)
  const { call, url } = own
  const open = await streams(own)
  t.strictSame((await read(call, 'start')).items, [], 'nothing')
  const made = []
  for (let count = 0; count < 5; count++) made.push((await call('POST', 'clusters', cluster())).body)
  const parent = made[0]
  made.push((await call('POST', `${parent.href}/nodepools`, pool())).body)
  await call('PATCH', parent.href, { spec: { a: 1 } })
  const state = made.toSorted(byId).map(({ id }) => ['state', id, id === parent.id ? 2 : 1])
  for (const limit of [1, 2, 6, 100]) {
    const { items, next } = await read(call, 'start', { limit })
    t.strictSame(brief(items), state, `pages of ${limit}`)
    t.equal(new Set(items.map(({ token }) => token)).size, 6)
    t.strictSame((await read(call, next)).items, [])
  }
  const { items } = await read(call, 'start')
  t.match(
    items.find(({ kind }) => kind === 'NodePool'),
    { owner_id: parent.id, generation: 1 },
  )
  t.match(
    items.find(({ id }) => id === parent.id),
    { kind: 'Cluster', version: 2, generation: 2 },
  )
  t.strictSame(Object.keys(items[0] ?? {}).sort(), ['generation', 'id', 'kind', 'token', 'type', 'version'])
  t.strictSame(brief((await read(call, 'start', { query: '&kind=NodePool' })).items), [
    ['state', made[5].id, 1],
  ])

  // A change while the state is read is told after it, also of a resource that has been told already, or is new.
  const first = (await call('GET', 'changes?since=start&limit=3')).body
  await call('PATCH', parent.href, { spec: { a: 2 } })
  const { body: later } = await call('POST', 'clusters', cluster())
  const rest = (await read(call, first.next)).items
  t.strictSame(brief(rest).slice(-2), [
    ['changed', parent.id, 3],
    ['created', later.id, 1],
  ])
  t.strictSame(
    [...first.items, ...rest].filter(({ type }) => type === 'state').map(({ id }) => id),
    [...made.map(({ id }) => id), later.id].sort(),
  )
  const resumed = (await read(call, items[2]?.token ?? '')).items
  t.strictSame(brief(resumed.filter(({ type }) => type === 'state')).length, 4, 'from any token of the state')

  const stream = await open('?since=start')
  await stream.until(() => stream.events.some(({ type }) => type === 'bookmark'))
  t.strictSame(stream.events.map(({ type }) => type).join(' '), `${'state '.repeat(7)}bookmark`)
  await call('DELETE', later.href)
  t.match((await stream.entries(8))[7], { type: 'marked' })
  stream.close()
  const again = await open('?since=start', { 'last-event-id': stream.events[4]?.id ?? '' })
  t.strictSame(
    (await again.entries(3)).map(({ type, id }) => [type, id]).slice(0, 2),
    stream.events.slice(5, 7).map(({ type, id }) => [type, id]),
    'in the middle of the state',
  )
  again.close()

  // The changes after the state are no longer kept.
  await execute(url, 'update change_feed set floor = 1000')
  t.equal((await call('GET', `changes?since=${first.next}`)).status, 410)
})

t.test('state and changes together are the truth, whatever is written meanwhile', async (t) => {
  const servers = [await application(t, env)]
  servers.push(await application(t, env, servers[0]?.url))
  const opens = [await streams(servers[0] as Application), await streams(servers[1] as Application)]
  const { url, call } = servers[0] as Application
  const below = generator(seed)
  t.comment(`seed ${seed}`)
  for (let count = 0; count < 30; count++) await call('POST', 'clusters', cluster())
  const write = async () => {
    for (let count = 0; count < 60; count++) {
      const server = servers[below(2)] as Application
      const { rows } = await execute(url, 'select id from resources order by random() limit 1')
      const href = `resources/${rows[0]?.id}`
      const choice = below(5)
      if (choice === 0) await server.call('POST', 'clusters', cluster())
      else if (choice === 1) await server.call('DELETE', href)
      else if (choice === 2) await server.call('POST', `${href}/force-delete`, { reason: 'a test' })
      else
        await server.call(
          'PATCH',
          href,
          { spec: { count } },
          { 'content-type': 'application/merge-patch+json' },
        )
    }
  }
  /** What a reader knows after some entries. */
  const apply = (known: Map<string, number>, { type, id, version }: Entry) => {
    if (type === 'removed') known.delete(id)
    else if (type !== 'state' || (known.get(id) ?? 0) < version) known.set(id, version)
  }
  let end: string | undefined
  // So that a reader of a stream looks again when the last change has been written.
  for (const { app } of servers) app.changes.heartbeat = 50
  const nextPage = async (token: string, limit: number) => {
    const { call } = servers[below(2)] as Application
    const { status, body } = await call('GET', `changes?since=${token}&limit=${limit}`)
    return status === 200 ? { entries: body.items, next: body.next } : { entries: [], next: token }
  }
  /** The stream is cut after some events. */
  const nextEvents = async (token: string, count: number) => {
    const stream = await opens[below(2)]?.(
      `?since=${token}`,
      token === 'start' ? {} : { 'last-event-id': token },
    )
    if (stream?.status !== 200) return { entries: [], next: token }
    const { events } = stream
    await stream.until(() => events.length >= count || (end !== undefined && events.at(-1)?.id === end))
    stream.close()
    const entries = events.filter(({ type }) => type !== 'bookmark').map(({ data }) => data)
    return { entries, next: events.at(-1)?.id ?? token }
  }
  const follow = async (next: typeof nextPage) => {
    const known = new Map<string, number>()
    for (let token = 'start'; token !== end; ) {
      const read = await next(token, 1 + below(10))
      for (const entry of read.entries) apply(known, entry)
      token = read.next
    }
    return known
  }
  const readers = [nextEvents, nextEvents, nextPage, nextPage].map(follow)
  await Promise.all(Array.from({ length: 3 }, write))
  end = await now(call)
  const truth = (await execute(url, 'select id, version from resources order by id')).rows
  const { rows } = await execute(url, 'select count(*)::int as count from changes')
  tried(t, 'state and changes', { count: rows[0].count })
  for (const [index, known] of (await Promise.all(readers)).entries())
    t.strictSame(
      [...known].sort(),
      truth.map(({ id, version }) => [id, version]),
      `reader ${index}`,
    )
})

t.test('entries have the members of resources that were asked for', async (t) => {
  const own = await application(t, env)
  const { call } = own
  const open = await streams(own)
  const since = await now(call)
  const stream = await open(`?since=${since}&fields=name,spec`)
  const { body: made } = await call('POST', 'clusters', cluster({ spec: { a: 'one\ntwo', b: '\r' } }))
  await stream.entries(1)
  await call('PATCH', made.href, { spec: { a: 2 } })
  await stream.entries(2)
  const { id, name } = made
  t.strictSame(
    stream.events.map(({ data }) => data.resource).filter(Boolean),
    [
      { id, name, spec: { a: 'one\ntwo', b: '\r' } },
      { id, name, spec: { a: 2 } },
    ],
    'as they are when they are read',
  )
  const pages = await read(call, since, { query: '&fields=spec' })
  t.strictSame(
    pages.items.map(({ resource }) => resource),
    Array(2).fill({ id, spec: { a: 2 } }),
  )
  const state = await read(call, 'start', { query: '&fields=name' })
  t.strictSame(state.items[0]?.resource, { id, name })
  await call('DELETE', made.href)
  await call('POST', `${made.href}/force-delete`, { reason: 'a test' })
  const entries = await stream.entries(4)
  t.strictSame(entries[3]?.data.type, 'removed')
  t.equal(entries[3]?.data.resource, undefined)
  stream.close()
  const { items } = await read(call, since, { query: '&fields=name' })
  t.strictSame(
    items.map(({ type, resource }) => [type, resource]),
    ['created', 'changed', 'marked', 'removed'].map((type) => [type, undefined]),
  )
  t.equal((await call('GET', 'changes?fields=nothing')).status, 400)
})

t.test('a page with large resources has fewer entries, and none is missed', async (t) => {
  const { call } = await application(t, env)
  const since = await now(call)
  const text = 'x'.repeat(400_000)
  const { body: made } = await call('POST', 'clusters', cluster({ spec: { text } }))
  for (let count = 0; count < 4; count++) {
    await call('POST', 'clusters', cluster({ spec: { text } }))
    await call('PATCH', made.href, { labels: { count: String(count) } })
  }
  const first = (await call('GET', `changes?since=${since}&fields=spec`)).body
  t.ok(first.items.length >= 1 && first.items.length < 9, `${first.items.length} of 9`)
  const plain = (await read(call, since)).items
  for (const query of ['&fields=spec', "&fields=spec&search=kind='Cluster'"]) {
    const { items } = await read(call, since, { query })
    t.strictSame(brief(items), brief(plain), query)
    t.ok(items.every(({ resource }) => resource))
  }
  const state = (await read(call, 'start', { query: '&fields=spec' })).items
  t.strictSame(brief(state).length, 5)
  t.equal((await call('GET', 'changes?since=start&fields=spec')).body.items.length, 2)
})

t.test('a search tells which changes are of resources that match', async (t) => {
  const own = await application(t, env)
  const { call } = own
  const open = await streams(own)
  const since = await now(call)
  const search = encodeURIComponent("labels.env = 'prod'")
  const stream = await open(`?since=${since}&search=${search}&fields=name`)
  const { body: one } = await call('POST', 'clusters', cluster({ labels: { env: 'prod' } }))
  await stream.entries(1)
  const { body: other } = await call('POST', 'clusters', cluster({ labels: { env: 'test' } }))
  await stream.entries(2)
  await call('PATCH', one.href, { labels: { env: 'test' } })
  await stream.entries(3)
  await call('PATCH', other.href, { labels: { env: 'prod' } })
  await stream.entries(4)
  await call('PUT', `${other.href}/statuses`, report('validation', 1, 'True', 1))
  await stream.entries(5)
  for (const { href } of [one, other]) {
    await call('DELETE', href)
    await call('POST', `${href}/force-delete`, { reason: 'a test' })
  }
  const entries = (await stream.entries(9)).map(({ data }) => data)
  stream.close()
  t.strictSame(brief(entries.slice(0, 5)), [
    ['created', one.id, 1],
    ['removed', other.id, 1, 'left'],
    ['removed', one.id, 2, 'left'],
    ['changed', other.id, 2],
    ['reported', other.id, 3],
  ])
  t.strictSame(
    entries.slice(0, 5).map(({ resource }) => resource?.name),
    [one.name, undefined, undefined, other.name, other.name],
  )
  t.strictSame(
    entries.filter(({ id, type, left }) => type === 'removed' && !left && id).map(({ id }) => id),
    [one.id, other.id],
    'what is removed is told as removed',
  )
  const { body: kept } = await call('POST', 'clusters', cluster({ labels: { env: 'prod' } }))
  await call('POST', 'clusters', cluster())
  t.strictSame(brief((await read(call, 'start', { query: `&search=${search}` })).items), [
    ['state', kept.id, 1],
  ])
  t.match(await call('GET', 'changes?search=nothing+=+1'), {
    status: 400,
    body: { code: 'HYPERFLEET-VAL-005' },
  })
})

t.test('watchers with one view share the statements of a round', async (t) => {
  const own = await application(t, env)
  const { app, call, database } = own
  const open = await streams(own)
  const counts = new Map<string, number>()
  const before = database.observe
  database.observe = (query, ...rest) => {
    counts.set(query, (counts.get(query) ?? 0) + 1)
    before(query, ...rest)
  }
  const since = await now(call)
  const queries = ['?fields=name', "?search=kind='Cluster'", '', '?kind=Cluster']
  const all = await Promise.all(
    queries.flatMap((query) => Array.from({ length: 25 }, () => open(`${query || '?'}&since=${since}`))),
  )
  const waiting = Array.from({ length: 20 }, () => call('GET', `changes?since=${since}&fields=name&wait=2m`))
  while (app.changes.watching < 120) await sleep(5)
  // Everybody has read pages up to here.
  await sleep(500)
  counts.clear()
  const { body: made } = await call('POST', 'clusters', cluster())
  for (const stream of all) {
    const [entry] = await stream.entries(1)
    t.equal(entry?.data.id, made.id)
  }
  for (const each of waiting) t.match(await each, { body: { items: [{ resource: { name: made.name } }] } })
  t.equal(counts.get('list_new_changes'), 1)
  t.equal(counts.get('list_changed_resources'), 2, 'one for each view that has resources')
  t.equal(counts.get('list_changes'), undefined, 'and none for each watcher')
  const [first, ...others] = all.slice(0, 25).map(({ text }) => text.slice(text.lastIndexOf('id:')))
  t.ok(others.every((text) => text === first))
  for (const stream of all) stream.close()
})

t.test('a tenant is told nothing of others, and nothing of what it may not read', async (t) => {
  const own = await application(t, { ...env, ...tenants })
  const { call } = own
  const open = await streams(own)
  const [ours, theirs, system] = [{ 'x-org': 'ours' }, { 'x-org': 'theirs' }, { 'x-system': 'true' }]
  const since = await now(call, ours)
  const live = await open(`?since=${since}&fields=name`, ours)
  const search = encodeURIComponent("kind = 'Cluster'")
  const searching = await open(`?since=${since}&search=${search}`, ours)
  const { body: foreign } = await call('POST', 'clusters', cluster(), theirs)
  const { body: made } = await call('POST', 'clusters', cluster(), ours)
  for (const stream of [live, searching]) {
    t.match(await stream.entries(1), [{ data: { id: made.id } }])
    t.notOk(stream.text.includes(foreign.id))
    stream.close()
  }
  for (const query of [
    '',
    '&fields=name',
    `&search=${search}`,
    `&search=${search}&fields=name`,
    '&kind=Cluster',
  ])
    for (const begin of [since, 'start']) {
      const ids = async (headers: Record<string, string>) =>
        (await read(call, begin, { query, headers })).items.map(({ id }) => id)
      t.strictSame(await ids(ours), [made.id], `${begin} ${query}`)
      t.strictSame(await ids(theirs), [foreign.id])
      t.strictSame((await ids(system)).sort(), [made.id, foreign.id].sort())
    }
  t.equal((await call('GET', 'changes?since=start')).status, 403)
})

t.test('rules of authorization decide on streams as on lists', async (t) => {
  const own = await ruled(
    t,
    `
- { name: clusters, effect: allow, verbs: [list], kinds: [Cluster], when: 'caller.identity.contains("reader")' }
- { name: all, effect: allow, verbs: ['*'], kinds: ['*'], when: 'caller.identity.contains("admin")' }
`,
  )
  const [reader, admin] = [
    await own.as({ email: 'reader@example.com' }),
    await own.as({ email: 'admin@example.com' }),
  ]
  const stream = { accept: 'text/event-stream' }
  for (const headers of [{}, stream]) {
    t.equal((await reader('GET', 'changes?since=start', undefined, headers)).status, 403)
    t.equal((await reader('GET', 'changes?since=start&kind=NodePool', undefined, headers)).status, 403)
  }
  t.equal((await reader('GET', 'changes?since=start&kind=Cluster')).status, 200)
  t.equal((await admin('GET', 'changes?since=start')).status, 200)
})
