import t, { type Test } from 'tap'
import { parse } from 'yaml'
import { migrate } from '../../server/db/migrate.ts'
import { loadDocument } from '../../server/openapi/document.ts'
import { type Answer, application, condition } from '../application.ts'
import { testConfig } from '../databases.ts'
import { openSession, untilWaiting } from '../sessions.ts'

const kinds = `
- kind: Cluster
  required_adapters: [validation]
  references:
  - { ref_type: wif_config, target_kind: WifConfig, max: 1 }
  - { ref_type: peers, target_kind: Cluster }
- kind: NodePool
  required_adapters: []
  references: [{ ref_type: hall, target_kind: Hall }]
- kind: WifConfig
  plural: wifconfigs
- kind: Site
  plural: sites
- kind: Hall
  plural: halls
  parent_kind: Site
  on_parent_delete: cascade
  references: [{ ref_type: beside, target_kind: Hall }]
- kind: Guide
  plural: guides
  generation_on: any
  references:
  - { ref_type: sites, target_kind: Site, min: 1, max: 2 }
  - { ref_type: wif_config, target_kind: WifConfig, min: 1 }
`
const environment = (entities: object[] = parse(kinds)) => ({
  HYPERFLEET_ENTITIES: JSON.stringify(entities),
  HYPERFLEET_CLUSTER_ADAPTERS: '["validation"]',
})

type Call = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<Answer>

let names = 0
const named = (kind: string, more: object = {}) => ({ kind, name: `n-${++names}`, spec: {}, ...more })
const MISSING = '019ad2a4-1f6e-7b0a-a3c5-5d1b2e9f4c77'
const MERGE = { 'content-type': 'application/merge-patch+json' }

/** Creates a resource; resolves with it. */
const creator =
  (t: Test, call: Call) =>
  async (path: string, kind: string, more: object = {}) => {
    const answer = await call('POST', path, named(kind, more))
    t.equal(answer.status, 201, answer.text)
    return answer.body
  }
const to = (...targets: { id: string; kind: string }[]) => targets.map(({ id, kind }) => ({ id, kind }))
const shown = (...targets: { id: string; kind: string; href: string }[]) =>
  targets.map(({ id, kind, href }) => ({ id, kind, href })).sort((one, other) => (one.id < other.id ? -1 : 1))
const search = (text: string) => `search=${encodeURIComponent(text)}`
const idsOf = ({ body }: Answer): string[] => body.items.map(({ id }: { id: string }) => id).sort()

