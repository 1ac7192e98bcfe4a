/** Rules of authorization that look at the resource: what they decide, what they tell, and that no change slips in between. */
import t, { type Test } from 'tap'
import { migrate } from '../../server/db/migrate.ts'
import { loadDocument } from '../../server/openapi/document.ts'
import { type Application, condition, report } from '../application.ts'
import { createDatabase, execute, testConfig } from '../databases.ts'
import { openSession, untilWaiting } from '../sessions.ts'
import { environment, fresh, outcome, type Ruled, ruled } from './ruled.ts'

const nowhere = '019ad2a5-7d3c-7cc0-8f2e-3c1f5e0a9b11'

/** Each team does everything with what has its label, and lists nothing; operators do everything. */
const teams = `
- { name: operators, effect: allow, verbs: ['*'], kinds: ['*'], when: "'operators' in caller.groups" }
- name: teams
  effect: allow
  verbs: [get, create, update, delete, force-delete, report]
  kinds: ['*']
  when: "caller.groups.size() > 0 && resource.labels.team in caller.groups"
`
const ofTeam = (team: string) => ({ labels: { team } })

/** The requests on one resource, by what they do. */
const requests: Record<
  string,
  [method: string, rest: string, body?: unknown, headers?: Record<string, string>]
> = {
  get: ['GET', ''],
  'get fields': ['GET', '?fields=id'],
  'get unchanged': ['GET', '', undefined, { 'if-none-match': '*' }],
  explain: ['GET', '/explain'],
  statuses: ['GET', '/statuses'],
  'a preview': ['POST', '/explain', report('dns', 1, 'True', 1)],
  patch: ['PATCH', '', { labels: { team: 'red', a: 'b' } }],
  'a dry run': ['PATCH', '?dry_run=true', { labels: { team: 'red', a: 'b' } }],
  'a dry run of a report': ['PUT', '/statuses?dry_run=true', report('dns', 1, 'True', 1)],
  'a merge patch': ['PATCH', '', { spec: { a: 1 } }, { 'content-type': 'application/merge-patch+json' }],
  'a patch that is wrong': ['PATCH', '', { spec: 7 }],
  'an empty patch': ['PATCH', '', {}],
  'references that are none': ['PATCH', '', { references: { x: 5 } }],
  'references that are a list': ['PATCH', '', { references: [1] }],
  'references of an id that none can have': ['PATCH', '', { references: { peers: [{ id: '\0' }, 7, null] } }],
  'a patch of a tag': ['PATCH', '', { spec: {} }, { 'if-match': '"99"' }],
  delete: ['DELETE', ''],
  'force-delete': ['POST', '/force-delete', { reason: 'x' }],
  report: ['PUT', '/statuses', report('dns', 1, 'True', 1)],
  'a report that is wrong': ['PUT', '/statuses', { adapter: 'dns' }],
  'a report that is no JSON': ['PUT', '/statuses', '{'],
}

