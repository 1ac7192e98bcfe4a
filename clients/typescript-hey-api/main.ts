// The walk of ../README.md with a client of @hey-api/openapi-ts.
import { deepStrictEqual as expect } from 'node:assert'
import { client } from './generated/client.gen'
import {
  createNodePool,
  deleteClusterById,
  getClusterById,
  getClusters,
  patchClusterById,
  postCluster,
  putClusterStatuses,
} from './generated/sdk.gen'

const name = 'typescript-hey-api'
client.setConfig({ baseUrl: process.env.HYPERFLEET_API })

const listed = await getClusters({ query: { search: "name = 'given'" } })
expect(listed.data?.total, 1, 'clusters called given')
const given = listed.data.items[0]
if (!given) throw new Error('there is no cluster called given')
expect('added_later' in given && given.added_later, { level: 1 }, 'a member of a later release')

const { spec } = given
const created = await postCluster({ body: { kind: 'Cluster', name, labels: { client: name }, spec } })
expect(created.response?.status, 201, 'the create')
const cluster_id = created.data?.id ?? ''
const tag = created.response?.headers.get('etag') ?? ''
const path = { cluster_id }

const pool = await createNodePool({
  path,
  body: { kind: 'NodePool', name: 'workers', spec: { replicas: 3 } },
})
expect(pool.data?.owner_references.id, cluster_id, 'the owner of the node pool')

const found = await getClusters({ query: { search: `labels.client = '${name}'` } })
const names = found.data?.items.map((cluster) => cluster.name)
expect(names, [name], 'the clusters found')

const replacing = { spec: { ...spec, region: 'us-east1', zone: 'a' }, generation: 1 }
const replaced = await patchClusterById({ path, body: replacing })
expect(replaced.data?.generation, 2, 'the generation after a patch')

const merged = await patchClusterById({
  path,
  headers: { 'Content-Type': 'application/merge-patch+json' },
  body: { spec: { region: 'us-west1', zone: null } },
})
expect(merged.data?.generation, 3, 'the generation after a merge patch')
expect(merged.data.spec.region, 'us-west1')
expect('zone' in merged.data.spec, false)

const stale = await patchClusterById({ path, headers: { 'If-Match': tag }, body: { labels: {} } })
expect(stale.response?.status, 412, 'a stale If-Match')
expect(stale.error?.code, 'HYPERFLEET-CNF-002')

const report = (observed_generation: number, ...types: string[]) =>
  putClusterStatuses({
    path,
    body: {
      adapter: 'validation',
      observed_generation,
      observed_time: given.status.conditions[0]?.last_updated_time ?? '',
      conditions: types.map((type) => ({ type, status: 'True' as const })),
    },
  })
const stored = await report(3, 'Available', 'Applied', 'Health')
expect(stored.response?.status, 200, 'a report')
expect(stored.data?.adapter, 'validation')
const discarded = await report(4, 'Available', 'Applied', 'Health')
expect(discarded.response?.status, 204, 'a report of a generation that is not reached')
const refused = await report(3, 'Available', 'Applied')
expect(refused.response?.status, 400, 'a report without Health')
const violations = refused.error?.errors?.map(({ field, constraint }) => [field, constraint])
expect(violations, [['conditions', 'required']])

const missing = await getClusterById({ path: { cluster_id: 'nobody' } })
expect(missing.error?.code, 'HYPERFLEET-NTF-901', 'a code that the document does not have')

const deleted = await deleteClusterById({ path })
expect(deleted.response?.status, 202, 'the deletion')
expect(typeof deleted.data?.deleted_time, 'string')
