import t, { type Test } from 'tap'
import { hasQueryMethod } from '../../server/http/routing/query-method.ts'
import { type Answer, type Application, application, base } from '../application.ts'
import { bearer, createIssuer, trusting } from '../issuers.ts'

const nowhere = '019ad2a5-7d3c-7cc0-8f2e-3c1f5e0a9b11'

type Call = Application['call']
type Item = { id: string; name: string }

const create = async (call: Call, path: string, kind: string, name: string, more: object = {}) => {
  const { status, body, text } = await call('POST', path, { kind, name, spec: {}, ...more })
  if (status !== 201) throw new Error(text)
  return body as Item
}

const namesOf = ({ body }: Answer): string[] => body.items.map(({ name }: Item) => name)

/** Creates clusters c-00, c-01 and so on, every other one in production. */
async function createMany(call: Call, count: number): Promise<Item[]> {
  const created: Item[] = []
  for (let index = 0; index < count; index++) {
    const labels = { environment: index % 2 ? 'production' : 'staging' }
    const name = `c-${String(index).padStart(2, '0')}`
    created.push(await create(call, 'clusters', 'Cluster', name, { labels }))
  }
  return created
}

/** Asserts that a search is refused because of these members, all at once. */
function isRefused(t: Test, answer: Answer, code: string, fields: string[], title: string) {
  t.equal(answer.status, 400, `${title}: ${answer.text.slice(0, 200)}`)
  t.equal(answer.body.code, `HYPERFLEET-${code}`, title)
  t.strictSame(answer.body.errors?.map(({ field }: { field: string }) => field).sort(), fields, title)
}

