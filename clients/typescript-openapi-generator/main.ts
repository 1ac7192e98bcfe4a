// The walk of ../README.md with a client of openapi-generator, typescript-fetch.
import { deepStrictEqual as expect } from 'node:assert'
import {
  type ApiResponse,
  ClusterStatusesApi,
  ClustersApi,
  Configuration,
  NodePoolsApi,
  type ProblemDetails,
  ProblemDetailsFromJSON,
  ResponseError,
} from './generated'

const name = 'typescript-openapi-generator'
const configuration = new Configuration({ basePath: process.env.HYPERFLEET_API })
const clusters = new ClustersApi(configuration)
const nodePools = new NodePoolsApi(configuration)
const statuses = new ClusterStatusesApi(configuration)

/** The problem of a request that must be refused, with its status. */
async function refusal(request: Promise<unknown>): Promise<ProblemDetails> {
  try {
    await request
  } catch (error) {
    if (error instanceof ResponseError) return ProblemDetailsFromJSON(await error.response.json())
    throw error
  }
  throw new Error('the request was not refused')
}

const listed = await clusters.getClusters({ search: "name = 'given'" })
expect(listed.total, 1, 'clusters called given')
const given = listed.items[0]
if (!given) throw new Error('there is no cluster called given')
expect('added_later' in given, false, 'a member of a later release')

const { spec } = given
const created: ApiResponse<{ id: string }> = await clusters.postClusterRaw({
  clusterCreateRequest: { kind: 'Cluster', name, labels: { client: name }, spec },
})
expect(created.raw.status, 201, 'the create')
const clusterId = (await created.value()).id
const tag = created.raw.headers.get('etag') ?? ''

const pool = await nodePools.createNodePool({
  clusterId,
  nodePoolCreateRequest: { kind: 'NodePool', name: 'workers', spec: { replicas: 3 } },
})
expect(pool.ownerReferences.id, clusterId, 'the owner of the node pool')

const found = await clusters.getClusters({ search: `labels.client = '${name}'` })
const names = found.items.map((cluster) => cluster.name)
expect(names, [name], 'the clusters found')

const replacing = { spec: { ...spec, region: 'us-east1', zone: 'a' }, generation: 1 }
const replaced = await clusters.patchClusterById({ clusterId, clusterPatchRequest: replacing })
expect(replaced.generation, 2, 'the generation after a patch')

const merged = await clusters.patchClusterById(
  { clusterId, clusterPatchRequest: { spec: { region: 'us-west1', zone: null } } },
  async ({ init }) => ({
    headers: { ...init.headers, 'Content-Type': 'application/merge-patch+json' },
  }),
)
expect(merged.generation, 3, 'the generation after a merge patch')
expect(merged.spec.region, 'us-west1')
expect('zone' in merged.spec, false)

const stale = await refusal(
  clusters.patchClusterById({ clusterId, ifMatch: tag, clusterPatchRequest: { labels: {} } }),
)
expect(stale.status, 412, 'a stale If-Match')
expect(stale.code, 'HYPERFLEET-CNF-002')

const observedTime = given.status.conditions[0]?.lastUpdatedTime
if (!observedTime) throw new Error('the cluster called given has no conditions')
const report = (observedGeneration: number, ...types: string[]) =>
  statuses.putClusterStatusesRaw({
    clusterId,
    adapterStatusCreateRequest: {
      adapter: 'validation',
      observedGeneration,
      observedTime,
      conditions: types.map((type) => ({ type, status: 'True' as const })),
    },
  })
const stored = await report(3, 'Available', 'Applied', 'Health')
expect(stored.raw.status, 200, 'a report')
expect((await stored.value())?.adapter, 'validation')
const discarded = await report(4, 'Available', 'Applied', 'Health')
expect(discarded.raw.status, 204, 'a report of a generation that is not reached')
const refused = await refusal(report(3, 'Available', 'Applied'))
expect(refused.status, 400, 'a report without Health')
const violations = refused.errors?.map(({ field, constraint }) => [field, constraint])
expect(violations, [['conditions', 'required']])

const missing = await refusal(clusters.getClusterById({ clusterId: 'nobody' }))
expect(missing.code, 'HYPERFLEET-NTF-901', 'a code that the document does not have')

const deleted = await clusters.deleteClusterByIdRaw({ clusterId })
expect(deleted.raw.status, 202, 'the deletion')
expect((await deleted.value()).deletedTime instanceof Date, true)
