import { createServer } from 'node:net'
import t, { type Test } from 'tap'
import { loadDocument } from '../../server/openapi/document.ts'
import { operationsOf } from '../../server/openapi/operations.ts'
import { type Answer, type Application, application, report } from '../application.ts'
import { execute } from '../databases.ts'
import { answered } from '../document-check.ts'
import { createIssuer, trusting } from '../issuers.ts'
import { openSession } from '../sessions.ts'

const nowhere = '019ad2a5-7d3c-7cc0-8f2e-3c1f5e0a9b11'
const env = {
  // A shelf cannot be deleted while there is a box on it.
  HYPERFLEET_ENTITIES: JSON.stringify([
    {
      kind: 'Shelf',
      plural: 'shelves',
      references: [
        { ref_type: 'cluster', target_kind: 'Cluster' },
        { ref_type: 'nodepool', target_kind: 'NodePool' },
      ],
    },
    { kind: 'Box', plural: 'boxes', parent_kind: 'Shelf', on_parent_delete: 'restrict' },
  ]),
  HYPERFLEET_CLUSTER_ADAPTERS: '["validation"]',
  HYPERFLEET_NODEPOOL_ADAPTERS: '["validation"]',
}

const operations = operationsOf(loadDocument()).map(({ method, path, operation }) => {
  const { operationId, requestBody, responses } = operation as typeof operation & { responses: object }
  return {
    method,
    path,
    id: operationId,
    hasBody: requestBody !== undefined,
    // The default is of all that no operation has for itself, such as 405.
    statuses: Object.keys(responses).filter((status) => status !== 'default'),
  }
})
type Operation = (typeof operations)[number]

/** A request of an operation, as `call` takes it. */
interface Sent {
  path: string
  body?: object | string
  headers?: Record<string, string>
}

let names = 0
const fresh = (kind: string, more: object = {}) => ({ kind, name: `c-${++names}`, spec: {}, ...more })

/** A batch of one operation, which is answered as this one. */
const batchOf = (operation: object) => ({ atomic: true, operations: [operation] })

/** A body that an operation takes, for resources that nobody has changed or reported on; another one each time. */
function bodyOf({ method, path, hasBody }: Operation): object | undefined {
  if (!hasBody) return undefined
  if (path.endsWith('/force-delete')) return { reason: 'test' }
  if (path.endsWith('/search')) return {}
  if (path.endsWith('/batch')) return batchOf({ method: 'POST', path: '/clusters', body: fresh('Cluster') })
  if (/\/(statuses|explain)$/.test(path)) return report('validation', 1, 'True', 1)
  if (method === 'PATCH') return { labels: { n: String(++names) } }
  return fresh(path.endsWith('/nodepools') ? 'NodePool' : 'Cluster')
}

/** A request of an operation, on resources that are not there unless their ids are given. */
const plain = (operation: Operation, cluster = nowhere, pool = nowhere): Sent => {
  const body = bodyOf(operation)
  const path = operation.path
    .replace('{cluster_id}', cluster)
    .replace('{resource_id}', cluster)
    .replace('{nodepool_id}', pool)
    .replace('{generation}', '1')
    .replace('{kind}', cluster === nowhere ? 'Nothing' : 'Cluster')
  return body ? { path, body } : { path }
}

/** What to do before a request, and how to change it, for each status that an operation can be answered with. */
const ways: Record<string, (sent: Sent, operation: Operation, call: Application['call']) => Promise<Sent>> = {
  '200': async (sent) => sent,
  '201': async (sent) => sent,
  '202': async (sent) => sent,
  '204': async (sent, { path }, call) => {
    if (/\/(statuses|explain)$/.test(path)) return { ...sent, body: report('validation', 99, 'True', 1) }
    await call('DELETE', sent.path.replace('/force-delete', ''))
    return sent
  },
  '304': async (sent) => ({ ...sent, headers: { 'if-none-match': '*' } }),
  '400': async (sent) => ({ ...sent, path: `${sent.path}?nonsense=1` }),
  '404': async (_sent, operation) => plain(operation),
  '409': async (sent, { id: operation, method, path }, call) => {
    if (method === 'PATCH') return { ...sent, body: { ...(sent.body as object), generation: 99 } }
    if (method === 'DELETE') {
      const kind = operation.includes('NodePool') ? 'NodePool' : 'Cluster'
      const reference = { id: sent.path.split('/').at(-1), kind }
      await call('POST', 'shelves', { ...fresh('Shelf'), references: { [kind.toLowerCase()]: [reference] } })
      return sent
    }
    if (!path.endsWith('/force-delete')) await call(method, sent.path, sent.body)
    return sent
  },
  '410': async (sent) => ({ ...sent, path: `${sent.path}?since=nothing` }),
  '412': async (sent) => ({ ...sent, headers: { 'if-match': '"99"' } }),
  '413': async (sent) => ({ ...sent, body: JSON.stringify(sent.body).padEnd(1024 * 1024 + 1) }),
  '415': async (sent) => ({ ...sent, headers: { 'content-type': 'text/plain' } }),
  '422': async (sent, { method }, call) => {
    const headers = { 'idempotency-key': `key-${++names}` }
    await call(method, sent.path, sent.body, headers)
    return { ...sent, body: { ...(sent.body as object), spec: { other: true } }, headers }
  },
}

