import { StartError } from '../process/start-error.ts'

/** The columns of the tables of a database, by the names of the tables. */
export type Tables = Map<string, Set<string>>

/** The tables that hold resources; older releases have one for clusters and one for node pools. */
const HOLDERS = ['resources', 'clusters', 'node_pools'] as const
const OTHERS = ['adapter_statuses', 'resource_labels', 'resource_conditions', 'resource_references'] as const

/** The names of all tables that can be of interest. */
export const TABLES: readonly string[] = [...HOLDERS, ...OTHERS]

/** What every table of resources has. */
const COMMON = [
  'id',
  'kind',
  'name',
  'spec',
  'generation',
  'created_time',
  'updated_time',
  'created_by',
  'updated_by',
  'deleted_time',
  'deleted_by',
]
const REQUIRED: Record<string, string[]> = {
  clusters: COMMON,
  node_pools: [...COMMON, 'owner_id'],
  resources: [...COMMON, 'owner_id'],
  adapter_statuses: [
    'id',
    'resource_id',
    'adapter',
    'observed_generation',
    'created_time',
    'last_report_time',
    'conditions',
    'data',
    'metadata',
  ],
  resource_labels: ['resource_id', 'key', 'value'],
  resource_conditions: [
    'resource_id',
    'type',
    'status',
    'reason',
    'message',
    'observed_generation',
    'created_time',
    'last_updated_time',
    'last_transition_time',
  ],
  resource_references: ['source_id', 'ref_type', 'target_id', 'target_kind'],
}

/** The statements that read a database of the Go implementation, whichever of its schemas it has. */
export interface SourceStatements {
  /** The kinds: kind, count. */
  kinds: string
  /** The trees after a root, by the id of the root: $1 kinds, $2 id or null, $3 number of roots. Rows: root, row (JSON). */
  trees: string
  /** The resources of kinds, by id: $1 kinds, $2 id or null, $3 number. Rows: id, kind. */
  ids: string
  /** Those among ids that are there: $1 ids. Rows: id. */
  present: string
  /** The references of resources, by id: $1 kinds, $2 id or null, $3 number. Rows: id, row (JSON); undefined where there are none. */
  references: string | undefined
  /** The reports on resources that are not there, by id: $1 id or null, $2 number. Rows: id, resource_id, adapter. */
  orphans: string
}

/**
 * The statements for a database with these tables. Throws a StartError with one line where it is not of the Go implementation, or of
 * a release that is too old. `place` is the name of the database in messages.
 */
export function statementsFor(tables: Tables, place: string): SourceStatements {
  if (tables.get('resources')?.has('label_pairs'))
    throw new StartError(`${place} is a database of this server, and not of the Go implementation`)
  const holders = HOLDERS.filter((name) => tables.has(name))
  if (!holders.length)
    throw new StartError(
      `${place} is no database of the Go implementation: it has neither a table resources nor a table clusters`,
    )
  if (tables.has('clusters') !== tables.has('node_pools'))
    throw new StartError(
      `${place} lacks the table ${tables.has('clusters') ? 'node_pools' : 'clusters'}: only one of the two is there`,
    )
  if (!tables.has('adapter_statuses')) throw new StartError(`${place} lacks the table adapter_statuses`)
  for (const [table, columns] of Object.entries(REQUIRED)) {
    const there = tables.get(table)
    const missing = columns.filter((column) => there && !there.has(column))
    if (missing.length)
      throw new StartError(
        `${place} has a schema that is not known: the table ${table} lacks ${missing.join(', ')}`,
      )
  }
  for (const holder of holders)
    if (!tables.get(holder)?.has('labels') && !(holder === 'resources' && tables.has('resource_labels')))
      throw new StartError(`${place} has a schema that is not known: the labels of ${holder} are nowhere`)
  return statements(holders, tables)
}