t.test('searchClusters', async (t) => {
  const { call } = await application(t)
  const clusters = await createMany(call, 12)
  const search = (body: unknown, headers = {}) => call('POST', 'clusters/search', body, headers)

  await t.test('answers as the list does', async (t) => {
    const asked: [string, object][] = [
      ['', {}],
      ['', { search: null, ids: null, order: null, fields: null, size: null, page: null, cursor: null }],
      ['', { search: '', order: '' }],
      ['?size=5&page=2', { size: 5, page: 2 }],
      ['?page=9', { page: 9 }],
      ['?order=name+desc', { order: 'name desc' }],
      ['?fields=name,labels', { fields: ['name', 'labels', 'name'] }],
      [
        "?search=labels.environment='production'&order=name",
        { search: "labels.environment='production'", order: 'name' },
      ],
    ]
    for (const [query, body] of asked) {
      const list = await call('GET', `clusters${query}`)
      const found = await search(body)
      t.equal(found.text, list.text, JSON.stringify(body))
      t.equal(found.status, 200)
      t.ok(found.headers['hyperfleet-token'], 'with the token to follow changes by')
    }
  })

  await t.test('finds resources by their ids', async (t) => {
    const [first, second, third] = clusters.map(({ id }) => id) as [string, string, string]
    const ids = [third, nowhere, first, 'no id at all', first, '']
    const found = await search({ ids, order: 'name' })
    t.match(found.body, { total: 2, size: 2 })
    t.strictSame(namesOf(found), ['c-00', 'c-02'], 'once each; others are absent')
    t.match((await search({ ids: [] })).body, { total: 0, items: [] }, 'no ids find nothing')
    const both = await search({ ids: [first, second], search: "labels.environment = 'production'" })
    t.strictSame(namesOf(both), ['c-01'], 'search and ids must both hold')
    const thousand = Array.from({ length: 999 }, () => nowhere)
    t.match((await search({ ids: [...thousand, first] })).body, { total: 1 })
  })

  await t.test('takes a search that fits in no parameter', async (t) => {
    const terms = Array.from({ length: 400 }, (_, n) => `name = 'c-${String(n).padStart(2, '0')}'`)
    const long = terms.join(' or ')
    t.ok(long.length > 4096)
    isRefused(t, await call('GET', `clusters?search=${encodeURIComponent(long)}`), 'VAL-005', ['search'], '')
    t.match((await search({ search: long })).body, { total: 12 })
  })

  await t.test('walks by cursor, which belongs to search and ids', async (t) => {
    const ids = clusters.slice(0, 7).map(({ id }) => id)
    const seen: string[] = []
    let cursor = ''
    do {
      // The ids are a set.
      const { body } = await search({ ids: seen.length % 2 ? ids : [...ids].reverse(), size: 3, cursor })
      t.match(body, { page: 1, total: 7 })
      seen.push(...body.items.map(({ name }: Item) => name))
      cursor = body.next_cursor
    } while (cursor)
    t.strictSame(seen, ['c-06', 'c-05', 'c-04', 'c-03', 'c-02', 'c-01', 'c-00'])

    const { next_cursor: begun } = (await search({ ids, size: 3, cursor: '' })).body
    const others: [string, object][] = [
      ['other ids', { ids: ids.slice(1) }],
      ['no ids', {}],
      ['another search', { ids, search: "name = 'c-00'" }],
      ['another order', { ids, order: 'name' }],
    ]
    for (const [title, body] of others)
      isRefused(t, await search({ ...body, cursor: begun }), 'VAL-005', ['cursor'], title)
    const { next_cursor: common } = (await search({ size: 5, cursor: '' })).body
    const rest = await call('GET', `clusters?size=500&cursor=${common}`)
    t.equal(rest.body.size, 7, 'without ids, a walk goes on in the list')
  })

  await t.test('refuses what breaks a rule, with all violations', async (t) => {
    const refused: [object, string, string[]][] = [
      [{ serach: 'x', kind: 'Cluster' }, 'VAL-000', ['kind', 'serach']],
      [
        { search: 1, ids: 'x', order: [], fields: {}, size: '5', cursor: 3 },
        'VAL-000',
        ['cursor', 'fields', 'ids', 'order', 'search', 'size'],
      ],
      [{ page: '1' }, 'VAL-000', ['page']],
      [{ ids: Array(1001).fill(nowhere) }, 'VAL-000', ['ids']],
      [{ ids: [nowhere, 7, null] }, 'VAL-000', ['ids[1]', 'ids[2]']],
      [{ ids: ['a\0'], size: 0 }, 'VAL-000', ['ids[0]', 'size']],
      [{ size: 501, page: 0 }, 'VAL-000', ['page', 'size']],
      [{ fields: ['nmae'] }, 'VAL-000', ['fields[0]']],
      [{ fields: [] }, 'VAL-000', ['fields']],
      [{ search: `name = '${'x'.repeat(16384)}'` }, 'VAL-005', ['search']],
      [{ page: 2, cursor: '' }, 'VAL-005', ['cursor']],
      [{ search: 'name = x' }, 'VAL-005', ['search']],
      [{ order: 'nmae' }, 'VAL-005', ['order']],
      [{ order: 'generation', cursor: '' }, 'VAL-005', ['order']],
    ]
    for (const [body, code, fields] of refused)
      isRefused(t, await search(body), code, fields, JSON.stringify(body).slice(0, 80))
    isRefused(
      t,
      await call('POST', 'clusters/search?size=5', {}),
      'VAL-000',
      ['size'],
      'a parameter of the list',
    )
    for (const body of ['', '{', '\xff'])
      t.match(await search(body), { status: 400, body: { code: 'HYPERFLEET-VAL-006' } }, `body ${body}`)
    t.match(await search('[]'), { status: 400, body: { code: 'HYPERFLEET-VAL-000' } })
    const large = await search({ search: ' '.repeat(1024 * 1024) })
    t.match(large, { status: 413, body: { code: 'HYPERFLEET-VAL-010' } })
    const typed = await search('{}', { 'content-type': 'text/plain' })
    t.match(typed, { status: 415, body: { code: 'HYPERFLEET-VAL-011' } })
  })

  await t.test('is a read', async (t) => {
    const headers = { 'if-none-match': '*', 'if-match': '"1"', 'idempotency-key': 'k' }
    t.match(await search({ ids: [] }, headers), { status: 200 }, 'preconditions are ignored, as in the list')
    const put = await call('PUT', 'clusters/search', {})
    t.match(put, { status: 405, headers: { allow: 'DELETE, GET, HEAD, PATCH, POST' } })
    t.match(await call('GET', 'clusters/search'), { status: 404, body: { code: 'HYPERFLEET-NTF-001' } })
  })
})

