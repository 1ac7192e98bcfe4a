// The walk of ../README.md with a fetch client of orval.
import { deepStrictEqual as expect } from 'node:assert'
import {
  createNodePool,
  deleteClusterById,
  getClusterById,
  getClusters,
  patchClusterById,
  postCluster,
  putClusterStatuses,
} from './generated/client'

const name = 'typescript-orval'

/** The answer, which the types tell by its status. */
function only<Answer extends { status: number }, Status extends Answer['status']>(
  answer: Answer,
  status: Status,
) {
  expect(answer.status, status)
  return answer as Extract<Answer, { status: Status }>
}

const listed = only(await getClusters({ search: "name = 'given'" }), 200)
expect(listed.data.total, 1, 'clusters called given')
const given = listed.data.items[0]
if (!given) throw new Error('there is no cluster called given')
expect('added_later' in given && given.added_later, { level: 1 }, 'a member of a later release')

const { spec } = given
const created = only(await postCluster({ kind: 'Cluster', name, labels: { client: name }, spec }), 201)
const { id } = created.data
const tag = created.headers.get('etag') ?? ''

const pool = only(await createNodePool(id, { kind: 'NodePool', name: 'workers', spec: { replicas: 3 } }), 201)
expect(pool.data.owner_references.id, id, 'the owner of the node pool')

const found = only(await getClusters({ search: `labels.client = '${name}'` }), 200)
const names = found.data.items.map((cluster) => cluster.name)
expect(names, [name], 'the clusters found')

// A fields=a&fields=b, or fields=a,b, is the server's to take.
const cut = only(await getClusters({ search: `labels.client = '${name}'`, fields: ['id', 'name'] }), 200)
expect(Object.keys(cut.data.items[0] ?? {}).includes('spec'), false, 'members that were not asked for')

// Of a body of two media types the client does not say which it is, and fetch calls it text.
const json = { headers: { 'Content-Type': 'application/json' } }
const replacing = { spec: { ...spec, region: 'us-east1', zone: 'a' }, generation: 1 }
const replaced = only(await patchClusterById(id, replacing, json), 200)
expect(replaced.data.generation, 2, 'the generation after a patch')

const merge = { headers: { 'Content-Type': 'application/merge-patch+json' } }
const merging = { spec: { region: 'us-west1', zone: null } }
const merged = only(await patchClusterById(id, merging, merge), 200)
expect(merged.data.generation, 3, 'the generation after a merge patch')
expect(merged.data.spec.region, 'us-west1')
expect('zone' in merged.data.spec, false)

const guarded = { headers: { ...json.headers, 'If-Match': tag } }
const stale = only(await patchClusterById(id, { labels: {} }, guarded), 412)
expect(stale.data.code, 'HYPERFLEET-CNF-002', 'a stale If-Match')

const report = (observed_generation: number, ...types: string[]) =>
  putClusterStatuses(id, {
    adapter: 'validation',
    observed_generation,
    observed_time: given.status.conditions[0]?.last_updated_time ?? '',
    conditions: types.map((type) => ({ type, status: 'True' as const })),
  })
const stored = only(await report(3, 'Available', 'Applied', 'Health'), 200)
expect(stored.data.adapter, 'validation')
only(await report(4, 'Available', 'Applied', 'Health'), 204)
const refused = only(await report(3, 'Available', 'Applied'), 400)
const violations = refused.data.errors?.map(({ field, constraint }) => [field, constraint])
expect(violations, [['conditions', 'required']])

const missing = only(await getClusterById('nobody'), 404)
expect(missing.data.code, 'HYPERFLEET-NTF-901', 'a code that the document does not have')

const deleted = only(await deleteClusterById(id), 202)
expect(typeof deleted.data.deleted_time, 'string')
