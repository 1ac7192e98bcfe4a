/** Operations of a batch against what is configured: conditions, schemas, tenants and rules of authorization. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { parse } from 'yaml'
import { type Answer, application, base, condition, report } from '../application.ts'
import { type Call, fresh, outcome, ruled } from '../auth/ruled.ts'
import { temporaryFolder } from '../processes.ts'

type Sent = [method: string, path: string, body?: unknown, headers?: Record<string, string>]

const adapters = { HYPERFLEET_CLUSTER_ADAPTERS: '["dns"]', HYPERFLEET_NODEPOOL_ADAPTERS: '[]' }
const merge = { 'content-type': 'application/merge-patch+json' }

/** Sends operations one by one, then the same in a batch on resources of its own; compares what each is answered. */
async function compare(t: Test, call: Call, operations: (resources: Answer[]) => Sent[], make: Call[]) {
  const prepare = () => Promise.all(make.map((each) => each('POST', 'clusters', fresh('Cluster', prepared))))
  const [one, other] = [await prepare(), await prepare()]
  const alone: Answer[] = []
  for (const sent of operations(one)) alone.push(await call(...sent))
  const batch = await call('POST', 'batch', {
    atomic: false,
    operations: operations(other).map(([method, path, body, headers]) => ({
      method,
      path: `${base}/${path}`,
      ...(body !== undefined && { body }),
      ...(headers && { headers }),
    })),
  })
  const results: Answer[] = batch.body.results
  t.strictSame(results.map(outcome), alone.map(outcome))
  for (const [index, { body }] of results.entries()) {
    t.strictSame(body?.errors, alone[index]?.body?.errors, `errors of operation ${index}`)
    t.strictSame(shape(body), shape(alone[index]?.body), `operation ${index}`)
  }
  return { one, other, results }
}

const prepared = { labels: { team: 'red' }, spec: { region: 'us-east1', replicas: 3 } }

/** The members of a body, and its conditions without their times. */
const shape = (body: Record<string, unknown> | undefined) => {
  const { conditions = [] } = (body?.status ?? {}) as { conditions?: Record<string, unknown>[] }
  return {
    members: Object.keys(body ?? {}),
    conditions: conditions.map(({ type, status, reason, message }) => ({ type, status, reason, message })),
  }
}

t.test('conditions of the configuration are mapped', async (t) => {
  const rules = `
    - type: Large
      when: { expression: "true" }
      output:
        status: { expression: "int(resource.spec.replicas) > 10 && statuses.exists(s, s.adapter == 'dns')" }
        reason: { expression: "resource.labels.?team.orValue('none')" }
        message: { expression: "string(statuses.size())" }`
  const { call, database } = await application(t, {
    ...adapters,
    HYPERFLEET_ENTITIES: JSON.stringify([
      { kind: 'Cluster', conditions: parse(rules) },
      { kind: 'NodePool' },
    ]),
  })
  const operations = ([a, b]: Answer[]): Sent[] => [
    ['POST', 'clusters', fresh('Cluster', { spec: { replicas: 11 } })],
    ['PUT', `clusters/${a?.body.id}/statuses`, report('dns', 1, 'True', 1)],
    ['PATCH', `clusters/${a?.body.id}`, { spec: { replicas: 20 } }],
    ['PUT', `clusters/${a?.body.id}/statuses`, report('dns', 2, 'True', 2)],
    ['PUT', `clusters/${b?.body.id}/statuses`, report('dns', 1, 'False', 2)],
    ['DELETE', `clusters/${b?.body.id}`],
  ]
  const { one, other, results } = await compare(t, call, operations, [call, call])
  t.equal(condition(results[0]?.body, 'Large')?.status, 'False')
  t.equal(condition(results[2]?.body, 'Large')?.status, 'True', 'by the report before it')
  for (const [index, { body }] of other.entries()) {
    const [theirs, own] = [
      await call('GET', `clusters/${one[index]?.body.id}`),
      await call('GET', `clusters/${body.id}`),
    ]
    t.strictSame(shape(own.body), shape(theirs.body))
    t.equal(own.headers.etag, theirs.headers.etag)
  }
  t.same(await database.all('list_inconsistencies', {}), [])
})

t.test("the provider's schema and its rules are checked", async (t) => {
  const file = join(await temporaryFolder(t), 'provider.json')
  const region = {
    type: 'string',
    'x-kubernetes-validations': [{ rule: 'self == oldSelf', message: 'is immutable' }],
  }
  const spec = { type: 'object', required: ['region'], properties: { region, replicas: { type: 'integer' } } }
  writeFileSync(
    file,
    JSON.stringify({
      openapi: '3.0.3',
      info: { title: 'provider', version: '1' },
      paths: {},
      components: { schemas: { ClusterSpec: spec } },
    }),
  )
  const { call } = await application(t, { ...adapters, HYPERFLEET_SERVER_OPENAPI_SCHEMA_PATH: file })
  const operations = ([a]: Answer[]): Sent[] => [
    ['POST', 'clusters', fresh('Cluster', { spec: { replicas: 'many' } })],
    ['PATCH', `clusters/${a?.body.id}`, { spec: { replicas: 4 } }],
    ['PATCH', `clusters/${a?.body.id}`, { spec: { replicas: 4 } }, merge],
    ['PATCH', `clusters/${a?.body.id}`, { spec: { region: 'eu-west1' } }, merge],
    ['PATCH', `clusters/${a?.body.id}`, { spec: { region: null } }, merge],
    ['PATCH', `clusters/${a?.body.id}`, { spec: { region: 'us-east1', replicas: 5 } }],
  ]
  const { results } = await compare(t, call, operations, [call])
  t.strictSame(
    results.map(({ status }) => status),
    [400, 400, 200, 400, 400, 200],
  )
})