t.test('references', async (t) => {
  const { call, url, database } = await application(t, environment())
  const create = creator(t, call)

  await t.test('are set by a create, and shown with the paths of their targets', async (t) => {
    const [config, peer] = [await create('wifconfigs', 'WifConfig'), await create('clusters', 'Cluster')]
    const references = { wif_config: to(config), peers: [{ ...to(peer)[0], href: '/ignored' }] }
    const cluster = await create('clusters', 'Cluster', { references })
    t.strictSame(cluster.references, { peers: shown(peer), wif_config: shown(config) })
    t.equal(cluster.generation, 1)
    const path = `clusters/${cluster.id}`
    for (const each of [path, `resources/${cluster.id}`])
      t.strictSame((await call('GET', each)).body, cluster)
    t.strictSame((await call('GET', `clusters?${search(`id='${cluster.id}'`)}`)).body.items, [cluster])
    t.notOk('references' in peer)
    for (const none of [null, {}, { wif_config: null }, { wif_config: [] }])
      t.notOk('references' in (await create('clusters', 'Cluster', { references: none })))
    t.strictSame((await call('GET', `${path}?fields=references`)).body, {
      id: cluster.id,
      references: cluster.references,
    })
    t.strictSame((await call('GET', `clusters/${peer.id}?fields=references,name`)).body, {
      id: peer.id,
      name: peer.name,
    })
  })

  await t.test('are replaced whole by a patch, and merged by type', async (t) => {
    const [one, other] = [await create('wifconfigs', 'WifConfig'), await create('wifconfigs', 'WifConfig')]
    const [left, right] = [await create('clusters', 'Cluster'), await create('clusters', 'Cluster')]
    const cluster = await create('clusters', 'Cluster', { references: { wif_config: to(one) } })
    const path = `clusters/${cluster.id}`
    const patch = async (
      references: unknown,
      generation: number,
      expected: unknown,
      headers?: Record<string, string>,
    ) => {
      const answer = await call('PATCH', path, { references }, headers)
      t.match(answer, { status: 200, body: { generation } }, answer.text)
      t.strictSame(answer.body.references, expected)
      t.strictSame((await call('GET', path)).body, answer.body)
      t.equal(condition(answer.body, 'Reconciled')?.observed_generation, generation)
      return answer
    }
    const first = await patch({ wif_config: to(other) }, 2, { wif_config: shown(other) })
    const same = await patch({ wif_config: to(other), peers: [] }, 2, { wif_config: shown(other) })
    t.equal(same.headers.etag, first.headers.etag, 'equal references are no change')
    await patch({ peers: to(right, left) }, 3, { peers: shown(left, right) })
    await patch({ peers: to(left, right) }, 3, { peers: shown(left, right) })
    await patch({ wif_config: to(one) }, 4, { peers: shown(left, right), wif_config: shown(one) }, MERGE)
    await patch({ peers: null }, 5, { wif_config: shown(one) }, MERGE)
    await patch(null, 6, undefined, MERGE)
    await patch({ wif_config: to(one) }, 7, { wif_config: shown(one) })
    const absent = await call('PATCH', path, { references: null, labels: { a: 'b' } })
    t.match(absent, { status: 200, body: { generation: 7, references: { wif_config: shown(one) } } })
    t.match(await call('PATCH', path, { references: null }), {
      status: 400,
      body: { code: 'HYPERFLEET-VAL-005' },
    })
    await patch({}, 8, undefined)
  })

  await t.test('that break rules are all told at once, and change nothing', async (t) => {
    const [config, gone] = [await create('wifconfigs', 'WifConfig'), await create('wifconfigs', 'WifConfig')]
    const channel = await create('sites', 'Site')
    const held = await create('clusters', 'Cluster')
    t.equal((await call('DELETE', `clusters/${held.id}`)).status, 202, 'kept: its adapter has not reported')
    await call('DELETE', `wifconfigs/${gone.id}`)
    const wrong = {
      wif_config: [
        ...to(config, config),
        { id: gone.id, kind: 'WifConfig' },
        { id: channel.id, kind: 'Site' },
      ],
      owner: to(config),
      peers: [{ id: MISSING, kind: 'Cluster' }, ...to(held), { id: 'abc', kind: 'Cluster' }],
    }
    const violations = [
      ['references.owner', 'is not a reference that Cluster can have (it can have wif_config, peers)'],
      ['references.wif_config', 'must have at most 1'],
      ['references.wif_config[1].id', 'must not be repeated'],
      ['references.wif_config[2].id', `WifConfig with id='${gone.id}' not found`],
      ['references.wif_config[3].id', `WifConfig with id='${channel.id}' not found`],
      ['references.wif_config[3].kind', 'must be WifConfig'],
      ['references.peers[0].id', `Cluster with id='${MISSING}' not found`],
      ['references.peers[1].id', `Cluster with id='${held.id}' is marked for deletion`],
      ['references.peers[2].id', "Cluster with id='abc' not found"],
    ]
    const told = ({ body }: Answer) =>
      body.errors.map((each: Record<string, string>) => [each.field, each.message])
    const created = await call('POST', 'clusters', named('Cluster', { references: wrong }))
    t.match(created, {
      status: 400,
      body: { code: 'HYPERFLEET-VAL-000', detail: /^The request breaks 9 rules: / },
    })
    t.strictSame(told(created), violations)
    const cluster = await create('clusters', 'Cluster')
    const path = `clusters/${cluster.id}`
    for (const headers of [{}, MERGE]) {
      const answer = await call('PATCH', path, { spec: { a: 1 }, references: wrong }, headers)
      t.equal(answer.status, 400)
      t.strictSame(told(answer), violations)
    }
    const itself = await call('PATCH', path, { references: { peers: to(cluster) } })
    t.equal(itself.status, 400)
    t.strictSame(told(itself), [['references.peers[0].id', 'must not be the resource itself']])
    t.strictSame((await call('GET', path)).body, cluster)

    const malformed = {
      wif_config: [
        { id: '', kind: 'WifConfig' },
        { id: MISSING, owner: 1 },
      ],
      peers: 'x',
    }
    const refused = await call('PATCH', path, { references: malformed })
    t.strictSame(refused.body.errors.map(({ field }: { field: string }) => field).sort(), [
      'references.peers',
      'references.wif_config[0].id',
      'references.wif_config[1].kind',
      'references.wif_config[1].owner',
    ])
  })

  await t.test('of a merge patch are judged by the types that it names', async (t) => {
    const config = await create('wifconfigs', 'WifConfig')
    const cluster = await create('clusters', 'Cluster', { references: { wif_config: to(config) } })
    await database.pool.query(
      `update kinds set reference_types = reference_types - 0 where kind = 'Cluster'`, // wif_config
    )
    const path = `clusters/${cluster.id}`
    const merge = (references: object) => call('PATCH', path, { references }, MERGE)
    t.equal((await merge({ peers: [] })).status, 200)
    t.equal((await merge({ wif_config: to(config) })).status, 400)
    t.notOk('references' in (await merge({ wif_config: null })).body)
    const entity = parse(kinds)[0]
    await database.pool.query('update kinds set reference_types = $1 where kind = $2', [
      JSON.stringify(entity.references),
      'Cluster',
    ])
  })

  await t.test('are told in short', async (t) => {
    const long = 'x'.repeat(100_000)
    const answer = await call('POST', 'clusters', {
      ...named('Cluster'),
      references: { [long]: [], peers: [{ id: long, kind: long }] },
    })
    t.equal(answer.status, 400)
    t.equal(answer.body.errors.length, 3)
    t.ok(answer.text.length < 4000, `${answer.text.length} bytes`)
  })

  await t.test('may be required', async (t) => {
    const [site, config] = [await create('sites', 'Site'), await create('wifconfigs', 'WifConfig')]
    const lacking = [
      ['references.sites', 'must have at least 1 of the kind Site', 'required'],
      ['references.wif_config', 'must have at least 1 of the kind WifConfig', 'required'],
    ]
    const told = ({ body }: Answer) =>
      body.errors.map((each: Record<string, string>) => [each.field, each.message, each.constraint])
    for (const more of [
      {},
      { references: null },
      { references: {} },
      { references: { sites: [], wif_config: null } },
    ]) {
      const answer = await call('POST', 'guides', named('Guide', more))
      t.equal(answer.status, 400)
      t.strictSame(told(answer), lacking)
      t.equal((await call('POST', 'resources', named('Guide', more))).status, 400)
    }
    const references = { sites: to(site), wif_config: to(config) }
    const guide = await create('guides', 'Guide', { references })
    const path = `guides/${guide.id}`
    t.strictSame(told(await call('PATCH', path, { references: {} })), lacking)
    t.strictSame(told(await call('PATCH', path, { references: null }, MERGE)), lacking)
    t.strictSame(told(await call('PATCH', path, { references: { sites: null } }, MERGE)), lacking.slice(0, 1))
    t.match(await call('PATCH', path, { spec: { a: 1 } }), {
      status: 200,
      body: { references: guide.references },
    })
  })

  await t.test('hold their target, and what is above it, until they go', async (t) => {
    const site = await create('sites', 'Site')
    const hall = await create(`sites/${site.id}/halls`, 'Hall')
    const beside = await create(`sites/${site.id}/halls`, 'Hall', { references: { beside: to(hall) } })
    const cluster = await create('clusters', 'Cluster')
    const pool = await create(`clusters/${cluster.id}/nodepools`, 'NodePool', {
      references: { hall: to(hall) },
    })
    for (const [path, detail] of [
      [
        `sites/${site.id}`,
        `${site.id}' cannot be deleted: references to it or to resources below it must be removed first: `,
      ],
      [
        `halls/${hall.id}`,
        `${hall.id}' cannot be deleted: references to it must be removed first: Hall "${beside.name}", `,
      ],
    ]) {
      const answer = await call('DELETE', path ?? '')
      t.match(answer, { status: 409, body: { code: 'HYPERFLEET-CNF-003' } })
      t.match(answer.body.detail, `${detail}NodePool "${pool.name}"`)
    }
    t.notOk('deleted_time' in (await call('GET', `sites/${site.id}`)).body)
    t.equal((await call('PATCH', `nodepools/${pool.id}`, { references: {} })).status, 200)
    t.equal((await call('DELETE', `sites/${site.id}`)).status, 202, 'from inside the tree they do not count')
    t.equal((await call('GET', `halls/${hall.id}`)).status, 404)
  })

  await t.test('of what is marked for deletion hold nothing, and stay as history', async (t) => {
    const config = await create('wifconfigs', 'WifConfig')
    const cluster = await create('clusters', 'Cluster', { references: { wif_config: to(config) } })
    const path = `clusters/${cluster.id}`
    t.equal((await call('DELETE', `wifconfigs/${config.id}`)).status, 409)
    const marked = await call('DELETE', path)
    t.strictSame(marked.body.references, cluster.references)
    t.strictSame(await database.all('list_inconsistencies', {}), [])
    t.equal((await call('DELETE', `wifconfigs/${config.id}`)).status, 202)
    t.equal((await call('GET', `wifconfigs/${config.id}`)).status, 404)
    const after = await call('GET', path)
    t.strictSame(after.body, marked.body)
    t.equal(after.headers.etag, marked.headers.etag)
    t.equal((await call('POST', `${path}/force-delete`, { reason: 'test' })).status, 204)
    const { rows } = await database.pool.query('select from resource_references where source_id = $1', [
      cluster.id,
    ])
    t.equal(rows.length, 0)
  })

  await t.test('are searched by', async (t) => {
    const [one, other] = [await create('wifconfigs', 'WifConfig'), await create('wifconfigs', 'WifConfig')]
    const labels = { search: 'references' }
    const first = await create('clusters', 'Cluster', { labels, references: { wif_config: to(one) } })
    const second = await create('clusters', 'Cluster', { labels, references: { wif_config: to(other) } })
    const third = await create('clusters', 'Cluster', { labels })
    const found = async (text: string, ...expected: { id: string }[]) =>
      t.strictSame(
        idsOf(await call('GET', `clusters?${search(`labels.search='references' and ${text}`)}`)),
        expected.map(({ id }) => id).sort(),
        text,
      )
    await found(`references.wif_config='${one.id}'`, first)
    await found(`references.wif_config != '${one.id}'`, second)
    await found(`not references.wif_config = '${one.id}'`, second, third)
    await found(`references.wif_config in ['${one.id}','${other.id}','abc']`, first, second)
    await found(`references.wif_config not in ['${one.id}']`, second)
    await found('references.wif_config is null', third)
    await found('references.wif_config is not null', first, second)
    await found(`references.none = '${one.id}'`)
    await found("references.wif_config = 'abc'")
    for (const text of [
      "references.wif_config like 'a%'",
      "references.wif_config > 'a'",
      "references.wif_config between 'a' and 'b'",
      'references.wif_config = 5',
      "references.Wif = 'a'",
      "references = 'a'",
      "references.wif_config.id = 'a'",
    ]) {
      const answer = await call('GET', `clusters?${search(text)}`)
      t.match(answer, { status: 400, body: { code: 'HYPERFLEET-VAL-005' } }, text)
    }

    const asked = (path: string) => call('GET', `${path}ref_type=wif_config&ref_target_id=${one.id}`)
    t.strictSame(idsOf(await asked('clusters?')), [first.id])
    t.strictSame(idsOf(await asked('resources?kind=Cluster&')), [first.id])
    t.strictSame(idsOf(await asked(`clusters?${search(`id='${second.id}'`)}&`)), [])
    t.match((await call('GET', `clusters?ref_type=wif_config&ref_target_id=abc`)).body, {
      total: 0,
      items: [],
    })
    t.equal((await call('GET', `clusters?ref_type=wif_config&ref_target_id=${MISSING}`)).body.total, 0)
    for (const [query, field] of [
      ['clusters?ref_type=wif_config', 'ref_type'],
      [`clusters?ref_target_id=${one.id}`, 'ref_target_id'],
      [`clusters?ref_type=wif_config&ref_type=peers&ref_target_id=${one.id}`, 'ref_type'],
      [`clusters?ref_type=owner&ref_target_id=${one.id}`, 'ref_type'],
      [`wifconfigs?ref_type=wif_config&ref_target_id=${one.id}`, 'ref_type, ref_target_id'],
      [`resources?ref_type=wif_config&ref_target_id=${one.id}`, 'ref_type'],
      [`resources?kind=Site&ref_type=wif_config&ref_target_id=${one.id}`, 'ref_type'],
      [`resources?kind=Cluster&ref_type=sites&ref_target_id=${one.id}`, 'ref_type'],
    ]) {
      const answer = await call('GET', query ?? '')
      t.match(answer, { status: 400, body: { code: 'HYPERFLEET-VAL-000' } }, answer.text)
      const fields = new Set(answer.body.errors.map((each: { field: string }) => each.field))
      t.equal([...fields].join(', '), field, answer.text)
    }
  })

  await t.test('are read beyond any page, in an order and by cursor', async (t) => {
    const [config, site] = [await create('wifconfigs', 'WifConfig'), await create('sites', 'Site')]
    const parent = await create('clusters', 'Cluster')
    for (let first = 1; first <= 1500; first += 100)
      await database.pool.query(
        `select create_resource('Guide', null, jsonb_build_object(
           'name', 'many-' || n, 'spec', '{}'::jsonb, 'references', $1::jsonb), 'test', '{}', '')
         from generate_series($2::int, $2::int + 99) as n`,
        [JSON.stringify({ wif_config: to(config), sites: to(site) }), first],
      )
    const query = `ref_type=wif_config&ref_target_id=${config.id}&size=500`
    const seen = new Set<string>()
    for (const page of [1, 2, 3, 4]) {
      const { body } = await call('GET', `guides?${query}&page=${page}&order=name`)
      t.match(body, { total: 1500, size: page < 4 ? 500 : 0 })
      for (const { id } of body.items) seen.add(id)
    }
    t.equal(seen.size, 1500)
    let walked = 0
    for (let cursor: string | undefined = ''; cursor !== undefined; ) {
      const answer: Answer = await call('GET', `guides?${query}&cursor=${cursor}`)
      walked += answer.body.items.length
      cursor = answer.body.next_cursor
    }
    t.equal(walked, 1500)
    const refused = await call('DELETE', `wifconfigs/${config.id}`)
    t.match(refused.body.detail, /Guide "many-1", Guide "many-10", .* and 1480 more$/)
    t.equal(
      (await call('GET', `clusters/${parent.id}/nodepools?ref_type=hall&ref_target_id=${MISSING}`)).status,
      200,
    )
  })

  await t.test('count for the generation, as labels do where the kind says so', async (t) => {
    const [site, config] = [await create('sites', 'Site'), await create('wifconfigs', 'WifConfig')]
    const references = { sites: to(site), wif_config: to(config) }
    const guide = await create('guides', 'Guide', { references })
    const patched = async (body: object) => (await call('PATCH', `guides/${guide.id}`, body)).body.generation
    t.equal(await patched({ labels: { a: 'b' } }), 2)
    t.equal(await patched({ labels: { a: 'b' } }), 2)
    t.equal(await patched({ references }), 2)
    t.equal(await patched({ spec: { a: 1 }, labels: {} }), 3)
  })

  await t.test('race with the deletion of their target: one of the two is refused', async (t) => {
    const session = await openSession(t, url)
    const config = await create('wifconfigs', 'WifConfig')
    const cluster = await create('clusters', 'Cluster')
    const [row] = to(config)
    const set = { references: { wif_config: [row] } }

    // The reference first: DELETE waits for it, and sees it.
    await session.query('begin')
    await session.query("select patch_resource('Cluster', null, $1, $2, false, 'test', null, 100000, '{}')", [
      cluster.id,
      set,
    ])
    const deleted = call('DELETE', `wifconfigs/${config.id}`)
    await untilWaiting(session, 1)
    await session.query('commit')
    t.equal((await deleted).status, 409)
    t.equal((await call('PATCH', `clusters/${cluster.id}`, { references: {} })).status, 200)

    // The mark first: what would refer to it waits, and is refused.
    await session.query('begin')
    await session.query("select delete_resource('WifConfig', null, $1, 'test', null, '{}')", [config.id])
    const racing = [
      call('PATCH', `clusters/${cluster.id}`, set),
      call('POST', 'clusters', named('Cluster', set)),
    ]
    await untilWaiting(session, 2)
    await session.query('commit')
    for (const answer of await Promise.all(racing))
      t.match(answer, { status: 400, body: { errors: [{ message: /not found$/ }] } }, answer.text)
    t.strictSame(await database.all('list_inconsistencies', {}), [])
  })

  await t.test('of two resources to each other are set in one order of locks', async (t) => {
    const session = await openSession(t, url)
    const [left, right] = [await create('clusters', 'Cluster'), await create('clusters', 'Cluster')]
    await session.query('begin')
    await session.query('select from resources where id = any ($1) for update', [[left.id, right.id]])
    const racing = [
      call('PATCH', `clusters/${left.id}`, { references: { peers: to(right) } }),
      call('PATCH', `clusters/${right.id}`, { references: { peers: to(left) } }),
    ]
    await untilWaiting(session, 2)
    // The second waits behind the first for the same row, not for another one: that would be a deadlock.
    const { rows } = await session.query("select from pg_locks where locktype = 'tuple' and not granted")
    t.equal(rows.length, 1)
    await session.query('commit')
    for (const answer of await Promise.all(racing)) t.equal(answer.status, 200, answer.text)
    for (const { id } of [left, right])
      t.equal((await call('DELETE', `clusters/${id}`)).status, 409, 'in a circle')
  })

  await t.test(
    'of a type or a kind that is configured no more stay, and go with the next patch',
    async (t) => {
      const config = await create('wifconfigs', 'WifConfig')
      const cluster = await create('clusters', 'Cluster', { references: { wif_config: to(config) } })
      const fewer = [
        { kind: 'Cluster', required_adapters: ['validation'] },
        { kind: 'NodePool', required_adapters: [] },
      ]
      const other = testConfig(url, environment(fewer))
      await migrate(other, loadDocument(other)['x-kinds'])
      const later = await application(t, environment(fewer), url)
      const path = `clusters/${cluster.id}`
      const href = `/api/hyperfleet/v1/resources/${config.id}`
      const wif_config = [{ id: config.id, kind: 'WifConfig', href }]
      t.strictSame((await later.call('GET', path)).body, { ...cluster, references: { wif_config } })
      t.equal((await later.call('GET', href)).body.href, href)
      t.equal((await later.call('DELETE', `resources/${config.id}`)).status, 409)
      t.match((await later.call('PATCH', path, { references: cluster.references })).body.errors, [
        { field: 'references.wif_config', message: 'is not a reference that Cluster can have' },
      ])
      t.notOk('references' in (await later.call('PATCH', path, { references: {} })).body)
      t.equal((await later.call('DELETE', `resources/${config.id}`)).status, 202)
    },
  )
})

