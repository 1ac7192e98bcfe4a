import { randomBytes } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import type pg from 'pg'
import t from 'tap'
import { queries } from '../../generated/sql.ts'
import { resourceFields } from '../../search/fields.ts'
import { scoped, select, selected } from '../../search/selection.ts'
import { report } from '../application.ts'
import { createDatabase } from '../databases.ts'
import { openSession } from '../sessions.ts'

const adapters = { HYPERFLEET_CLUSTER_ADAPTERS: '["validation"]' }

interface Updates {
  updated: number
  /** Those of them that touched no index. */
  hot: number
}

/**
 * Waits until no snapshot sees an older version of a row, so that the next update can use the room of those versions. A
 * transaction of another database holds them too: the snapshots of all sessions begin at the oldest running transaction.
 */
async function untilPrunable(session: pg.Client): Promise<void> {
  const { rows } = await session.query('select pg_snapshot_xmax(pg_current_snapshot())::text as written')
  const prunable = `
    select pg_snapshot_xmin(pg_current_snapshot()) >= $1::xid8 and not exists (
      select from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid() and backend_xmin is not null
    ) as prunable`
  while (!(await session.query(prunable, [rows[0].written])).rows[0].prunable) await setTimeout(5)
}

/** How many rows of resources the session has updated. */
async function updatesOf(session: pg.Client): Promise<Updates> {
  await session.query('select pg_stat_force_next_flush()')
  await session.query('select pg_stat_clear_snapshot()')
  const { rows } = await session.query(
    `select n_tup_upd::int as updated, n_tup_hot_upd::int as hot
     from pg_stat_user_tables where relname = 'resources'`,
  )
  return rows[0]
}

t.test('what a report writes', async (t) => {
  const session = await openSession(t, await createDatabase(adapters))
  const created = await session.query(
    `select id from create_resource('Cluster', null, '{"name": "counted", "spec": {}}', 'test', '{}', '')`,
  )
  const id: string = created.rows[0].id

  const updates = () => updatesOf(session)

  let minute = 0
  /** Updates of the resource by a newer report. */
  const newer = (available: string) => {
    minute++
    return reported(available)
  }
  /** Updates of the resource by one report. */
  const reported = async (available: string): Promise<Updates> => {
    const body = {
      adapter: 'validation',
      observed_generation: 1,
      observed_time: new Date(Date.UTC(2026, 2, 10, 8, minute)).toISOString(),
      conditions: [{ type: 'Available', status: available }],
      data: {},
    }
    await untilPrunable(session)
    const before = await updates()
    await session.query(`select report_status($1, null, $2, $3, $4, null, '{}')`, [
      'Cluster',
      id,
      body,
      '5 min',
    ])
    const after = await updates()
    return { updated: after.updated - before.updated, hot: after.hot - before.hot }
  }

  t.strictSame(await newer('True'), { updated: 1, hot: 0 }, 'one that reconciles writes indexes')
  t.strictSame(await newer('True'), { updated: 1, hot: 1 }, 'a newer one that does not change it writes none')
  t.strictSame(await reported('True'), { updated: 0, hot: 0 }, 'an equal one writes nothing')
  t.strictSame(await newer('False'), { updated: 1, hot: 0 }, 'one that says the contrary writes indexes')
  t.strictSame(
    await newer('False'),
    { updated: 1, hot: 1 },
    'a newer one writes none, though it moves the time since when it is not reconciled',
  )
})

t.test('reports on what is not reconciled write no index, as long as no condition changes', async (t) => {
  const required = ['validation', 'dns', 'provisioner']
  const session = await openSession(
    t,
    await createDatabase({ HYPERFLEET_CLUSTER_ADAPTERS: JSON.stringify(required) }),
  )
  const created = await session.query(
    `select id from create_resource('Cluster', null, '{"name": "waiting", "spec": {}}', 'test', '{}', '')`,
  )
  const id: string = created.rows[0].id
  // While it looks at a table, versions of rows stay that an update would have made room of.
  for (const table of ['resources', 'adapter_statuses', 'resource_counts'])
    await session.query(`alter table ${table} set (autovacuum_enabled = off)`)
  const round = async (minute: number) => {
    for (const adapter of ['validation', 'dns']) {
      await untilPrunable(session)
      await session.query(`select report_status('Cluster', null, $1, $2, '5 min', null, '{}')`, [
        id,
        report(adapter, 1, 'True', minute),
      ])
    }
  }
  let minute = 1
  await round(minute)
  const twentyRounds = async () => {
    const before = await updatesOf(session)
    for (let count = 0; count < 20; count++) await round(++minute)
    const after = await updatesOf(session)
    return { updated: after.updated - before.updated, hot: after.hot - before.hot }
  }
  t.strictSame(await twentyRounds(), { updated: 40, hot: 40 })
  const { rows } = await session.query(
    `select states @> '{Reconciled=False}' as waiting, format_time(unreconciled_since) as since from resources`,
  )
  const since = `${new Date(Date.UTC(2026, 2, 10, 8, minute)).toISOString().slice(0, -1)}000Z`
  t.match(rows, [{ waiting: true, since }])
})

