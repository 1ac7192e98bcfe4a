/** Overload: what waits, runs too long or is abandoned is told so, and nothing needs a restart. */
import { EventEmitter, once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import t, { type Test } from 'tap'
import { application, base, report } from '../application.ts'
import { createIssuer, trusting } from '../issuers.ts'
import { openSession, untilNoneWaits, untilWaiting } from '../sessions.ts'

const hold = 'select from resources where id = $1 for update'

/** A server over a connection, a cluster, and a session in which the test locks it. */
async function locked(t: Test, env: Record<string, string>) {
  const application_ = await application(t, env)
  const { app, call, url } = application_
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { body: cluster } = await call('POST', 'clusters', { kind: 'Cluster', name: 'busy', spec: {} })
  const session = await openSession(t, url)
  await session.query('begin')
  await session.query(hold, [cluster.id])
  const { port } = app.server.address() as AddressInfo
  return { ...application_, cluster, session, port }
}

const passing = (status: 503 | 504) => ({
  status,
  headers: { 'retry-after': '1' },
  body: { code: status === 503 ? 'HYPERFLEET-SVC-001' : 'HYPERFLEET-SVC-002' },
})

t.test('a statement over its time is 504, and changes nothing', async (t) => {
  const { call, cluster, session } = await locked(t, { HYPERFLEET_DATABASE_POOL_STATEMENT_TIMEOUT: '200ms' })
  t.match(await call('PATCH', cluster.href, { spec: { a: 1 } }), passing(504))
  await session.query('rollback')
  t.same((await call('GET', cluster.href)).body, cluster)
})

t.test('more requests than may wait for a connection are 503 at once, and others still served', async (t) => {
  const { call, cluster, session, database } = await locked(t, {
    HYPERFLEET_DATABASE_POOL_MAX_CONNECTIONS: '1',
    HYPERFLEET_DATABASE_POOL_MAX_WAITING: '2',
  })
  const holding = call('PATCH', cluster.href, { labels: { a: 'b' } })
  await untilWaiting(session, 1)
  const waiting = [call('GET', cluster.href), call('GET', cluster.href)]
  while (database.waiting < 2) await new Promise(setImmediate)
  t.match(await call('GET', cluster.href), passing(503))
  t.equal(database.waiting, 2, 'the others still wait')
  await session.query('rollback')
  t.equal((await holding).status, 200)
  for (const answer of waiting) t.equal((await answer).status, 200)
  t.equal((await call('GET', cluster.href)).status, 200)
})

t.test('a request that gets no connection in time is 503', async (t) => {
  const { call, cluster, session } = await locked(t, { HYPERFLEET_DATABASE_POOL_MAX_CONNECTIONS: '1' })
  const holding = call('PATCH', cluster.href, { labels: { a: 'b' } })
  await untilWaiting(session, 1)
  t.match(await call('GET', cluster.href), passing(503))
  await session.query('rollback')
  t.equal((await holding).status, 200)
})

t.test('searches without an index keep nobody else waiting', async (t) => {
  const { call, cluster, session, database } = await locked(t, {
    HYPERFLEET_CLUSTER_ADAPTERS: '["dns"]',
    HYPERFLEET_DATABASE_POOL_MAX_CONNECTIONS: '4',
    HYPERFLEET_DATABASE_POOL_MAX_UNINDEXED: '3',
  })
  // They take as long as the session holds its lock, as they do in a large fleet.
  await session.query(`
    create or replace function condition_member(p_conditions jsonb, p_type text, p_member text) returns text
    language plpgsql as $$ begin perform pg_advisory_lock_shared(1); return null; end; $$;
    select pg_advisory_lock(1);
    commit`)
  const search = (text: string) => call('GET', `clusters?search=${encodeURIComponent(text)}`)
  const slow = Array.from({ length: 5 }, () => search("status.conditions.Ready.reason = 'x'"))
  await untilWaiting(session, 3)
  while (database.waiting < 2) await new Promise(setImmediate)
  t.equal((await call('GET', cluster.href)).status, 200)
  t.equal((await call('PUT', `${cluster.href}/statuses`, report('dns', 1, 'True', 1))).status, 200)
  t.equal((await call('PATCH', cluster.href, { labels: { a: 'b' } })).status, 200)
  t.match(await search("labels.a = 'b'"), { status: 200, body: { total: 1 } })
  t.match(await call('GET', `${cluster.href}/nodepools?search=generation%3D1`), { status: 200 })
  t.equal(database.waiting, 2, 'and two searches still wait for the others')
  await session.query('select pg_advisory_unlock(1)')
  for (const answer of slow) t.match(await answer, { status: 200, body: { total: 0 } })
})

t.test('a request over its time is 504, and its statement is cancelled', async (t) => {
  const { app, call, cluster, session, port, database } = await locked(t, {
    HYPERFLEET_DATABASE_POOL_MAX_CONNECTIONS: '1',
    HYPERFLEET_DATABASE_POOL_STATEMENT_TIMEOUT: '900ms',
    HYPERFLEET_SERVER_TIMEOUTS_REQUEST: '1s',
  })
  const logged: string[] = []
  const { child } = app.log
  app.log.child = (...parameters) => {
    const logger = child.apply(app.log, parameters)
    logger.error = (...words: unknown[]) => void logged.push(String(words[1]))
    return logger
  }
  // The second one begins when the first has failed, and its request ends before its statement would.
  const first = call('PATCH', cluster.href, { labels: { a: 'b' } })
  await untilWaiting(session, 1)
  const second = fetch(`http://127.0.0.1:${port}${cluster.href}`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: '{"labels":{"a":"c"}}',
  })
  t.match(await first, passing(504))
  t.equal((await second).status, 504)
  await untilNoneWaits(session)
  // The connection goes with the statement that was cancelled on it.
  while (database.pool.totalCount) await new Promise(setImmediate)
  t.notOk(
    logged.some((words) => /reply\.sent/.test(words)),
    'nothing is said of the statement that was given up',
  )
  await session.query('rollback')
  t.same((await call('GET', cluster.href)).body, cluster)
})