t.test('a patch of many members takes no longer than a create', async (t) => {
  const { call } = await application(t, environment())
  const many = Object.fromEntries(Array.from({ length: 60_000 }, (_, n) => [`t${n}`, 0]))
  const { body: cluster } = await call('POST', 'clusters', named('Cluster'))
  const path = `clusters/${cluster.id}`
  for (const [body, headers] of [
    [{ spec: many }],
    [{ spec: { a: many } }],
    [{ spec: { a: { t1: 1 } } }, MERGE],
  ] as const) {
    const answer = await call('PATCH', path, body, headers)
    t.equal(answer.status, 200, answer.text.slice(0, 500))
  }
  const unknown = Object.fromEntries(Array.from({ length: 60_000 }, (_, n) => [`t${n}`, []]))
  t.match(await call('PATCH', path, { references: unknown }), {
    status: 400,
    body: { errors: { length: 100 } },
  })
})

t.test('references that cannot be are told at the start', async (t) => {
  const entity = (kind: string, plural: string, references: object[]) => ({ kind, plural, references })
  const wrong = [
    { kind: 'Cluster', required_adapters: [], references: [{ ref_type: 'a', target_kind: 'Nowhere' }] },
    { kind: 'NodePool', required_adapters: [] },
    entity('One', 'ones', [
      { ref_type: 'two', target_kind: 'Two', min: 1 },
      { ref_type: 'two', target_kind: 'Two', min: 3, max: 2 },
    ]),
    entity('Two', 'twos', [{ ref_type: 'one', target_kind: 'One', min: 1 }]),
    entity('Own', 'owns', [{ ref_type: 'own', target_kind: 'Own', min: 1 }]),
  ]
  const failed = (await application(t, environment(wrong)).catch((error: Error) => error)) as Error
  for (const line of [
    'entities[0].references[0].target_kind of Cluster must be one of the kinds Cluster, NodePool, One, Two, Own',
    'entities[2].references[0].min of One must be 0, since One needs Two needs One: none of them could be created first',
    'entities[2].references[1].ref_type of One must not be there twice',
    'entities[2].references[1].max of One must not be less than min, 3',
    'entities[4].references[0].min of Own must be 0, since Own needs Own',
  ])
    t.match(failed.message, line)
  const forms = [
    { ref_type: 'Wif-Config', target_kind: 'Cluster' },
    { ref_type: 'a', target_kind: 'Cluster', min: -1 },
  ]
  const misformed = [
    { kind: 'Cluster', required_adapters: [], references: forms },
    { kind: 'NodePool', required_adapters: [] },
  ]
  const refused = (await application(t, environment(misformed)).catch((error: Error) => error)) as Error
  t.match(
    refused.message,
    /references\[0\]\.ref_type of Cluster must be a name of small letters, digits and underscores/,
  )
  t.match(refused.message, /references\[1\]\.min of Cluster must be a whole number from 0 to 2147483647/)
})