t.test('one team is kept from the resources of another', async (t) => {
  const { as } = await ruled(t, teams)
  const operator = await as({ groups: ['operators'] })
  const red = await as({ groups: ['red'] })
  const blue = await as({ groups: ['blue'] })
  const nobody = await as({})

  t.equal(outcome(await red('POST', 'clusters', fresh('Cluster'))), '403 AUZ-001', 'no label')
  t.equal(outcome(await red('POST', 'clusters', fresh('Cluster', ofTeam('blue')))), '403 AUZ-001')
  t.equal(outcome(await red('POST', 'clusters', 'nonsense')), '403 AUZ-001')
  t.equal(outcome(await red('POST', 'clusters', { ...ofTeam('red'), spec: 7 })), '400 VAL-000')

  for (const [kind, flat, any] of [
    ['Cluster', 'clusters', false],
    ['Cluster', 'clusters', true],
    ['NodePool', 'nodepools', false],
    ['NodePool', 'nodepools', true],
  ] as const) {
    const { body: parent } = await operator('POST', 'clusters', fresh('Cluster', ofTeam('grey')))
    const create = kind === 'Cluster' ? 'clusters' : `clusters/${parent.id}/nodepools`
    for (const [name, [method, rest, body, headers]] of Object.entries(requests)) {
      const paths = any ? ['resources'] : [flat, ...(kind === 'NodePool' ? [create] : [])]
      for (const path of paths) {
        const at = (id: string) => `${path}/${id}${rest}`
        const about = `${name} of ${path}`
        const { body: resource } = await red('POST', create, fresh(kind, ofTeam('red')))
        const [there, missing] = [
          await blue(method, at(resource.id), body, headers),
          await blue(method, at(nowhere), body, headers),
        ]
        const shown = (answer: typeof there, id: string) => [
          answer.status,
          answer.body.code,
          answer.body.detail.replace(id, '…'),
          answer.body.errors,
        ]
        t.strictSame(shown(there, resource.id), shown(missing, nowhere), about)
        t.ok([400, 404].includes(there.status), about)
        t.equal(outcome(await nobody(method, at(resource.id), body, headers)), '403 AUZ-001', about)
        t.equal(outcome(await nobody(method, at(nowhere), body, headers)), '403 AUZ-001', about)
        const own = await red(method, at(resource.id), body, headers)
        t.notOk([403, 404].includes(own.status), `${about}: ${own.status}`)
        t.equal(outcome(await operator('GET', `${flat}/${nowhere}`)), '404 NTF-001')
      }
    }
  }
  t.equal(
    (await blue('GET', `clusters/${nowhere}/nodepools/${nowhere}`)).body.detail,
    `NodePool with id='${nowhere}' not found`,
    'a missing parent is not named',
  )
  for (const path of [
    'clusters',
    'nodepools',
    `clusters/${nowhere}/nodepools`,
    'resources',
    'resources?kind=Box',
  ])
    t.equal(outcome(await red('GET', path)), '403 AUZ-001', path)
})

t.test('a caller that may read the resource is told that it may do no more', async (t) => {
  const { as, log } = await ruled(
    t,
    `
- { name: reads, effect: allow, verbs: [get], kinds: ['*'], when: "resource.labels.team != 'secret'" }
- { name: frozen, effect: deny, verbs: ['*'], kinds: ['*'], when: "resource.labels.?frozen.orValue('') == 'yes'" }
- { name: creates, effect: allow, verbs: [create], kinds: ['*'] }
- { name: teams, effect: allow, verbs: [update], kinds: ['*'], when: "resource.labels.team in caller.groups" }
`,
  )
  const red = await as({ groups: ['red'] })
  const { body: own } = await red('POST', 'clusters', fresh('Cluster', ofTeam('red')))
  const { body: other } = await red('POST', 'clusters', fresh('Cluster', ofTeam('blue')))
  const { body: secret } = await red('POST', 'clusters', fresh('Cluster', ofTeam('secret')))
  const { body: bare } = await red('POST', 'clusters', fresh('Cluster'))
  const patch = (id: string, labels: object) => red('PATCH', `clusters/${id}`, { labels })
  t.equal(outcome(await patch(other.id, { team: 'red' })), '403 AUZ-001')
  t.equal(outcome(await patch(secret.id, { team: 'red' })), '404 NTF-001')
  t.equal(outcome(await patch(bare.id, { team: 'red' })), '404 NTF-001', 'where rules fail, nobody may read')
  t.equal(outcome(await red('DELETE', `clusters/${own.id}`)), '403 AUZ-001', 'of no rule')
  t.equal(outcome(await patch(own.id, { team: 'red', frozen: 'yes' })), '200')
  t.equal(outcome(await patch(own.id, { team: 'red' })), '403 AUZ-001', 'the state before the change counts')
  t.match(
    log().filter(({ audit, resource_id }) => audit === 'denied' && resource_id === own.id),
    [{ rule: null }, { rule: 'frozen', verb: 'update', level: 40 }],
  )
})

/** Sends a request while another session has the lock of the resource, and then changes its label; `waits` says whether for the lock. */
async function overtaken(
  t: Test,
  { url }: Pick<Application, 'url'>,
  id: string,
  team: string,
  send: () => Promise<unknown>,
  waits: boolean,
) {
  const session = await openSession(t, url)
  await session.query('begin')
  await session.query('update resources set labels = $2, version = version + 1 where id = $1', [
    id,
    ofTeam(team).labels,
  ])
  const answer = send()
  await (waits ? untilWaiting(session, 1) : answer)
  await session.query('commit')
  return answer
}

