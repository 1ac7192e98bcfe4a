/** Lists that are read from a replica, and all that can happen to it. */
import { readFileSync } from 'node:fs'
import { pino } from 'pino'
import t, { type Test } from 'tap'
import { Freshness } from '../../server/db/replica-lag.ts'
import { maskedLine } from '../../server/observability/masking.ts'
import { application, readiness } from '../application.ts'
import { createDatabase, execute } from '../databases.ts'
import { parseMetrics } from '../prometheus.ts'
import { openProxy } from '../proxy.ts'
import { openSession, untilWaiting } from '../sessions.ts'
import { streaming } from '../streaming.ts'
import { openWay } from './way.ts'

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

const shared = await streaming(t)
let databases = 0

/** A database of the test's own on the shared servers; what the test does to these, it mends. */
async function replicated(): Promise<Pick<typeof shared, 'primary' | 'standby'>> {
  const name = `own_${databases++}`
  await execute(shared.primary.url, `create database ${name} template hyperfleet`)
  const exists = `select from pg_database where datname = '${name}'`
  await until('the replica has it', async () => (await execute(shared.standby.url, exists)).rowCount)
  const own = (server: typeof shared.primary) => ({
    ...server,
    url: Object.assign(new URL(server.url), { pathname: name }).href,
  })
  return { primary: own(shared.primary), standby: own(shared.standby) }
}

/** A server that reads lists from the replica, and does so already. */
async function serverOn(
  t: Test,
  primary: string,
  replica: string,
  maxLag = `${MAX_LAG_MS}ms`,
  more: Record<string, string> = {},
): Promise<Server> {
  const env = {
    HYPERFLEET_DATABASE_READ_URL: replica,
    HYPERFLEET_DATABASE_READ_MAX_LAG: maxLag,
    ...more,
  }
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
  const { primary, standby } = await replicated()
  // Whatever else there is to know of it is as for the database.
  const server = await serverOn(t, primary.url, `postgres://${new URL(standby.url).host}`, '5s')
  const { call } = server
  await execute(standby.url, 'select pg_wal_replay_pause()')
  const { body: cluster } = await create(server, 'one')
  const acknowledged = performance.now()
  t.equal((await call('GET', cluster.href)).status, 200, 'a GET has what has just been created')
  t.equal((await call('GET', `${cluster.href}/statuses`)).status, 200, 'the reports on it, too')
  t.strictSame(namesIn(await call('GET', 'clusters')), [], 'a list has not yet')
  t.strictSame(await asked(server, 'list_unfiltered_resources'), { primary: 0, replica: 1 })
  t.strictSame(await asked(server, 'get_resource'), { primary: 1, replica: 0 })
  t.strictSame(await asked(server, 'list_adapter_statuses'), { primary: 1, replica: 0 })

  t.equal((await call('GET', `${cluster.href}/nodepools`)).status, 200, 'what is not there yet is no 404')
  t.strictSame(await asked(server, 'list_children'), { primary: 1, replica: 1 })

  await until('the list has it', async () => {
    const isPastBound = performance.now() - acknowledged > 5000
    const has = namesIn(await call('GET', 'clusters')).length === 1
    if (isPastBound) t.ok(has, 'no list is older than the bound')
    return has
  })
  await execute(standby.url, 'select pg_wal_replay_resume()')
  await until('the replica is used again', () => server.replica?.isUsable)
  const before = await asked(server, 'list_unfiltered_resources')
  t.strictSame(namesIn(await call('GET', 'clusters')), ['one'])
  t.equal((await asked(server, 'list_unfiltered_resources')).replica, before.replica + 1)

  const page = readFileSync(new URL('../../docs/observability.md', import.meta.url), 'utf8')
  const named = [...new Set(page.match(/hyperfleet_db_replica_\w+/g))].sort()
  const metrics = parseMetrics(await server.metrics.registry.metrics())
  const shown = [...metrics].filter(([name]) => name.startsWith('hyperfleet_db_replica_'))
  t.strictSame(shown.map(([name]) => name).sort(), named, 'the gauges are those that the page names')
  for (const [name, { samples }] of shown) t.equal(samples.length, 1, name)
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
  const lists = async () => (await asked(server, 'list_unfiltered_resources')).replica
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
  const { primary, standby } = await replicated()
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
  t.match(errors?.samples, [
    { labels: { table: 'list_unfiltered_resources', code: '40', server: 'replica' }, value: 1 },
  ])
})