/** The ways of a batch, where they are those of its operations. */
const waysOfBatch: typeof ways = {
  ...ways,
  '404': async (sent) => ({ ...sent, body: batchOf({ method: 'DELETE', path: `/clusters/${nowhere}` }) }),
  '405': async (sent) => ({ ...sent, body: batchOf({ method: 'PUT', path: '/clusters' }) }),
  '412': async (sent, _operation, call) => {
    const { body } = await call('POST', 'clusters', fresh('Cluster'))
    return {
      ...sent,
      body: batchOf({ method: 'DELETE', path: body.href, headers: { 'If-Match': '"99"' } }),
    }
  },
  '413': async (sent) => ({ ...sent, body: JSON.stringify(sent.body).padEnd(8 * 1024 * 1024 + 1) }),
  '422': async (sent, operation, call) => {
    const headers = { 'idempotency-key': `key-${++names}` }
    await call('POST', sent.path, sent.body, headers)
    return { ...plain(operation), headers }
  },
}

/** The operations for which the document declares a status. */
const declaring = (status: string) => operations.filter(({ statuses }) => statuses.includes(status))

/** Asserts that an answer of the server's own failure tells nothing of its inside. */
function saysNothing(t: Test, operation: Operation, { status, body, text }: Answer) {
  const { instance, trace_id, timestamp, ...words } = body
  t.ok(instance && trace_id && timestamp, `${operation.id} ${status} can be found in the log`)
  const inside =
    /\b(select|insert|update|from|where|relation|column|function|constraint|syntax|sql\w*|pg\w*|postgres\w*|resources|kinds|adapter_statuses|idempotency_keys|schema|lock|query|statement|canceling|localhost|127\.0\.0\.1|ECONN\w*|errno|code 42\w+|node_modules|stack|TypeError)\b|_gone|\.[jt]s\b|\n\s+at /i
  t.notMatch(JSON.stringify(words), inside, `${operation.id} ${status} tells nothing of the inside`)
  t.notOk('stack' in body || 'cause' in body || /\\n/.test(text), `${operation.id} ${status} has no stack`)
}

t.test('every operation', async (t) => {
  const usual = await application(t, env)
  const older = await application(t, { ...env, HYPERFLEET_REPORTS_PUT_STATUS: '201' }, usual.url)

  for (const operation of operations) {
    const statuses = operation.statuses.filter(
      (status) => status < '500' && !['401', '403', '429'].includes(status),
    )
    await t.test(`${operation.id} is answered with ${statuses.join(', ')}`, async (t) => {
      for (const status of statuses) {
        const way = (operation.path.endsWith('/batch') ? waysOfBatch : ways)[status]
        if (!way) {
          t.fail(`no request is known that is answered with ${status}`)
          continue
        }
        const { call } = operation.method === 'PUT' && status === '201' ? older : usual
        const { body: cluster } = await call('POST', 'clusters', fresh('Cluster'))
        const { body: pool } = await call('POST', `clusters/${cluster.id}/nodepools`, fresh('NodePool'))
        const { path, body, headers } = await way(plain(operation, cluster.id, pool.id), operation, call)
        const answer = await call(operation.method, path, body, headers)
        t.equal(answer.status, Number(status), `${operation.method} ${path}: ${answer.text.slice(0, 300)}`)
      }
    })
  }
})

t.test('a request without a token is 401', async (t) => {
  const { url } = await createIssuer(t)
  const { call } = await application(t, { ...env, ...trusting({ issuer_url: url, jwk_cert_url: url }) })
  t.ok(declaring('401').length > 20)
  for (const operation of operations) {
    const { path, body } = plain(operation)
    const { status } = await call(operation.method, path, body)
    t.equal(status === 401, operation.statuses.includes('401'), `${operation.id} ${status}`)
  }
})

t.test('a token whose keys cannot be read is 503', async (t) => {
  const issuer = await createIssuer(t)
  const away = { issuer_url: issuer.url, jwk_cert_url: `http://127.0.0.1:${await closedPort()}/` }
  const { call } = await application(t, { ...env, ...trusting(away) })
  const authorization = `Bearer ${await issuer.token('first')}`
  for (const operation of declaring('401')) {
    const { path, body } = plain(operation)
    t.equal((await call(operation.method, path, body, { authorization })).status, 503, operation.id)
  }
})