const conditional = JSON.stringify([
  {
    kind: 'Cluster',
    required_adapters: [],
    conditions: [
      {
        type: 'OfTeam',
        when: { expression: 'true' },
        output: {
          status: { expression: 'true' },
          reason: { expression: 'resource.labels.team' },
          message: { expression: "''" },
        },
      },
    ],
  },
  { kind: 'NodePool', required_adapters: [] },
])

t.test('a change of the resource does not slip in between the decision and the write', async (t) => {
  const servers: [string, Ruled][] = [
    ['plain', await ruled(t, teams)],
    ['with mapped conditions', await ruled(t, teams, { HYPERFLEET_ENTITIES: conditional })],
  ]
  const writes = ['patch', 'a dry run', 'a merge patch', 'delete', 'force-delete', 'report', 'a preview']
  for (const [about, server] of servers) {
    const red = await server.as({ groups: ['red'] })
    const operator = await server.as({ groups: ['operators'] })
    for (const name of writes)
      for (const path of ['clusters', 'resources'])
        await t.test(`${name} of ${path} ${about}`, async (t) => {
          const [method = '', rest = '', body, headers] = requests[name] ?? []
          for (const [before, after] of [
            ['red', 'blue'],
            // Denied by what it is: that waits for no lock.
            ['blue', 'red'],
          ] as const) {
            const { body: resource } = await operator('POST', 'clusters', fresh('Cluster', ofTeam(before)))
            if (name === 'force-delete') await operator('DELETE', resource.href)
            const send = () => red(method, `${path}/${resource.id}${rest}`, body, headers)
            const answer = await overtaken(t, server, resource.id, after, send, before === 'red')
            t.equal(
              outcome(answer as Awaited<ReturnType<typeof send>>),
              '404 NTF-001',
              `${before} to ${after}`,
            )
            const { body: kept } = await operator('GET', resource.href)
            t.match(kept, { labels: { team: after }, spec: {}, generation: name === 'force-delete' ? 2 : 1 })
          }
        })
  }
})

t.test(
  'rules of conditions that were added since the start map a write that gives the resource away',
  async (t) => {
    const url = await createDatabase(environment('[]'))
    const { as } = await ruled(t, teams, {}, url)
    const red = await as({ groups: ['red'] })
    const operator = await as({ groups: ['operators'] })
    const { body: resource } = await red('POST', 'clusters', fresh('Cluster', ofTeam('red')))
    const config = testConfig(url, { ...environment('[]'), HYPERFLEET_ENTITIES: conditional })
    await migrate(config, loadDocument(config)['x-kinds'], () => {})
    t.equal(outcome(await red('PATCH', resource.href, ofTeam('blue'))), '200')
    t.equal(condition((await operator('GET', resource.href)).body, 'OfTeam')?.reason, 'blue')
  },
)

t.test('references that change while their targets are deleted lock in one order', async (t) => {
  const { as, url } = await ruled(t, teams, {
    HYPERFLEET_ENTITIES: JSON.stringify([
      { kind: 'Cluster', required_adapters: [] },
      { kind: 'NodePool', required_adapters: [] },
      { kind: 'Shelf', plural: 'shelves', references: [{ ref_type: 'shelf', target_kind: 'Shelf' }] },
    ]),
  })
  const red = await as({ groups: ['red'] })
  for (let round = 0; round < 10; round++) {
    const make = async () => (await red('POST', 'shelves', fresh('Shelf', ofTeam('red')))).body
    const [one, other] = [await make(), await make()]
    const refer = (from: { href: string }, to: { id: string }) =>
      red('PATCH', from.href, { references: { shelf: [{ id: to.id, kind: 'Shelf' }] } })
    const answers = await Promise.all([
      refer(one, other),
      refer(other, one),
      red('DELETE', one.href),
      refer(other, one),
      refer(one, other),
      red('DELETE', other.href),
    ])
    for (const answer of answers) t.match(outcome(answer), /^(2|404 NTF-001|409 CNF-003|400 VAL-000)/)
  }
  const { rows } = await execute(
    url,
    'select deadlocks::int from pg_stat_database where datname = current_database()',
  )
  t.strictSame(rows, [{ deadlocks: 0 }])
})

