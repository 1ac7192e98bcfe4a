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
