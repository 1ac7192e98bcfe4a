/** Sessions that begin while the database cannot be written: none is used, and none is kept for later. */
import t, { type Test } from 'tap'
import { openDatabase } from '../../server/db/database.ts'
import { type Application, application, readiness } from '../application.ts'
import { createDatabase, execute, testConfig } from '../databases.ts'
import { pgbouncer, throughPooler } from '../pooler.ts'
import { openSession, untilWaiting } from '../sessions.ts'
import { streaming } from '../streaming.ts'
import { openWay } from './way.ts'

/** How many sessions the servers of these tests open. */
const SESSIONS = 4
const settings = { HYPERFLEET_DATABASE_POOL_MAX_CONNECTIONS: String(SESSIONS) }

type Call = Application['call']

const create = async (call: Call, name: string) => {
  const { status, body } = await call('POST', 'clusters', { kind: 'Cluster', name, spec: {} })
  if (status !== 201) throw new Error(JSON.stringify(body))
  return body as { id: string; href: string }
}

/** The statuses of as many requests at once as there are sessions, some times over. */
async function statuses(request: () => ReturnType<Call>, rounds = 1): Promise<number[]> {
  const seen = new Set<number>()
  for (let round = 0; round < rounds; round++) {
    const answers = await Promise.all(Array.from({ length: SESSIONS }, request))
    for (const { status } of answers) seen.add(status)
  }
  return [...seen]
}

const patch = (call: Call, href: string) => () => call('PATCH', href, { labels: { at: `${Math.random()}` } })

/** A server whose database the test changes from beside, and the sessions that it has there. */
async function changeable(t: Test) {
  const served = await application(t, settings)
  const beside = new URL('/postgres', served.url).href
  const name = new URL(served.url).pathname.slice(1)
  const ours = `from pg_stat_activity where datname = '${name}' and application_name = 'hyperfleet-api'`
  return {
    ...served,
    set: (text: string) => execute(beside, `alter database ${name} ${text}`),
    endSessions: () => execute(beside, `select pg_terminate_backend(pid, 10000) ${ours}`),
  }
}

t.test('sessions that begin while a setting is wrong are not used once it is right', async (t) => {
  for (const [name, value] of [
    ['default_transaction_read_only', 'on'],
    ['default_transaction_isolation', 'serializable'],
    ['search_path', 'pg_catalog'],
    ['session_replication_role', 'replica'],
    ['gin_fuzzy_search_limit', '1'],
  ] as const) {
    await t.test(name, async (t) => {
      const { call, set, endSessions, ...served } = await changeable(t)
      const cluster = await create(call, 'one')
      const spec = { text: 'é' }
      t.equal((await call('PATCH', cluster.href, { spec })).status, 200)
      await set(`set ${name} = '${value}'`)
      await endSessions()
      const during = await statuses(patch(call, cluster.href), 2)
      t.strictSame(during, [503], 'no write is made')
      t.match((await readiness(served)).reason, `${name} must`)
      await statuses(() => call('GET', cluster.href))

      await set(`reset ${name}`)
      t.strictSame(await statuses(patch(call, cluster.href), 3), [200], 'every write is made')
      t.match(await call('GET', cluster.href), { status: 200, body: { spec } })
      t.equal((await readiness(served)).reason, undefined)
    })
  }
})

t.test('sessions that become read-only while they are open', async (t) => {
  const { primary } = await streaming(t)
  const served = await application(t, settings, primary.url)
  const { call } = served
  const cluster = await create(call, 'one')
  const session = await openSession(t, primary.url)
  // As many sessions as there may be.
  await session.query('begin')
  await session.query('select from resources where id = $1 for update', [cluster.id])
  const first = statuses(patch(call, cluster.href))
  await untilWaiting(session, SESSIONS)
  await session.query('rollback')
  t.strictSame(await first, [200])
  const { totalCount } = served.database.pool
  t.equal(totalCount, SESSIONS)

  const alter = async (text: string) => {
    await execute(primary.url, `alter system ${text}`)
    await execute(primary.url, 'select pg_reload_conf()')
  }
  const isReadOnly = async () =>
    (await session.query('show default_transaction_read_only')).rows[0].default_transaction_read_only === 'on'
  await alter('set default_transaction_read_only = on')
  while (!(await isReadOnly()));
  t.strictSame(await statuses(patch(call, cluster.href)), [503])
  t.match((await readiness(served)).reason, 'default_transaction_read_only must be off')
  t.equal(served.database.pool.totalCount, 0, 'none of them is kept')
  await alter('reset default_transaction_read_only')
  while (await isReadOnly());
  t.strictSame(await statuses(patch(call, cluster.href), 3), [200])
})

