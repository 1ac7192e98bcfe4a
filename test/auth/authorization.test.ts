/** Rules of authorization that do not look at the resource, on a server with real tokens. */
import t from 'tap'
import { StartError } from '../../server/process/start-error.ts'
import { report } from '../application.ts'
import { createDatabase, testConfig } from '../databases.ts'
import { entities, environment, fresh, outcome, ruled } from './ruled.ts'

const nowhere = '019ad2a5-7d3c-7cc0-8f2e-3c1f5e0a9b11'

t.test('the first rule that matches decides, and none denies', async (t) => {
  const { as, log, metrics } = await ruled(
    t,
    `
- { name: no-force, effect: deny, verbs: [force-delete], kinds: ['*'], when: "!('root' in caller.groups)" }
- { name: operators, effect: allow, verbs: ['*'], kinds: ['*'], when: "'operators' in caller.groups" }
- { name: shelves, effect: allow, verbs: [get, list, create], kinds: [Shelf] }
- { name: readers, effect: allow, verbs: [get, list], kinds: [Cluster, NodePool], when: "caller.identity.endsWith('@example.com')" }
`,
  )
  const operator = await as({ groups: ['operators'] })
  const reader = await as({})
  const stranger = await as({ email: 'you@elsewhere.org' })
  const { body: cluster } = await operator('POST', 'clusters', fresh('Cluster'))
  const { body: pool } = await operator('POST', `clusters/${cluster.id}/nodepools`, fresh('NodePool'))

  await t.test('by verb, kind and caller', async (t) => {
    const requests: [string, string, object?][] = [
      ['GET', cluster.href],
      ['HEAD', cluster.href],
      ['GET', `${cluster.href}/explain`],
      ['GET', `${cluster.href}/statuses`],
      ['POST', `${cluster.href}/explain`, report('dns', 1, 'True', 1)],
      ['GET', 'clusters'],
      ['GET', pool.href],
      ['GET', `clusters/${cluster.id}/nodepools`],
      ['GET', `clusters/${cluster.id}/nodepools/${pool.id}`],
    ]
    for (const [method, path, body] of requests) {
      t.equal((await reader(method, path, body)).status, 200, `${method} ${path}`)
      if (method !== 'HEAD')
        t.equal(outcome(await stranger(method, path, body)), '403 AUZ-001', `${method} ${path}`)
    }
    const writes: [string, string, object?][] = [
      ['POST', 'clusters', fresh('Cluster')],
      ['PATCH', cluster.href, { labels: { a: 'b' } }],
      ['DELETE', cluster.href],
      ['POST', `${cluster.href}/force-delete`, { reason: 'test' }],
      ['PUT', `${cluster.href}/statuses`, report('dns', 1, 'True', 1)],
      ['POST', `${cluster.href}/statuses`, report('dns', 1, 'True', 1)],
      ['POST', `clusters/${cluster.id}/nodepools`, fresh('NodePool')],
      ['POST', 'nodepools', fresh('NodePool')],
      ['PATCH', pool.href, { labels: { a: 'b' } }],
    ]
    for (const [method, path, body] of writes) {
      t.equal(outcome(await reader(method, path, body)), '403 AUZ-001', `${method} ${path}`)
      const dry = await reader(method, `${path}?dry_run=true`, body)
      t.equal(outcome(dry), '403 AUZ-001', `a dry run of ${method} ${path}`)
      t.equal(dry.headers['hyperfleet-dry-run'], 'true')
    }
    t.equal((await stranger('POST', 'shelves', fresh('Shelf'))).status, 201)
    t.equal(outcome(await stranger('DELETE', 'shelves/x')), '403 AUZ-001')
    t.equal(outcome(await operator('PATCH', cluster.href, { labels: { a: 'b' } })), '200')
    t.equal(outcome(await operator('POST', `${cluster.href}/force-delete`, { reason: 'x' })), '403 AUZ-001')
    const root = await as({ groups: ['operators', 'root'] })
    t.equal(outcome(await root('POST', `${cluster.href}/force-delete`, { reason: 'x' })), '409 CNF-003')
  })

  await t.test('alike for resources that are there and for missing ones', async (t) => {
    for (const path of [cluster.href, `clusters/${nowhere}`]) {
      const answer = await stranger('GET', path)
      t.match(answer, {
        status: 403,
        body: {
          code: 'HYPERFLEET-AUZ-001',
          type: 'https://api.hyperfleet.io/errors/permission-denied',
          title: 'Permission Denied',
          detail: 'The caller has no permission for get on Cluster',
        },
      })
    }
    t.equal(outcome(await reader('GET', `clusters/${nowhere}`)), '404 NTF-001')
    t.equal(outcome(await reader('PATCH', `clusters/${nowhere}`, 'nonsense')), '403 AUZ-001')
  })

  await t.test('after 401, and before all that is wrong with the request', async (t) => {
    t.equal(outcome(await stranger('GET', 'clusters?nonsense=1')), '403 AUZ-001')
    t.equal(outcome(await reader('POST', 'clusters', '{')), '403 AUZ-001')
    t.equal(outcome(await reader('POST', 'clusters', fresh('Cluster'), { authorization: '' })), '401 AUT-001')
    t.equal(outcome(await reader('POST', 'clusters', 'x', { 'content-type': 'text/plain' })), '403 AUZ-001')
  })

  await t.test('not of operations without a resource', async (t) => {
    for (const path of ['schemas/Cluster', 'compatibility', '/api/hyperfleet'])
      t.equal((await stranger('GET', path)).status, 200, path)
  })

  await t.test('with a line in the log, and counted', async (t) => {
    const lines = log()
    t.match(
      lines.find(({ audit, verb }) => audit === 'denied' && verb === 'force-delete'),
      {
        level: 40,
        caller: 'me@example.com',
        issuer: /^http/,
        verb: 'force-delete',
        resource_type: 'cluster',
        resource_id: cluster.id,
        rule: 'no-force',
      },
    )
    t.match(
      lines.find(({ audit, verb }) => audit === 'denied' && verb === 'get'),
      { level: 30, caller: 'you@elsewhere.org', rule: null },
    )
    t.match(
      await metrics.registry.getSingleMetricAsString('hyperfleet_api_authorization_denied_total'),
      /verb="create".*\} [1-9]/,
    )
  })
})

