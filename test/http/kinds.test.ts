import { join } from 'node:path'
import t, { type Test } from 'tap'
import { parse, stringify } from 'yaml'
import { migrate } from '../../server/db/migrate.ts'
import { loadDocument } from '../../server/openapi/document.ts'
import { type Answer, application, condition, report } from '../application.ts'
import { testConfig } from '../databases.ts'
import { createIssuer, trusting } from '../issuers.ts'
import { openSession, untilWaiting } from '../sessions.ts'

/** The kinds that the charts of the field ship. */
const five = `
- kind: Cluster
  plural: clusters
  spec_schema_name: ClusterSpec
  require_spec_schema: true
  name_min_len: 3
  name_max_len: 53
  required_adapters: [validation]
  references:
  - ref_type: wif_config
    target_kind: WifConfig
    min: 0
    max: 1
- kind: NodePool
  plural: nodepools
  parent_kind: Cluster
  on_parent_delete: cascade
  required_adapters: []
- kind: Channel
  plural: channels
  name_min_len: 1
  name_max_len: 100
- kind: Version
  plural: versions
  parent_kind: Channel
  on_parent_delete: restrict
- kind: WifConfig
  plural: wifconfigs
`

/** A kind of a provider, with children and grandchildren. */
const sites = `
- kind: Site
  plural: sites
  required_adapters: [survey]
- kind: Hall
  plural: halls
  parent_kind: Site
  on_parent_delete: cascade
- kind: Rack
  plural: racks
  parent_kind: Hall
  on_parent_delete: cascade
  required_adapters: [wiring]
  name_max_len: 5
`

const entities = (...lists: string[]) => ({
  HYPERFLEET_ENTITIES: JSON.stringify(lists.flatMap((list) => parse(list))),
  HYPERFLEET_CLUSTER_ADAPTERS: '["validation"]',
})

/** The document of a provider. */
const provider = {
  openapi: '3.0.3',
  components: {
    schemas: {
      ClusterSpec: { type: 'object' },
      KettleSpec: { type: 'object', properties: { slots: { type: 'integer' } } },
      Toasting: { type: 'object', properties: { slots: { type: 'integer' } } },
    },
  },
}

let names = 0
const named = (kind: string) => ({ kind, name: `n-${++names}`, spec: {} })

const isRefused = (t: Test, answer: Answer, status: number, code: string, detail: RegExp) =>
  t.match(answer, { status, body: { code: `HYPERFLEET-${code}`, detail } })

