/**
 * The order in which a request is refused: one that breaks every rule is told of the first; with that mended, of the next,
 * until it is taken.
 */
import t, { type Test } from 'tap'
import { type Answer, application, report } from '../application.ts'
import { bearer, createIssuer, trusting } from '../issuers.ts'

const kinds = [
  { kind: 'Site', plural: 'sites', required_adapters: ['survey'] },
  {
    kind: 'Hall',
    plural: 'halls',
    parent_kind: 'Site',
    on_parent_delete: 'restrict',
    references: [{ ref_type: 'guard', target_kind: 'Cluster', min: 1 }],
  },
  { kind: 'Map', plural: 'maps', references: [{ ref_type: 'site', target_kind: 'Site' }] },
]

interface Request {
  method: string
  path: string
  query: string
  body: unknown
  headers: Record<string, string>
}
/** A status, its code, and the change that mends the request; or the state of the resource. */
type Step = [status: number, code: string, mend: (request: Request) => unknown]

let names = 0
const named = (kind: string, more: object = {}) => ({ kind, name: `n-${++names}`, spec: {}, ...more })

t.test('a request is refused', async (t) => {
  const issuer = await createIssuer(t)
  await issuer.addKey('key', 'ES256')
  const { call } = await application(t, {
    HYPERFLEET_ENTITIES: JSON.stringify(kinds),
    HYPERFLEET_CLUSTER_ADAPTERS: '[]',
    HYPERFLEET_SERVER_BODY_LIMIT: '1KiB',
    ...trusting({ issuer_url: issuer.url, jwk_cert_url: issuer.url }),
  })
  const identity = bearer(await issuer.token('key', {}))
  const send = ({ method, path, query, body, headers }: Request) =>
    call(
      method,
      path + query,
      body,
      body === undefined ? headers : { 'content-type': 'text/plain', ...headers },
    )
  const make = async (path: string, kind: string, more: object = {}): Promise<Answer['body']> => {
    const answer = await call('POST', path, named(kind, more), identity)
    t.equal(answer.status, 201, answer.text)
    return answer.body
  }
  const remove = (path: string) => call('DELETE', path, undefined, identity)

  /** The steps that every request begins with. */
  const caller: Step = [401, 'AUT-001', ({ headers }) => Object.assign(headers, identity)]
  const parameter: Step = [400, 'VAL-000', (request) => Object.assign(request, { query: '' })]
  const json = ({ headers }: Request) => Object.assign(headers, { 'content-type': 'application/json' })
  const body = (value: unknown) => (request: Request) => Object.assign(request, { body: value })
  const large = 'x'.repeat(1025)
  /** Those of a request with a body, which is too large at first. */
  const sent: Step[] = [caller, parameter, [415, 'VAL-011', json], [413, 'VAL-010', body('{')]]

  const inOrder = (t: Test, first: Partial<Request>, steps: Step[], taken: number) =>
    t.test(`${first.method} in the order of ${steps.map(([, code]) => code).join(', ')}`, async (t) => {
      const request = { method: '', path: '', query: '?nonsense=1', body: undefined, headers: {}, ...first }
      for (const [status, code, mend] of steps) {
        const answer = await send(request)
        t.match(answer, { status, body: { code: `HYPERFLEET-${code}` } }, answer.text)
        await mend(request)
      }
      const answer = await send(request)
      t.equal(answer.status, taken, answer.text)
    })

  const guard = await make('clusters', 'Cluster')
  const [marked, site] = [await make('sites', 'Site'), await make('sites', 'Site')]
  await remove(`sites/${marked.id}`)
  const guarded = { references: { guard: [{ id: guard.id, kind: 'Cluster' }] } }
  const taken = await make(`sites/${site.id}/halls`, 'Hall', guarded)
  const lonely = named('Hall')
  await inOrder(
    t,
    { method: 'POST', path: 'sites/nowhere/halls', body: large },
    [
      ...sent,
      [400, 'VAL-006', body({ ...lonely, name: '-' })],
      [400, 'VAL-000', body({ ...lonely, name: taken.name })],
      [404, 'NTF-001', (request) => Object.assign(request, { path: `sites/${marked.id}/halls` })],
      [409, 'CNF-003', (request) => Object.assign(request, { path: `sites/${site.id}/halls` })],
      [400, 'VAL-000', body({ ...lonely, ...guarded, name: taken.name })],
      [409, 'CNF-001', body({ ...lonely, ...guarded })],
    ],
    201,
  )
  await inOrder(
    t,
    { method: 'POST', path: 'resources', body: large },
    [
      ...sent,
      [400, 'VAL-006', body({ ...named('Hall'), labels: 5 })],
      [400, 'VAL-000', body({ ...named('Nothing') })],
      [400, 'VAL-000', body({ ...named('Hall'), name: '-' })],
      [400, 'VAL-000', body(named('Hall'))],
      [422, 'VAL-000', body({ ...named('Map'), references: { none: [] } })],
      [400, 'VAL-000', body(named('Map'))],
    ],
    201,
  )

  const hall = await make(`sites/${site.id}/halls`, 'Hall', guarded)
  const gone = await make('sites', 'Site')
  await remove(`sites/${gone.id}`)
  const change = { spec: { a: 1 }, references: {} }
  await inOrder(
    t,
    { method: 'PATCH', path: 'sites/nowhere', body: large, headers: { 'if-match': '"99"' } },
    [
      ...sent,
      [400, 'VAL-006', body({ spec: 1, generation: 9 })],
      [400, 'VAL-000', body({ spec: null, generation: 9 })],
      [400, 'VAL-005', body({ ...change, generation: 9 })],
      [404, 'NTF-001', (request) => Object.assign(request, { path: `sites/${gone.id}` })],
      [412, 'CNF-002', ({ headers }) => delete headers['if-match']],
      [409, 'CNF-003', (request) => Object.assign(request, { path: `halls/${hall.id}` })],
      [409, 'CNF-002', body({ ...change, generation: 1 })],
      [400, 'VAL-000', body({ ...change, ...guarded, generation: 1 })],
    ],
    200,
  )
  const filled = { ...guarded, spec: { a: 'x'.repeat(600) } }
  const { id } = await make(`sites/${site.id}/halls`, 'Hall', filled)
  await inOrder(
    t,
    {
      method: 'PATCH',
      path: `halls/${id}`,
      query: '',
      headers: { ...identity, 'content-type': 'application/merge-patch+json' },
      body: { spec: { b: 'x'.repeat(600) }, references: { guard: null } },
    },
    [
      [413, 'VAL-010', body({ spec: { b: 'x' }, references: { guard: null } })],
      [400, 'VAL-000', body({ spec: { b: 'x' } })],
    ],
    200,
  )

  const target = await make('sites', 'Site')
  const inside = await make(`sites/${target.id}/halls`, 'Hall', guarded)
  const map = await make('maps', 'Map', { references: { site: [{ id: target.id, kind: 'Site' }] } })
  await inOrder(
    t,
    { method: 'DELETE', path: 'sites/nowhere', headers: { 'if-match': '"99"' } },
    [
      caller,
      parameter,
      [404, 'NTF-001', (request) => Object.assign(request, { path: `sites/${target.id}` })],
      [412, 'CNF-002', ({ headers }) => delete headers['if-match']],
      [409, 'CNF-003', () => remove(`halls/${inside.id}`)],
      [409, 'CNF-003', () => remove(`maps/${map.id}`)],
    ],
    202,
  )

  const live = await make('sites', 'Site')
  await inOrder(
    t,
    { method: 'POST', path: 'sites/nowhere/force-delete', body: large, headers: { 'if-match': '"99"' } },
    [
      ...sent,
      [400, 'VAL-006', body({ reason: '' })],
      [400, 'VAL-000', body({ reason: 'test' })],
      [404, 'NTF-001', (request) => Object.assign(request, { path: `sites/${live.id}/force-delete` })],
      [412, 'CNF-002', ({ headers }) => delete headers['if-match']],
      [409, 'CNF-003', () => remove(`sites/${live.id}`)],
    ],
    204,
  )

  const watched = await make('sites', 'Site')
  await inOrder(
    t,
    { method: 'PUT', path: 'sites/nowhere/statuses', body: large },
    [
      ...sent,
      [404, 'NTF-001', (request) => Object.assign(request, { path: `sites/${watched.id}/statuses` })],
      [400, 'VAL-006', body({})],
      [400, 'VAL-000', body(report('survey', 1, 'True', 1))],
    ],
    200,
  )
})
