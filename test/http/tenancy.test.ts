import t, { type Test } from 'tap'
import { loadDocument } from '../../server/openapi/document.ts'
import { operationsOf } from '../../server/openapi/operations.ts'
import { type Answer, type Application, application, base, report } from '../application.ts'
import { testConfig } from '../databases.ts'
import { createIssuer, trusting } from '../issuers.ts'
import { openSession } from '../sessions.ts'

const dimensions = [
  { key: 'org', header: 'X-HyperFleet-Org', required: true },
  { key: 'project', header: 'X-HyperFleet-Project' },
]
const kinds = [
  {
    kind: 'Cluster',
    required_adapters: ['validation'],
    references: [{ ref_type: 'peers', target_kind: 'Cluster' }],
  },
  { kind: 'Site', plural: 'sites' },
  { kind: 'Hall', plural: 'halls', parent_kind: 'Site', on_parent_delete: 'cascade' },
]
const env = {
  HYPERFLEET_ENTITIES: JSON.stringify(kinds),
  HYPERFLEET_CLUSTER_ADAPTERS: '["validation"]',
  HYPERFLEET_SERVER_TENANT_ENABLED: 'true',
  HYPERFLEET_SERVER_TENANT_SYSTEM_HEADER: 'X-HyperFleet-System',
  HYPERFLEET_SERVER_TENANT_DIMENSIONS: JSON.stringify(dimensions),
}
const system = { 'x-hyperfleet-system': 'true' }
const tenant = (org: string, project?: string) => ({
  'x-hyperfleet-org': org,
  ...(project && { 'x-hyperfleet-project': project }),
})
const NOWHERE = ['019ad2a5-7d3c-7cc0-8f2e-3c1f5e0a9b11', '019ad2a5-7d3c-7cc0-8f2e-3c1f5e0a9b12']

type Call = Application['call']

let names = 0
const named = (kind: string, more: object = {}) => ({ kind, name: `n-${++names}`, spec: {}, ...more })