t.test('only requests that the resource decides read it before', async (t) => {
  const { as, database } = await ruled(
    t,
    `
- { name: operators, effect: allow, verbs: ['*'], kinds: ['*'], when: "'operators' in caller.groups" }
- { name: nodepools, effect: allow, verbs: ['*'], kinds: [NodePool] }
- { name: teams, effect: allow, verbs: ['*'], kinds: [Cluster], when: "resource.labels.team in caller.groups" }
- { name: rest, effect: allow, verbs: [delete], kinds: [Cluster] }
`,
  )
  const queries: string[] = []
  const { observe } = database
  database.observe = (query, ...more) => {
    queries.push(query)
    observe(query, ...more)
  }
  const sent = async (call: Awaited<ReturnType<typeof as>>, method: string, path: string, body?: unknown) => {
    queries.length = 0
    await call(method, path, body)
    return [...queries]
  }
  const operator = await as({ groups: ['operators'] })
  const red = await as({ groups: ['red'] })
  const labels = { labels: {} }
  t.strictSame(await sent(operator, 'GET', `clusters/${nowhere}`), ['get_resource'])
  t.strictSame(await sent(operator, 'PATCH', `clusters/${nowhere}`, labels), ['patch_resource'])
  t.strictSame(await sent(red, 'PATCH', `nodepools/${nowhere}`, labels), ['patch_resource'])
  t.strictSame(await sent(red, 'DELETE', `clusters/${nowhere}`), ['delete_resource'], 'allowed either way')
  t.strictSame(await sent(red, 'GET', `boxes/${nowhere}`), [])
  t.strictSame(await sent(red, 'PATCH', `clusters/${nowhere}`, labels), ['get_resource'])
  const { body: own } = await red('POST', 'clusters', fresh('Cluster', ofTeam('red')))
  t.strictSame(await sent(red, 'PATCH', own.href, ofTeam('red')), [
    'get_resource',
    'get_locked_resource',
    'patch_resource',
  ])
  t.strictSame(await sent(red, 'GET', own.href), ['get_resource', 'get_resource'])
})

t.test('a tenant and its rules are both asked', async (t) => {
  const { as } = await ruled(
    t,
    `
- { name: acme, effect: allow, verbs: [create, list], kinds: ['*'], when: "tenancy.org in ['acme', 'other']" }
- { name: system, effect: allow, verbs: [list, report], kinds: ['*'], when: caller.system }
- name: own
  effect: allow
  verbs: [get, update, delete]
  kinds: ['*']
  when: "tenancy.org == 'acme' && resource.labels.team in caller.groups || tenancy.org == 'other' && resource.name != ''"
`,
    {
      HYPERFLEET_SERVER_TENANT_ENABLED: 'true',
      HYPERFLEET_SERVER_TENANT_DIMENSIONS: '[{"key":"org","header":"X-Org","required":true}]',
      HYPERFLEET_SERVER_TENANT_SYSTEM_HEADER: 'X-System',
    },
  )
  const red = await as({ groups: ['red'] })
  const [acme, other, nobody] = [{ 'x-org': 'acme' }, { 'x-org': 'other' }, { 'x-org': 'nobody' }]
  const { body: own } = await red('POST', 'clusters', fresh('Cluster', ofTeam('red')), acme)
  const { body: foreign } = await red('POST', 'clusters', fresh('Cluster', ofTeam('red')), other)
  for (const path of ['clusters', 'resources']) {
    t.equal(outcome(await red('GET', `${path}/${own.id}`, undefined, acme)), '200', path)
    for (const [id, headers] of [
      [own.id, other],
      [foreign.id, acme],
    ] as const) {
      t.equal(outcome(await red('GET', `${path}/${id}`, undefined, headers)), '404 NTF-001', path)
      t.equal(outcome(await red('PATCH', `${path}/${id}`, ofTeam('red'), headers)), '404 NTF-001', path)
      t.equal(outcome(await red('DELETE', `${path}/${id}`, undefined, headers)), '404 NTF-001', path)
    }
    t.equal(outcome(await red('PATCH', `${path}/${own.id}`, ofTeam('red'), acme)), '200', path)
  }
  t.equal(outcome(await red('GET', 'clusters', undefined, nobody)), '403 AUZ-001')
  const all = await red('GET', 'clusters', undefined, { 'x-system': 'true' })
  t.equal(all.body.total, 2)
  t.equal((await red('GET', 'clusters', undefined, acme)).body.total, 1)
})