t.test('a database that is away takes the writes with it, and not the lists', async (t) => {
  const { primary, standby } = await streaming(t)
  const server = await serverOn(t, primary.url, standby.url)
  const { call } = server
  const { body: cluster } = await create(server, 'one')
  await until('the replica has it', async () => namesIn(await call('GET', 'clusters')).length)
  await until('by itself', () => server.replica?.isUsable)
  await execute(standby.url, 'select pg_wal_replay_pause()')
  t.equal((await create(server, 'unseen')).status, 201)
  await until('the replica is left alone', () => server.replica?.freshness.fault === 'is too far behind')

  await primary.kill()
  const { body } = await call('POST', 'clusters', { kind: 'Cluster', name: 'two', spec: {} })
  t.equal(body.code, 'HYPERFLEET-SVC-001')
  for (let each = 0; each < 20; each++) {
    t.strictSame(namesIn(await call('GET', 'clusters')), ['one'], 'an old list is better than none')
    t.equal((await call('GET', cluster.href)).status, 503)
  }
  t.equal((await call('GET', `clusters/${body.trace_id}/nodepools`)).status, 503, 'no 404 comes of a replica')

  await t.test('also when the replica is promoted', async (t) => {
    // Built before: it takes so long that a busy machine would not see the replica's answers meanwhile.
    const other = await application(t, {}, standby.url)
    await execute(standby.url, 'select pg_promote()')
    for (let each = 0; each < 20; each++) t.equal(namesIn(await call('GET', 'clusters')).at(-1), 'one')
    // What other servers write to it meanwhile is seen at once.
    await other.call('POST', 'clusters', { kind: 'Cluster', name: 'two', spec: {} })
    const answer = await call('GET', 'clusters')
    t.equal(answer.status, 200, answer.text)
    t.strictSame(namesIn(answer).at(0), 'two')
  })

  await t.test('a former primary that comes back is not mixed with the promoted one', async () => {
    await primary.start()
    await until('the database answers', async () => (await call('GET', cluster.href)).status === 200)
    t.strictSame(namesIn(await call('GET', 'clusters')), ['unseen', 'one'])
    await until(
      'the other is known',
      () => server.replica?.freshness.fault === 'is no replica of the database',
    )
    t.strictSame(namesIn(await call('GET', 'clusters')), ['unseen', 'one'])
  })
})

t.test('a session of a server that the name of the replica leads away from is not used again', async (t) => {
  const { primary, standby } = await replicated()
  const way = await openWay(t, standby.url)
  const server = await serverOn(t, primary.url, way.url)
  await create(server, 'one')
  await until('the replica has it', async () => namesIn(await server.call('GET', 'clusters')).length)
  await until('a list is read there', async () => {
    await server.call('GET', 'clusters')
    return server.replica?.database.pool.totalCount
  })
  await execute(standby.url, 'select pg_wal_replay_pause()')
  await create(server, 'two')
  await until('the replica is left alone', () => !server.replica?.isUsable)
  // The database itself by another address is as good as a replica without any lag.
  way.turn(primary.url)
  await until('the other server is used', () => server.replica?.isUsable)
  t.strictSame(namesIn(await server.call('GET', 'clusters')), ['two', 'one'])
  await execute(standby.url, 'select pg_wal_replay_resume()')
})

t.test('a session that began while the replica could not be read is not used once it can', async (t) => {
  const { primary, standby } = await replicated()
  const server = await serverOn(t, primary.url, standby.url, '1h')
  const name = new URL(primary.url).pathname.slice(1)
  const beside = new URL('/postgres', standby.url).href
  const replayed = `select from pg_database left join pg_db_role_setting on setdatabase = pg_database.oid
    where datname = $1 and setconfig is not distinct from $2::text[]`
  const alter = async (text: string, settings: string[] | null) => {
    await execute(new URL('/postgres', primary.url).href, `alter database ${name} ${text}`)
    await until(
      'the replica has it',
      async () => (await execute(beside, replayed, [name, settings])).rowCount,
    )
  }
  for (const [setting, value] of [
    ['search_path', 'pg_catalog'],
    ['default_transaction_isolation', 'serializable'],
  ]) {
    // A session of the database that began before.
    await create(server, `before-${value?.replace('_', '-')}`)
    await alter(`set ${setting} = '${value}'`, [`${setting}=${value}`])
    const ours = `from pg_stat_activity where datname = $1 and application_name = 'hyperfleet-api'`
    await execute(beside, `select pg_terminate_backend(pid, 10000) ${ours}`, [name])
    t.equal((await server.call('GET', 'clusters')).status, 200, 'the database answers')
    await alter(`reset ${setting}`, null)
    await until('the replica is used', () => server.replica?.isUsable)
    const before = await asked(server, 'list_unfiltered_resources')
    t.equal((await server.call('GET', 'clusters')).status, 200)
    t.strictSame(
      await asked(server, 'list_unfiltered_resources'),
      { ...before, replica: before.replica + 1 },
      `the replica answers after ${setting}`,
    )
  }
})

