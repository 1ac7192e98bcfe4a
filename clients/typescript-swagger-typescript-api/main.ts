// The walk of ../README.md with a client of swagger-typescript-api.
import { deepStrictEqual as expect } from 'node:assert'
import { Api, type HttpResponse, type ProblemDetails } from './generated/client'

const name = 'typescript-swagger-typescript-api'
const { api } = new Api({ baseUrl: process.env.HYPERFLEET_API })

/** The problem of a request that is refused: the client throws the answer. */
async function problem(answer: Promise<HttpResponse<unknown, ProblemDetails>>): Promise<ProblemDetails> {
  const refused = await answer.then(
    () => undefined,
    (thrown: HttpResponse<unknown, ProblemDetails>) => thrown,
  )
  if (!refused?.error) throw new Error('it was not refused')
  return refused.error
}

const listed = await api.getClusters({ search: "name = 'given'" })
expect(listed.data.total, 1, 'clusters called given')
const given = listed.data.items[0]
if (!given) throw new Error('there is no cluster called given')
expect('added_later' in given && given.added_later, { level: 1 }, 'a member of a later release')

const { spec } = given
const created = await api.postCluster({ kind: 'Cluster', name, labels: { client: name }, spec })
expect(created.status, 201, 'the create')
const { id } = created.data
const tag = created.headers.get('etag') ?? ''

const pool = await api.createNodePool(id, { kind: 'NodePool', name: 'workers', spec: { replicas: 3 } })
expect(pool.data.owner_references.id, id, 'the owner of the node pool')

const found = await api.getClusters({ search: `labels.client = '${name}'` })
const names = found.data.items.map((cluster) => cluster.name)
expect(names, [name], 'the clusters found')

const replacing = { spec: { ...spec, region: 'us-east1', zone: 'a' }, generation: 1 }
const replaced = await api.patchClusterById(id, replacing)
expect(replaced.data.generation, 2, 'the generation after a patch')

// The media type goes over a header, and the types do not know that of a merge patch; without one, the header is as given.
const merging = { spec: { region: 'us-west1', zone: null } }
const headers = { 'Content-Type': 'application/merge-patch+json' }
const merged = await api.patchClusterById(id, merging, { headers, type: undefined })
expect(merged.data.generation, 3, 'the generation after a merge patch')
expect(merged.data.spec.region, 'us-west1')
expect('zone' in merged.data.spec, false)

const stale = await problem(api.patchClusterById(id, { labels: {} }, { headers: { 'If-Match': tag } }))
expect(stale.status, 412, 'a stale If-Match')
expect(stale.code, 'HYPERFLEET-CNF-002')

const report = (observed_generation: number, ...types: string[]) =>
  api.putClusterStatuses(id, {
    adapter: 'validation',
    observed_generation,
    observed_time: given.status.conditions[0]?.last_updated_time ?? '',
    conditions: types.map((type) => ({ type, status: 'True' as const })),
  })
const stored = await report(3, 'Available', 'Applied', 'Health')
expect(stored.status, 200, 'a report')
expect(stored.data.adapter, 'validation')
const discarded = await report(4, 'Available', 'Applied', 'Health')
expect(discarded.status, 204, 'a report of a generation that is not reached')
const refused = await problem(report(3, 'Available', 'Applied'))
expect(refused.status, 400, 'a report without Health')
const violations = refused.errors?.map(({ field, constraint }) => [field, constraint])
expect(violations, [['conditions', 'required']])

const missing = await problem(api.getClusterById('nobody'))
expect(missing.code, 'HYPERFLEET-NTF-901', 'a code that the document does not have')

const deleted = await api.deleteClusterById(id)
expect(deleted.status, 202, 'the deletion')
expect(typeof deleted.data.deleted_time, 'string')