t.test('a name that leads to a standby for a while', async (t) => {
  const { primary, standby } = await streaming(t)
  const way = await openWay(t, primary.url)
  const served = await application(t, settings, way.url)
  const { call } = served
  const cluster = await create(call, 'one')
  await execute(standby.url, 'select pg_wal_replay_pause()')
  t.equal((await call('PATCH', cluster.href, { labels: { seen: 'yes' } })).status, 200)

  way.lead(standby.url)
  t.strictSame(await statuses(patch(call, cluster.href)), [503], 'no write is made')
  t.strictSame(await statuses(() => call('GET', cluster.href)), [503], 'nothing is read that may be old')
  const reason = (await readiness(served)).reason
  t.match(reason, 'the server must be a primary, and is a standby')
  const config = testConfig(way.url, { HYPERFLEET_DATABASE_POOL_CONN_RETRY_ATTEMPTS: '1' })
  await t.rejects(
    openDatabase(config.database),
    { message: /must be a primary, and is a standby/ },
    'a start',
  )

  way.turn(primary.url)
  t.match(await call('GET', cluster.href), { status: 200, body: { labels: { seen: 'yes' } } })
  t.strictSame(await statuses(patch(call, cluster.href), 3), [200], 'every write is made')
  t.equal((await readiness(served)).reason, undefined)
})

t.test('a start waits for a standby to be promoted, as for a database that is away', async (t) => {
  const { primary, standby } = await streaming(t)
  await primary.kill()
  const config = testConfig(standby.url, {
    HYPERFLEET_DATABASE_POOL_CONN_RETRY_ATTEMPTS: '1000',
    HYPERFLEET_DATABASE_POOL_CONN_RETRY_INTERVAL: '20ms',
  })
  const opening = openDatabase(config.database)
  await execute(standby.url, 'select pg_promote()')
  const database = await opening
  t.strictSame((await database.one('check_database', {})).faults, [])
  await database.close()
})

t.test('a session that gets another encoding, as of a pooler, is found and not used again', async (t) => {
  const served = await application(t, { HYPERFLEET_DATABASE_POOL_MAX_CONNECTIONS: '1' })
  const client = await served.database.pool.connect()
  await client.query(`set client_encoding = 'latin1'`)
  client.release()
  t.match((await readiness(served)).reason, 'client_encoding must be UTF8, and is LATIN1')
  t.equal((await readiness(served)).reason, undefined)
})

t.test('a session is asked once how it is set up, and not by each request', async (t) => {
  const way = await openWay(t, await createDatabase())
  const { call } = await application(t, settings, way.url)
  const cluster = await create(call, 'one')
  const before = way.transactions
  for (let round = 0; round < 10; round++) await call('GET', cluster.href)
  t.equal(way.transactions - before, 10)
})

const skip = pgbouncer ? false : 'there is no pgbouncer on the PATH: sessions are not checked behind one'
t.test('behind a pooler, sessions follow once it has others with the database', { skip }, async (t) => {
  const { set, endSessions, url, call: direct } = await changeable(t)
  const pooled = await throughPooler(t, url)
  const reconnect = () => execute(new URL('/pgbouncer', pooled).href, 'reconnect')
  const served = await application(t, settings, pooled)
  const { call } = served
  const cluster = await create(direct, 'one')
  t.strictSame(await statuses(patch(call, cluster.href), 3), [200])

  await set('set default_transaction_read_only = on')
  await endSessions()
  await reconnect()
  t.strictSame(await statuses(patch(call, cluster.href), 3), [503])
  t.match((await readiness(served)).reason, 'default_transaction_read_only must be off')
  await set('reset default_transaction_read_only')
  await reconnect()
  t.strictSame(await statuses(patch(call, cluster.href), 3), [200])
  t.equal((await readiness(served)).reason, undefined)
})
