import type pg from 'pg'
import t from 'tap'
import { queries } from '../../generated/sql.ts'
import { writeCursor } from '../../search/cursor.ts'
import { resourceFields, statusFields } from '../../search/fields.ts'
import {
  isWhole,
  type ListQuery,
  queryOf,
  type Selection,
  scoped,
  select,
  selected,
  selectWalk,
} from '../../search/selection.ts'
import { loadDocument } from '../../server/openapi/document.ts'
import { createDatabase } from '../databases.ts'
import { openSession } from '../sessions.ts'

const CLUSTERS = 20_000

/** Of the bytes of a page. */
const BOUND = 16 * 1024 * 1024

/** Every hundredth is not reconciled, every five hundredth because of DNS; teams are of ten. */
const clusters = `
  insert into resources (
    id, kind, owner_id, name, labels, label_pairs, spec, generation, generation_time, version, created_time,
    updated_time, created_by, updated_by, conditions, states, unreconciled_since
  )
  select
    uuid_v7(made.time), 'Cluster', null, 'cluster-' || made.n, made.labels, label_pairs(made.labels), '{}', 1, made.time,
    1, made.time, made.time, 'test', 'test', '[]',
    case
      when made.n % 500 = 0 then '{Reconciled=False,DnsSuccessful=False}'
      when made.n % 100 = 0 then '{Reconciled=False,DnsSuccessful=True}'
      else '{Reconciled=True,DnsSuccessful=True}'
    end::text[],
    case when made.n % 100 = 0 then made.time end
  from (
    select
      n,
      '2026-01-01Z'::timestamptz + n * interval '1 second' as time,
      jsonb_build_object('number', n::text, 'team', (n / 10)::text, 'hundred', (n / 100)::text, 'even', (n % 2 = 0)::text) as labels
    from generate_series(1, ${CLUSTERS}) as n
  ) as made`

const children = `
  insert into resources (
    id, kind, owner_id, name, labels, label_pairs, spec, generation, generation_time, version,
    created_time, updated_time, created_by, updated_by, conditions, states
  )
  select
    uuid_v7(owner.created_time), 'NodePool', owner.id, 'workers', owner.labels, owner.label_pairs, '{}', 1,
    owner.created_time, 1, owner.created_time, owner.created_time, 'test', 'test', '[]', '{Reconciled=True}'
  from resources as owner
  where owner.kind = 'Cluster'`

const reports = `
  insert into adapter_statuses (
    resource_id, adapter, observed_generation, created_time, last_report_time, available, finalized, conditions, data
  )
  select resource.id, 'validator', 1, resource.created_time, resource.created_time, true, false, '[]', '{}'
  from resources as resource`

interface Node {
  'Node Type': string
  'Relation Name'?: string
  'Actual Rows': number
  'Actual Loops': number
  'Rows Removed by Filter'?: number
  'Rows Removed by Index Recheck'?: number
  Plans?: Node[]
}

/** How many rows a statement looks at in the tables that grow. */
async function rowsRead(session: pg.Client, text: string, values: unknown[]): Promise<number> {
  const { rows } = await session.query({ text: `explain (analyze, format json) ${text}`, values })
  const read = (node: Node): number => {
    const isOfTable = ['resources', 'adapter_statuses'].includes(node['Relation Name'] ?? '')
    const seen =
      node['Actual Rows'] +
      (node['Rows Removed by Filter'] ?? 0) +
      (node['Rows Removed by Index Recheck'] ?? 0)
    const inner = (node.Plans ?? []).reduce((sum, each) => sum + read(each), 0)
    return inner + (isOfTable ? seen * node['Actual Loops'] : 0)
  }
  return Math.round(read(rows[0]['QUERY PLAN'][0].Plan))
}

/** The values of list_unfiltered_resources for all clusters. */
const unfiltered = (size: number, known: string | null, beyond: string) => [
  'Cluster',
  size,
  null,
  known,
  BOUND,
  beyond,
  '{}',
  '',
]