/** The requests of one caller. */
const as =
  (call: Call, caller: Record<string, string>) =>
  (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    call(method, path, body, { ...caller, ...headers })

const made = async (t: Test, answer: Promise<Answer>) => {
  const { status, text, body } = await answer
  t.equal(status, 201, text)
  return body
}

function isDenied(t: Test, { status, body, headers }: Answer, detail: RegExp, title: string) {
  t.match({ status, body }, { status: 403, body: { code: 'HYPERFLEET-AUZ-001', detail } }, title)
  t.match(headers.vary, /authorization, x-hyperfleet-system, x-hyperfleet-org, x-hyperfleet-project/, title)
}

t.test('who has no tenancy is refused', async (t) => {
  const { call } = await application(t, env)
  const get = (headers: Record<string, string>) => call('GET', 'clusters', undefined, headers)
  const denied: [Record<string, string>, RegExp][] = [
    [{}, /^The header X-HyperFleet-Org is missing$/],
    [tenant(' '), /X-HyperFleet-Org is missing/],
    [{ 'x-hyperfleet-project': 'web' }, /X-HyperFleet-Org is missing/],
    [tenant('a b'), /^The header X-HyperFleet-Org must be 1 to 63 letters/],
    [tenant('é'), /X-HyperFleet-Org must be/],
    [tenant('a'.repeat(64)), /X-HyperFleet-Org must be/],
    [tenant('acme', 'a/b'), /X-HyperFleet-Project must be/],
    [{ 'x-hyperfleet-system': 'yes' }, /X-HyperFleet-Org is missing/],
    [{ 'x-hyperfleet-system': '<nil>' }, /X-HyperFleet-Org is missing/],
    [{ 'x-hyperfleet-system': '\u00a0true' }, /X-HyperFleet-Org is missing/],
    [tenant('acme\u00a0'), /X-HyperFleet-Org must be/],
  ]
  for (const [headers, detail] of denied) isDenied(t, await get(headers), detail, JSON.stringify(headers))
  const allowed = [tenant('acme'), tenant(' acme '), tenant('A.c-m_3', 'x'.repeat(63)), system]
  for (const headers of [...allowed, { ...system, ...tenant('a b') }, { 'x-hyperfleet-system': ' TRUE ' }])
    t.equal((await get(headers)).status, 200, JSON.stringify(headers))
  for (const path of ['openapi', '/errors/permission-denied', '/api/hyperfleet'])
    t.equal((await call('GET', path)).status, 200, path)
})

t.test('one header with all dimensions', async (t) => {
  const { call } = await application(t, {
    ...env,
    HYPERFLEET_SERVER_TENANT_HEADER: 'X-Tenancy',
    HYPERFLEET_SERVER_TENANT_DIMENSIONS: JSON.stringify([{ key: 'org', required: true }, { key: 'project' }]),
  })
  const get = (value: string) => call('GET', 'clusters', undefined, { 'x-tenancy': value })
  const denied: [string, RegExp][] = [
    ['', /^The dimension org of the header X-Tenancy is missing$/],
    ['{}', /dimension org of the header X-Tenancy is missing/],
    ['{"org":', /^The header X-Tenancy must be a JSON object of texts$/],
    ['["acme"]', /must be a JSON object/],
    ['null', /must be a JSON object/],
    ['{"org":5}', /must be 1 to 63 letters/],
    ['{"org":"acme","team":"a"}', /has a member that is no dimension/],
    ['<nil>', /must be a JSON object/],
  ]
  for (const [value, detail] of denied) {
    const { status, body } = await get(value)
    t.match({ status, body }, { status: 403, body: { code: 'HYPERFLEET-AUZ-001', detail } }, value)
  }
  const acme = as(call, { 'x-tenancy': '{"project":"web","org":"acme"}' })
  const { tenancy } = await made(t, acme('POST', 'clusters', named('Cluster')))
  t.strictSame(tenancy, { org: 'acme', project: 'web' })
})

t.test('dimensions and system callers by the claims of tokens', async (t) => {
  const issuer = await createIssuer(t)
  const { call } = await application(t, {
    ...env,
    ...trusting({ issuer_url: issuer.url, jwk_cert_url: issuer.url }),
    HYPERFLEET_SERVER_TENANT_SYSTEM_CLAIM: 'fleet_system',
    HYPERFLEET_SERVER_TENANT_DIMENSIONS: JSON.stringify([
      { key: 'org', header: 'X-HyperFleet-Org', claim: 'org_id', required: true },
    ]),
  })
  const by = async (claims: Record<string, unknown>, headers: Record<string, string> = {}) =>
    as(call, { authorization: `Bearer ${await issuer.token('first', claims)}`, ...headers })
  const acme = await by({ org_id: 'acme' })
  const { id, tenancy } = await made(t, acme('POST', 'clusters', named('Cluster')))
  t.strictSame(tenancy, { org: 'acme' })
  const other = await by({ org_id: 'other' })
  t.equal((await other('GET', `clusters/${id}`)).status, 404)
  const both = await by({ org_id: 'acme' }, tenant('acme'))
  t.equal((await both('GET', `clusters/${id}`)).status, 200)
  const pretends = await by({ org_id: 'other' }, tenant('acme'))
  t.match(await pretends('GET', `clusters/${id}`), {
    status: 403,
    body: {
      detail: /^The header X-HyperFleet-Org differs: the claim org_id of the token has another value$/,
    },
  })
  const poller = await by({ fleet_system: true })
  t.equal((await poller('GET', `clusters/${id}`)).status, 200)
  for (const claim of ['no', ['true'], { toString: 1 }, 1])
    t.equal((await (await by({ fleet_system: claim }))('GET', 'clusters')).status, 403, JSON.stringify(claim))
  const odd = await by({ org_id: ['acme'] })
  t.match(await odd('GET', 'clusters'), {
    status: 403,
    body: { detail: /^The claim org_id of the token must be 1 to 63/ },
  })
})

/** Replaces what differs between any two answers: ids by their place, times, trace and request ids. */
function shapeOf({ status, headers, text }: Answer, ids: string[]) {
  const { date, 'x-request-id': request, ...kept } = headers
  let shape = text
  ids.forEach((id, place) => {
    shape = shape.replaceAll(id, `<id ${place}>`)
  })
  return {
    status,
    headers: kept,
    text: shape
      .replace(/"timestamp":"[^"]*"/, '"timestamp":""')
      .replace(/"trace_id":"[^"]*"/, '"trace_id":""'),
  }
}

t.test('in every operation, a resource of another tenant is answered like none', async (t) => {
  const { call } = await application(t, env)
  const [theirs, ours] = [as(call, tenant('theirs')), as(call, tenant('ours'))]
  const document = loadDocument(testConfig('postgres://', env))
  const kindOf = new Map(Object.entries(document['x-kinds']).map(([kind, { plural }]) => [plural, kind]))

  /** A resource of each kind, of another tenant, marked or not; and one of our own for parents. */
  const create = async (by: ReturnType<typeof as>, isMarked: boolean) => {
    const ids: Record<string, string> = {}
    const cluster = await made(t, by('POST', 'clusters', named('Cluster')))
    await by('PUT', `clusters/${cluster.id}/statuses`, report('validation', 1, 'True', 1))
    const pool = await made(t, by('POST', `clusters/${cluster.id}/nodepools`, named('NodePool')))
    const site = await made(t, by('POST', 'sites', named('Site')))
    const hall = await made(t, by('POST', `sites/${site.id}/halls`, named('Hall')))
    if (isMarked) await by('DELETE', `clusters/${cluster.id}`)
    Object.assign(ids, { clusters: cluster.id, nodepools: pool.id, sites: site.id, halls: hall.id })
    return { ...ids, resources: cluster.id } as Record<string, string>
  }
  const own = await create(ours, false)
  let compared = 0
  for (const isMarked of [false, true])
    for (const { method, path, operation } of operationsOf(document)) {
      const { 'x-operation': name, 'x-kind': kind, operationId } = operation
      const segments = path.replace('{generation}', '1').split('/')
      const places = segments.flatMap((segment, at) => (segment.startsWith('{') ? [at] : []))
      if (!kind || !places.length || !places.every((at) => segments[at - 1] !== 'schemas')) continue
      // All of a path foreign; and below our own parent, the last of it.
      for (const kept of places.length > 1 ? [0, 1] : [0]) {
        const theirIds = await create(theirs, isMarked)
        const filled = (idOf: (plural: string, place: number) => string) => {
          const ids: string[] = []
          const full = segments.map((segment, at) => {
            const place = places.indexOf(at)
            if (place < 0) return segment
            const plural = segments[at - 1] ?? ''
            const id = place < kept ? own[plural] : idOf(plural, place)
            ids[place] = id ?? ''
            return id
          })
          return { ids, path: full.join('/') }
        }
        const created = kindOf.get(segments.at(-1) ?? '') ?? 'Cluster'
        const bodies: Record<string, unknown[]> = {
          'resources.create': [named(created), named(created), '{"spec"', {}],
          'resources.patch': [{ labels: { a: 'b' } }, {}, '{', { generation: 9, spec: {} }],
          'resources.force_delete': [{ reason: 'x' }, {}],
          'reports.put': [report('validation', 1, 'True', 2), {}, '{', report('validation', 9, 'True', 2)],
          'reports.create': [report('validation', 1, 'False', 2), {}],
          'reports.preview': [report('validation', 1, 'False', 2), {}],
        }
        const headers: Record<string, string>[] = [
          {},
          method === 'GET' ? { 'if-none-match': '*' } : {},
          ['PATCH', 'DELETE'].includes(method) ? { 'if-match': '"1"' } : {},
        ]
        const queries =
          method === 'GET' ? ['', '?fields=name', '?size=0', '?search=x'] : ['', '?dry_run=true']
        for (const body of bodies[name] ?? [undefined])
          for (const header of new Set(headers.map((each) => JSON.stringify(each))))
            for (const query of queries) {
              const ask = async ({ ids, path }: ReturnType<typeof filled>) =>
                shapeOf(await ours(method, `${path}${query}`, body, JSON.parse(header)), ids)
              const foreign = await ask(filled((plural) => theirIds[plural] ?? ''))
              const none = await ask(filled((_, place) => NOWHERE[place] ?? ''))
              t.strictSame(foreign, none, `${operationId} ${query} ${header} ${JSON.stringify(body)}`)
              compared++
            }
      }
    }
  t.ok(compared > 300, `${compared} pairs of answers`)
  const { body } = await theirs('GET', 'clusters?size=1')
  t.ok(body.total > 10, 'and nothing of theirs has changed')
})

t.test('what a resource gets, and who sees it', async (t) => {
  const { call, url } = await application(t, env)
  const [org, web, shop] = [
    as(call, tenant('acme')),
    as(call, tenant('acme', 'web')),
    as(call, tenant('acme', 'shop')),
  ]
  const [other, everything] = [as(call, tenant('other')), as(call, system)]

  const ofOrg = await made(t, org('POST', 'clusters', { ...named('Cluster'), tenancy: { org: 'other' } }))
  t.strictSame(ofOrg.tenancy, { org: 'acme' }, 'its own, not what the body says')
  const ofWeb = await made(t, web('POST', 'clusters', named('Cluster')))
  t.strictSame(ofWeb.tenancy, { org: 'acme', project: 'web' })
  const seen: [string, ReturnType<typeof as>, object[]][] = [
    ['the organization sees its projects', org, [ofWeb, ofOrg]],
    ['a project sees its own', web, [ofWeb]],
    ['not those of another project, and none without', shop, []],
    ['nothing of another organization', other, []],
    ['a system caller sees everything', everything, [ofWeb, ofOrg]],
  ]
  for (const [title, by, expected] of seen) {
    const { body } = await by('GET', 'clusters')
    t.strictSame(body.items, expected, title)
    t.equal(body.total, expected.length, `${title}: total`)
    const any = await by('GET', 'resources')
    t.same(any.body.total, expected.length, `${title}: of any kind`)
    for (const search of ["name like 'n-%'", "labels.a is null and kind = 'Cluster'"])
      t.equal(
        (await by('GET', `clusters?search=${encodeURIComponent(search)}`)).body.total,
        expected.length,
        `${title}: ${search}`,
      )
  }

  const pool = await made(t, org('POST', `clusters/${ofWeb.id}/nodepools`, named('NodePool')))
  t.strictSame(pool.tenancy, ofWeb.tenancy, 'a child has the tenancy of its parent')
  t.equal((await web('GET', `nodepools/${pool.id}`)).status, 200)

  t.match(
    await org('PATCH', ofOrg.href, { tenancy: { org: 'other' } }),
    { status: 400 },
    'it cannot be changed',
  )
  t.strictSame((await org('GET', `${ofOrg.href}?fields=tenancy`)).body, {
    id: ofOrg.id,
    tenancy: { org: 'acme' },
  })

  const session = await openSession(t, url)
  const { rows } = await session.query(
    `select tenant, tenancy, sum(count)::int as count from resource_counts where kind = 'Cluster' and tenant <> ''
     group by tenant, tenancy order by length(tenancy::text)`,
  )
  t.strictSame(rows, [
    { tenant: 'org=acme', tenancy: { org: 'acme' }, count: 1 },
    { tenant: 'org=acme', tenancy: { org: 'acme', project: 'web' }, count: 1 },
  ])
})

t.test('names, keys and cursors are those of a tenancy', async (t) => {
  const { call } = await application(t, env)
  const [acme, other] = [as(call, tenant('acme')), as(call, tenant('other'))]
  const body = { kind: 'Cluster', name: 'the-same', spec: {} }
  const key = { 'idempotency-key': 'one' }
  const first = await acme('POST', 'clusters', body, key)
  const second = await other('POST', 'clusters', body, key)
  t.equal(first.status, 201)
  t.equal(second.status, 201, 'the name is free, and the key is new')
  t.not(first.body.id, second.body.id)
  t.strictSame((await acme('POST', 'clusters', body, key)).text, first.text, 'each gets its own answer again')
  t.equal((await acme('POST', 'clusters', body)).status, 409)
  t.match(
    await as(call, tenant('acme', 'web'))('POST', 'clusters', body),
    { status: 201 },
    'names are unique by the whole tenancy',
  )

  await acme('POST', 'clusters', named('Cluster'))
  const page = await acme('GET', 'clusters?cursor=&size=1')
  const cursor = encodeURIComponent(page.body.next_cursor)
  t.equal((await acme('GET', `clusters?size=1&cursor=${cursor}`)).status, 200)
  t.equal((await other('GET', `clusters?size=1&cursor=${cursor}`)).status, 400, 'a cursor of another tenant')
  t.equal((await as(call, system)('GET', `clusters?size=1&cursor=${cursor}`)).status, 400)
})

t.test('references to other tenants', async (t) => {
  const { call } = await application(t, env)
  const [acme, other, web] = [
    as(call, tenant('acme')),
    as(call, tenant('other')),
    as(call, tenant('acme', 'web')),
  ]
  const target = await made(t, other('POST', 'clusters', named('Cluster')))
  const to = ({ id }: { id: string }) => ({ references: { peers: [{ id, kind: 'Cluster' }] } })
  const refused = await acme('POST', 'clusters', { ...named('Cluster'), ...to(target) })
  const none = await acme('POST', 'clusters', { ...named('Cluster'), ...to({ id: NOWHERE[0] as string }) })
  t.equal(refused.status, 400)
  t.strictSame(shapeOf(refused, [target.id]), shapeOf(none, [NOWHERE[0] as string]))

  // What a resource refers to already can be sent again, also by a caller who cannot see the target.
  const shop = await made(t, as(call, tenant('acme', 'shop'))('POST', 'clusters', named('Cluster')))
  const own = await made(t, web('POST', 'clusters', named('Cluster')))
  t.equal((await acme('PATCH', own.href, to(shop))).status, 200)
  const read = (await web('GET', own.href)).body
  t.equal((await web('PATCH', own.href, { references: read.references, labels: { a: 'b' } })).status, 200)
  for (const [by, total] of [
    [web, 0],
    [acme, 1],
  ] as const)
    t.match(
      (await by('GET', `${own.href}/explain`)).text,
      `"references": {"total": ${total}`,
      'of what it refers to',
    )
  t.equal((await web('PATCH', own.href, { references: {} })).status, 200)
  t.equal(
    (await web('PATCH', own.href, { references: read.references })).status,
    400,
    'but not once it is given up',
  )

  // The organization refers from outside of the project to a cluster of it.
  const ofWeb = await made(t, web('POST', 'clusters', named('Cluster')))
  const ofOrg = await made(t, acme('POST', 'clusters', { ...named('Cluster'), ...to(ofWeb) }))
  const held = await web('DELETE', ofWeb.href)
  t.equal(held.status, 409)
  t.notMatch(held.text, ofOrg.name, 'the project does not learn by whom')
  t.match(held.body.detail, /resources beyond the tenancy of the caller refer to it$/)
  t.match((await acme('DELETE', ofWeb.href)).body.detail, `Cluster "${ofOrg.name}"`)
})

t.test('a system caller reads and reports, and changes no resource', async (t) => {
  const { call } = await application(t, env)
  const [acme, everything] = [as(call, tenant('acme')), as(call, system)]
  const cluster = await made(t, acme('POST', 'clusters', named('Cluster')))
  const denied: [string, string, unknown][] = [
    ['POST', 'clusters', named('Cluster')],
    ['POST', 'resources', named('Cluster')],
    ['POST', `clusters/${cluster.id}/nodepools`, named('NodePool')],
    ['PATCH', cluster.href, { spec: { a: 1 } }],
    ['PATCH', `resources/${cluster.id}`, { spec: { a: 1 } }],
    ['PATCH', `clusters/${NOWHERE[0]}`, { spec: {} }],
    ['DELETE', cluster.href, undefined],
    ['POST', `clusters/${cluster.id}/force-delete`, { reason: 'x' }],
  ]
  for (const [method, path, body] of denied)
    isDenied(
      t,
      await everything(method, path, body),
      /^A system caller writes only reports/,
      `${method} ${path}`,
    )
  t.match(
    await everything('POST', `clusters/${NOWHERE[0]}/nodepools`, named('NodePool')),
    { status: 404, body: { detail: /^Cluster/ } },
    'of a parent that is not there, that is said first',
  )
  t.equal((await everything('POST', 'clusters', {})).status, 400, 'a bad body is said first')
  const reported = await everything('PUT', `${cluster.href}/statuses`, report('validation', 1, 'True', 1))
  t.equal(reported.status, 200)
  t.match((await everything('GET', cluster.href)).body.status.conditions, [{ status: 'True' }])
  t.equal((await everything('GET', `${cluster.href}/explain`)).status, 200)
  t.equal((await acme('GET', cluster.href)).status, 200, 'it is still there')
})

t.test('without tenants, nothing looks at headers', async (t) => {
  const { call } = await application(t, { HYPERFLEET_CLUSTER_ADAPTERS: '[]' })
  const cluster = await made(t, as(call, tenant('acme'))('POST', 'clusters', named('Cluster')))
  t.strictSame(cluster.tenancy, {})
  const answer = await as(call, tenant('other'))('GET', `${base}/clusters/${cluster.id}`)
  t.equal(answer.status, 200)
  t.equal(answer.headers.vary, 'accept-encoding')
})