function statements(holders: readonly string[], tables: Tables): SourceStatements {
  const all = `(${holders.map((table) => rowsOf(table, tables)).join(' union all ')})`
  const reports = `(select * from adapter_statuses${tables.get('adapter_statuses')?.has('deleted_at') ? ' where deleted_at is null' : ''})`
  return {
    kinds: `select each.kind, count(*)::int as count from ${all} as each group by each.kind order by each.kind`,
    trees: `
      with recursive roots as (
        select root.id
        from ${all} as root
        where root.kind = any ($1::text[])
          and ($2::text is null or root.id > $2::text)
          and not exists (
            select from ${all} as parent where parent.id = root.owner_id and parent.kind = any ($1::text[])
          )
        order by root.id
        limit $3::int
      ),
      tree as (
        select roots.id as root, roots.id, 0 as depth from roots
        union all
        select tree.root, child.id, tree.depth + 1
        from tree
        inner join ${all} as child on child.owner_id = tree.id and child.kind = any ($1::text[])
        where tree.depth < 100
      )
      select tree.root, jsonb_build_object(
        'id', each.id, 'kind', each.kind, 'owner_id', each.owner_id, 'name', each.name, 'labels', each.labels,
        'spec', each.spec, 'refs', ${referencesOf('each.id', tables)}, 'generation', each.generation,
        'created_time', each.created_time, 'updated_time', each.updated_time, 'created_by', each.created_by,
        'updated_by', each.updated_by, 'deleted_time', each.deleted_time, 'deleted_by', each.deleted_by,
        'tenancy', each.tenancy, 'conditions', each.conditions,
        'reports', (
          select jsonb_agg(jsonb_build_object(
            'adapter', report.adapter, 'observed_generation', report.observed_generation,
            'created_time', report.created_time, 'last_report_time', report.last_report_time,
            'conditions', report.conditions, 'data', report.data, 'metadata', report.metadata
          ) order by report.adapter)
          from (
            select distinct on (newest.adapter) newest.*
            from ${reports} as newest
            where newest.resource_id = each.id
            order by newest.adapter, newest.observed_generation desc, newest.last_report_time desc
          ) as report
        )
      )::text as row
      from tree
      inner join ${all} as each on each.id = tree.id and each.kind = any ($1::text[])
      order by tree.root, tree.depth, each.id`,
    ids: `
      select each.id, each.kind
      from ${all} as each
      where each.kind = any ($1::text[]) and ($2::text is null or each.id > $2::text)
      order by each.id
      limit $3::int`,
    present: `select each.id from ${all} as each where each.id = any ($1::text[])`,
    references: tables.has('resource_references')
      ? `
      select each.id, jsonb_build_object('id', each.id, 'refs', ${referencesOf('each.id', tables)})::text as row
      from (
        select distinct reference.source_id as id
        from resource_references as reference
        inner join ${all} as source on source.id = reference.source_id
        where source.kind = any ($1::text[]) and ($2::text is null or reference.source_id > $2::text)
        order by reference.source_id
        limit $3::int
      ) as each
      order by each.id`
      : undefined,
    orphans: `
      select report.id, report.resource_id, report.adapter
      from ${reports} as report
      where ($1::text is null or report.id > $1::text)
        and not exists (select from ${all} as each where each.id = report.resource_id)
      order by report.id
      limit $2::int`,
  }
}

/** The rows of a table of resources, with one set of columns for all of them. */
function rowsOf(table: string, tables: Tables): string {
  const has = (column: string) => tables.get(table)?.has(column) ?? false
  const isOf = (name: string) => table === 'resources' && tables.has(name)
  const labels = isOf('resource_labels')
    ? '(select jsonb_object_agg(label.key, label.value) from resource_labels as label where label.resource_id = own.id)'
    : 'own.labels'
  const conditions = isOf('resource_conditions')
    ? `(
        select jsonb_agg(jsonb_build_object(
          'type', condition.type, 'status', condition.status, 'reason', condition.reason,
          'message', condition.message, 'observed_generation', condition.observed_generation,
          'created_time', condition.created_time, 'last_updated_time', condition.last_updated_time,
          'last_transition_time', condition.last_transition_time
        ))
        from resource_conditions as condition
        where condition.resource_id = own.id
      )`
    : has('status_conditions')
      ? 'own.status_conditions'
      : 'null::jsonb'
  return `
    select own.id::text as id, own.kind::text as kind, ${has('owner_id') ? "nullif(own.owner_id, '')::text" : 'null::text'} as owner_id,
      own.name, own.spec, own.generation, own.created_time, own.updated_time, own.created_by, own.updated_by,
      own.deleted_time, own.deleted_by, ${labels} as labels, ${conditions} as conditions,
      ${has('tenancy') ? 'own.tenancy' : "'{}'::jsonb"} as tenancy
    from ${table} as own`
}

function referencesOf(id: string, tables: Tables): string {
  if (!tables.has('resource_references')) return 'null::jsonb'
  return `(
    select jsonb_object_agg(typed.ref_type, typed.targets)
    from (
      select reference.ref_type, jsonb_agg(
        jsonb_build_object('id', reference.target_id, 'kind', reference.target_kind) order by reference.target_id
      ) as targets
      from resource_references as reference
      where reference.source_id = ${id}
      group by reference.ref_type
    ) as typed
  )`
}