t.test('searchNodePools and searchNodePoolsByClusterId', async (t) => {
  const { call } = await application(t)
  const [one, other] = (await createMany(call, 2)) as [Item, Item]
  const mine = await create(call, `clusters/${one.id}/nodepools`, 'NodePool', 'mine')
  const its = await create(call, `clusters/${other.id}/nodepools`, 'NodePool', 'its')
  const ids = [mine.id, its.id, one.id]
  const flat = await call('POST', 'nodepools/search', { ids, order: 'name' })
  t.match(flat.body, { kind: 'NodePoolList', total: 2 })
  t.strictSame(namesOf(flat), ['its', 'mine'], 'of the kind only')
  const nested = await call('POST', `clusters/${one.id}/nodepools/search`, { ids })
  t.strictSame(namesOf(nested), ['mine'], 'of the parent only')
  const missing = await call('POST', `clusters/${nowhere}/nodepools/search`, { ids })
  t.match(missing, { status: 404, body: { code: 'HYPERFLEET-NTF-001' } })
})

t.test('searchResources, and kinds of the configuration', async (t) => {
  const entities = [
    { kind: 'Site', plural: 'sites', references: [{ ref_type: 'peers', target_kind: 'Site' }] },
    { kind: 'Hall', plural: 'halls', parent_kind: 'Site', on_parent_delete: 'cascade' },
  ]
  const { call } = await application(t, { HYPERFLEET_ENTITIES: JSON.stringify(entities) })
  const site = await create(call, 'sites', 'Site', 'site-one')
  const references = { peers: [{ id: site.id, kind: 'Site' }] }
  const peer = await create(call, 'sites', 'Site', 'site-two', { references })
  const hall = await create(call, `sites/${site.id}/halls`, 'Hall', 'hall-one')
  const ids = [site.id, peer.id, hall.id]
  const found = async (path: string) => namesOf(await call('POST', path, { ids, order: 'name' }))
  t.strictSame(await found('sites/search'), ['site-one', 'site-two'])
  t.strictSame(await found('halls/search'), ['hall-one'])
  t.strictSame(await found(`sites/${peer.id}/halls/search`), [])
  t.strictSame(await found('resources/search'), ['hall-one', 'site-one', 'site-two'])
  t.strictSame(await found('resources/search?kind=Hall'), ['hall-one'])
  t.strictSame(await found('resources/search?tenancy=none'), ['hall-one', 'site-one', 'site-two'])
  t.strictSame(await found(`sites/search?ref_type=peers&ref_target_id=${site.id}`), ['site-two'])
  const typed = `resources/search?kind=Site&ref_type=peers&ref_target_id=${site.id}`
  t.strictSame(await found(typed), ['site-two'])
  const refused: [string, string][] = [
    ['resources/search?kind=Shop', 'kind'],
    [`resources/search?kind=Hall&ref_type=peers&ref_target_id=${site.id}`, 'ref_type'],
    ['sites/search?kind=Site', 'kind'],
  ]
  for (const [path, field] of refused) isRefused(t, await call('POST', path, {}), 'VAL-000', [field], path)
})

t.test('tenants find none of another, whatever ids they ask for', async (t) => {
  const env = {
    HYPERFLEET_SERVER_TENANT_ENABLED: 'true',
    HYPERFLEET_SERVER_TENANT_SYSTEM_HEADER: 'X-System',
    HYPERFLEET_SERVER_TENANT_DIMENSIONS: JSON.stringify([{ key: 'org', header: 'X-Org', required: true }]),
  }
  const { call } = await application(t, env)
  const as = (org: string) => (method: string, path: string, body?: unknown) =>
    call(method, path, body, { 'x-org': org })
  const mine = await createMany(as('a') as Call, 3)
  const theirs = await createMany(as('b') as Call, 3)
  const ids = [...mine, ...theirs].map(({ id }) => id)
  const asked = { ids, order: 'name', size: 2, cursor: '' }
  const own = await as('a')('POST', 'clusters/search', asked)
  t.match(own.body, { total: 3, size: 2 })
  const foreign = await as('a')('POST', 'clusters/search', { ids: theirs.map(({ id }) => id) })
  const none = await as('a')('POST', 'clusters/search', { ids: theirs.map(() => nowhere) })
  t.equal(foreign.text, none.text, 'foreign ids are answered like ids of nothing')
  const carried = await as('b')('POST', 'clusters/search', { ...asked, cursor: own.body.next_cursor })
  isRefused(t, carried, 'VAL-005', ['cursor'], 'a cursor of another tenant')
  const all = await call('POST', 'clusters/search', { ids }, { 'x-system': 'true' })
  t.equal(all.body.total, 6, 'a system caller reads all')
  t.match(await call('POST', 'clusters/search', { ids }), { status: 403 })
})