t.test('an adapter reports only as itself', async (t) => {
  const { as } = await ruled(
    t,
    `
- { name: dns, effect: allow, verbs: [report], kinds: [Cluster], adapters: [dns], when: "caller.claims.azp == 'dns-adapter'" }
- { name: by-claim, effect: allow, verbs: [report], kinds: [Cluster], when: "has(caller.claims.adapter) && caller.claims.adapter == request.adapter" }
- { name: operators, effect: allow, verbs: [get, create], kinds: ['*'], when: "'operators' in caller.groups" }
`,
  )
  const operator = await as({ groups: ['operators'] })
  const { body: cluster } = await operator('POST', 'clusters', fresh('Cluster'))
  const dns = await as({ azp: 'dns-adapter' })
  const claimed = await as({ azp: 'x', adapter: 'validation' })
  for (const path of [cluster.href, `resources/${cluster.id}`]) {
    const put = (call: typeof dns, adapter: unknown) =>
      call('PUT', `${path}/statuses`, { ...report('dns', 1, 'True', 1), adapter })
    t.equal(outcome(await put(dns, 'dns')), '200', path)
    t.equal(
      outcome(await put(dns, 'validation')),
      path === cluster.href ? '403 AUZ-001' : '404 NTF-001',
      path,
    )
    t.equal(outcome(await put(claimed, 'validation')), '200')
    t.match(outcome(await put(claimed, 'dns')), /403|404/)
    for (const adapter of [undefined, null, 7, '', 'dns ', ['dns']])
      t.match(outcome(await put(dns, adapter)), /403|404/, JSON.stringify(adapter))
    t.equal(outcome(await put(operator, 'dns')), '403 AUZ-001', 'no rule could let this caller report')
  }
  t.equal(outcome(await dns('PUT', `clusters/${nowhere}/statuses`, '{')), '403 AUZ-001', 'of no adapter')
  t.equal(
    outcome(await dns('PUT', `clusters/${nowhere}/statuses`, report('dns', 1, 'True', 1))),
    '404 NTF-001',
  )
  t.equal(outcome(await dns('PUT', `clusters/${nowhere}/statuses`, report('x', 1, 'True', 1))), '403 AUZ-001')
})

