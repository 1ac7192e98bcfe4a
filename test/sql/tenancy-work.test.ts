/**
 * The rows that the database reads for a resource of another tenant, and for none, in each operation on one resource, and in lists
 * that look for what may be guessed: a caller could measure a difference as time. There is none (even_reads), however many children,
 * reports and references the resource has, and nothing is written.
 */
import { randomBytes } from 'node:crypto'
import t, { type Test } from 'tap'
import { loadDocument } from '../../server/openapi/document.ts'
import { operationsOf } from '../../server/openapi/operations.ts'
import { type Application, application, report } from '../application.ts'
import { testConfig } from '../databases.ts'

const env = {
  HYPERFLEET_ENTITIES: JSON.stringify([
    {
      kind: 'Cluster',
      required_adapters: ['validation'],
      references: [{ ref_type: 'peers', target_kind: 'Cluster' }],
    },
    { kind: 'Site', plural: 'sites' },
    { kind: 'Hall', plural: 'halls', parent_kind: 'Site', on_parent_delete: 'cascade' },
  ]),
  HYPERFLEET_CLUSTER_ADAPTERS: '["validation"]',
  HYPERFLEET_NODEPOOL_ADAPTERS: '["validation"]',
  // One session has all statements, and all counters.
  HYPERFLEET_DATABASE_POOL_MAX_CONNECTIONS: '1',
  HYPERFLEET_SERVER_TENANT_ENABLED: 'true',
  HYPERFLEET_SERVER_TENANT_DIMENSIONS: '[{"key":"org","header":"X-Org","required":true}]',
}
const [theirs, ours] = [{ 'x-org': 'theirs' }, { 'x-org': 'ours' }]
/** How many children, reports and references a resource has. */
const MANY = 10
/** Resources of other tenants, so many that indexes are used. */
const OTHERS = 2000
const REPEATS = 3

/** Rows read by scans and by indexes, and rows written, by table. */
type Work = Record<string, number>

let names = 0
const named = (kind: string, more: object = {}) => ({ kind, name: `n-${++names}`, spec: {}, ...more })