t.test('a request that no rule allows is 403', async (t) => {
  const rule = { name: 'no-one', effect: 'deny', verbs: ['*'], kinds: ['*'] }
  const { call } = await application(t, {
    ...env,
    HYPERFLEET_SERVER_AUTHORIZATION_RULES: JSON.stringify([rule]),
  })
  t.ok(declaring('403').length > 20)
  for (const operation of operations) {
    const { path, body } = plain(operation)
    const answer = await call(operation.method, path, body)
    // The schemas of kinds are not resources.
    const isDue = operation.statuses.includes('403') && operation.id !== 'getSchema'
    t.equal(answer.status === 403, isDue, `${operation.id} ${answer.status}`)
    if (answer.status === 403) t.notMatch(answer.text, /no-one/, 'the rule is not named')
  }
})

t.test('a caller without a tenancy is 403, where tenants are kept apart', async (t) => {
  const { call } = await application(t, {
    ...env,
    HYPERFLEET_SERVER_TENANT_ENABLED: 'true',
    HYPERFLEET_SERVER_TENANT_DIMENSIONS: '[{"key":"org","header":"X-Org","required":true}]',
  })
  t.ok(declaring('403').length > 20)
  for (const operation of operations) {
    const { path, body } = plain(operation)
    const { status } = await call(operation.method, path, body)
    t.equal(status === 403, operation.statuses.includes('403'), `${operation.id} ${status}`)
  }
})

t.test('one request too many is 429', async (t) => {
  const { call } = await application(t, { ...env, HYPERFLEET_SERVER_RATE_LIMIT_REQUESTS: '1' })
  t.equal((await call('GET', 'clusters')).status, 200)
  t.ok(declaring('429').length > 20)
  for (const operation of operations) {
    const { path, body } = plain(operation)
    const { status, headers } = await call(operation.method, path, body)
    t.equal(status === 429, operation.statuses.includes('429'), `${operation.id} ${status}`)
    if (status === 429) t.match(headers['retry-after'], /^[1-9]\d*$/, operation.id)
  }
})

t.test('a database that cannot be reached is 503', async (t) => {
  const { call } = await application(t, env, `postgresql://nobody@127.0.0.1:${await closedPort()}/nothing`)
  // What is answered from memory needs no database, only the keys of issuers.
  for (const operation of declaring('503').filter(({ id }) => id !== 'getSchema')) {
    const { path, body } = plain(operation)
    const answer = await call(operation.method, path, body)
    t.match(answer, { status: 503, body: { status: 503, code: 'HYPERFLEET-SVC-001' } }, operation.id)
    t.match(answer.headers['retry-after'], /^[1-9]\d*$/, operation.id)
    saysNothing(t, operation, answer)
  }
})

t.test('a statement that takes too long is 504', async (t) => {
  const { call, url } = await application(t, {
    ...env,
    HYPERFLEET_DATABASE_POOL_STATEMENT_TIMEOUT: '200ms',
  })
  const session = await openSession(t, url)
  await session.query('begin')
  await session.query('lock table resources, kinds, changes in access exclusive mode')
  await Promise.all(
    declaring('504').map(async (operation) => {
      const { path, body } = plain(operation)
      const answer = await call(operation.method, path, body)
      t.match(answer, { status: 504, body: { status: 504, code: 'HYPERFLEET-SVC-002' } }, operation.id)
      t.match(answer.headers['retry-after'], /^[1-9]\d*$/, operation.id)
      saysNothing(t, operation, answer)
    }),
  )
  await session.query('rollback')
  t.equal((await call('GET', 'clusters')).status, 200, 'it passes')
})

t.test('a defect of ours is 500', async (t) => {
  const { call, url } = await application(t, env)
  await execute(url, 'alter table resources rename to resources_gone')
  await execute(url, 'alter table changes rename to changes_gone')
  await execute(url, 'alter view scoped_resources rename to scoped_resources_gone')
  for (const operation of declaring('500')) {
    const { path, body } = plain(operation)
    const answer = await call(operation.method, path, body)
    t.match(answer, { status: 500, body: { status: 500, code: 'HYPERFLEET-INT-001' } }, operation.id)
    t.equal(answer.headers['retry-after'], undefined, `${operation.id} is not to be tried again`)
    saysNothing(t, operation, answer)
  }
})

t.test('every status that the document declares has been answered above', async (t) => {
  const declared = operations.flatMap(({ id, statuses }) => statuses.map((status) => `${id} ${status}`))
  t.ok(declared.length > 100)
  t.strictSame(
    declared.filter((place) => !answered.has(place)),
    [],
  )
})

/** A port on which nobody listens. */
function closedPort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}