t.test('on routes of any kind the kind of the resource counts', async (t) => {
  const { as } = await ruled(
    t,
    `
- { name: operators, effect: allow, verbs: ['*'], kinds: ['*'], when: "'operators' in caller.groups" }
- { name: shelves, effect: allow, verbs: ['*'], kinds: [Shelf] }
- { name: readers, effect: allow, verbs: [get, list], kinds: [Cluster], when: "'readers' in caller.groups" }
`,
  )
  const operator = await as({ groups: ['operators'] })
  const reader = await as({ groups: ['readers'] })
  const stranger = await as({})
  const { body: cluster } = await operator('POST', 'resources', fresh('Cluster'))
  const { body: shelf } = await stranger('POST', 'resources', fresh('Shelf'))
  t.equal((await stranger('GET', `resources/${shelf.id}`)).status, 200)
  const missing = await stranger('GET', `resources/${nowhere}`)
  t.match(missing, { status: 404, body: { detail: `Resource with id='${nowhere}' not found` } })
  for (const [method, rest, body] of [
    ['GET', ''],
    ['GET', '/explain'],
    ['GET', '/statuses'],
    ['PATCH', '', { labels: { a: 'b' } }],
    ['PATCH', '', { labels: 7 }],
    ['DELETE', ''],
    ['POST', '/force-delete', { reason: 'x' }],
    ['PUT', '/statuses', report('dns', 1, 'True', 1)],
    ['PUT', '/statuses', '{'],
  ] as [string, string, unknown?][]) {
    const [there, gone] = [
      await stranger(method, `resources/${cluster.id}${rest}`, body),
      await stranger(method, `resources/${nowhere}${rest}`, body),
    ]
    const shown = ({ status, body: { code, detail } }: typeof there, id: string) => ({
      status,
      code,
      detail: detail.replace(id, '…'),
    })
    t.strictSame(shown(there, cluster.id), shown(gone, nowhere), `${method} ${rest} of a cluster`)
    t.equal(there.status, 404, `${method} ${rest}`)
  }
  t.equal(
    outcome(await reader('DELETE', `resources/${cluster.id}`)),
    '403 AUZ-001',
    'a caller that may read it may know',
  )
  t.equal(outcome(await stranger('POST', 'resources', fresh('Cluster'))), '403 AUZ-001')
  t.equal(outcome(await stranger('POST', 'resources', fresh('Box'))), '403 AUZ-001')
  t.equal(outcome(await operator('POST', 'resources', fresh('Box'))), '422 VAL-000')
  t.equal(outcome(await stranger('POST', 'resources', { name: 'x' })), '403 AUZ-001')
  t.equal(outcome(await stranger('GET', 'resources?kind=Shelf')), '200')
  t.equal(outcome(await stranger('GET', 'resources?kind=Cluster')), '403 AUZ-001')
  for (const path of ['resources', 'resources?kind=', 'resources?kind=Shelf&kind=Cluster'])
    t.equal(outcome(await stranger('GET', path)), '403 AUZ-001', path)
  t.equal(outcome(await operator('GET', 'resources')), '200')
})