t.test('who may list may search', async (t) => {
  const rules = [
    {
      name: 'readers',
      effect: 'allow',
      verbs: ['list'],
      kinds: ['Cluster'],
      when: "caller.identity == 'reader'",
    },
    { name: 'writers', effect: 'allow', verbs: ['create', 'get'], kinds: ['*'] },
  ]
  const issuer = await createIssuer(t)
  const { call } = await application(t, {
    ...trusting({ issuer_url: issuer.url, jwk_cert_url: issuer.url }),
    HYPERFLEET_SERVER_AUTHORIZATION_RULES: JSON.stringify(rules),
    HYPERFLEET_SERVER_RATE_LIMIT_REQUESTS: '4',
  })
  const reader = bearer(await issuer.token('first', { email: 'reader' }))
  const writer = bearer(await issuer.token('first', { email: 'writer' }))
  const unnamed = bearer(await issuer.token('first', { email: undefined }))
  const search = (path: string, headers = {}) => call('POST', path, {}, headers)
  t.match(await search('clusters/search'), { status: 401 })
  t.match(await search('clusters/search', reader), { status: 200 })
  t.match(await search('resources/search?kind=Cluster', reader), { status: 200 })
  t.match(await search('resources/search', reader), { status: 403, body: { code: 'HYPERFLEET-AUZ-001' } })
  t.match(await search('nodepools/search', reader), { status: 403 })
  t.match(await search('clusters/search', reader), { status: 429, body: { code: 'HYPERFLEET-LMT-001' } })
  const denied = await call('POST', 'clusters/search', '{', writer)
  t.match(denied, { status: 403 }, 'before the body is judged')
  t.match(
    await search('clusters/search', unnamed),
    { status: 403 },
    'a token without a caller reads, as in a list',
  )
})

t.test('QUERY on a collection', async (t) => {
  const { app, call } = await application(t)
  const clusters = await createMany(call, 3)
  const allowed = `GET, HEAD, POST${hasQueryMethod ? ', QUERY' : ''}`
  t.match(await call('PUT', 'clusters', {}), { status: 405, headers: { allow: allowed } })
  // To a Node.js without the method, such a request is no HTTP.
  if (!hasQueryMethod) return
  const address = await app.listen({ host: '127.0.0.1', port: 0 })
  const query = async (path: string, body: unknown, headers = {}) => {
    const response = await fetch(`${address}${base}/${path}`, {
      method: 'QUERY',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    })
    const { status } = response
    return { status, text: await response.text(), allow: response.headers.get('allow') }
  }
  for (const path of ['clusters', 'nodepools', 'resources', `clusters/${clusters[0]?.id}/nodepools`]) {
    const body = { ids: [clusters[1]?.id], fields: ['name'] }
    const posted = await call('POST', `${path}/search`, body)
    t.match(await query(path, body), { status: 200, text: posted.text }, path)
  }
  const ofKind = await call('POST', 'resources/search?kind=Cluster', {})
  t.match(await query('resources?kind=Cluster', {}), { status: 200, text: ofKind.text }, 'with a parameter')
  t.match(await query('clusters', { serach: 1 }), { status: 400 })
  t.match(await query('clusters', {}, { 'content-type': 'text/plain' }), { status: 415 })
  const untyped = await fetch(`${address}${base}/clusters`, { method: 'QUERY' })
  t.match(await untyped.json(), { status: 400, code: 'HYPERFLEET-VAL-006' })
  const wrong = await query(`clusters/${clusters[0]?.id}`, {})
  t.match(wrong, { status: 405, allow: 'DELETE, GET, HEAD, PATCH' })
})