/** The list of all clusters, for a caller of all tenants. */
const allClusters = { kind: 'Cluster', owner_id: null, tenant: '' }

t.test('every path to resources that clients walk has an index', async (t) => {
  const session = await openSession(t, await createDatabase())
  for (const each of [clusters, children, reports]) await session.query(each)
  await session.query('vacuum analyze')
  const { rows } = await session.query(`select id from resources where name = 'cluster-7'`)
  const id: string = rows[0].id

  const list = (query: ListQuery & { page?: number }, owner: string | null = null) => {
    const { page = 1 } = query
    const kind = owner ? 'NodePool' : 'Cluster'
    const selection = scoped(select(query, resourceFields), { kind, owner_id: owner, tenant: '' })
    const whole = isWhole(selection, owner)
    const name = queryOf(selection, owner, page === 1)
    const values = {
      list_resources: [
        kind,
        owner,
        page,
        20,
        null,
        whole,
        null,
        BOUND,
        'refuse',
        owner && 'Cluster',
        '{}',
        '',
      ],
      list_children: [kind, 'Cluster', owner, page, 20, null, null, BOUND, 'refuse', '{}'],
      list_unfiltered_resources: unfiltered(20, null, 'refuse'),
    }[name]
    const statement = selected(queries[name].text, values, selection)
    return rowsRead(session, statement.text, statement.values)
  }

  // One more than the page tells whether there is a next one.
  await t.test('sorted, a page reads what it shows', async (t) => {
    for (const field of ['created_time', 'updated_time', 'created_by', 'name', 'id', 'href', 'kind'])
      for (const direction of ['asc', 'desc'])
        t.ok((await list({ order: `${field} ${direction}` })) <= 22, `by ${field} ${direction}`)
    t.ok((await list({})) <= 22, 'in the default order')
    t.ok((await list({ page: 51 })) <= 1022, 'and what stands before it')
  })

  await t.test('searched, it reads what it finds, for the total and for the page', async (t) => {
    const searches: [search: string, matches: number][] = [
      [`labels.number = '7'`, 1],
      [`labels.team in ('7', '8')`, 20],
      [`labels.team = '7' and labels.even = 'true'`, 10],
      [`labels.team = '7' or labels.team = '9'`, 20],
      [`labels.team = '7' and not labels.even = 'true'`, 10],
      [`name = 'cluster-7'`, 1],
      [`name in ('cluster-7', 'cluster-8')`, 2],
      [`name like 'cluster-1999%'`, 11],
      [`id = '${id}'`, 1],
      [`id in ('${id}', 'none')`, 1],
      [`href = '/api/hyperfleet/v1/clusters/${id}'`, 1],
      [`owner_id = '${id}'`, 1],
      [`created_by = 'nobody'`, 0],
      [`created_time > '2026-01-01T05:33:00Z'`, 20],
      [`updated_time > '2026-01-01T05:33:00Z'`, 20],
      [`status.conditions.DnsSuccessful = 'False'`, 40],
      [`status.conditions.DnsSuccessful != 'True'`, 40],
      [`status.conditions.Reconciled = 'False'`, 200],
      [`status.conditions.Ready = 'False'`, 200],
      [
        `status.conditions.Reconciled = 'False' and status.conditions.Reconciled.last_updated_time < now() - 10s`,
        200,
      ],
      [`labels.team = '7' and status.conditions.Reconciled = 'True'`, 10],
      [`labels.team = '7' and spec.region = 'eu'`, 10],
      [`name != 'x' and (labels.team = '7' and (spec.region = 'eu' and labels.even = 'true'))`, 10],
    ]
    for (const [search, matches] of searches) {
      const read = await list({ search })
      // Once for the total and once for the page; node pools have the same labels.
      t.ok(read <= 4 * matches + 21, `${search}: ${read} rows`)
      t.notOk(select({ search }, resourceFields).unindexed, `${search} has an index`)
    }
  })

  await t.test('what has no index reads every resource of the kind, and is known to', async (t) => {
    const searches = [
      `spec.region = 'eu'`,
      `labels.team != '7'`,
      `labels.team like '7%'`,
      `labels.team = '7' or spec.region = 'eu'`,
      `not (labels.team = '7')`,
      `generation = 2`,
      `deleted_time is not null`,
      `updated_by = 'nobody'`,
      `name like '%7'`,
      `name ilike 'cluster-7'`,
      `name != 'cluster-7'`,
      `id != '${id}'`,
      `status.conditions.DnsSuccessful.reason = 'x'`,
    ]
    for (const search of searches) {
      t.ok((await list({ search })) >= CLUSTERS, search)
      t.ok(select({ search }, resourceFields).unindexed, `${search} has no index`)
    }
    for (const order of ['generation asc', 'updated_by desc', 'deleted_time asc'])
      t.ok(select({ order }, resourceFields).unindexed, order)
    for (const order of ['created_time', 'updated_time desc', 'created_by', 'name', 'id', 'href'])
      t.notOk(select({ order }, resourceFields).unindexed, order)
  })

  await t.test('a later page of a search reads what it finds, and one past the end nothing', async (t) => {
    const search = `labels.hundred = '7'`
    t.ok((await list({ search, page: 4 })) <= 4 * 100 + 21)
    t.ok((await list({ search, page: 1_000_000 })) <= 2 * 100, 'only the count')
    t.equal(await list({ page: 2_000_000_000 }), 0)
  })

  await t.test('the poller walks the index of what is not reconciled, in its order', async (t) => {
    const planOf = async (search: string) => {
      const values = ['Cluster', null, 1, 20, null, false, null, BOUND, 'refuse', null, '{}', '']
      const selection = scoped(select({ search }, resourceFields), allClusters)
      const statement = selected(queries.list_resources.text, values, selection)
      const { rows } = await session.query({
        text: `explain (costs off) ${statement.text}`,
        values: statement.values,
      })
      return rows.map((row) => row['QUERY PLAN']).join('\n')
    }
    const every = `status.conditions.Reconciled = 'False'`
    const plan = await planOf(every)
    t.equal(plan.match(/Index Only Scan using resources_unreconciled_idx/g)?.length, 3, plan)
    const older = await planOf(`${every} and status.conditions.Reconciled.last_updated_time < now() - 10s`)
    t.equal(older.match(/Index Scan using resources_unreconciled_idx/g)?.length, 3, older)
    t.notMatch(older, 'conditions', 'the time is not unpacked from the conditions')
  })

  await t.test('a search of a tenant is planned over the index of its rows', async (t) => {
    const ofTenant = { ...allClusters, tenant: 'org=acme' }
    const selection = scoped(select({ search: "name = 'cluster-7'" }, resourceFields), ofTenant)
    t.equal(selection.unindexed, true, 'it passes the queue of searches that read all')
    const values = [
      'Cluster',
      null,
      1,
      20,
      null,
      false,
      null,
      BOUND,
      'refuse',
      null,
      '{"org":"acme"}',
      'org=acme',
    ]
    const statement = selected(queries.list_resources.text, values, selection)
    const { rows } = await session.query({
      text: `explain (costs off) ${statement.text}`,
      values: statement.values,
    })
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
    t.equal(plan.match(/using resources_tenant_idx/g)?.length, 3, plan)
    t.notMatch(plan, 'Function Scan on tenant_resources', 'the function is inlined')
    t.notMatch(plan, 'resources_kind_name_idx', 'no index over all tenants')
    for (const [title, query, owner_id] of [
      ['the default order', {}, null],
      ['the children of a parent', { search: "name = 'a'" }, id],
    ] as const) {
      const indexed = scoped(select(query, resourceFields), { ...ofTenant, owner_id })
      t.match(indexed, { unindexed: false, source: 'resources' }, title)
    }
  })

  await t.test('what waits for its adapters is counted without a look at the rest', async (t) => {
    const { text } = queries.count_unreconciled
    const { rows } = await session.query({ text, values: ['10 min'] })
    t.match(rows, [
      { kind: 'Cluster', is_delete: false, pending: 200 },
      { kind: 'Cluster', is_delete: true, pending: 0 },
      { kind: 'NodePool', is_delete: false, pending: 0 },
      { kind: 'NodePool', is_delete: true, pending: 0 },
    ])
    t.equal(await rowsRead(session, text, ['10 min']), 200)
  })

  await t.test('a walk by cursor reads as much at any depth', async (t) => {
    const deep: [order: string, last: string[]][] = [
      ['created_time desc', ['2026-01-01T00:10:00.000000Z', id]],
      ['created_time asc', ['2026-01-01T05:10:00.000000Z', id]],
      ['name asc', ['cluster-9', id]],
      ['name desc', ['cluster-11', id]],
      ['created_by desc', ['test', id]],
      ['id asc', [id]],
      ['id desc', [id]],
      ['name asc, created_time desc', ['cluster-9', '2026-01-01T00:10:00.000000Z', id]],
    ]
    for (const [order, last] of deep) {
      const begun = selectWalk({ order, cursor: '' }, resourceFields, [])
      const cursor = writeCursor({ total: '20000', last }, begun.bounds)
      const walk = selectWalk({ order, cursor }, resourceFields, [])
      const values = unfiltered(20, '20000', 'cut')
      const { text, values: all } = selected(
        queries.list_unfiltered_resources.text,
        values,
        scoped(walk, allClusters),
      )
      const read = await rowsRead(session, text, all)
      // A sort within equal names reads groups of 32 rows.
      t.ok(read <= 35, `${order}: ${read} rows`)
    }
  })

  await t.test('a list without a search is planned once for a session', async (t) => {
    const planned = async (name: string, selection: Selection) => {
      const { text, values } = selected(
        queries.list_unfiltered_resources.text,
        unfiltered(20, null, 'refuse'),
        scoped(selection, allClusters),
      )
      // PostgreSQL compares with the plans of the first five.
      for (let run = 1; run <= 7; run++) await session.query({ name, text, values })
      const plans = 'select generic_plans::int as kept from pg_prepared_statements where name = $1'
      return (await session.query(plans, [name])).rows[0].kept
    }
    for (const order of ['created_time desc', 'created_time asc', 'name asc', 'updated_time desc', 'id asc'])
      t.equal(await planned(order, select({ order }, resourceFields)), 2, order)
    const begun = selectWalk({ cursor: '' }, resourceFields, [])
    t.equal(await planned('walk', begun), 2, 'a walk')
  })

  await t.test('the largest page is within the limit that the plan is made for', async (t) => {
    const { size } = loadDocument().components.parameters as Record<string, { schema: { maximum: number } }>
    const maximum = size?.schema.maximum ?? 0
    t.match(queries.list_unfiltered_resources.text, new RegExp(`\\blimit ${maximum + 1}\\n`))
  })

  await t.test('writes find what they need by keys, alone and in a batch', async (t) => {
    const scanned = async () => {
      const { rows } = await session.query(
        `select coalesce(sum(seq_tup_read), 0)::int as rows from pg_stat_xact_user_tables
         where relname in ('resources', 'adapter_statuses', 'changes', 'generations')`,
      )
      return rows[0].rows as number
    }
    /** How many rows a statement reads in scans of whole tables. */
    const scannedBy = async (text: string, values: unknown[]) => {
      const before = await scanned()
      await session.query(text, values)
      return (await scanned()) - before
    }
    const { rows } = await session.query(
      `select id, owner_id from resources where kind = 'NodePool' order by id limit 100`,
    )
    const pools = rows as { id: string; owner_id: string }[]
    const report = { adapter: 'validator', observed_generation: 1, conditions: [], data: {} }
    const reports = pools.map(({ id }) => ({ kind: 'NodePool', owner_id: null, id, report }))
    const writes = [
      ...pools.map((_, index) => ({ verb: 'create', kind: 'Cluster', name: `new-${index}` })),
      ...pools.map(({ owner_id }) => ({ verb: 'create', kind: 'NodePool', name: 'new', owner_id })),
      ...pools.map(({ id }) => ({ verb: 'report', id })),
      ...pools.map(({ id }) => ({ verb: 'update', id, references: [pools[0]?.id] })),
      ...pools.map(({ owner_id }) => ({ verb: 'delete', id: owner_id })),
    ]
    const [pool] = pools as [{ id: string; owner_id: string }]
    const create = (name: string, owner_id: string | null) => [
      owner_id ? 'NodePool' : 'Cluster',
      owner_id,
      JSON.stringify({ name, spec: {} }),
      'test',
      null,
      '1 h',
      '',
      false,
      '{}',
      '',
    ]
    const statements: Record<string, [text: string, values: unknown[]]> = {
      'locks of a batch': [queries.lock_batch.text, [JSON.stringify(writes), '{}']],
      'reports of a batch': [queries.report_statuses.text, [JSON.stringify(reports), '5 min', null, '{}']],
      'creates of a batch': [
        queries.create_resources.text,
        [
          JSON.stringify(
            pools.flatMap(({ owner_id }, index) => [
              { kind: 'Cluster', owner_id: null, body: { name: `created-${index}`, spec: {} } },
              { kind: 'NodePool', owner_id, body: { name: 'created', spec: {} } },
            ]),
          ),
          'test',
          '{}',
          '',
        ],
      ],
      'a report': [
        queries.report_status.text,
        ['NodePool', null, pool.id, JSON.stringify(report), '5 min', null, false, '{}'],
      ],
      'a create': [queries.create_resource.text, create('one', null)],
      'a create below a parent': [queries.create_resource.text, create('one', pool.owner_id)],
      'a patch': [
        queries.patch_resource.text,
        ['NodePool', null, pool.id, '{"spec": {"a": 1}}', false, 'test', null, 1e6, null, false, '{}'],
      ],
      'a deletion': [
        queries.delete_resource.text,
        ['Cluster', null, pool.owner_id, 'test', null, false, '{}'],
      ],
    }
    await session.query('begin')
    for (const [title, [text, values]] of Object.entries(statements))
      t.equal(await scannedBy(text, values), 0, title)
    await session.query('rollback')
  })

  await t.test('what a path names is read alone', async (t) => {
    t.ok((await list({}, id)) <= 2, 'the children of one parent')
    t.ok((await list({ search: `labels.even = 'true'` }, id)) <= 2, 'searched')
    const named = queries.get_resource.text
    t.equal(await rowsRead(session, named, ['Cluster', null, id, null, null, '{}']), 1, 'one resource')
    const statuses = selected(
      queries.list_adapter_statuses.text,
      ['Cluster', null, id, 1, 100, BOUND, 'refuse', '{}'],
      select({}, statusFields),
    )
    t.ok((await rowsRead(session, statuses.text, statuses.values)) <= 2, 'the reports on it')
  })
})

t.test(
  'the check of everything compares nothing with everything, whatever the planner guesses',
  async (t) => {
    const session = await openSession(t, await createDatabase())
    // What is left to a planner that takes each table for empty, as after a restore.
    for (const way of ['hashjoin', 'mergejoin', 'memoize', 'material']) {
      await session.query(`set enable_${way} = off`)
    }
    const { rows } = await session.query(`explain (format json) ${queries.list_inconsistencies.text}`)
    const perRow = (node: Node, isInner = false): string[] => [
      ...(isInner && node['Node Type'] === 'CTE Scan' ? [node['Node Type']] : []),
      ...(node.Plans ?? []).flatMap((each, at) =>
        perRow(each, isInner || (node['Node Type'] === 'Nested Loop' && at === 1)),
      ),
    ]
    t.same(perRow(rows[0]['QUERY PLAN'][0].Plan), [])
  },
)