t.test('a kind is an entry of the configuration', async (t) => {
  const { call, app } = await application(t, entities(five, sites))
  const create = async (path: string, kind: string, more: object = {}) => {
    const answer = await call('POST', path, { ...named(kind), ...more })
    t.equal(answer.status, 201, answer.text)
    return answer.body
  }

  await t.test('is created, read, listed, changed and deleted', async (t) => {
    const channel = await create('channels', 'Channel', {
      labels: { tier: 'stable' },
      spec: { is_default: true },
    })
    t.match(channel, { kind: 'Channel', generation: 1, status: { conditions: [] } })
    t.equal(channel.href, `/api/hyperfleet/v1/channels/${channel.id}`)
    t.notOk('owner_references' in channel)
    t.strictSame((await call('GET', `channels/${channel.id}`)).body, channel)
    const found = await call('GET', `channels?search=${encodeURIComponent("labels.tier='stable'")}`)
    t.match(found.body, { kind: 'ChannelList', total: 1, items: [channel] })
    const patched = await call('PATCH', `channels/${channel.id}`, { spec: { is_default: false } })
    t.match(patched, { status: 200, body: { generation: 2, spec: { is_default: false } } })
    t.strictSame(patched.body.status.conditions, [])
    const merged = await call(
      'PATCH',
      `channels/${channel.id}`,
      { labels: { tier: null } },
      { 'content-type': 'application/merge-patch+json' },
    )
    t.match(merged, { status: 200, body: { generation: 2, labels: {} } })
    t.equal((await call('DELETE', `channels/${channel.id}`)).status, 202)
    isRefused(t, await call('GET', `channels/${channel.id}`), 404, 'NTF-001', /^Channel with id=/)
  })

  await t.test(
    'is created of what other servers answer: members that only a server sets are ignored',
    async (t) => {
      const answered = {
        ...{ id: 'x', href: '/x', generation: 7, status: {}, tenancy: {}, owner_references: [] },
        ...{ created_time: null, updated_time: null, created_by: 'x', updated_by: 'x' },
        ...{ deleted_time: null, deleted_by: 'x' },
      }
      const { href: cluster } = await create('clusters', 'Cluster', answered)
      const { href: channel } = await create('channels', 'Channel', answered)
      for (const [path, kind] of [
        [`${cluster}/nodepools`, 'NodePool'],
        [`${channel}/versions`, 'Version'],
        ['resources', 'Site'],
        ['resources', 'Cluster'],
      ] as const) {
        const made = await create(path, kind, answered)
        t.match(made, { generation: 1, created_by: 'system@hyperfleet.local' }, kind)
        t.strictSame(made.tenancy, {}, kind)
      }
    },
  )

  await t.test('has children below it, and at a path of their own', async (t) => {
    const channel = await create('channels', 'Channel')
    const version = await create(`channels/${channel.id}/versions`, 'Version')
    t.match(version, {
      href: `/api/hyperfleet/v1/versions/${version.id}`,
      owner_references: { kind: 'Channel', id: channel.id, href: channel.href },
    })
    for (const path of [`channels/${channel.id}/versions`, 'versions'])
      t.ok((await call('GET', path)).body.items.some(({ id }: { id: string }) => id === version.id))
    for (const path of [`channels/${channel.id}/versions/${version.id}`, `versions/${version.id}`])
      t.strictSame((await call('GET', path)).body, version)
    isRefused(
      t,
      await call('POST', 'versions', named('Version')),
      422,
      'VAL-000',
      /channels\/\{channel_id\}\/versions/,
    )
    isRefused(t, await call('GET', `clusters/${channel.id}`), 404, 'NTF-001', /^Cluster with id=/)
    isRefused(
      t,
      await call('POST', 'channels/abc/versions', named('Version')),
      404,
      'NTF-001',
      /^Channel with id=/,
    )
    const other = await create('channels', 'Channel')
    isRefused(
      t,
      await call('GET', `channels/${other.id}/versions/${version.id}`),
      404,
      'NTF-001',
      /^Version with id=/,
    )
  })

  await t.test('is reconciled by its adapters, if it has any', async (t) => {
    const site = await create('sites', 'Site')
    t.equal(condition(site, 'Reconciled')?.reason, 'ReconciledMissingAdapters')
    t.equal((await call('PUT', `sites/${site.id}/statuses`, report('survey', 1, 'True', 1))).status, 200)
    t.equal(condition((await call('GET', `sites/${site.id}`)).body, 'Reconciled')?.status, 'True')
    const hall = await create(`sites/${site.id}/halls`, 'Hall')
    t.equal((await call('PUT', `halls/${hall.id}/statuses`, report('survey', 1, 'True', 1))).status, 200)
    t.strictSame((await call('GET', `halls/${hall.id}`)).body.status.conditions, [])
    t.equal((await call('GET', `sites/${site.id}/halls/${hall.id}/statuses`)).body.total, 1)
  })

  await t.test('has names of the lengths that it says', async (t) => {
    const site = await create('sites', 'Site')
    const hall = await create(`sites/${site.id}/halls`, 'Hall')
    const refused = await call('POST', `halls/${hall.id}/racks`, { kind: 'Rack', name: 'abcdef', spec: {} })
    isRefused(t, refused, 400, 'VAL-000', /name/)
    t.equal(
      (await call('POST', `halls/${hall.id}/racks`, { kind: 'Rack', name: 'abcde', spec: {} })).status,
      201,
    )
  })

  await t.test('has its part of the document', async (t) => {
    const { body } = await call('GET', '/openapi.json')
    const ids = Object.values(body.paths as Record<string, Record<string, { operationId: string }>>).flatMap(
      (item) => Object.values(item).map(({ operationId }) => operationId),
    )
    t.equal(new Set(ids).size, ids.length, 'each operationId is there once')
    for (const id of [
      'getChannels',
      'postChannel',
      'getVersionsByChannelId',
      'getWifConfigs',
      'putRackStatuses',
    ])
      t.ok(ids.includes(id), id)
    for (const name of ['Channel', 'VersionList', 'WifConfigCreateRequest', 'RackSpec'])
      t.ok(name in body.components.schemas, name)
    t.equal((await call('GET', 'schemas/Rack')).status, 200)
    t.notMatch(JSON.stringify(body), /<(kinds?|parent|plural)>/i, 'every word is filled in')
    t.ok(app.hasRoute({ method: 'PUT', url: '/api/hyperfleet/v1/halls/:hall_id/racks/:rack_id/statuses' }))
  })
})

/** Kinds of three levels for each policy of the lower two, with adapters and without. */
const trees = ['cascade', 'restrict'].flatMap((middle) =>
  ['cascade', 'restrict'].flatMap((lower) =>
    [true, false].map((reconciled) => {
      const mark = `${middle[0]}${lower[0]}${reconciled ? 'a' : 'n'}`.toUpperCase()
      const [top, mid, low] = ['Top', 'Mid', 'Low'].map((level) => `${level}${mark}`) as [
        string,
        string,
        string,
      ]
      return { top, mid, low, middle, lower, reconciled }
    }),
  ),
)
const plural = (kind: string) => `${kind.toLowerCase()}s`