t.test('without rules everything is allowed, and without tokens rules see the system', async (t) => {
  const free = await ruled(t, '[]')
  t.equal((await (await free.as({}))('GET', 'clusters')).status, 200)
  const { call } = await ruled(
    t,
    `
- { name: system, effect: allow, verbs: [list], kinds: ['*'], when: "caller.identity == 'system@hyperfleet.local' && caller.claims == {} && caller.groups == [] && caller.issuer == '' && !caller.system && tenancy == {}" }
- { name: path, effect: allow, verbs: [get], kinds: ['*'], when: "request == {'verb': 'get', 'kind': 'Box', 'method': 'GET', 'path': '/api/hyperfleet/v1/shelves/a/boxes/b', 'id': 'b', 'owner_id': 'a', 'dry_run': 'false', 'adapter': ''}" }
`,
    { HYPERFLEET_SERVER_JWT_ENABLED: 'false' },
  )
  t.equal(outcome(await call('GET', 'clusters')), '200')
  t.equal(outcome(await call('GET', 'shelves/a/boxes/b?fields=id')), '404 NTF-001')
  t.equal(outcome(await call('GET', 'clusters/b')), '403 AUZ-001')
})

t.test('an expression that fails lets nobody in', async (t) => {
  const { as, log, metrics } = await ruled(
    t,
    `
- { name: admins, effect: allow, verbs: ['*'], kinds: ['*'], when: "caller.claims.admin == true" }
- { name: no-deletes, effect: deny, verbs: [delete], kinds: ['*'], when: "caller.claims.level < 3.0" }
- { name: long, effect: allow, verbs: [get], kinds: [Shelf], when: "caller.claims.list.all(a, caller.claims.list.all(b, a == b))" }
- { name: all, effect: allow, verbs: [list, delete], kinds: ['*'] }
- { name: text, effect: allow, verbs: [create], kinds: ['*'], when: "caller.identity" }
`,
  )
  const plain = await as({})
  t.equal(outcome(await plain('GET', 'clusters')), '200', 'an allow rule does not match')
  t.equal(outcome(await plain('DELETE', 'clusters/x')), '403 AUZ-001', 'a deny rule matches')
  t.equal(outcome(await (await as({ level: 5 }))('DELETE', 'clusters/x')), '404 NTF-001')
  t.equal(outcome(await (await as({ admin: true }))('DELETE', 'clusters/x')), '404 NTF-001')
  t.equal(outcome(await plain('POST', 'clusters', fresh('Cluster'))), '403 AUZ-001', 'no bool')
  const costly = await as({ list: Array(500).fill(1) })
  t.equal(outcome(await costly('GET', 'shelves/x')), '403 AUZ-001', 'an evaluation beyond its cost')
  const failures = log().filter(({ message }) => message === 'a rule of authorization could not be evaluated')
  t.strictSame(
    failures.map(({ rule }) => rule),
    ['admins', 'no-deletes', 'text', 'long'],
    'each is logged once in a minute',
  )
  t.notMatch(JSON.stringify(failures), /example\.com/, 'without values')
  t.match(
    await metrics.registry.getSingleMetricAsString('hyperfleet_api_authorization_errors_total'),
    /rule="no-deletes".*\} 1/,
  )
})

t.test('groups are those of the claim that is configured', async (t) => {
  const rules = "[{ name: a, effect: allow, verbs: [list], kinds: ['*'], when: \"'a' in caller.groups\" }]"
  const { as } = await ruled(t, rules, {
    HYPERFLEET_SERVER_AUTHORIZATION_GROUPS_CLAIM: 'https://example.com/groups',
  })
  for (const [claims, status] of [
    [{ 'https://example.com/groups': ['b', 'a'] }, 200],
    [{ 'https://example.com/groups': 'a' }, 200],
    [{ 'https://example.com/groups': [['a']] }, 403],
    [{ 'https://example.com/groups': { a: true } }, 403],
    [{ 'https://example.com/groups': 'ab' }, 403],
    [{ groups: ['a'] }, 403],
  ] as const)
    t.equal((await (await as(claims))('GET', 'clusters')).status, status, JSON.stringify(claims))
})

