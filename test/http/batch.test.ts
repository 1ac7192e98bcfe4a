import t from 'tap'
import { type Answer, application, base, report } from '../application.ts'

const adapters = { HYPERFLEET_CLUSTER_ADAPTERS: '["dns"]', HYPERFLEET_NODEPOOL_ADAPTERS: '[]' }
const cluster = (name: string, more: object = {}) => ({ kind: 'Cluster', name, spec: {}, ...more })
const create = (name: string, more: object = {}) => ({
  method: 'POST',
  path: `${base}/clusters`,
  body: cluster(name, more),
})
const statuses = ({ body }: Answer) => body.results.map(({ status }: Answer) => status)

t.test('each operation is answered as it would be alone, in order', async (t) => {
  const { call } = await application(t, adapters)
  const { body: a } = await call('POST', 'clusters', cluster('aaa'))
  const { body: marked } = await call('POST', 'clusters', cluster('marked'))
  await call('DELETE', `clusters/${marked.id}`)
  const path = `${base}/clusters/${a.id}`
  const operations = [
    create('bbb', { spec: { wide: 1.0 } }),
    create('aaa'),
    { method: 'POST', path: `${path}/nodepools`, body: { kind: 'NodePool', name: 'pool', spec: {} } },
    { method: 'POST', path: '/resources', body: cluster('any') },
    { method: 'POST', path: '/resources', body: cluster('Not a name') },
    { method: 'PATCH', path, body: { labels: { tier: 'gold' } } },
    {
      method: 'PATCH',
      path,
      headers: { 'Content-Type': 'application/merge-patch+json' },
      body: { spec: { b: { c: 1 } } },
    },
    { method: 'PATCH', path, headers: { 'if-match': '"0"' }, body: { spec: {} } },
    { method: 'PATCH', path: `/resources/${a.id}`, body: { labels: { tier: 'tin' } } },
    { method: 'PUT', path: `${path}/statuses`, body: report('dns', 2, 'True', 1) },
    { method: 'PUT', path: `${path}/statuses`, body: report('dns', 2, 'True', 1) },
    { method: 'POST', path: `${path}/statuses`, body: report('dns', 1, 'True', 2) },
    { method: 'PUT', path: `${path}/statuses`, body: {} },
    { method: 'PUT', path: `${base}/clusters/${marked.id}9/statuses`, body: {} },
    { method: 'DELETE', path },
    { method: 'PATCH', path, body: { spec: {} } },
    { method: 'POST', path: `/clusters/${marked.id}/force-delete`, body: { reason: 'a test' } },
    { method: 'POST', path: '/nodepools', body: { kind: 'NodePool', name: 'pool', spec: {} } },
    { method: 'PUT', path: '/clusters', body: {} },
    { method: 'POST', path: '/nothing', body: {} },
    { method: 'POST', path: '/clusters' },
    { method: 'POST', path: '/clusters', headers: { 'content-type': 'text/plain' }, body: {} },
    { method: 'POST', path: '/clusters', headers: { cookie: 'a' }, body: {} },
    { method: 'POST', path: '/clusters?dry_run=true', body: {} },
    { method: 'POST', path: '/clusters?serach=a', body: {} },
    { method: 'POST', path: '/batch', body: {} },
    { method: 'POST', path: `${path}/explain`, body: report('dns', 1, 'True', 2) },
  ]
  const answer = await call('POST', 'batch', { atomic: false, operations })
  t.equal(answer.status, 200)
  t.strictSame(
    statuses(answer),
    [
      201, 409, 201, 201, 400, 200, 200, 412, 200, 200, 200, 204, 400, 404, 202, 409, 204, 422, 405, 404, 400, 415,
      400, 400, 400, 400, 400,
    ],
    JSON.stringify(answer.body.results, null, 1),
  )
})
