import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import t, { type Test } from 'tap'
import { migrate } from '../../server/db/migrate.ts'
import { StartError } from '../../server/process/start-error.ts'
import { application, condition, report } from '../application.ts'
import { execute, kinds, testConfig } from '../databases.ts'
import { pgbouncer, throughPooler } from '../pooler.ts'
import { openSession, untilWaiting } from '../sessions.ts'

const root = new URL('../../', import.meta.url)
const two = { HYPERFLEET_CLUSTER_ADAPTERS: '["validation","dns"]' }
const one = { HYPERFLEET_CLUSTER_ADAPTERS: '["validation"]' }

/** Undoes the migrations from 10 on, which needs the table of kinds for itself. Those after it are undone where they do not run twice. */
const undo = `
  delete from schema_migrations where version >= 10;
  update applied_functions set hash = 'undone';
  alter table kinds drop column older_names;
  drop type judged_report, resource_condition cascade;
  drop table imported_resources`

t.test('migrate', async (t) => {
  const { call, url, database } = await application(t, two)
  const { body: cluster } = await call('POST', 'clusters', { kind: 'Cluster', name: 'recomputed', spec: {} })
  await call('PUT', `${cluster.href}/statuses`, report('validation', 1, 'True', 1))
  const session = await openSession(t, url)

  t.test('makes good what an interrupted one left undone', async (t) => {
    await session.query('begin')
    await session.query('select from resources where id = $1 for update', [cluster.id])
    const impatient = { ...one, HYPERFLEET_DATABASE_POOL_STATEMENT_TIMEOUT: '2s' }
    await t.rejects(migrate(testConfig(url, impatient), kinds), { code: '57014' })
    await session.query('rollback')
    t.equal(condition((await call('GET', cluster.href)).body, 'Ready')?.status, 'False', 'not yet')

    await migrate(testConfig(url, one), kinds)
    t.equal(condition((await call('GET', cluster.href)).body, 'Ready')?.status, 'True')
    t.same(await database.all('list_inconsistencies', {}), [])
  })

  t.test('leaves the functions and adapters of a newer release alone', async (t) => {
    await execute(url, `update applied_functions set release = '99.0.0', hash = 'newer'`)
    await migrate(testConfig(url, two), kinds)
    t.match((await execute(url, 'select release, hash from applied_functions')).rows, [
      { release: '99.0.0', hash: 'newer' },
    ])
    t.same((await execute(url, `select required_adapters from kinds where kind = 'Cluster'`)).rows, [
      { required_adapters: ['validation'] },
    ])
    await execute(url, `update applied_functions set release = '0.0.1'`)
    await migrate(testConfig(url, one), kinds)
    t.notMatch((await execute(url, 'select hash from applied_functions')).rows, [{ hash: 'newer' }])
  })

  t.test('computes anew all that is derived when the rules have changed', async (t) => {
    const { body: labelled } = await call('POST', 'clusters', {
      kind: 'Cluster',
      name: 'labelled',
      labels: { a: 'b' },
      spec: {},
    })
    const { version } = (await execute(url, 'select version from resources where id = $1', [labelled.id]))
      .rows[0]
    const older = [
      `conditions = jsonb_set(conditions::jsonb, '{2,message}', '"as an older release said it"')`,
      `states = array['Reconciled=Unknown']`,
      `unreconciled_since = '2020-01-01Z'`,
      `label_pairs = array['a=c']`,
    ]
    for (const column of older) {
      await execute(url, `update applied_functions set rules_hash = 'older', hash = 'older'`)
      await execute(url, `update resources set ${column} where id = $1`, [labelled.id])
      t.not((await database.all('list_inconsistencies', {})).length, 0, column)
      await migrate(testConfig(url, one), kinds)
      t.same(await database.all('list_inconsistencies', {}), [], column)
    }
    const { rows } = await execute(url, 'select version from resources where id = $1', [labelled.id])
    t.equal(rows[0].version, version + 1, 'a new version only where clients see a difference')
    await execute(url, 'delete from resources where id = $1', [labelled.id])
  })

  t.test('takes each function whose results are stored for a rule', async (t) => {
    const copy = t.testdir()
    for (const path of ['package.json', 'openapi.yaml', 'cel', 'generated', 'search', 'server', 'sql'])
      cpSync(new URL(path, root), join(copy, path), { recursive: true })
    symlinkSync(fileURLToPath(new URL('node_modules', root)), join(copy, 'node_modules'))
    const changed = join(copy, 'sql/functions/conditions/condition_states.sql')
    writeFileSync(changed, `${readFileSync(changed, 'utf8')}-- Changed.\n`)
    await execute(url, `update resources set states = array['Reconciled=Unknown']`)
    const next: typeof import('../../server/db/migrate.ts') = await import(join(copy, 'server/db/migrate.ts'))
    await next.migrate(testConfig(url, one), kinds)
    t.same(await database.all('list_inconsistencies', {}), [])
    await migrate(testConfig(url, one), kinds)
  })

  t.test('gives way to those who use a table, and so lets others by', async (t) => {
    const { body: other } = await call('POST', 'clusters', { kind: 'Cluster', name: 'other', spec: {} })
    await execute(url, undo)
    await session.query('begin')
    await session.query('lock table kinds in access share mode')
    const migrating = migrate(testConfig(url, one), kinds)
    const watcher = await openSession(t, url)
    await untilWaiting(watcher, 1)
    // It stands behind the one that waits, which waits for a session that is not going to end.
    const { status } = await call('PATCH', other.href, { labels: { changed: 'meanwhile' } })
    t.equal(status, 200)
    await session.query('commit')
    await migrating
    t.same(await database.all('list_inconsistencies', {}), [])
  })

  t.test(
    'begins again after a deadlock with a session that takes the same locks in another order',
    async (t) => {
      await execute(url, `update applied_functions set hash = 'older', rules_hash = 'older'`)
      await session.query('begin')
      // This session never looks for deadlocks, so that of the migration is the one that PostgreSQL gives up.
      await session.query(`set local deadlock_timeout = '1min'`)
      await session.query('select from kinds for update')
      const migrating = migrate(testConfig(url, one), kinds)
      await untilWaiting(await openSession(t, url), 1)
      await session.query('select from applied_functions for update')
      await session.query('commit')
      await migrating
      t.same(await database.all('list_inconsistencies', {}), [])
    },
  )

  t.test('builds indexes while others read and write, and anew when that was interrupted', async (t) => {
    const index = `select indisvalid from pg_index where indexrelid = 'resources_kind_id_idx'::regclass`
    const others = `from pg_stat_activity where query like '%create index concurrently%' and pid <> pg_backend_pid()`
    await execute(url, 'drop index resources_kind_id_idx')
    // Whoever builds an index so waits for those who may not know of it yet.
    await session.query('begin')
    await session.query(`update resources set version = version where id = $1`, [cluster.id])
    const building = migrate(testConfig(url, one), kinds)
    const watcher = await openSession(t, url)
    await untilWaiting(watcher, 1)

    const { body: other } = await call('POST', 'clusters', { kind: 'Cluster', name: 'meanwhile', spec: {} })
    t.equal((await call('PATCH', other.href, { spec: { changed: true } })).status, 200, 'others write')
    t.equal((await call('GET', 'clusters?order=id')).body.total, 3, 'and read')
    await watcher.query(`select pg_cancel_backend(pid) ${others}`)
    await t.rejects(building, { code: '57014' })
    await session.query('rollback')
    t.same((await watcher.query(index)).rows, [{ indisvalid: false }], 'it is there by half')

    await migrate(testConfig(url, one), kinds)
    t.same((await watcher.query(index)).rows, [{ indisvalid: true }])
  })

  /** The sessions of this database that hold the migration lock. */
  const holders = `select pid, backend_xmin from pg_locks join pg_stat_activity using (pid)
    where locktype = 'advisory' and granted and objid = hashtext('hyperfleet-api migrate')::bit(32)::bigint::oid
      and pg_locks.database = (select oid from pg_database where datname = current_database())`

  /** A login of its own for which PostgreSQL has the given settings. */
  const roleWith = async (t: Test, settings: Record<string, string>) => {
    const role = `hf_migrate_${process.pid}_${Math.random().toString(36).slice(2, 10)}`
    await execute(url, `create role ${role} superuser login password 'secret'`)
    t.teardown(() => execute(url, `drop role ${role}`))
    for (const [name, value] of Object.entries(settings))
      await execute(url, `alter role ${role} set ${name} = ${pg.escapeLiteral(value)}`)
    const login = new URL(url)
    login.username = role
    login.password = 'secret'
    return login
  }

  t.test('keeps its lock for as long as it works, whatever limits of time its role has', async (t) => {
    const watcher = await openSession(t, url)
    const { rows } = await watcher.query(
      `select name from pg_settings where name in ('idle_session_timeout', 'idle_in_transaction_session_timeout',
         'transaction_timeout', 'statement_timeout', 'lock_timeout')`,
    )
    const login = await roleWith(t, Object.fromEntries(rows.map(({ name }) => [name, '2s'])))
    await execute(url, 'drop index resources_kind_id_idx')
    await session.query('begin')
    await session.query(`update resources set version = version where id = $1`, [cluster.id])
    const migrating = migrate(testConfig(login.href, two), kinds)
    // The index waits for the transaction of this test; the lock is idle meanwhile.
    await untilWaiting(watcher, 1)
    await sleep(4000)
    t.match((await watcher.query(holders)).rows, [{ pid: Number, backend_xmin: null }])
    await session.query('rollback')
    await migrating
    t.same((await watcher.query(holders)).rows, [])
    t.same(await database.all('list_inconsistencies', {}), [])
    await migrate(testConfig(url, one), kinds)
  })

  const lockRow = `update resources set version = version where id = '${cluster.id}'`
  for (const [stage, prepare, lock, running] of [
    ['computes conditions', '', lockRow, '%update_conditions%'],
    ['builds an index', 'drop index resources_kind_id_idx', lockRow, '%create index concurrently%'],
    ['changes the schema', undo, 'lock table kinds in access share mode', '%alter table kinds%'],
  ] as const) {
    t.test(`stops when the session of its lock ends while it ${stage}`, async (t) => {
      const watcher = await openSession(t, url)
      const before = (await watcher.query('select conditions from resources where id = $1', [cluster.id]))
        .rows
      await execute(url, prepare)
      await session.query('begin')
      await session.query(lock)
      const migrating = migrate(testConfig(url, two), kinds)
      const refused = t.rejects(migrating, {
        constructor: StartError,
        message: /^a session of the database .* ended before the migration did.*run `migrate` again$/,
      })
      await untilWaiting(watcher, 1)
      const [{ pid }] = (await watcher.query(holders)).rows
      await watcher.query('select pg_terminate_backend($1, 5000)', [pid])
      // The row is still locked: it does not wait for what it was about to do.
      await refused
      const isRunning = `select count(*)::int from pg_stat_activity
        where datname = current_database() and state <> 'idle' and pid <> pg_backend_pid() and query like $1`
      for (let runs = 1; runs; await sleep(10))
        [{ count: runs }] = (await watcher.query(isRunning, [running])).rows
      await session.query('rollback')
      const after = (await watcher.query('select conditions from resources where id = $1', [cluster.id])).rows
      t.same(after, before, 'nothing was computed after it')
      await migrate(testConfig(url, two), kinds)
      t.same(await database.all('list_inconsistencies', {}), [])
      await migrate(testConfig(url, one), kinds)
    })
  }

  const skip = pgbouncer ? false : 'there is no pgbouncer on the PATH: the lock is not tested behind one'
  t.test('lets one in at a time behind a pooler in transaction mode, too', { skip }, async (t) => {
    const pooled = await throughPooler(t, url)
    const watcher = await openSession(t, url)
    await session.query('begin')
    await session.query('select from resources where id = $1 for update', [cluster.id])
    const settings = { ...two, HYPERFLEET_DATABASE_POOL_PREPARED_STATEMENTS: 'false' }
    const first = migrate(testConfig(pooled, settings), kinds)
    await untilWaiting(watcher, 1)
    const second = migrate(testConfig(pooled, settings), kinds)
    const asks = `select count(*)::int from pg_stat_activity where datname = current_database() and query like $1`
    for (let asked = 0; !asked; await sleep(10))
      [{ count: asked }] = (await watcher.query(asks, ['rollback%'])).rows
    await sleep(500)
    t.equal((await watcher.query(holders)).rows.length, 1)
    const waiting = `select count(*)::int from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`
    t.same((await watcher.query(waiting)).rows, [{ count: 1 }], 'only the first one works')
    await session.query('rollback')
    await Promise.all([first, second])
    t.same((await watcher.query(holders)).rows, [], 'no session of the pooler keeps the lock')
    t.same(await database.all('list_inconsistencies', {}), [])
    await migrate(testConfig(url, one), kinds)
  })

  t.test('run three times at once is as run once', async (t) => {
    await Promise.all([two, two, two].map((env) => migrate(testConfig(url, env), kinds)))
    t.equal(condition((await call('GET', cluster.href)).body, 'Ready')?.status, 'False')
    t.same(await database.all('list_inconsistencies', {}), [])
  })
})
