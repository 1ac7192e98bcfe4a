import t, { type Test } from 'tap'
import { resourceFields } from '../../search/fields.ts'
import { scoped, selectSummary } from '../../search/selection.ts'
import { type Answer, type Application, application, report } from '../application.ts'
import { execute } from '../databases.ts'
import { bearer, createIssuer, trusting } from '../issuers.ts'

type Call = Application['call']
type Counts = Record<string, Record<string, number>>

const summaryOf = (parameters: Record<string, string>) => `summary?${new URLSearchParams(parameters)}`

let names = 0
const create = async (call: Call, more: object, path = 'clusters', kind = 'Cluster') => {
  const { status, body, text } = await call('POST', path, { kind, name: `s-${++names}`, spec: {}, ...more })
  if (status !== 201) throw new Error(text)
  return body as { id: string }
}

const isRefused = (t: Test, { status, body }: Answer, code: string, field: string) =>
  t.match({ status, body }, { status: 400, body: { code: `HYPERFLEET-${code}`, errors: [{ field }] } }, field)

t.test('getSummary', async (t) => {
  const { call } = await application(t, { HYPERFLEET_CLUSTER_ADAPTERS: '["validation"]' })
  t.matchOnly((await call('GET', 'summary')).body, { kind: 'Summary', total: 0, conditions: {} })
  const clusters = [
    await create(call, { labels: { region: 'us' }, spec: { size: 3, zone: { name: 'a' } } }),
    await create(call, { labels: { region: 'us' }, spec: { size: '3', zone: { name: 'b' } } }),
    await create(call, { labels: { region: 'eu', 'example.com/tier': 'x' }, spec: { zone: ['c'] } }),
    await create(call, { spec: { size: null, zone: { name: 'z'.repeat(300) } } }),
    await create(call, { spec: { zone: { name: `${'z'.repeat(299)}y` } } }),
  ]
  for (const [index, available] of ['True', 'False', 'True'].entries())
    await call('PUT', `clusters/${clusters[index]?.id}/statuses`, report('validation', 1, available, 1))
  await create(call, { labels: { region: 'us' } }, `clusters/${clusters[0]?.id}/nodepools`, 'NodePool')

  /** The counts by a condition of all that a list has. */
  const counted = async (path: string, matches: (item: { labels: Record<string, string> }) => boolean) => {
    const counts: Counts = {}
    for (const item of (await call('GET', path)).body.items.filter(matches))
      for (const { type, status } of item.status.conditions) {
        const of = counts[type] ?? {}
        counts[type] = of
        of[status] = (of[status] ?? 0) + 1
      }
    return counts
  }

  await t.test('counts each status of each condition', async (t) => {
    const { body, headers } = await call('GET', 'summary?kind=Cluster')
    const conditions = await counted('clusters', () => true)
    t.matchOnly(body, { kind: 'Summary', total: 5, conditions })
    t.match(conditions.Reconciled, { True: 2, False: 3 })
    t.strictSame((await call('GET', 'summary?kind=Cluster&group_by=condition')).body, body)
    t.ok(headers['hyperfleet-token'])
    t.match((await call('GET', 'summary')).body, { total: 6 }, 'of all kinds')
    t.match((await call('GET', 'summary?kind=NodePool')).body, { total: 1 })
  })

  await t.test('by the values of a label, the largest group first', async (t) => {
    const { body } = await call('GET', 'summary?kind=Cluster&group_by=labels.region')
    const of = (value?: string) => counted('clusters', ({ labels }) => labels.region === value)
    t.strictSame(body.groups, [
      { value: 'us', total: 2, conditions: await of('us') },
      { total: 2, conditions: await of(undefined) },
      { value: 'eu', total: 1, conditions: await of('eu') },
    ])
    t.strictSame(body.conditions, await counted('clusters', () => true))
    t.match(body, { group_by: 'labels.region', total: 5, others: undefined })
    const { groups } = (await call('GET', summaryOf({ group_by: "labels['example.com/tier']" }))).body
    t.match(groups, [{ total: 5 }, { value: 'x', total: 1 }])
  })

  await t.test('by the values of a member of the spec, as texts', async (t) => {
    const groupsOf = async (group_by: string) =>
      (await call('GET', summaryOf({ kind: 'Cluster', group_by }))).body.groups.map(
        ({ value, total }: { value?: string; total: number }) => [value, total],
      )
    t.strictSame(await groupsOf('spec.size'), [
      [undefined, 3],
      ['3', 2],
    ])
    t.strictSame(await groupsOf("spec.zone['name']"), [
      ['z'.repeat(256), 2],
      ['a', 1],
      ['b', 1],
      [undefined, 1],
    ])
    t.strictSame((await groupsOf('spec.zone'))[1], ['["c"]', 1])
  })

  await t.test('of the resources that match a search', async (t) => {
    const search = "status.conditions.Reconciled = 'False' and labels.region is not null"
    const { body } = await call('GET', summaryOf({ kind: 'Cluster', group_by: 'labels.region', search }))
    t.match(body, { total: 1, groups: [{ value: 'us', total: 1 }] })
    t.match((await call('GET', summaryOf({ search: "name = 'nobody'", group_by: 'spec.size' }))).body, {
      total: 0,
      conditions: {},
      groups: [],
    })
  })

  await t.test('refuses other fields', async (t) => {
    for (const group_by of [
      'name',
      'labels',
      'spec',
      'status.conditions.Ready',
      'labels.a or',
      "'a'",
      'labels.',
      'x',
    ])
      isRefused(t, await call('GET', summaryOf({ group_by })), 'VAL-005', 'group_by')
    isRefused(
      t,
      await call('GET', summaryOf({ group_by: `labels.${'x'.repeat(1024)}` })),
      'VAL-005',
      'group_by',
    )
    isRefused(t, await call('GET', 'summary?search=name+%3D+x'), 'VAL-005', 'search')
    isRefused(t, await call('GET', 'summary?kind=Shop'), 'VAL-000', 'kind')
    isRefused(t, await call('GET', 'summary?groupBy=labels.a'), 'VAL-000', 'groupBy')
    t.match(await call('POST', 'summary', {}), { status: 405, headers: { allow: 'GET, HEAD' } })
  })
})