t.test('no list is older than the bound while requests reach the database', async (t) => {
  const { primary, standby } = await replicated()
  const way = await openProxy(t, primary.url)
  for (const mode of ['refuse', 'swallow'] as const) {
    await t.test(`though a look does not: ${mode}`, async (t) => {
      const wayOfLooks = await openProxy(t, standby.url)
      const env = { HYPERFLEET_DATABASE_POOL_MAX_CONNECTIONS: '1' }
      const server = await serverOn(t, way.url, wayOfLooks.url, '500ms', env)
      await create(server, `before-${mode}`)
      await until('the replica is used', () => server.replica?.isUsable)
      await execute(standby.url, 'select pg_wal_replay_pause()')
      // The connection of the requests is kept: only the others of this server are lost.
      way.mode = mode
      await execute(
        primary.url,
        `select pg_terminate_backend(pid) from pg_stat_activity
         where query like '%pg_control_system%' and datname = current_database() and pid <> pg_backend_pid()`,
      )
      t.equal((await create(server, `unseen-${mode}`)).status, 201)
      const [looks, tries] = [wayOfLooks.count, way.count]
      await until('the bound is over', () => !server.replica?.isUsable)
      t.equal(namesIn(await server.call('GET', 'clusters')).at(0), `unseen-${mode}`)
      await until('a few looks', () => wayOfLooks.count > looks + 4)
      const unknown = /^may be too far behind: the database cannot be asked: ./
      await until('the reason is known', () => unknown.test(server.replica?.freshness.fault ?? ''))
      t.ok(way.count > tries + 2, 'each look tries the database anew')
      t.equal(namesIn(await server.call('GET', 'clusters')).at(0), `unseen-${mode}`)
      way.mode = 'pass'
      await execute(standby.url, 'select pg_wal_replay_resume()')
      await until('the replica is used again', () => server.replica?.isUsable)
    })
  }

  await t.test('though all of its connections are taken', async (t) => {
    const env = {
      HYPERFLEET_DATABASE_POOL_MAX_CONNECTIONS: '1',
      HYPERFLEET_DATABASE_POOL_MAX_WAITING: '2',
    }
    const server = await serverOn(t, primary.url, standby.url, '500ms', env)
    const { body: cluster } = await create(server, 'busy')
    await execute(standby.url, 'select pg_wal_replay_pause()')
    await create(server, 'unseen')
    await until('the replica is left alone', () => server.replica?.freshness.fault === 'is too far behind')
    const session = await openSession(t, primary.url)
    await session.query('begin')
    await session.query('select from resources where id = $1 for update', [cluster.id])
    const holding = server.call('PATCH', cluster.href, { labels: { a: 'b' } })
    await untilWaiting(session, 1)
    const waiting = [server.call('GET', 'clusters'), server.call('GET', 'clusters')]
    await until('both wait', () => server.database.waiting === 2)
    t.equal((await server.call('GET', 'clusters')).status, 503, 'too many wait')
    for (const list of waiting) t.equal((await list).status, 503, 'has waited in vain')
    await session.query('rollback')
    t.equal((await holding).status, 200)
    t.strictSame(await asked(server, 'list_unfiltered_resources'), { primary: 0, replica: 0 })
    await execute(standby.url, 'select pg_wal_replay_resume()')
  })
})

t.test('a list that takes long on the replica', async (t) => {
  const { primary, standby } = await replicated()
  const { rows } = await execute(
    primary.url,
    `select pg_get_functiondef(oid) as newest from pg_proc where proname = 'resource_bodies' order by pronargs desc limit 1`,
  )
  const slow = rows[0].newest.replace(
    /begin/i,
    'begin if pg_is_in_recovery() then perform pg_sleep(60); end if;',
  )
  await execute(primary.url, slow)
  const function_ = `select from pg_proc where proname = 'resource_bodies' and prosrc like '%pg_sleep%'`
  await until('the replica has it', async () => (await execute(standby.url, function_)).rowCount)
  const sleeping = `pg_stat_activity where wait_event = 'PgSleep'`
  const begun = () =>
    until('it has begun', async () => (await execute(standby.url, `select from ${sleeping}`)).rowCount)

  await t.test('is answered by the database when somebody cancels it', async (t) => {
    const server = await serverOn(t, primary.url, standby.url, '1h')
    await create(server, 'one')
    const list = server.call('GET', 'clusters')
    await begun()
    await execute(standby.url, `select pg_cancel_backend(pid) from ${sleeping}`)
    t.strictSame(namesIn(await list), ['one'])
  })

  await t.test('is 504 when its time is over: the database would not be quicker', async (t) => {
    const env = { HYPERFLEET_DATABASE_POOL_STATEMENT_TIMEOUT: '500ms' }
    const server = await serverOn(t, primary.url, standby.url, '1h', env)
    t.equal((await server.call('GET', 'clusters')).status, 504)
    t.strictSame(await asked(server, 'list_unfiltered_resources'), { primary: 0, replica: 1 })
  })

  await t.test('is answered by the database once the replica is too far behind', async (t) => {
    const server = await serverOn(t, primary.url, standby.url)
    const list = server.call('GET', 'clusters')
    await begun()
    await execute(standby.url, 'select pg_wal_replay_pause()')
    await create(server, 'two')
    t.strictSame(namesIn(await list), ['two', 'one'])
    await execute(standby.url, 'select pg_wal_replay_resume()')
  })
})