t.test('deleting a tree of three levels', async (t) => {
  const required = (reconciled: boolean) => (reconciled ? { required_adapters: ['a'] } : {})
  const kinds = trees.flatMap(({ top, mid, low, middle, lower, reconciled }) => [
    { kind: top, plural: plural(top), ...required(reconciled) },
    { kind: mid, plural: plural(mid), parent_kind: top, on_parent_delete: middle, ...required(reconciled) },
    { kind: low, plural: plural(low), parent_kind: mid, on_parent_delete: lower, ...required(reconciled) },
  ])
  const { call } = await application(t, {
    HYPERFLEET_ENTITIES: JSON.stringify(kinds),
    HYPERFLEET_CLUSTER_ADAPTERS: '[]',
  })
  const finalized = {
    conditions: [
      { type: 'Finalized', status: 'True' },
      { type: 'Health', status: 'True' },
    ],
  }

  for (const { top, mid, low, middle, lower, reconciled } of trees) {
    const plant = async () => {
      const at = async (path: string, kind: string) => {
        const { body } = await call('POST', path, named(kind))
        return { path: `${plural(kind)}/${body.id}`, body }
      }
      const root = await at(plural(top), top)
      const child = await at(`${root.path}/${plural(mid)}`, mid)
      const leaf = await at(`${child.path}/${plural(low)}`, low)
      return [root, child, leaf] as const
    }
    const statesOf = (nodes: readonly { path: string }[]) =>
      Promise.all(
        nodes.map(async ({ path }) => {
          const { status, body } = await call('GET', path)
          return status === 404 ? 'gone' : body.deleted_time ? 'marked' : 'live'
        }),
      )
    const finish = (path: string) => call('PUT', `${path}/statuses`, report('a', 2, 'Unknown', 1, finalized))
    const adapters = reconciled ? 'with adapters' : 'without'

    await t.test(`${middle} above ${lower}, ${adapters}: from the root`, async (t) => {
      const nodes = await plant()
      const answer = await call('DELETE', nodes[0].path)
      if (middle === 'restrict' || lower === 'restrict') {
        isRefused(t, answer, 409, 'CNF-003', new RegExp(`${top}.*1 ${middle === 'restrict' ? mid : low}`))
        for (const { path, body } of nodes)
          t.strictSame((await call('GET', path)).body, body, 'nothing changed')
        return
      }
      t.match(answer, { status: 202, body: { generation: 2 } })
      t.strictSame(await statesOf(nodes), Array(3).fill(reconciled ? 'marked' : 'gone'))
      if (!reconciled) return
      for (const { path } of [nodes[0], nodes[1]]) {
        t.equal((await finish(path)).status, 200)
        t.match(condition((await call('GET', path)).body, 'Reconciled'), {
          status: 'False',
          reason: 'ReconciledWaitingForChildren',
        })
      }
      t.equal((await finish(nodes[2].path)).status, 200)
      t.strictSame(await statesOf(nodes), ['gone', 'gone', 'gone'], 'the last leaf takes all above it along')
    })

    await t.test(`${middle} above ${lower}, ${adapters}: from the leaf`, async (t) => {
      const nodes = await plant()
      for (const { path } of [...nodes].reverse()) {
        const answer = await call('DELETE', path)
        t.equal(answer.status, 202, answer.text)
      }
      t.strictSame(await statesOf(nodes), Array(3).fill(reconciled ? 'marked' : 'gone'))
      if (!reconciled) return
      t.equal((await call('DELETE', nodes[0].path)).status, 202, 'again')
      t.equal((await call('POST', `${nodes[1].path}/force-delete`, { reason: 'r' })).status, 204)
      t.strictSame(await statesOf(nodes), ['marked', 'gone', 'gone'], 'what is below goes by force, too')
      t.equal((await finish(nodes[0].path)).status, 200)
      t.strictSame(await statesOf(nodes), ['gone', 'gone', 'gone'])
    })
  }
})