t.test('DELETE of a parent with many children', async (t) => {
  const session = await openSession(
    t,
    await createDatabase({
      HYPERFLEET_CLUSTER_ADAPTERS: '["validation"]',
      HYPERFLEET_NODEPOOL_ADAPTERS: '["validation","provisioner"]',
    }),
  )
  await session.query('set track_functions = pl')
  /** A parent with children that are all there is, so that statistics say: look for children anywhere, not by an index. */
  const family = async (name: string, children: number): Promise<string> => {
    await session.query('delete from resources where owner_id is not null')
    await session.query('delete from resources')
    const { rows } = await session.query(
      `select id from create_resource('Cluster', null, $1, 'test', '{}', '')`,
      [{ name, spec: {} }],
    )
    const now = new Date().toISOString()
    await session.query(queries.seed_resources.text, [
      'NodePool',
      [rows[0].id],
      1,
      children,
      'pool-',
      0,
      now,
      children,
      ['{}'],
      [''],
    ])
    await session.query('vacuum analyze')
    return rows[0].id
  }
  /** What a statement costs: blocks looked at, rows updated, and calls of functions. */
  const costs = async (text: string, id: string) => {
    await session.query('begin')
    const counted = async () => {
      const { rows } = await session.query(
        `select pg_stat_get_xact_tuples_updated('resources'::regclass)::int as updated,
           (select coalesce(jsonb_object_agg(funcname, calls), '{}') from pg_stat_xact_user_functions) as calls`,
      )
      return rows[0]
    }
    const before = await counted()
    const { rows } = await session.query(`explain (analyze, buffers, format json) ${text}`, [id])
    const plan = rows[0]['QUERY PLAN'][0].Plan
    const after = await counted()
    await session.query('commit')
    return {
      blocks: plan['Shared Hit Blocks'] + plan['Shared Read Blocks'],
      updated: after.updated - before.updated,
      calls: (name: string) => (after.calls[name] ?? 0) - (before.calls[name] ?? 0),
    }
  }
  const remove = `select delete_resource('Cluster', null, $1, 'test', null, '{}')`

  const few = await costs(remove, await family('few', 50))
  const many = await costs(remove, await family('many', 1500))
  t.equal(many.updated, 1501, 'each row is written once')
  t.equal(many.calls('aggregate_conditions'), 1501, 'and its conditions are computed once')
  t.ok(
    many.blocks / 1500 < 1.5 * (few.blocks / 50),
    `a child costs the same among many: ${many.blocks / 1500} blocks, and ${few.blocks / 50} among few`,
  )
  t.same((await session.query(queries.list_inconsistencies.text)).rows, [])

  const started = await family('started', 100)
  const child = `select delete_resource('NodePool', null, id::text, 'test', null, '{}') from resources where owner_id = $1`
  t.equal((await costs(child, started)).updated, 100)
  const rest = await costs(remove, started)
  t.equal(rest.updated, 1, 'children that were deleted before are not written again')
  t.equal(rest.calls('aggregate_conditions'), 1)

  // All have a tenancy: to adopt again looks for children without one, by the ids of those below each root.
  await family('adopted', 1500)
  await session.query(
    `select create_resource('Cluster', null, jsonb_build_object('name', 'single-' || number, 'spec', '{}'::jsonb), 'test', '{}', '')
     from generate_series(1, 50) as number`,
  )
  await session.query(`update resources set tenancy = '{"org": "a"}', tenant = 'org=a'`)
  await session.query('vacuum analyze')
  const adopt = `select adopt_resources('{"org": "b"}', 'org=b', $1::uuid, 100)`
  const again = await costs(adopt, '00000000-0000-0000-0000-000000000000')
  t.equal(again.updated, 0)
  t.ok(again.blocks < 10 * 1550, `to adopt again looks at ${again.blocks} blocks`)

  await session.query(`update kinds set required_adapters = '{}'`)
  const held = await family('held', 300)
  const gone = await costs(remove, held)
  t.equal(gone.calls('count_resources'), 2, 'what nothing holds goes in one statement for each level')
  const { rows } = await session.query('select from resources where id = $1 or owner_id = $1', [held])
  t.equal(rows.length, 0)
})

