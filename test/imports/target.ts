/** The database and the settings into which tests import. */
import { execute } from '../databases.ts'

/** The kinds of the generated fleets. */
export const env = {
  HYPERFLEET_CLUSTER_ADAPTERS: '["validation","dns"]',
  HYPERFLEET_NODEPOOL_ADAPTERS: '["validation"]',
  HYPERFLEET_ENTITIES: JSON.stringify([
    { kind: 'Cluster', references: [{ ref_type: 'channel', target_kind: 'Channel' }] },
    { kind: 'NodePool' },
    { kind: 'Channel', plural: 'channels' },
  ]),
}

/** Each row of a database that an import writes, as text, in one order. */
export async function rowsOf(url: string): Promise<string[]> {
  const { rows } = await execute(
    url,
    `select 'resource' || r::text as row from resources as r
    union all select 'report' || s::text from adapter_statuses as s
    union all select 'reference' || f::text from resource_references as f
    union all select 'state' || i::text from imported_resources as i
    union all select 'count' || kind || sum(count) from resource_counts where tenant = '' group by kind
    order by 1`,
  )
  return rows.map(({ row }) => row)
}

/**
 * Where the feed of changes does not tell how the resources came to be as they are: the versions of the entries of a resource rise by
 * one from 1, up to its own, or to that of its removal.
 */
export async function feedFaults(url: string): Promise<object[]> {
  const { rows } = await execute(
    url,
    `with told as (
      select
        resource_id as id,
        count(*) filter (where type <> 'removed') as entries,
        max(version) as version,
        (array_agg(type order by seq))[1] as first,
        bool_or(type = 'removed') as removed,
        array_agg(version order by seq) filter (where type <> 'removed') as versions
      from changes
      group by resource_id
    )
    select coalesce(told.id, r.id) as id, told.entries, told.version as told, r.version as stored, told.removed
    from told
    full join resources as r on r.id = told.id
    where told.id is null
      or told.first <> 'created'
      or told.entries <> told.version
      or told.versions <> array(select generate_series(1, told.version))
      or told.removed <> (r.id is null)
      or told.version <> r.version`,
  )
  return rows
}