/** An id of the form that the server makes, of no resource. */
function noId(): string {
  const hex = Date.now().toString(16).padStart(12, '0')
  const random = randomBytes(9).toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7${random.slice(0, 3)}-8${random.slice(3, 6)}-${random.slice(6)}`
}

const made = async (
  t: Test,
  call: Application['call'],
  path: string,
  body: object,
  headers: Record<string, string> = theirs,
) => {
  const answer = await call('POST', path, body, headers)
  t.equal(answer.status, 201, answer.text)
  return answer.body
}

const references = (id: string) => ({ references: { peers: [{ id, kind: 'Cluster' }] } })

/** A cluster with node pools, reports and referencers, and a site with halls, of one tenant; their ids by plural. */
async function fleet(t: Test, call: Application['call'], headers: Record<string, string>, isMarked: boolean) {
  const create = (path: string, body: object) => made(t, call, path, body, headers)
  const cluster = await create('clusters', named('Cluster'))
  const site = await create('sites', named('Site'))
  const ids: Record<string, string> = { clusters: cluster.id, resources: cluster.id, sites: site.id }
  for (let count = 0; count < MANY; count++) {
    await call('PUT', `clusters/${cluster.id}/statuses`, report(`a-${count}`, 1, 'True', 1), headers)
    ids.nodepools = (await create(`clusters/${cluster.id}/nodepools`, named('NodePool'))).id
    ids.halls = (await create(`sites/${site.id}/halls`, named('Hall'))).id
    if (!isMarked) await create('clusters', named('Cluster', references(cluster.id)))
  }
  await call('PUT', `clusters/${cluster.id}/statuses`, report('validation', 1, 'True', 1), headers)
  if (isMarked) await call('DELETE', `clusters/${cluster.id}`, undefined, headers)
  return ids
}

/** Resources of each kind of many other tenants, and the statistics of all tables. */
async function crowd({ database }: Application) {
  for (const [kind, parent] of [
    ['Cluster', null],
    ['Site', null],
    ['NodePool', 'Cluster'],
    ['Hall', 'Site'],
  ])
    await database.pool.query(
      `select create_resource($1, owner.id::text, jsonb_build_object('name', 'o-' || number, 'spec', '{}'::jsonb),
                              'test', jsonb_build_object('org', 'o-' || number), 'org=o-' || number)
       from generate_series(1, $3) as number
       left join resources as owner on owner.kind = $2 and owner.name = 'o-' || number`,
      [kind, parent, OTHERS / 4],
    )
  await database.pool.query('analyze')
}

/** Counts the work of what the server is asked, by its one connection. */
async function counter({ database, app: { changes } }: Application) {
  const { rows } = await database.pool.query(
    `select format('alter table %I set (autovacuum_enabled = off)', pg_class.relname) as text
     from pg_stat_user_tables
     inner join pg_class on pg_class.oid = relid
     where relkind = 'r'`,
  )
  for (const { text } of rows) await database.pool.query(text)
  const read = async (): Promise<Work> => {
    // The counters are written at the end of this statement.
    await database.pool.query('select pg_stat_force_next_flush()')
    // Kinds are of no tenant.
    const { rows } = await database.pool.query(
      `select relname, coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) as read,
              n_tup_ins + n_tup_upd + n_tup_del as written
       from pg_stat_user_tables
       where relname <> 'kinds'`,
    )
    return Object.fromEntries(
      rows.flatMap(({ relname, read, written }) => [
        [`${relname} read`, Number(read)],
        [`${relname} written`, Number(written)],
      ]),
    )
  }
  return async (ask: () => Promise<unknown>): Promise<Work> => {
    // Else a list asks for the end of the feed, once a second.
    await changes.reached()
    const before = await read()
    await ask()
    return differing(await read(), before)
  }
}

/** The queries that an operation is asked with. */
const queriesOf = (name: string) =>
  ['resources.get', 'resources.list'].includes(name)
    ? ['', '?fields=name']
    : ['resources.explain', 'reports.list', 'reports.preview'].includes(name) || name.startsWith('history.')
      ? ['']
      : ['', '?dry_run=true']

/** The difference of two works. */
const differing = (one: Work, other: Work): Work =>
  Object.fromEntries(
    [...new Set([...Object.keys(one), ...Object.keys(other)])]
      .map((name) => [name, (one[name] ?? 0) - (other[name] ?? 0)] as const)
      .filter(([, value]) => value !== 0),
  )

t.test('rows that are read for a resource of another tenant, and for none', async (t) => {
  const server = await application(t, env)
  const { call, database } = server
  await crowd(server)
  const counted = await counter(server)
  let statements: string[] = []
  const { observe } = database
  database.observe = (query, ...more) => {
    statements.push(query)
    observe(query, ...more)
  }
  const document = loadDocument(testConfig('postgres://', env))
  const kindOf = new Map(Object.entries(document['x-kinds']).map(([kind, { plural }]) => [plural, kind]))
  const own = await fleet(t, call, ours, false)
  let requests = 0

  /** Compares the work of a request with the ids of another tenant, by plural, and with ids of nothing. */
  const compare = async (
    title: string,
    ids: Record<string, string>,
    ask: (idOf: (plural: string) => string) => Promise<unknown>,
  ) => {
    const nothing: Record<string, string> = {}
    const measured = async (idOf: (plural: string) => string) => {
      const work = await counted(() => {
        statements = []
        return ask(idOf)
      })
      return { work, statements: [...statements] }
    }
    // The first call of a session plans its statements, which reads, too.
    await ask((plural) => (nothing[plural] ??= noId()))
    for (let count = 0; count < REPEATS; count++) {
      const foreign = await measured((plural) => ids[plural] ?? '')
      const none = await measured((plural) => (nothing[plural] ??= noId()))
      t.strictSame(foreign.statements, none.statements, `${title}: the statements`)
      t.strictSame(differing(foreign.work, none.work), {}, `${title}: the rows`)
      const writes = Object.keys(foreign.work).filter((name) => name.endsWith('written'))
      t.strictSame(writes, [], `${title}: nothing is written`)
      requests += 2
    }
  }

  for (const isMarked of [false, true]) {
    const ids = await fleet(t, call, theirs, isMarked)
    for (const { method, path, operation } of operationsOf(document)) {
      const { 'x-operation': name, 'x-kind': kind } = operation
      const segments = path.replace('{generation}', '1').split('/')
      const places = segments.flatMap((segment, at) => (segment.startsWith('{') ? [at] : []))
      if (!kind || !places.length || places.some((at) => segments[at - 1] === 'schemas')) continue
      const created = kindOf.get(segments.at(-1) ?? '') ?? 'Cluster'
      const bodies: Record<string, unknown[]> = {
        'resources.create': [named(created), {}],
        'resources.patch': [
          { labels: { a: 'b' } },
          { spec: {}, generation: 9 },
          ...(kind === 'Cluster' || kind === 'Resource'
            ? [{ references: { peers: [{ id: own.clusters, kind: 'Cluster' }] } }]
            : []),
        ],
        'resources.forceDelete': [{ reason: 'x' }],
        'reports.put': [report('validation', 1, 'True', 2), {}],
        'reports.create': [report('validation', 1, 'False', 2)],
        'reports.preview': [report('validation', 1, 'False', 2)],
      }
      // All of a path foreign; and below our own parent, the last of it.
      for (const kept of places.length > 1 ? [0, 1] : [0])
        for (const body of bodies[name] ?? [undefined])
          for (const query of queriesOf(name)) {
            const pathOf = (idOf: (plural: string) => string) =>
              segments
                .map((segment, at) => {
                  const [place, plural] = [places.indexOf(at), segments[at - 1] ?? '']
                  return place < 0 ? segment : place < kept ? own[plural] : idOf(plural)
                })
                .join('/')
            await compare(`${method} ${path}${query}`, ids, (idOf) =>
              call(method, `${pathOf(idOf)}${query}`, body, ours),
            )
          }
    }
    await compare('a create with a reference', ids, (idOf) =>
      call('POST', 'clusters', named('Cluster', references(idOf('clusters'))), ours),
    )
    await compare('a patch with a reference', ids, (idOf) =>
      call('PATCH', `clusters/${own.clusters}`, references(idOf('clusters')), ours),
    )
  }
  // What may be guessed is there for another tenant, or nowhere.
  const labelled = { labels: { team: 'theirs' } }
  for (let count = 0; count < 50; count++)
    await made(t, call, 'clusters', { ...named('Cluster', labelled), name: `guessed-${count}` })
  const guesses: [there: string, nowhere: string][] = [
    ["name = 'guessed-7'", "name = 'nothing-7'"],
    ["name like 'guessed-%'", "name like 'nothing-%'"],
    ["labels.team = 'theirs'", "labels.team = 'nobodys'"],
    ["labels.team is not null and name > 'g'", "labels.nothing is not null and name > 'g'"],
    [
      "status.conditions.Ready = 'False' and name = 'guessed-7'",
      "status.conditions.Ready = 'False' and name = 'n'",
    ],
  ]
  for (const path of ['clusters', 'resources'])
    for (const [there, nowhere] of guesses) {
      const searched = (search: string) =>
        counted(() => call('GET', `${path}?search=${encodeURIComponent(search)}`, undefined, ours))
      t.strictSame(await searched(there), await searched(nowhere), `${path}: ${there}`)
    }
  // References to a resource of another tenant, many more than the statistics expect, which know of one for each target: a plan
  // that begins at the target is the cheapest then.
  let previous = own.clusters as string
  for (let count = 0; count < 300; count++)
    previous = (await made(t, call, 'clusters', named('Cluster', references(previous)), ours)).id
  await database.pool.query('analyze')
  const target = (await made(t, call, 'clusters', named('Cluster'))).id
  for (let count = 0; count < 200; count++)
    await made(t, call, 'clusters', named('Cluster', references(target)))
  const since = (await call('GET', 'changes', undefined, ours)).body.next
  for (let count = 0; count < 3; count++) await made(t, call, 'clusters', named('Cluster'), ours)
  const byReference = [
    (id: string) => `clusters?ref_type=peers&ref_target_id=${id}`,
    (id: string) => `resources?kind=Cluster&ref_type=peers&ref_target_id=${id}`,
    (id: string) => `clusters?search=${encodeURIComponent(`references.peers = '${id}'`)}`,
    (id: string) => `clusters?search=${encodeURIComponent(`references.peers != '${id}'`)}`,
    (id: string) => `changes?since=start&search=${encodeURIComponent(`references.peers = '${id}'`)}`,
    (id: string) => `changes?since=${since}&search=${encodeURIComponent(`references.peers = '${id}'`)}`,
  ]
  for (const pathOf of byReference) {
    const searched = (id: string) => counted(() => call('GET', pathOf(id), undefined, ours))
    t.strictSame(await searched(target), await searched(noId()), pathOf('x'))
  }
  // The same among the children of our own parent, and many more of other tenants.
  const theirSite = (await made(t, call, 'sites', named('Site'))).id
  const halls = `sites/${own.sites}/halls`
  for (let count = 0; count < 300; count++)
    await made(t, call, `sites/${theirSite}/halls`, { ...named('Hall', labelled), name: `guessed-${count}` })
  await database.pool.query('analyze')
  for (const [there, nowhere] of guesses) {
    const searched = (search: string) =>
      counted(() => call('GET', `${halls}?search=${encodeURIComponent(search)}`, undefined, ours))
    t.strictSame(await searched(there), await searched(nowhere), `${halls}: ${there}`)
  }
  for (const order of ['name', 'created_by', 'id', 'created_time'])
    for (const direction of ['asc', 'desc']) {
      let steps = 0
      for (let cursor: string | undefined = ''; cursor !== undefined; steps++) {
        const path = `${halls}?size=2&order=${order} ${direction}&cursor=${cursor}`
        const { 'resources read': read = 0 } = await counted(async () => {
          cursor = (await call('GET', path, undefined, ours)).body.next_cursor
        })
        t.ok(read <= 4 * MANY, `${path} reads ${read} rows of ${MANY}`)
      }
      t.equal(steps, MANY / 2)
    }
  const mine = (await call('GET', 'clusters', undefined, ours)).body.total
  for (const order of ['name', 'updated_time', 'created_by', 'generation', 'id']) {
    const { 'resources read': read = 0 } = await counted(() =>
      call('GET', `clusters?size=1&order=${order}`, undefined, ours),
    )
    t.ok(read <= mine + 2, `order=${order} reads ${read} rows of ${mine}`)
  }
  t.ok(requests > 2000, `${requests} requests`)
})
