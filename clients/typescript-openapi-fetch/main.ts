// The walk of ../README.md with openapi-fetch and the types of openapi-typescript.
import { deepStrictEqual as expect } from 'node:assert'
import createClient from 'openapi-fetch'
import type { paths } from './generated/api.js'

const name = 'typescript-openapi-fetch'
const api = createClient<paths>({ baseUrl: process.env.HYPERFLEET_API })
const CLUSTERS = '/api/hyperfleet/v1/clusters'
const CLUSTER = '/api/hyperfleet/v1/clusters/{cluster_id}'

const listed = await api.GET(CLUSTERS, { params: { query: { search: "name = 'given'" } } })
expect(listed.data?.total, 1, 'clusters called given')
const given = listed.data.items[0]
if (!given) throw new Error('there is no cluster called given')
expect('added_later' in given && given.added_later, { level: 1 }, 'a member of a later release')

const { spec } = given
const created = await api.POST(CLUSTERS, {
  body: { kind: 'Cluster', name, labels: { client: name }, spec },
})
expect(created.response.status, 201, 'the create')
const cluster_id = created.data?.id ?? ''
const tag = created.response.headers.get('etag') ?? ''
const path = { cluster_id }

const pool = await api.POST(`${CLUSTER}/nodepools`, {
  params: { path },
  body: { kind: 'NodePool', name: 'workers', spec: { replicas: 3 } },
})
expect(pool.data?.owner_references.id, cluster_id, 'the owner of the node pool')

const found = await api.GET(CLUSTERS, { params: { query: { search: `labels.client = '${name}'` } } })
const names = found.data?.items.map((cluster) => cluster.name)
expect(names, [name], 'the clusters found')

const replaced = await api.PATCH(CLUSTER, {
  params: { path },
  body: { spec: { ...spec, region: 'us-east1', zone: 'a' }, generation: 1 },
})
expect(replaced.data?.generation, 2, 'the generation after a patch')

const merged = await api.PATCH(CLUSTER, {
  params: { path },
  headers: { 'Content-Type': 'application/merge-patch+json' },
  body: { spec: { region: 'us-west1', zone: null } },
})
expect(merged.data?.generation, 3, 'the generation after a merge patch')
expect(merged.data.spec.region, 'us-west1')
expect('zone' in merged.data.spec, false)

const stale = await api.PATCH(CLUSTER, {
  params: { path, header: { 'If-Match': tag } },
  body: { labels: {} },
})
expect(stale.response.status, 412, 'a stale If-Match')
expect(stale.error?.code, 'HYPERFLEET-CNF-002')

const report = (observed_generation: number, ...types: string[]) =>
  api.PUT(`${CLUSTER}/statuses`, {
    params: { path },
    body: {
      adapter: 'validation',
      observed_generation,
      observed_time: given.status.conditions[0]?.last_updated_time ?? '',
      conditions: types.map((type) => ({ type, status: 'True' as const })),
    },
  })
const stored = await report(3, 'Available', 'Applied', 'Health')
expect(stored.response.status, 200, 'a report')
expect(stored.data?.adapter, 'validation')
const discarded = await report(4, 'Available', 'Applied', 'Health')
expect(discarded.response.status, 204, 'a report of a generation that is not reached')
const refused = await report(3, 'Available', 'Applied')
expect(refused.response.status, 400, 'a report without Health')
const violations = refused.error?.errors?.map(({ field, constraint }) => [field, constraint])
expect(violations, [['conditions', 'required']])

const missing = await api.GET(CLUSTER, { params: { path: { cluster_id: 'nobody' } } })
expect(missing.error?.code, 'HYPERFLEET-NTF-901', 'a code that the document does not have')

const deleted = await api.DELETE(CLUSTER, { params: { path } })
expect(deleted.response.status, 202, 'the deletion')
expect(typeof deleted.data?.deleted_time, 'string')
