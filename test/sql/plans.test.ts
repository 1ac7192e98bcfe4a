import t from 'tap'
import { queries } from '../../generated/sql.ts'
import { compileSelection, type ListQuery } from '../../search/compile.ts'
import { resourceFields, statusFields } from '../../search/fields.ts'
import { selected } from '../../server/database.ts'
import { createDatabase } from '../databases.ts'
import { openSession } from '../sessions.ts'

const seed = `
  insert into resources (
    id, kind, owner_id, name, labels, label_pairs, spec, generation, generation_time, version,
    created_time, updated_time, created_by, updated_by, conditions, states
  )
  select
    uuid_v7(made.time), 'Cluster', null, 'cluster-' || made.n, made.labels, label_pairs(made.labels), '{}', 1, made.time, 1,
    made.time, made.time, 'test', 'test', '[]', '{}'
  from (
    select n, '2026-01-01Z'::timestamptz + n * interval '1 second' as time, jsonb_build_object('number', n::text) as labels
    from generate_series(1, 30000) as n
  ) as made`

const children = `
  insert into resources (
    id, kind, owner_id, name, labels, label_pairs, spec, generation, generation_time, version,
    created_time, updated_time, created_by, updated_by, conditions, states
  )
  select
    uuid_v7(owner.created_time), 'NodePool', owner.id, 'workers', '{}', '{}', '{}', 1, owner.created_time, 1,
    owner.created_time, owner.created_time, 'test', 'test', '[]', '{}'
  from resources as owner
  where owner.kind = 'Cluster'`

const statusesOfAll = `
  insert into adapter_statuses (
    resource_id, adapter, observed_generation, created_time, last_report_time, available, finalized, conditions, data
  )
  select resource.id, 'validator', 1, resource.created_time, resource.created_time, true, false, '[]', '{}'
  from resources as resource`

t.test('every path to resources that clients walk has an index', async (t) => {
  const session = await openSession(t, await createDatabase())
  await session.query(seed)
  await session.query(children)
  await session.query(statusesOfAll)
  await session.query('analyze')
  const { rows } = await session.query(`select id from resources where kind = 'Cluster' limit 1`)
  const id: string = rows[0].id

  /** The plan of a query as text, with its scans of tables. */
  const plan = async (text: string, values: unknown[]): Promise<string> => {
    await session.query({ text: `prepare asked as ${text}` })
    const list = values
      .map((value) => (value === null ? 'null' : session.escapeLiteral(String(value))))
      .join(', ')
    const explained = await session.query(`explain (costs off) execute asked(${list})`)
    await session.query('deallocate asked')
    return explained.rows.map((row) => row['QUERY PLAN']).join('\n')
  }
  const list = (query: ListQuery, owner: string | null = null) => {
    const selection = compileSelection(
      query,
      resourceFields,
      owner ? 'resource.owner_id = owner.id' : undefined,
    )
    const kind = owner ? 'NodePool' : 'Cluster'
    const text = selected(queries.list_resources.text, selection, 6)
    return plan(text, [kind, owner, 1, 20, !selection.narrows, ...selection.values])
  }

  for (const [name, query, index] of [
    ['the default order', {}, 'resources_kind_created_time_idx'],
    ['oldest first', { order: 'created_time asc' }, 'resources_kind_created_time_idx'],
    ['by name', { order: 'name' }, 'resources_kind_name_idx'],
  ] as const) {
    const text = await list(query)
    t.match(
      text,
      new RegExp(`Limit\\s+->\\s+Index.* Scan (Backward )?using ${index}`),
      `${name} is not sorted`,
    )
    t.match(text, 'resource_counts', `${name} takes its total from the kept count`)
  }
  for (const [name, query, index] of [
    ['a label', { search: `labels.number='7'` }, 'resources_label_pairs_idx'],
    ['a name', { search: `name='cluster-7'` }, 'resources_kind_name_idx|resources_name_key'],
  ] as const) {
    const text = await list(query)
    t.match(text, new RegExp(index), name)
    t.notMatch(text, /Seq Scan on resources/, `${name} reads no table through`)
  }
  const nested = await list({}, id)
  t.match(nested, /resources_owner_id_idx/, 'the children of one parent')
  t.notMatch(nested, /Seq Scan on resources/)

  const one = await plan(queries.get_resource.text, ['Cluster', null, id, null])
  t.match(one, /Index Scan using resources_pk/, 'one resource')
  const statuses = compileSelection({}, statusFields)
  const reports = await plan(selected(queries.list_adapter_statuses.text, statuses, 6), [
    'Cluster',
    null,
    id,
    1,
    100,
  ])
  t.match(reports, /adapter_statuses_pk/, 'the reports on one resource')
})
