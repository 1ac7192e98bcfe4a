/** Lists that are read from a replica, and all that can happen to it. */
import t, { type Test } from 'tap'
import { Freshness } from '../../server/freshness.ts'
import { application } from '../application.ts'
import { execute } from '../databases.ts'
import { parseMetrics } from '../prometheus.ts'
import { openSession, untilWaiting } from '../sessions.ts'
import { streaming } from '../streaming.ts'

type Server = Awaited<ReturnType<typeof application>>

const MAX_LAG_MS = 500
const TRIES = 2000

/** Looks again and again, until it is so. */
async function until(what: string, look: () => unknown) {
  for (let tries = 0; tries < TRIES; tries++) {
    if (await look()) return
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  throw new Error(`never: ${what}`)
}

/** A server that reads lists from the replica, and does so already. */
async function serverOn(
  t: Test,
  primary: string,
  replica: string,
  maxLag = `${MAX_LAG_MS}ms`,
): Promise<Server> {
  const env = { HYPERFLEET_DATABASE_READ_URL: replica, HYPERFLEET_DATABASE_READ_MAX_LAG: maxLag }
  const server = await application(t, env, primary)
  await until('the replica is used', () => server.replica?.isUsable)
  return server
}

const create = ({ call }: Server, name: string) =>
  call('POST', 'clusters', { kind: 'Cluster', name, spec: {} })

const namesIn = ({ body }: { body: { items: { name: string }[] } }) => body.items.map(({ name }) => name)

/** How many statements of a query each of the two servers has been asked. */
async function asked({ metrics }: Server, query: string) {
  const { samples = [] } =
    parseMetrics(await metrics.registry.metrics()).get('hyperfleet_db_query_duration_seconds') ?? {}
  const count = (server: string) =>
    samples.find(
      ({ name, labels }) => name.endsWith('_count') && labels.table === query && labels.server === server,
    )?.value ?? 0
  return { primary: count('primary'), replica: count('replica') }
}

t.test('lists are read from the replica, all else from the database', async (t) => {
  const { primary, standby } = await streaming(t)
  // Whatever else there is to know of it is as for the database.
  const server = await serverOn(t, primary.url, `postgres://${new URL(standby.url).host}`, '5s')
  const { call } = server
  await execute(standby.url, 'select pg_wal_replay_pause()')
  const { body: cluster } = await create(server, 'one')
  const acknowledged = performance.now()
  t.equal((await call('GET', cluster.href)).status, 200, 'a GET has what has just been created')
  t.equal((await call('GET', `${cluster.href}/statuses`)).status, 200, 'the reports on it, too')
  t.strictSame(namesIn(await call('GET', 'clusters')), [], 'a list has not yet')
  t.strictSame(await asked(server, 'list_resources'), { primary: 0, replica: 1 })
  t.strictSame(await asked(server, 'get_resource'), { primary: 1, replica: 0 })
  t.strictSame(await asked(server, 'list_adapter_statuses'), { primary: 1, replica: 0 })

  t.equal((await call('GET', `${cluster.href}/nodepools`)).status, 200, 'what is not there yet is no 404')
  t.strictSame(await asked(server, 'list_resources'), { primary: 1, replica: 2 })

  await until('the list has it', async () => {
    const isPastBound = performance.now() - acknowledged > 5000
    const has = namesIn(await call('GET', 'clusters')).length === 1
    if (isPastBound) t.ok(has, 'no list is older than the bound')
    return has
  })
  await execute(standby.url, 'select pg_wal_replay_resume()')
  await until('the replica is used again', () => server.replica?.isUsable)
  const before = await asked(server, 'list_resources')
  t.strictSame(namesIn(await call('GET', 'clusters')), ['one'])
  t.equal((await asked(server, 'list_resources')).replica, before.replica + 1)
})

t.test('no list is older than the bound, whatever the replica does, and no request fails', async (t) => {
  const { primary, standby } = await streaming(t)
  const server = await serverOn(t, primary.url, standby.url)
  const { call } = server
  const written: { name: string; at: number }[] = []
  let isOver = false
  const write = async () => {
    for (let step = 0; !isOver; step++) {
      const name = `c-${step}`
      t.equal((await create(server, name)).status, 201)
      written.push({ name, at: performance.now() })
    }
  }
  const read = async () => {
    while (!isOver) {
      const due = performance.now() - MAX_LAG_MS
      const answer = await call('GET', 'clusters?size=500&fields=name')
      if (answer.status !== 200) t.fail(`a list: ${answer.text}`)
      const names = new Set(namesIn(answer))
      // Of more than a page holds, the newest.
      const missed = written.slice(-400).filter(({ name, at }) => at < due && !names.has(name))
      if (missed.length) t.fail(`a list without ${missed.map(({ name }) => name)}`)
    }
  }
  const load = Promise.all([write(), read(), read()])
  const lists = async () => (await asked(server, 'list_resources')).replica
  const untilUsed = async (what: string) => {
    const before = await lists()
    await until(what, async () => (await lists()) > before + 20)
  }
  await untilUsed('the replica is used under load')

  await execute(standby.url, 'select pg_wal_replay_pause()')
  await until('a replica that stands still is left alone', () => !server.replica?.isUsable)
  await execute(standby.url, 'select pg_wal_replay_resume()')
  await untilUsed('it has caught up')

  await standby.kill()
  await until('a replica that is gone is left alone', () => !server.replica?.isUsable)
  await standby.start()
  await untilUsed('it has come back')

  await standby.freeze()
  await until('a replica that is frozen is left alone', () => !server.replica?.isUsable)
  const before = written.length
  await until('writes and lists go on', () => written.length > before + 20)
  standby.thaw()
  await untilUsed('it goes on')

  isOver = true
  await load
})

t.test('a list that a frozen replica has begun is answered by the database', async (t) => {
  const { primary, standby } = await streaming(t)
  const server = await serverOn(t, primary.url, standby.url, '1h')
  await create(server, 'one')
  await standby.freeze()
  const answer = await server.call('GET', 'clusters')
  t.equal(answer.status, 200)
  t.strictSame(namesIn(answer), ['one'])
  t.equal(server.replica?.database.pool.totalCount, 1, 'the replica has not even refused the connection')
  t.equal(server.replica?.isUsable, false, 'and so are all others')
  standby.thaw()
})

t.test('a statement that recovery cancels on the replica is answered by the database', async (t) => {
  const { primary, standby } = await streaming(t, { max_standby_streaming_delay: '0' })
  const server = await serverOn(t, primary.url, standby.url, '1h')
  await create(server, 'one')
  const session = await openSession(t, primary.url)
  /** What is not committed is sent with the next commit. */
  const lock = async (table: string) => {
    await session.query(`lock table ${table} in access exclusive mode`)
    await execute(primary.url, `select pg_logical_emit_message(true, 'test', '')`)
  }
  await session.query('begin')
  await lock('kinds')
  await until('the replica holds the lock, too', async () => {
    const locks = `select from pg_locks where relation = 'kinds'::regclass and mode = 'AccessExclusiveLock'`
    return (await execute(standby.url, locks)).rowCount
  })
  // It has read the resources, and waits for their kinds; then the replica wants the resources, too.
  const list = server.call('GET', 'clusters')
  await untilWaiting(await openSession(t, standby.url), 1)
  await lock('resources')
  await untilWaiting(session, 1)
  await session.query('rollback')
  t.strictSame(namesIn(await list), ['one'])
  const errors = parseMetrics(await server.metrics.registry.metrics()).get('hyperfleet_db_errors_total')
  t.match(errors?.samples, [{ labels: { table: 'list_resources', code: '40', server: 'replica' }, value: 1 }])
})

t.test('a database that is away takes the writes with it, and not the lists', async (t) => {
  const { primary, standby } = await streaming(t)
  const server = await serverOn(t, primary.url, standby.url)
  const { call } = server
  const { body: cluster } = await create(server, 'one')
  await until('the replica has it', async () => namesIn(await call('GET', 'clusters')).length)
  await until('by itself', () => server.replica?.isUsable)

  await primary.kill()
  for (let each = 0; each < 20; each++) {
    t.strictSame(namesIn(await call('GET', 'clusters')), ['one'])
    t.equal((await call('GET', cluster.href)).status, 503)
  }
  t.equal((await create(server, 'two')).status, 503)

  await t.test('also when the replica is promoted', async (t) => {
    await execute(standby.url, 'select pg_promote()')
    for (let each = 0; each < 20; each++) t.strictSame(namesIn(await call('GET', 'clusters')), ['one'])
    // What other servers write to it meanwhile is seen at once.
    const other = await application(t, {}, standby.url)
    await other.call('POST', 'clusters', { kind: 'Cluster', name: 'two', spec: {} })
    t.strictSame(namesIn(await call('GET', 'clusters')), ['two', 'one'])
  })

  await t.test('a former primary that comes back is not mixed with the promoted one', async () => {
    await primary.start()
    await until('the database answers', async () => (await call('GET', cluster.href)).status === 200)
    await until('the other is left alone', () => !server.replica?.isUsable)
    t.strictSame(namesIn(await call('GET', 'clusters')), ['one'])
  })
})

t.test('the database itself may be named as its replica', async (t) => {
  const { primary, standby } = await streaming(t)
  await standby.kill()
  const server = await serverOn(t, primary.url, primary.url)
  await create(server, 'one')
  t.strictSame(namesIn(await server.call('GET', 'clusters')), ['one'])
  t.strictSame(await asked(server, 'list_resources'), { primary: 0, replica: 1 })
})

t.test('what is no replica of the database is never read', async (t) => {
  const { primary, standby } = await streaming(t)
  const env = { HYPERFLEET_DATABASE_READ_URL: (await streaming(t)).standby.url }
  const other = await application(t, env, primary.url)
  await create(other, 'one')
  await until('it has been asked', () => other.replica?.freshness.fault !== 'has not been asked yet')
  t.equal(other.replica?.freshness.fault, 'is no replica of the database')
  const wrong = new URL(standby.url)
  wrong.pathname = 'postgres'
  const empty = await application(t, { HYPERFLEET_DATABASE_READ_URL: wrong.href }, primary.url)
  await until('it has been asked', () => empty.replica?.freshness.fault !== 'has not been asked yet')
  t.equal(empty.replica?.freshness.fault, 'has no schema')
  for (const { call } of [other, empty]) t.strictSame(namesIn(await call('GET', 'clusters')), ['one'])
})

t.test('a walk that moves between the two sees everything exactly once', async (t) => {
  const { primary, standby } = await streaming(t)
  const server = await serverOn(t, primary.url, standby.url, '1h')
  const { call } = server
  // A server for each of the two: a cursor does not know where it was made.
  const direct = await application(t, {}, primary.url)
  for (let each = 0; each < 12; each++) await create(server, `c-${each}`)
  await until('the replica has all', async () => (await call('GET', 'clusters')).body.total === 12)
  // From here on the replica stands still, and the two differ: each has what the other has not.
  await execute(standby.url, 'select pg_wal_replay_pause()')
  const gone = (await call('GET', 'clusters?search=name%3D%27c-5%27')).body.items[0]
  t.equal((await call('DELETE', gone.href)).status, 202)
  for (const name of ['a-new', 'x-new']) await create(server, name)
  t.equal((await call('GET', 'clusters')).body.total, 12)
  t.equal((await direct.call('GET', 'clusters')).body.total, 13)

  for (const order of ['name', 'id desc', 'created_time']) {
    for (const first of ['replica', 'primary']) {
      const seen: string[] = []
      let cursor: string | undefined = ''
      for (let step = 0; cursor !== undefined; step++) {
        const isReplica = (step % 2 === 0) === (first === 'replica')
        const query = `clusters?size=2&order=${encodeURIComponent(order)}&cursor=${cursor}`
        const answer = await (isReplica ? server : direct).call('GET', query)
        seen.push(...namesIn(answer))
        cursor = answer.body.next_cursor
      }
      const kept = seen.filter((name) => /^c-/.test(name) && name !== 'c-5')
      t.equal(kept.length, 11, `${order}, ${first} first: ${seen}`)
      t.equal(new Set(seen).size, seen.length, 'nothing twice')
    }
  }
})

t.test('what is known of a replica, look by look', async (t) => {
  const said = { standby: true, cluster: '1', started: '1', migrated: true }
  const database = (at: number, position: number) => ({
    at,
    said: { ...said, standby: false, position: `${position}` },
  })
  const replica = (position: number) => ({ at: 0, said: { ...said, position: `${position}`, started: '2' } })
  const freshness = new Freshness(1000)
  freshness.update(database(100, 5), replica(5))
  t.equal(freshness.usableUntil, 1100, 'it is as fresh as the database was when it was asked')
  t.equal(freshness.lag(150), 0)
  freshness.update(database(900, 5), replica(5))
  t.equal(freshness.usableUntil, 1900, 'an idle database is nothing to lag behind')
  freshness.update(database(1700, 6), replica(5))
  t.equal(freshness.usableUntil, 1900, 'what is not replayed makes nothing fresher')
  t.equal(freshness.lag(1700), 0.8)
  freshness.update(undefined, replica(5))
  t.equal(freshness.usableUntil, Number.POSITIVE_INFINITY, 'without the database nothing new is missed')
  freshness.update(database(2500, 7), replica(6))
  t.equal(freshness.usableUntil, 2700, 'it has what had been written the second time before')
  freshness.update(database(3500, 8), replica(6))
  t.equal(freshness.fault, 'is too far behind')
  freshness.update(undefined, replica(6))
  t.equal(freshness.fault, 'is too far behind', 'also when the database goes away then')
  freshness.update(undefined, replica(8))
  t.equal(freshness.fault, undefined)
  freshness.update(database(4000, 8), undefined)
  t.equal(freshness.fault, 'does not answer')
  t.equal(freshness.usableUntil, Number.NEGATIVE_INFINITY)
})