t.test('rules that are wrong stop the start, all at once', async (t) => {
  const refusal = (rules: string) => {
    try {
      testConfig('postgres://localhost/x', environment(rules))
    } catch (error) {
      if (error instanceof StartError) return error.message.split('; ')
      throw error
    }
    return []
  }
  const at = 'server.authorization.rules'
  const lines = refusal(`
- { name: one, effect: allow, verbs: [get], kinds: [Cluster, Clutser], when: "caller.identity == 1 &&" }
- { name: one, effect: allow, verbs: [get], kinds: ['*'], adapters: [dns], when: "user == 'me'" }
- { name: two, effect: deny, verbs: ['*'], kinds: ['*'], when: "1 + 1" }
- { name: three, effect: permit, verbs: [read], kinds: [Nothing] }
- { effect: allow, verbs: [get], kinds: ['*'], when: "!" }
`)
  const expected = [
    `${at}[0].kinds[1] of one must be * or one of the kinds Cluster, NodePool, Shelf, Box (it is "Clutser"`,
    `${at}[0].when of one must be an expression of CEL: line 1, column 24: `,
    `${at}[1].name of one must not be there twice`,
    `${at}[1].adapters of one must not be set without the verb report`,
    `${at}[1].when of one must be an expression of CEL: line 1, column 1: `,
    `${at}[2].when of two must be a bool, and is of the type int`,
    `${at}[3].effect must be one of allow, deny (it is "permit"`,
    `${at}[3].verbs[0] must be one of get, list`,
    `${at}[3].kinds[0] of three must be * or one of the kinds Cluster`,
    `${at}[4] must have name`,
    `${at}[4].when must be an expression of CEL: line 1, column `,
  ]
  for (const start of expected)
    t.ok(
      lines.some((line) => line.startsWith(start)),
      `${start} in ${lines.join('\n')}`,
    )
  t.equal(lines.length, expected.length)
  for (const rule of [
    "{ name: '', effect: allow, verbs: [get], kinds: ['*'] }",
    "{ name: a, effect: permit, verbs: [get], kinds: ['*'] }",
    "{ name: a, effect: allow, verbs: [read], kinds: ['*'] }",
    "{ name: a, effect: allow, verbs: [], kinds: ['*'] }",
    '{ name: a, effect: allow, verbs: [get] }',
    "{ name: a, effect: allow, kinds: ['*'] }",
    "{ name: a, effect: allow, verbs: [get], kinds: ['*'], where: 'true' }",
  ])
    t.not(refusal(`[${rule}]`).length, 0, rule)
})

t.test('rules that cannot do what they say are told of at the start', async (t) => {
  const url = await createDatabase(environment('[]'))
  const { log } = await ruled(
    t,
    `
- { name: reports, effect: allow, verbs: [report], kinds: [Cluster], adapters: [dns, validation] }
- { name: marked, effect: deny, verbs: ['*'], kinds: [Box], when: "has(resource.deleted_time)" }
- { name: reads, effect: allow, verbs: [get, list], kinds: ['*'] }
- { name: dns, effect: allow, verbs: [report, get], kinds: [Cluster], adapters: [dns] }
- { name: more, effect: allow, verbs: [report], kinds: [Cluster] }
- { name: listed, effect: allow, verbs: [list], kinds: [Cluster], when: "resource.labels.a == 'b'" }
- { name: labelled, effect: allow, verbs: ['*'], kinds: [Cluster], when: "resource.labels.a == 'b'" }
`,
    {},
    url,
  )
  t.strictSame(
    log()
      .filter(({ level }) => level === 40)
      .map(({ message }) => message),
    [
      'server.authorization.rules[3] (dns) can never match: all that it matches is decided by server.authorization.rules[0] (reports) and server.authorization.rules[2] (reads)',
      'server.authorization.rules[5] (listed) can never match: all that it matches is decided by server.authorization.rules[2] (reads)',
      'server.authorization.rules[1] (marked) looks at the resource, which a list has none of: lists that this rule would decide are denied',
    ],
  )
  t.equal(entities.length, 4)
})