t.test('a replica that takes no new connections', async (t) => {
  const { primary, standby } = await replicated()
  const way = await openProxy(t, standby.url)
  const server = await serverOn(t, primary.url, way.url, '1h')
  await create(server, 'one')
  for (const mode of ['swallow', 'refuse'] as const) {
    way.mode = mode
    t.strictSame(namesIn(await server.call('GET', 'clusters')), ['one'], mode)
    await until('it is left alone', () => !server.replica?.isUsable)
    const before = await asked(server, 'list_unfiltered_resources')
    t.strictSame(namesIn(await server.call('GET', 'clusters')), ['one'])
    t.equal(
      (await asked(server, 'list_unfiltered_resources')).primary,
      before.primary + 1,
      'and is not tried any more',
    )
    t.strictSame(await readiness(server), { status: 'ok' }, 'the server is ready all the same')
    way.mode = 'pass'
    await until('it is used again', () => server.replica?.isUsable)
  }
})

t.test('the database itself may be named as its replica', async (t) => {
  const { primary } = await replicated()
  const server = await serverOn(t, primary.url, primary.url, '1h')
  await create(server, 'one')
  t.strictSame(namesIn(await server.call('GET', 'clusters')), ['one'])
  t.strictSame(await asked(server, 'list_unfiltered_resources'), { primary: 0, replica: 1 })
})

t.test(
  'what cannot be read, or is no replica of the database, is never read, and the log says why',
  async (t) => {
    const { primary, standby } = await replicated()
    await execute(primary.url, 'create database staging template hyperfleet')
    await execute(primary.url, `create role bare login password 'nothing-granted'`)
    await until('the replica has both', async () => {
      const bare = `select from pg_database, pg_roles where datname = 'staging' and rolname = 'bare'`
      return (await execute(standby.url, bare)).rowCount
    })
    const at = (change: Partial<URL>) => Object.assign(new URL(standby.url), change).href
    const cases: [what: string, url: string, fault: RegExp][] = [
      ['another cluster', await createDatabase(), /^is no replica of the database$/],
      ['another database of the cluster', at({ pathname: 'staging' }), /^is no replica of the database$/],
      ['no schema', at({ pathname: 'postgres' }), /relation "kinds" does not exist$/],
      ['no such database', at({ pathname: 'nowhere' }), /database "nowhere" does not exist$/],
      [
        'no right to read',
        at({ username: 'bare', password: 'nothing-granted' }),
        /permission denied for table/,
      ],
      [
        'a wrong password',
        at({ password: 'wrong-password' }),
        /^cannot be read: password authentication failed/,
      ],
      ['nobody there', at({ port: '1' }), /^cannot be read: connect ECONNREFUSED/],
    ]
    await create(await application(t, {}, primary.url), 'one')
    for (const [what, url, fault] of cases) {
      let log = ''
      const logger = pino({ level: 'warn' }, { write: (line: string) => (log += maskedLine(line)) })
      const { call, replica } = await application(
        t,
        { HYPERFLEET_DATABASE_READ_URL: url },
        primary.url,
        logger as never,
      )
      // On a busy machine, an answer may come too late at first.
      const said = () => replica?.freshness.fault ?? ''
      await until(`${what}: it is ${said()}`, () => fault.test(said()))
      const isSaid = () => log.split('\n').some((line) => line && JSON.parse(line).msg.endsWith(` ${said()}`))
      await until('the log says it', isSaid)
      t.notMatch(log, /wrong-password|nothing-granted/)
      t.strictSame(namesIn(await call('GET', 'clusters')), ['one'])
      await replica?.close()
    }
  },
)