t.test('of more than 1,000 groups, the others are one', async (t) => {
  const { call, url } = await application(t)
  await create(call, {})
  await execute(
    url,
    `insert into resources select (jsonb_populate_record(resource, jsonb_build_object(
       'id', gen_random_uuid(), 'name', 'n-' || n, 'spec', jsonb_build_object('n', lpad((n / 2)::text, 4, '0'))
     ))).* from resources as resource cross join generate_series(0, 2399) as n where resource.spec = '{}'`,
  )
  const { body } = await call('GET', 'summary?kind=Cluster&group_by=spec.n')
  t.equal(body.total, 2401)
  t.equal(body.groups.length, 1000)
  t.match(body.groups.at(0), { value: '0000', total: 2 })
  t.match(body.groups.at(-1), { value: '0999', total: 2 })
  t.match(body.others, { groups: 201, total: 401, conditions: { Ready: { False: 401 } } })
})

t.test('conditions have the names that resources have', async (t) => {
  const { call } = await application(t, { HYPERFLEET_CONDITIONS_OLDER_NAMES: 'false' })
  await create(call, {})
  const { conditions } = (await call('GET', 'summary?kind=Cluster')).body
  t.strictSame(Object.keys(conditions), ['LastKnownReconciled', 'Reconciled'])
})

t.test('tenants count their own', async (t) => {
  const { call } = await application(t, {
    HYPERFLEET_SERVER_TENANT_ENABLED: 'true',
    HYPERFLEET_SERVER_TENANT_SYSTEM_HEADER: 'X-System',
    HYPERFLEET_SERVER_TENANT_DIMENSIONS: JSON.stringify([{ key: 'org', header: 'X-Org', required: true }]),
  })
  const as =
    (org: string): Call =>
    (method, path, body) =>
      call(method, path, body, { 'x-org': org })
  for (const region of ['us', 'us', 'eu']) await create(as('a'), { labels: { region } })
  await create(as('b'), { labels: { region: 'secret' } })
  for (const kind of ['', '&kind=Cluster']) {
    const { body } = await as('a')('GET', `summary?group_by=labels.region${kind}`)
    t.match(body, { total: 3, conditions: { Ready: { False: 3 } } })
    t.strictSame(
      body.groups.map(({ value }: { value: string }) => value),
      ['us', 'eu'],
    )
  }
  t.match((await as('c')('GET', 'summary')).body, { total: 0, conditions: {} })
  t.match((await call('GET', 'summary', undefined, { 'x-system': 'true' })).body, { total: 4 })
  t.match(await call('GET', 'summary'), { status: 403 })
  const tenants = scoped(selectSummary({}, resourceFields), {
    kind: 'Cluster',
    owner_id: null,
    tenant: 'org=a',
  })
  t.match(tenants, { unindexed: true, source: undefined }, 'no row of another tenant is read')
})

t.test('who may list may count', async (t) => {
  const rules = [
    {
      name: 'readers',
      effect: 'allow',
      verbs: ['list'],
      kinds: ['Cluster'],
      when: "caller.identity == 'reader'",
    },
  ]
  const issuer = await createIssuer(t)
  const { call } = await application(t, {
    ...trusting({ issuer_url: issuer.url, jwk_cert_url: issuer.url }),
    HYPERFLEET_SERVER_AUTHORIZATION_RULES: JSON.stringify(rules),
    HYPERFLEET_SERVER_RATE_LIMIT_REQUESTS: '3',
  })
  const reader = bearer(await issuer.token('first', { email: 'reader' }))
  const get = (path: string, headers = {}) => call('GET', path, undefined, headers)
  t.match(await get('summary'), { status: 401 })
  t.match(await get('summary?kind=Cluster', reader), { status: 200 })
  t.match(await get('summary?kind=NodePool', reader), { status: 403, body: { code: 'HYPERFLEET-AUZ-001' } })
  t.match(await get('summary', reader), { status: 403 }, 'of all kinds, each must be allowed')
  t.match(await get('summary?kind=Cluster', reader), { status: 429 })
  const other = bearer(await issuer.token('first', { email: 'other' }))
  t.match(await get('summary?kind=Cluster', other), { status: 403 })
})

t.test('a summary waits for a place unless an index narrows it down', (t) => {
  const system = { owner_id: null, tenant: '' }
  const isUnindexed = (kind: string | null, query: object) =>
    scoped(selectSummary(query, resourceFields), { ...system, kind }).unindexed
  t.equal(isUnindexed('Cluster', {}), true)
  t.equal(isUnindexed('Cluster', { group_by: 'labels.a' }), true)
  t.equal(isUnindexed('Cluster', { search: "spec.a = 'b'" }), true)
  t.equal(isUnindexed(null, { search: "labels.a = 'b'" }), true)
  t.equal(isUnindexed('Cluster', { search: "labels.a = 'b'" }), false)
  t.end()
})
