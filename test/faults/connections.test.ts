import { randomUUID } from 'node:crypto'
import t from 'tap'
import { application } from '../application.ts'
import { createDatabase, execute } from '../databases.ts'
import { openSession, untilWaiting } from '../sessions.ts'
import { openWay } from './way.ts'

t.test('a connection that is lost', async (t) => {
  const direct = await createDatabase()
  const { url, cut } = await openWay(t, direct)
  const { call, database } = await application(t, {}, url)
  const session = await openSession(t, direct)
  const { body: cluster } = await call('POST', 'clusters', { kind: 'Cluster', name: 'before', spec: {} })
  const hold = 'select from resources where id = $1 for update'

  t.test('while a statement runs is a 503 to its caller, and the server goes on', async (t) => {
    await session.query('begin')
    await session.query(hold, [cluster.id])
    const waiting = call('PATCH', cluster.href, { labels: { seen: 'yes' } })
    await untilWaiting(session, 1)
    cut()
    t.match(await waiting, {
      status: 503,
      headers: { 'retry-after': '1' },
      body: { code: 'HYPERFLEET-SVC-001' },
    })
    await session.query('rollback')
    t.equal((await call('GET', cluster.href)).status, 200)
  })

  t.test('while it is idle is not noticed by anybody', async (t) => {
    cut()
    while (database.pool.totalCount) await new Promise((resolve) => setImmediate(resolve))
    t.equal((await call('GET', cluster.href)).status, 200)
  })

  t.test('by order of the database is a 503, and is not used again', async (t) => {
    await session.query('begin')
    await session.query(hold, [cluster.id])
    const waiting = call('PATCH', cluster.href, { labels: { seen: 'yes' } })
    await untilWaiting(session, 1)
    await execute(
      direct,
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and application_name = 'hyperfleet-api'`,
    )
    t.equal((await waiting).status, 503)
    await session.query('rollback')
    for (let attempt = 0; attempt < 5; attempt++) t.equal((await call('GET', cluster.href)).status, 200)
  })
})

t.test('a statement that takes too long is a 504, and the connection is kept', async (t) => {
  const { call, database, url } = await application(t, {
    HYPERFLEET_DATABASE_POOL_STATEMENT_TIMEOUT: '200ms',
  })
  const session = await openSession(t, url)
  await session.query('begin')
  await session.query('lock table resources in access exclusive mode')
  t.match(await call('GET', 'clusters'), { status: 504, body: { code: 'HYPERFLEET-SVC-002' } })
  await session.query('rollback')
  t.equal((await call('GET', 'clusters')).status, 200)
  t.equal(database.pool.totalCount, 1)
})

t.test('what the rules refuse costs no connection of the pool of the app', async (t) => {
  const { app, call, database } = await application(t)
  t.equal(database.pool, app.pg.pool)
  let opened = 0
  app.pg.pool.on('connect', () => opened++)
  const cluster = { kind: 'Cluster', name: 'taken', spec: {} }
  t.equal((await call('POST', 'clusters', cluster)).status, 201)
  for (let n = 0; n < 5; n++) {
    t.equal((await call('POST', 'clusters', cluster)).status, 409)
    t.equal((await call('GET', `clusters/${randomUUID()}`)).status, 404)
  }
  t.equal(opened, 1)
})

t.test('a value that cannot be sent is an error of its statement, and costs no other one', async (t) => {
  const { database } = await application(t)
  const endless: Record<string, unknown> = {}
  endless.itself = endless
  await t.rejects(database.all('update_conditions', { id: endless as unknown as string }), TypeError)
  t.equal(database.pool.totalCount, 0, 'its connection is given up')
  t.ok((await database.all('list_kinds', {})).length)
})