t.test('a search unpacks a spec once, however many terms it has', async (t) => {
  const session = await openSession(t, await createDatabase())
  const spec = JSON.stringify({ long: randomBytes(200_000).toString('hex') })
  await session.query(`select from create_resource('Cluster', null, $1::jsonb, 'test', '{}', '')`, [
    `{"name": "long", "spec": ${spec}}`,
  ])

  /** Blocks of long values that a search fetches; what a transaction counts is its own alone. */
  const fetched = async (search: string): Promise<number> => {
    const counted = async () =>
      (
        await session.query(
          `select pg_stat_get_xact_blocks_fetched(reltoastrelid)::int as blocks
           from pg_class where oid = 'resources'::regclass`,
        )
      ).rows[0].blocks
    const values = ['Cluster', null, 1, 20, ['id'], false, null, 16 * 1024 * 1024, 'refuse', null, '{}', '']
    const selection = scoped(select({ search }, resourceFields), {
      kind: 'Cluster',
      owner_id: null,
      tenant: '',
    })
    const statement = selected(queries.list_resources.text, values, selection)
    await session.query('begin')
    const before = await counted()
    const { rows } = await session.query(statement.text, statement.values)
    const blocks = (await counted()) - before
    await session.query('commit')
    t.equal(rows[0].total, '1', search)
    return blocks
  }

  const once = await fetched('spec.other is null')
  t.ok(once > 20, 'it is out of line')
  for (const joint of [' and ', ' or '])
    t.equal(await fetched(Array(50).fill('spec.other is null').join(joint)), once, `joined by${joint}`)
  t.equal(await fetched(`name = 'long' and spec.other is null and not spec.long is null`), once)
})

t.test('a search by ids reads the resources with these ids', async (t) => {
  const session = await openSession(t, await createDatabase())
  const now = new Date().toISOString()
  const seeded = await session.query(queries.seed_resources.text, [
    'Cluster',
    null,
    1,
    26_000,
    'c-',
    0,
    now,
    26_000,
    ['{}'],
    [''],
  ])
  await session.query('analyze resources')
  const ids: string[] = seeded.rows[0].ids.filter((_: string, index: number) => index % 26 === 0)
  t.equal(ids.length, 1000)
  const values = ['Cluster', null, 1, 500, ['id'], false, null, 16 * 1024 * 1024, 'refuse', null, '{}', '']
  const scope = { kind: 'Cluster', owner_id: null, tenant: '' }
  const read = `
    select pg_stat_get_xact_tuples_returned('resources'::regclass)::int as scanned,
      (
        select sum(pg_stat_get_xact_tuples_fetched(indexrelid))::int
          + pg_stat_get_xact_tuples_fetched('resources'::regclass)::int
        from pg_index
        where indrelid = 'resources'::regclass
      ) as fetched`
  for (const order of ['created_time desc', 'name', 'generation']) {
    const selection = scoped(select({ ids, order }, resourceFields), scope)
    t.notOk(selection.unindexed, 'it waits for no place')
    const statement = selected(queries.list_resources.text, values, selection)
    /** Rows read by scans of the table and by its indexes, by this session since it last told its statistics. */
    const counted = async () => (await session.query(read)).rows[0] as { scanned: number; fetched: number }
    await session.query('begin')
    const before = await counted()
    const { rows } = await session.query(statement.text, statement.values)
    const after = await counted()
    await session.query('commit')
    t.equal(rows[0].total, '1000')
    t.equal(after.scanned, before.scanned, `order ${order}`)
    // To count them, to sort them, and the page of 500.
    const fetched = after.fetched - before.fetched
    t.ok(fetched >= 1000 && fetched <= 2600, `order ${order}: ${fetched} rows are read`)
  }
})

t.test('references are set without reading the other resources', async (t) => {
  const peers = [{ ref_type: 'peers', target_kind: 'Cluster' }]
  const entities = JSON.stringify([{ kind: 'Cluster', references: peers }])
  const session = await openSession(t, await createDatabase({ ...adapters, HYPERFLEET_ENTITIES: entities }))
  const created = await session.query(
    `select (create_resource('Cluster', null, jsonb_build_object('name', 'c-' || n, 'spec', '{}'::jsonb), 'test', '{}', '')).id
     from generate_series(1, 3000) as n`,
  )
  await session.query('analyze')
  const scanned = async () => {
    await session.query('select pg_stat_force_next_flush()')
    await session.query('select pg_stat_clear_snapshot()')
    const { rows } = await session.query(
      `select seq_tup_read::int as read from pg_stat_user_tables where relname = 'resources'`,
    )
    return rows[0].read
  }
  const before = await scanned()
  const [source, ...targets] = created.rows.slice(0, 4)
  const references = { peers: targets.map(({ id }) => ({ id, kind: 'Cluster' })) }
  await session.query("select patch_resource('Cluster', null, $1, $2, false, 'test', null, 100000, '{}')", [
    source.id,
    { references },
  ])
  await session.query("select create_resource('Cluster', null, $1, 'test', '{}', '')", [
    { name: 'referrer', spec: {}, references },
  ])
  t.equal((await scanned()) - before, 0)
})