t.test('a walk that moves between the two sees everything exactly once', async (t) => {
  const { primary, standby } = await replicated()
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
        t.equal(answer.status, 200, JSON.stringify(answer.body).slice(0, 200))
        seen.push(...namesIn(answer))
        cursor = answer.body.next_cursor
      }
      const kept = seen.filter((name) => /^c-/.test(name) && name !== 'c-5')
      t.equal(kept.length, 11, `${order}, ${first} first: ${seen}`)
      t.equal(new Set(seen).size, seen.length, 'nothing twice')
    }
  }
  await execute(standby.url, 'select pg_wal_replay_resume()')
})

t.test('a look that fails for a reason of our own is no end of the server', async (t) => {
  const { primary, standby } = await replicated()
  const server = await serverOn(t, primary.url, standby.url)
  const { freshness } = server.replica as NonNullable<Server['replica']>
  freshness.update = () => {
    throw new Error('a defect')
  }
  await until('what is not looked at is left alone', () => !server.replica?.isUsable)
  t.strictSame(namesIn(await server.call('GET', 'clusters')), [])
  t.strictSame(await asked(server, 'list_unfiltered_resources'), { primary: 1, replica: 0 })
})

t.test('what is known of a replica, look by look', async (t) => {
  const own = { standby: true, cluster: '1', database: '1', started: '1' }
  const database = (at: number, position: number) => ({
    at,
    said: { ...own, standby: false, position: `${position}` },
  })
  const replica = (at: number, position: number, more: object = {}) => ({
    at,
    said: { ...own, position: `${position}`, started: '2', ...more },
  })
  const away = new Error('nobody there')
  const freshness = new Freshness(1000)
  freshness.update(away, replica(50, 5))
  t.equal(freshness.fault, 'is no replica of the database', 'as long as nobody knows which that is')
  t.equal(freshness.isLastResort, false)
  freshness.update(database(100, 5), replica(100, 5))
  t.equal(freshness.usableUntil, 1100, 'it is as fresh as the database was when it was asked')
  t.equal(freshness.isLastResort, true)
  t.equal(freshness.lag(150), 0)
  freshness.update(database(900, 5), replica(900, 5))
  t.equal(freshness.usableUntil, 1900, 'an idle database is nothing to lag behind')
  freshness.update(database(1700, 6), replica(1700, 5))
  t.equal(freshness.usableUntil, 1900, 'what is not replayed makes nothing fresher')
  t.equal(freshness.lag(1700), 0.8)
  freshness.update(away, replica(1800, 5))
  t.equal(freshness.usableUntil, 1900, 'without the database nobody knows what is missed')
  t.equal(freshness.fault, undefined)
  freshness.update(away, replica(1901, 5))
  t.equal(freshness.fault, 'may be too far behind: the database cannot be asked: nobody there')
  t.equal(freshness.isLastResort, true)
  freshness.update(database(2500, 7), replica(2500, 6))
  t.equal(freshness.usableUntil, 2700, 'it has what had been written the second time before')
  freshness.update(database(3500, 8), replica(3500, 6))
  t.equal(freshness.fault, 'is too far behind')
  freshness.update(away, replica(3500, 8))
  t.equal(freshness.usableUntil, 4500)
  freshness.update(database(4000, 8), away)
  t.equal(freshness.fault, 'cannot be read: nobody there')
  t.equal(freshness.usableUntil, Number.NEGATIVE_INFINITY)
  t.equal(freshness.isLastResort, false)
  freshness.update(away, replica(4100, 8, { standby: false }))
  t.equal(freshness.fault, 'is no replica of the database', 'it was promoted')
  t.equal(freshness.isLastResort, true, 'and may be all there is')
  for (const other of [{ database: '2' }, { cluster: '2' }]) {
    freshness.update(database(4200, 8), replica(4200, 8, other))
    t.equal(freshness.fault, 'is no replica of the database')
    t.equal(freshness.isLastResort, false)
  }
  freshness.update(database(4300, 8), replica(4300, 8, { position: null }))
  t.equal(freshness.fault, 'does not say how far it is')
  freshness.update({ at: 9000, said: { ...own, position: null } }, replica(9000, 9))
  t.equal(freshness.fault, 'is too far behind', 'a database that does not say it either')

  const patient = new Freshness(3_600_000)
  for (let look = 0; look <= 2000; look++)
    patient.update(database(look * 1000, look), replica(look * 1000, Math.max(0, look - 1500)))
  t.equal(patient.usableUntil, 500_000 + 3_600_000, 'far behind, but within a bound of an hour')
})