t.test('resources of any kind', async (t) => {
  const { call, database } = await application(t, entities(five, sites))
  const create = async (path: string, kind: string, more: object = {}) => {
    const answer = await call('POST', path, { ...named(kind), ...more })
    t.equal(answer.status, 201, answer.text)
    return answer.body
  }
  const channel = await create('resources', 'Channel', { labels: { walk: 'any' } })
  const version = await create(`channels/${channel.id}/versions`, 'Version', { labels: { walk: 'any' } })
  const site = await create('resources', 'Site', { labels: { walk: 'any' } })
  const nowhere = '019cd6d4-8a00-7c3d-9d52-1f0e6b7a4c03'

  await t.test('are what they are by the paths of their kind', async (t) => {
    for (const [path, resource] of [
      ['channels', channel],
      ['versions', version],
      ['sites', site],
    ]) {
      const own = await call('GET', `${path}/${resource.id}`)
      const any = await call('GET', `resources/${resource.id}`)
      t.strictSame(any.body, own.body)
      t.equal(any.headers.etag, own.headers.etag)
    }
    isRefused(t, await call('GET', `resources/${nowhere}`), 404, 'NTF-001', /^Resource with id='019cd6d4/)
    isRefused(t, await call('GET', 'resources/abc'), 404, 'NTF-001', /^Resource with id='abc' not found/)
  })

  await t.test('are listed and searched together, or by kind', async (t) => {
    const all = (await call('GET', 'resources?order=created_time')).body
    t.strictSame(
      all.items.map(({ id }: { id: string }) => id),
      [channel, version, site].map(({ id }) => id),
    )
    t.match(all, { kind: 'ResourceList', total: 3, size: 3 })
    t.match((await call('GET', 'resources?kind=Version')).body, {
      kind: 'VersionList',
      total: 1,
      items: [version],
    })
    t.equal((await call('GET', 'resources?kind=Hall')).body.total, 0)
    isRefused(t, await call('GET', 'resources?kind=Toaster'), 400, 'VAL-000', /kind must be one of/)
    const found = async (search: string) =>
      (await call('GET', `resources?search=${encodeURIComponent(search)}&order=name`)).body.items.map(
        ({ id }: { id: string }) => id,
      )
    t.strictSame(await found("kind in ['Channel','Site'] and labels.walk='any'"), [channel.id, site.id])
    t.strictSame(await found("owner_kind='Channel'"), [version.id])
    const ids: string[] = []
    for (let cursor: string | undefined = ''; cursor !== undefined; ) {
      const page: Answer = await call('GET', `resources?size=1&order=id&cursor=${encodeURIComponent(cursor)}`)
      t.equal(page.body.total, 3)
      ids.push(...page.body.items.map(({ id }: { id: string }) => id))
      cursor = page.body.next_cursor
    }
    t.strictSame(ids, [channel.id, version.id, site.id], 'a walk sees each once')
  })

  await t.test('are created by their kind: a root kind, by its rules', async (t) => {
    isRefused(
      t,
      await call('POST', 'resources', named('Version')),
      422,
      'VAL-000',
      /channels\/\{channel_id\}\/versions/,
    )
    isRefused(
      t,
      await call('POST', 'resources', named('Toaster')),
      400,
      'VAL-000',
      /kind must be one of Cluster/,
    )
    isRefused(t, await call('POST', 'resources', { ...named('Cluster'), name: 'ab' }), 400, 'VAL-000', /name/)
    isRefused(t, await call('POST', 'resources', { ...named('Channel'), label: {} }), 400, 'VAL-000', /label/)
    isRefused(t, await call('POST', 'resources', { name: 'x', spec: {} }), 400, 'VAL-000', /kind is required/)
    const key = { 'idempotency-key': 'once' }
    const body = named('Channel')
    const first = await call('POST', 'resources', body, key)
    t.equal(first.headers.location, `/api/hyperfleet/v1/channels/${first.body.id}`)
    t.strictSame((await call('POST', 'resources', body, key)).body, first.body)
    const other = await call('POST', 'resources', { ...body, kind: 'WifConfig' }, key)
    isRefused(t, other, 422, 'VAL-000', /used with another body/)
    isRefused(t, await call('POST', 'channels', body, key), 409, 'CNF-001', /already exists/)
  })

  await t.test('are changed, reported on, deleted and removed', async (t) => {
    const path = `resources/${site.id}`
    t.match(await call('PATCH', path, { spec: { a: 1 } }), {
      status: 200,
      body: { kind: 'Site', generation: 2 },
    })
    isRefused(t, await call('PATCH', path, { name: 'x' }), 400, 'VAL-000', /name/)
    isRefused(
      t,
      await call('PATCH', `resources/${nowhere}`, { spec: {} }),
      404,
      'NTF-001',
      /^Resource with id=/,
    )
    t.equal((await call('PUT', `${path}/statuses`, report('survey', 2, 'True', 1))).status, 200)
    t.equal((await call('GET', `${path}/statuses`)).body.total, 1)
    t.equal(condition((await call('GET', path)).body, 'Reconciled')?.status, 'True')
    isRefused(t, await call('PUT', 'resources/abc/statuses', {}), 404, 'NTF-001', /^Resource with id='abc'/)
    t.equal((await call('DELETE', path)).status, 202)
    isRefused(t, await call('POST', `${path}/force-delete`, {}), 400, 'VAL-000', /reason/)
    t.equal((await call('POST', `${path}/force-delete`, { reason: 'r' })).status, 204)
    isRefused(t, await call('DELETE', path), 404, 'NTF-001', /^Resource with id=/)
    isRefused(t, await call('DELETE', `resources/${channel.id}`), 409, 'CNF-003', /1 Version/)
  })

  await t.test('are there when their kind is configured no more', async (t) => {
    await database.pool.query("update resources set kind = 'Gone' where id = $1", [version.id])
    await database.pool.query(
      "insert into kinds select 'Gone', 'gones', base_path, parent_kind, null, false, on_parent_delete from kinds where kind = 'Version'",
    )
    const path = `resources/${version.id}`
    t.equal((await call('GET', path)).body.kind, 'Gone')
    t.equal(
      (await call('GET', 'resources?order=name')).body.items.filter(
        ({ kind }: { kind: string }) => kind === 'Gone',
      ).length,
      1,
    )
    isRefused(
      t,
      await call('PATCH', path, { spec: {} }),
      400,
      'VAL-000',
      /^The kind Gone is not in the configuration of this server$/,
    )
    isRefused(t, await call('DELETE', `resources/${channel.id}`), 409, 'CNF-003', /1 Gone/)
    t.equal((await call('DELETE', path)).status, 202, 'and can be removed')
    isRefused(t, await call('GET', path), 404, 'NTF-001', /^Resource with id=/)
  })
})

t.test('a cursor is of the path of a kind, or of resources of any kind', async (t) => {
  const { call } = await application(t, entities(five))
  const { id } = (await call('POST', 'wifconfigs', named('WifConfig'))).body
  const references = { wif_config: [{ id, kind: 'WifConfig' }] }
  for (let n = 0; n < 2; n++) {
    await call('POST', 'clusters', { kind: 'Cluster', name: `cluster-${n}`, spec: {}, references })
    await call('POST', 'wifconfigs', named('WifConfig'))
  }
  for (const [path, kind, ...queries] of [
    ['wifconfigs', 'WifConfig', '', "&search=name!='x'"],
    ['clusters', 'Cluster', '', `&ref_type=wif_config&ref_target_id=${id}`],
  ] as const)
    for (const query of queries) {
      const lists = { own: `${path}?size=1${query}`, any: `resources?kind=${kind}&size=1${query}` }
      for (const from of ['own', 'any'] as const)
        for (const to of ['own', 'any'] as const) {
          const { next_cursor } = (await call('GET', `${lists[from]}&cursor=`)).body
          const answer = await call('GET', `${lists[to]}&cursor=${next_cursor}`)
          if (from === to) t.equal(answer.body.items.length, 1, lists[to])
          else isRefused(t, answer, 400, 'VAL-005', /cursor is not a cursor of this list/)
        }
    }
})

/** Paths that cannot create a child, and the kind that is sent to them. */
const withoutParent = [
  ['versions', 'Version'],
  ['nodepools', 'NodePool'],
  ['resources', 'Version'],
  ['resources', 'NodePool'],
] as const

t.test('a create of a child that does not name the parent is refused last of all', async (t) => {
  const env = entities(five)
  const { call, url } = await application(t, env)
  const key = { 'idempotency-key': 'a' }
  for (const [path, kind] of withoutParent) {
    const title = `${kind} by ${path}`
    const post = (body: unknown, headers = {}, query = '') => call('POST', path + query, body, headers)
    const text = { 'content-type': 'text/plain' }
    const unknown = await post('{', text, '?serach=x&dry_run=7')
    t.match(unknown, { status: 400, body: { errors: [{ field: 'serach' }, { field: 'dry_run' }] } }, title)
    isRefused(t, await post('x'.repeat(2 ** 21), { ...text, 'if-match': '"1"' }), 400, 'VAL-000', /if-match/)
    isRefused(t, await post('x'.repeat(2 ** 21), text), 415, 'VAL-011', /application\/json/)
    isRefused(t, await post('x'.repeat(2 ** 21)), 413, 'VAL-010', /larger than/)
    isRefused(t, await post('{'), 400, 'VAL-006', /not JSON/)
    isRefused(t, await post(undefined), 400, 'VAL-006', /empty/)
    const broken = await post({ kind, name: 'N', label: {}, labels: { a: '\0' }, spec: 1 })
    t.equal(broken.status, 400, title)
    t.strictSame(
      [...new Set(broken.body.errors.map(({ field }: { field: string }) => field))].sort(),
      ['label', 'labels.a', 'name', 'spec'],
      title,
    )
    for (const headers of [{}, key])
      isRefused(t, await post(named(kind), headers), 422, 'VAL-000', /POST .*\{(channel|cluster)_id\}\//)
  }
  for (const path of ['versions', 'versions/', 'nodepools'])
    t.match(await call('PUT', path, {}), { status: 405, headers: { allow: 'GET, HEAD' } }, path)

  const issuer = await createIssuer(t)
  const trust = trusting({ issuer_url: issuer.url, jwk_cert_url: issuer.url })
  const secured = await application(t, { ...env, ...trust }, url)
  for (const [path] of withoutParent)
    isRefused(t, await secured.call('POST', `${path}?serach=x`, '{'), 401, 'AUT-001', /./)
  const limited = await application(t, { ...env, HYPERFLEET_SERVER_RATE_LIMIT_REQUESTS: '1' }, url)
  await limited.call('GET', 'versions')
  for (const [path] of withoutParent)
    isRefused(t, await limited.call('POST', `${path}?serach=x`, '{'), 429, 'LMT-001', /./)
})

t.test('a path of any kind tells all violations, as the path of the kind does', async (t) => {
  const file = join(t.testdir({ 'provider.yaml': stringify(provider) }), 'provider.yaml')
  const { call } = await application(t, {
    ...entities(five, '[{ kind: Toaster, plural: toasters, spec_schema_name: Toasting, name_max_len: 5 }]'),
    HYPERFLEET_SERVER_OPENAPI_SCHEMA_PATH: file,
  })
  const { body } = await call('POST', 'toasters', named('Toaster'))
  const nowhere = '019cd6d4-8a00-7c3d-9d52-1f0e6b7a4c03'
  const spec = { slots: 'two', 'no\0': 1 }
  const bodies: [method: string, path: string, body: unknown, fields: string[]][] = [
    [
      'POST',
      '',
      { kind: 'Toaster', name: 'toolong', label: {}, spec },
      ['label', 'name', 'spec.no\0', 'spec.slots'],
    ],
    ['POST', '', { kind: 'Toaster', spec }, ['name', 'spec.no\0', 'spec.slots']],
    ['POST', '', { kind: 'Toaster', label: 1, name: 2 }, ['label', 'name', 'spec']],
    ['PATCH', `/${body.id}`, { name: 'x', labels: 7, spec }, ['labels', 'name', 'spec.no\0', 'spec.slots']],
    ['PATCH', `/${nowhere}`, { name: 'x', spec: {} }, ['name']],
  ]
  for (const [method, path, sent, fields] of bodies) {
    const [any, own] = await Promise.all(
      ['resources', 'toasters'].map((list) => call(method, list + path, sent)),
    )
    const sorted = (answer: Answer | undefined) =>
      answer?.body.errors.map(({ field }: { field: string }) => field).sort()
    t.equal(any?.status, 400)
    t.strictSame(sorted(any), fields, `${method} ${JSON.stringify(sent)}`)
    t.strictSame(any?.body.errors, own?.body.errors)
  }
  for (const sent of [[], 5, { kind: 'toaster' }, { kind: 'constructor' }])
    isRefused(t, await call('POST', 'resources', sent), 400, 'VAL-000', /must be object|kind must be one of/)
})

t.test('the spec of a kind is held to the schema that its entry names', async (t) => {
  const file = join(t.testdir({ 'provider.yaml': stringify(provider) }), 'provider.yaml')
  const kinds = (toaster: object) => ({
    ...entities(five),
    HYPERFLEET_ENTITIES: JSON.stringify([
      { kind: 'Toaster', plural: 'toasters', ...toaster },
      { kind: 'Kettle', plural: 'kettles', spec_schema_name: '' },
    ]),
    HYPERFLEET_NODEPOOL_ADAPTERS: '[]',
  })
  const { call } = await application(t, {
    ...kinds({ spec_schema_name: 'Toasting', require_spec_schema: true }),
    HYPERFLEET_SERVER_OPENAPI_SCHEMA_PATH: file,
  })
  for (const path of ['toasters', 'resources']) {
    const wrong = await call('POST', path, { ...named('Toaster'), spec: { slots: 'two' } })
    t.match(wrong, { status: 400, body: { errors: [{ field: 'spec.slots' }] } }, path)
  }
  const { body } = await call('POST', 'toasters', { ...named('Toaster'), spec: { slots: 2 } })
  for (const path of [`toasters/${body.id}`, `resources/${body.id}`])
    for (const type of ['application/json', 'application/merge-patch+json']) {
      const wrong = await call('PATCH', path, { spec: { slots: 'two' } }, { 'content-type': type })
      t.match(wrong, { status: 400, body: { errors: [{ field: 'spec.slots' }] } }, `${path} ${type}`)
    }
  t.match((await call('GET', 'schemas/Toaster')).body, { properties: { slots: { type: 'integer' } } })
  t.equal(
    (await call('POST', 'kettles', { ...named('Kettle'), spec: { slots: 'two' } })).status,
    201,
    'an empty name',
  )

  const two = [
    { kind: 'Toaster', plural: 'toasters', require_spec_schema: true },
    { kind: 'Pan', plural: 'pans', require_spec_schema: true },
  ]
  await t.rejects(
    application(t, { ...kinds({}), HYPERFLEET_ENTITIES: JSON.stringify(two) }),
    { message: /^entities: Toaster must .*; entities: Pan must .* there is no PanSpec/ },
    'all of them',
  )
  const lacking =
    /^entities: Toaster must have a schema for its spec \(require_spec_schema\), and there is no ToasterSpec/
  await t.rejects(application(t, kinds({ require_spec_schema: true })), { message: lacking }, 'no document')
  const elsewhere = { ...kinds({ require_spec_schema: true }), HYPERFLEET_SERVER_OPENAPI_SCHEMA_PATH: file }
  await t.rejects(application(t, elsewhere), { message: lacking }, 'a document without it')

  const nodePool = (entity: object, path?: string) => ({
    HYPERFLEET_ENTITIES: JSON.stringify([{ kind: 'NodePool', require_spec_schema: true, ...entity }]),
    ...(path && { HYPERFLEET_SERVER_OPENAPI_SCHEMA_PATH: path }),
    HYPERFLEET_CLUSTER_ADAPTERS: '[]',
  })
  const without = /^entities: NodePool must have a schema .* there is no NodePoolSpec:/
  await t.rejects(application(t, nodePool({}, file)), { message: without }, 'of our document, not in theirs')
  const other = /^entities: NodePool must have a schema .* there is no PoolSpec:/
  await t.rejects(
    application(t, nodePool({ spec_schema_name: 'PoolSpec' })),
    { message: other },
    'not in ours',
  )
  t.equal((await (await application(t, nodePool({}))).call('GET', 'nodepools')).status, 200, 'in ours')
})

t.test('a kind may be called the same in the singular and in the plural', async (t) => {
  const child = (kind: string, plural: string, parent_kind: string) => ({
    ...{ kind, plural, parent_kind },
    on_parent_delete: 'cascade',
  })
  const sheep = { kind: 'Sheep', plural: 'sheep' }
  const kinds = [
    sheep,
    child('Dns', 'd-n-s', 'Cluster'),
    child('Deer', 'deer', 'Dns'),
    child('Calf', 'calves', 'Deer'),
  ]
  const { call } = await application(t, {
    HYPERFLEET_ENTITIES: JSON.stringify(kinds),
    HYPERFLEET_CLUSTER_ADAPTERS: '[]',
  })
  const { body: document } = await call('GET', '/openapi.json')
  const idOf = (path: string) => document.paths[`/api/hyperfleet/v1/${path}`].get.operationId
  t.strictSame(['sheep', 'sheep/{sheep_id}', 'd-n-s', 'd-n-s/{dns_id}', 'd-n-s/{dns_id}/deer'].map(idOf), [
    'getSheep',
    'getSheepById',
    'getDns',
    'getOneDns',
    'getDeerByDnsId',
  ])
  t.strictSame(
    [
      'clusters/{cluster_id}/d-n-s',
      'd-n-s/{dns_id}/deer/{deer_id}',
      'deer',
      'deer/{deer_id}',
      'calves',
      'calves/{calf_id}',
    ].map(idOf),
    ['getDnsByClusterId', 'getDeerById', 'getDeer', 'getOneDeer', 'getCalves', 'getCalf'],
  )
  const { body: cluster } = await call('POST', 'clusters', { kind: 'Cluster', name: 'one', spec: {} })
  const { body: dns } = await call('POST', `clusters/${cluster.id}/d-n-s`, named('Dns'))
  t.equal((await call('GET', 'd-n-s')).body.total, 1)
  t.strictSame((await call('GET', `d-n-s/${dns.id}`)).body, dns)
})

t.test('names that the document has already stop the start', async (t) => {
  const refused = async (kinds: object[], message: RegExp) => {
    const env = { HYPERFLEET_ENTITIES: JSON.stringify(kinds) }
    await t.rejects(application(t, { HYPERFLEET_CLUSTER_ADAPTERS: '[]', ...env }), { message })
  }
  await refused(
    [{ kind: 'Resource', plural: 'things' }],
    /^entities\[\d\]\.kind of Resource must not give the document the schema Resource, which it has already /,
  )
  await refused([{ kind: 'ClusterList', plural: 'things' }], /^entities\[\d\]\.kind of ClusterList must not/)
  await refused(
    [
      { kind: 'Item', plural: 'items' },
      { kind: 'Items', plural: 'itemses', parent_kind: 'Item', on_parent_delete: 'cascade' },
    ],
    /^entities\[\d\]\.kind of Items must not give the document the operation getItems, which Item gives it /,
  )
  await refused(
    [{ kind: 'M', plural: 'metadata' }],
    /^entities\[\d\]\.plural of M must not give the document the operation getMetadata, which it has already /,
  )
})

t.test('kinds that are not in the database yet', async (t) => {
  const { url } = await application(t, entities(five))
  const builds = `
- { kind: Build, plural: builds, parent_kind: Version, on_parent_delete: cascade, required_adapters: [builder] }
- { kind: Log, plural: logs, parent_kind: Build, on_parent_delete: restrict }
`
  const { call } = await application(t, entities(five, builds), url)
  const channel = (await call('POST', 'channels', named('Channel'))).body
  const version = (await call('POST', `channels/${channel.id}/versions`, named('Version'))).body
  const missing = '019cd6d4-8a00-7c3d-9d52-1f0e6b7a4c03'
  const isMissing = async (kind: string, id: string, ...asked: Parameters<typeof call>) =>
    isRefused(t, await call(...asked), 404, 'NTF-001', new RegExp(`^${kind} with id='${id}' not found$`))

  await t.test('have no resources: their lists are empty', async (t) => {
    for (const path of [`versions/${version.id}/builds`, 'builds', 'logs', 'resources?kind=Log'])
      for (const more of ['', 'size=1&cursor=', "search=name='a'"]) {
        const { status, body } = await call('GET', `${path}${path.includes('?') ? '&' : '?'}${more}`)
        t.match({ status, body }, { status: 200, body: { total: 0, items: [] } }, `${path} ${more}`)
      }
  })

  await t.test('cannot be created', async (t) => {
    for (const [path, kind] of [
      [`versions/${version.id}/builds`, 'Build'],
      [`versions/${missing}/builds`, 'Build'],
      [`builds/${missing}/logs`, 'Log'],
    ] as const)
      for (const headers of [{}, { 'idempotency-key': 'a' }] as Record<string, string>[])
        isRefused(
          t,
          await call('POST', path, named(kind), headers),
          503,
          'SVC-001',
          new RegExp(`^The kind ${kind} is not in the database$`),
        )
  })

  await t.test('have parents that may be missing, too', async () => {
    for (const id of [missing, 'x', channel.id]) {
      await isMissing('Version', id, 'GET', `versions/${id}/builds`)
      await isMissing('Build', id, 'GET', `builds/${id}/logs`)
    }
    await isMissing('Build', version.id, 'GET', `builds/${version.id}/logs?size=1&cursor=`)
  })

  await t.test('have resources that are missing, on every route', async () => {
    for (const [path, kind] of [
      [`versions/${version.id}/builds/x`, 'Build'],
      [`builds/x`, 'Build'],
      [`logs/x`, 'Log'],
    ] as const) {
      await isMissing(kind, 'x', 'GET', path)
      await isMissing(kind, 'x', 'GET', `${path}?fields=name`)
      await isMissing(kind, 'x', 'GET', `${path}/explain`)
      await isMissing(kind, 'x', 'PATCH', path, { spec: {}, references: {} })
      await isMissing(
        kind,
        'x',
        'PATCH',
        path,
        { labels: {} },
        { 'content-type': 'application/merge-patch+json' },
      )
      await isMissing(kind, 'x', 'DELETE', path)
      await isMissing(kind, 'x', 'POST', `${path}/force-delete`, { reason: 'r' })
      await isMissing(kind, 'x', 'GET', `${path}/statuses`)
      for (const body of [report('builder', 1, 'True', 1), {}])
        await isMissing(kind, 'x', 'PUT', `${path}/statuses`, body)
    }
  })
})

t.test('entries that change', async (t) => {
  const env = (kinds: object[]) => ({
    HYPERFLEET_ENTITIES: JSON.stringify(kinds),
    HYPERFLEET_CLUSTER_ADAPTERS: '[]',
  })
  const shelf = { kind: 'Shelf', plural: 'shelves' }
  const box = { kind: 'Box', plural: 'boxes', parent_kind: 'Shelf', on_parent_delete: 'restrict' }
  const before = await application(t, env([shelf, box]))
  const { url } = before
  const change = async (kinds: object[]) => {
    const config = testConfig(url, env(kinds))
    await migrate(config, loadDocument(config)['x-kinds'])
  }
  const kindsOf = async () =>
    (await before.database.all('list_kinds', {}))
      .map(({ kind }) => kind)
      .filter((kind) => !/^(Cl|No)/.test(kind))

  await t.test('are forgotten where there are no resources', async (t) => {
    await change([])
    t.strictSame(await kindsOf(), [])
    await change([{ ...shelf, kind: 'Rack' }])
    t.strictSame(await kindsOf(), ['Rack'], 'its plural is free')
    await change([shelf, box])
  })

  await t.test('are missed by a server that has not ended yet, or has begun before `migrate`', async (t) => {
    await change([])
    isRefused(t, await before.call('GET', 'shelves/abc'), 404, 'NTF-001', /^Shelf with id='abc' not found/)
    for (const path of ['shelves', 'resources'])
      isRefused(
        t,
        await before.call('POST', path, named('Shelf')),
        503,
        'SVC-001',
        /^The kind Shelf is not in the database/,
      )
    await change([shelf, box])
  })

  await t.test('are kept for a resource that is created while they would be forgotten', async (t) => {
    const session = await openSession(t, url)
    await session.query('begin')
    const { rows } = await session.query(
      `select id from create_resource('Shelf', null, '{"name":"late","spec":{}}', 'test', '{}', '')`,
    )
    const changing = change([])
    await untilWaiting(session, 1)
    await session.query('commit')
    await changing
    t.equal((await before.call('GET', `shelves/${rows[0].id}`)).status, 200)
    t.equal((await before.call('DELETE', `shelves/${rows[0].id}`)).status, 202)
    await change([shelf, box])
  })

  await t.test('exchange their plurals', async (t) => {
    const exchanged = [
      { ...shelf, plural: 'boxes' },
      { ...box, plural: 'shelves' },
    ]
    await change(exchanged)
    const { rows } = await before.database.pool.query("select plural from kinds where kind = 'Shelf'")
    t.strictSame(rows, [{ plural: 'boxes' }])
    await change([shelf, box])
  })

  await t.test('keep what resources need', async (t) => {
    const { body: made } = await before.call('POST', 'shelves', named('Shelf'))
    const { body: inside } = await before.call('POST', `shelves/${made.id}/boxes`, named('Box'))
    await change([])
    t.strictSame(await kindsOf(), ['Box', 'Shelf'])
    await t.rejects(change([{ ...shelf, kind: 'Rack' }]), {
      message:
        'entities: Rack cannot have the plural shelves: Shelf, which is configured no more, has it and has resources',
    })
    await t.rejects(change([shelf, { ...box, parent_kind: 'Cluster' }]), {
      message: 'entities: Box cannot have another parent_kind than before: it has resources',
    })
    const cases = { ...box, on_parent_delete: 'cascade', plural: 'cases' }
    await change([shelf, cases])
    const after = await application(t, env([shelf, cases]), url)
    t.equal(
      (await after.call('GET', `cases/${inside.id}`)).body.href,
      `/api/hyperfleet/v1/cases/${inside.id}`,
    )
    t.equal((await after.call('DELETE', `shelves/${made.id}`)).status, 202, 'another policy')
  })

  await t.test('have their conditions computed anew with other adapters', async (t) => {
    await change([shelf, box])
    const { body } = await before.call('POST', 'shelves', named('Shelf'))
    t.strictSame(body.status.conditions, [])
    await change([{ ...shelf, required_adapters: ['survey'] }, box])
    const path = `shelves/${body.id}`
    t.equal(condition((await before.call('GET', path)).body, 'Reconciled')?.status, 'False')
    await change([shelf, box])
    t.strictSame((await before.call('GET', path)).body.status.conditions, [])
  })
})