t.test('a caller that hangs up takes its statement along', async (t) => {
  const { call, cluster, session, port, database, metrics } = await locked(t, {
    HYPERFLEET_DATABASE_POOL_MAX_CONNECTIONS: '1',
    HYPERFLEET_DATABASE_POOL_STATEMENT_TIMEOUT: '1m',
    HYPERFLEET_SERVER_TIMEOUTS_REQUEST: '2m',
    HYPERFLEET_SERVER_TIMEOUTS_WRITE: '3m',
  })
  for (const [method, body] of [
    ['PATCH', '{"labels":{"a":"b"}}'],
    ['DELETE', ''],
  ] as const) {
    const asking = await say(
      port,
      `${method} ${cluster.href} HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    )
    await untilWaiting(session, 1)
    const waiting = await say(port, `GET ${base}/clusters HTTP/1.1\r\nhost: a\r\n\r\n`)
    while (!database.waiting) await new Promise(setImmediate)
    waiting.destroy()
    asking.destroy()
    await untilNoneWaits(session)
  }
  await session.query('rollback')
  t.same((await call('GET', cluster.href)).body, cluster, 'nothing has changed')
  const counted = async () =>
    (await metrics.registry.getSingleMetricAsString('hyperfleet_api_requests_total')).split('\n')
  const of = async (code: RegExp) => (await counted()).filter((line) => code.test(line)).length
  while ((await of(/code="499"/)) < 3) await new Promise(setImmediate)
  t.equal(await of(/code="5/), 0, 'none of it was a failure of the server')
})

async function say(port: number, words: string) {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  socket.write(words)
  return socket
}

t.test('a server that is behind answers 503 until it has caught up', async (t) => {
  const { app, call } = await application(t, { HYPERFLEET_SERVER_MAX_EVENT_LOOP_DELAY: '100ms' })
  const isBehind = async () => (await call('GET', 'clusters')).status === 503
  while (!(await isBehind())) {
    // Nothing else gets its turn.
    for (const end = Date.now() + 300; Date.now() < end; );
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  t.match(await call('GET', 'clusters'), passing(503))
  t.ok(app.isOverloaded())
  while (await isBehind()) await new Promise((resolve) => setTimeout(resolve, 20))
  t.equal((await call('GET', 'clusters')).status, 200)
})

t.test('a server that is behind by less than its limit serves', async (t) => {
  const { app, call } = await application(t, { HYPERFLEET_SERVER_MAX_EVENT_LOOP_DELAY: '3s' })
  // Overload is not looked for in the first two samples.
  await new Promise((resolve) => setTimeout(resolve, 6500))
  for (let turn = 0; turn < 10; turn++) {
    for (const end = Date.now() + 1100; Date.now() < end; );
    await new Promise((resolve) => setTimeout(resolve, 1))
    t.notOk(app.isOverloaded(), `turn ${turn}`)
  }
  t.equal((await call('GET', 'clusters')).status, 200)
})

t.test('a caller that asks too often is 429, and others are served', async (t) => {
  const issuer = await createIssuer(t)
  const { call } = await application(t, {
    ...trusting({ issuer_url: issuer.url, jwk_cert_url: issuer.url }),
    HYPERFLEET_SERVER_RATE_LIMIT_REQUESTS: '3',
    HYPERFLEET_SERVER_RATE_LIMIT_WINDOW: '1s',
  })
  const callOf = async (email: string) => {
    const authorization = `Bearer ${await issuer.token('first', { email })}`
    return (method: string, path: string) => call(method, path, undefined, { authorization })
  }
  const [eager, other] = [await callOf('eager@example.com'), await callOf('other@example.com')]
  for (let times = 0; times < 3; times++) t.equal((await eager('GET', 'clusters?size=0')).status, 400)
  t.match(await eager('GET', 'clusters'), {
    status: 429,
    headers: { 'retry-after': '1' },
    body: { code: 'HYPERFLEET-LMT-001' },
  })
  t.equal((await other('GET', 'clusters')).status, 200)
  t.equal((await eager('GET', '/openapi.json')).status, 200, 'what needs no token has no limit')
  while ((await eager('GET', 'clusters')).status === 429)
    await new Promise((resolve) => setTimeout(resolve, 50))
  t.equal((await eager('GET', 'clusters')).status, 200, 'the next window begins')
})

t.test('callers that have hung up keep nobody from waiting', async (t) => {
  const { call, cluster, session, port, database } = await locked(t, {
    HYPERFLEET_DATABASE_POOL_MAX_CONNECTIONS: '1',
    HYPERFLEET_DATABASE_POOL_MAX_WAITING: '2',
  })
  const holding = call('PATCH', cluster.href, { labels: { a: 'b' } })
  await untilWaiting(session, 1)
  const impatient = await Promise.all(
    [1, 2].map(() => say(port, `GET ${cluster.href} HTTP/1.1\r\nhost: a\r\n\r\n`)),
  )
  while (database.waiting < 2) await new Promise(setImmediate)
  for (const socket of impatient) socket.destroy()
  while (database.waiting) await new Promise(setImmediate)
  const patient = call('GET', cluster.href)
  while (!database.waiting) await new Promise(setImmediate)
  await session.query('rollback')
  t.equal((await patient).status, 200)
  t.equal((await holding).status, 200)
})

t.test('a caller that hangs up just as its connection comes gives it back once', async (t) => {
  const { database } = await application(t, { HYPERFLEET_DATABASE_POOL_MAX_CONNECTIONS: '1' })
  await database.one('check_database', {})
  const waiter = Object.assign(new EventEmitter(), { closed: false })
  const connectReally = database.pool.connect.bind(database.pool)
  database.pool.connect = (() =>
    new Promise<unknown>((resolve) => {
      connectReally().then((client) => {
        // Both in one turn: whoever waits for the connection has not been told yet.
        process.nextTick(() => resolve(client))
        process.nextTick(() => {
          waiter.closed = true
          waiter.emit('close')
        })
      })
    })) as typeof database.pool.connect
  await t.rejects(database.until(waiter).one('check_database', {}), { message: /aborted before/ })
  database.pool.connect = connectReally
  t.match(database.pool, { totalCount: 1, idleCount: 1 }, 'no statement ran, and none was cancelled')
  t.equal(database.waiting, 0)
  t.equal((await database.one('check_database', {})).migrated, true)
})