t.test('tenants are kept apart', async (t) => {
  const { call } = await application(t, {
    ...adapters,
    HYPERFLEET_SERVER_TENANT_ENABLED: 'true',
    HYPERFLEET_SERVER_TENANT_DIMENSIONS: JSON.stringify([{ key: 'org', header: 'X-Org', required: true }]),
  })
  const as =
    (org: string): Call =>
    (method, path, body, headers = {}) =>
      call(method, path, body, { 'x-org': org, ...headers })
  const [acme, globex] = [as('acme'), as('globex')]
  const writes = (id: string): Sent[] => [
    ['PUT', `clusters/${id}/statuses`, report('dns', 1, 'True', 1)],
    ['PATCH', `clusters/${id}`, { labels: {} }],
    ['POST', `clusters/${id}/nodepools`, { kind: 'NodePool', name: 'pool', spec: {} }],
    ['DELETE', `clusters/${id}`],
    ['POST', `clusters/${id}/force-delete`, { reason: 'x' }],
  ]
  const operations = ([own, foreign]: Answer[]): Sent[] => [
    ['PUT', `clusters/${own?.body.id}/statuses`, report('dns', 1, 'True', 1)],
    ...writes(foreign?.body.id),
    ['POST', 'clusters', fresh('Cluster')],
  ]
  const { other, results } = await compare(t, acme, operations, [acme, globex])
  t.strictSame(
    results.map(({ status }) => status),
    [200, 404, 404, 404, 404, 404, 201],
  )
  t.strictSame(results[6]?.body.tenancy, { org: 'acme' })
  const untouched = await globex('GET', `clusters/${other[1]?.body.id}`)
  t.equal(untouched.headers.etag, '"1"', 'the resource of the other tenant is as it was')

  const nowhere = '019ad2a5-7d3c-7cc0-8f2e-3c1f5e0a9b11'
  const answers = []
  for (const id of [String(other[1]?.body.id), nowhere]) {
    const sent = writes(id).map(([method, path, body]) => ({ method, path: `${base}/${path}`, body }))
    const { body } = await acme('POST', 'batch', { atomic: false, operations: sent })
    answers.push(
      JSON.stringify(body.results)
        .replaceAll(id, 'ID')
        .replaceAll(/"(timestamp|trace_id)":"[^"]*"/g, ''),
    )
  }
  t.equal(answers[0], answers[1], 'a foreign id is answered like one that nobody has')
})

t.test('rules of authorization look at each resource', async (t) => {
  const { as } = await ruled(
    t,
    `
- { name: operators, effect: allow, verbs: ['*'], kinds: ['*'], when: "'operators' in caller.groups" }
- name: teams
  effect: allow
  verbs: [get, create, update, delete, report]
  kinds: ['*']
  when: "caller.groups.size() > 0 && resource.labels.team in caller.groups"`,
  )
  const [operator, red] = [await as({ groups: ['operators'] }), await as({ groups: ['red'] })]
  const blue: Call = (method, path, body) =>
    operator(method, path, { ...(body as object), labels: { team: 'blue' } })
  const operations = ([own, foreign]: Answer[]): Sent[] => [
    ['POST', 'clusters', fresh('Cluster', { labels: { team: 'red' } })],
    ['POST', 'clusters', fresh('Cluster', { labels: { team: 'blue' } })],
    ['PUT', `clusters/${own?.body.id}/statuses`, report('dns', 1, 'True', 1)],
    ['PUT', `clusters/${foreign?.body.id}/statuses`, report('dns', 1, 'True', 1)],
    ['PATCH', `clusters/${foreign?.body.id}`, { labels: { team: 'red' } }],
    ['PATCH', `clusters/${own?.body.id}`, { labels: { team: 'red', a: 'b' } }],
    ['PATCH', `clusters/${own?.body.id}`, { labels: { team: 'blue' } }],
    ['PATCH', `clusters/${own?.body.id}`, { spec: {} }],
    ['DELETE', `clusters/${foreign?.body.id}`],
    ['DELETE', `clusters/${own?.body.id}`],
    ['POST', `clusters/${own?.body.id}/force-delete`, { reason: 'x' }],
  ]
  const { other } = await compare(t, red, operations, [operator, blue])
  const untouched = await operator('GET', `clusters/${other[1]?.body.id}`)
  t.equal(untouched.headers.etag, '"1"')
  t.match(untouched.body.labels, { team: 'blue' })
})
