import t from 'tap'
import { migrate } from '../../server/migrate.ts'
import { application, condition, report } from '../application.ts'
import { execute, kinds, testConfig } from '../databases.ts'
import { openSession, untilWaiting } from '../sessions.ts'

const two = { HYPERFLEET_CLUSTER_ADAPTERS: '["validation","dns"]' }
const one = { HYPERFLEET_CLUSTER_ADAPTERS: '["validation"]' }

t.test('migrate', async (t) => {
  const { call, url, database } = await application(t, two)
  const { body: cluster } = await call('POST', 'clusters', { kind: 'Cluster', name: 'recomputed', spec: {} })
  await call('PUT', `${cluster.href}/statuses`, report('validation', 1, 'True', 1))
  const session = await openSession(t, url)

  t.test('makes good what an interrupted one left undone', async (t) => {
    await session.query('begin')
    await session.query('select from resources where id = $1 for update', [cluster.id])
    const impatient = { ...one, HYPERFLEET_DATABASE_POOL_STATEMENT_TIMEOUT: '200ms' }
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

  t.test('computes conditions anew when the rules have changed', async (t) => {
    await execute(url, `update applied_functions set rules_hash = 'older', hash = 'older'`)
    await execute(
      url,
      `update resources set conditions = jsonb_set(conditions, '{2,message}', '"as an older release said it"')`,
    )
    t.equal((await database.all('list_inconsistencies', {})).length, 2)
    await migrate(testConfig(url, one), kinds)
    t.same(await database.all('list_inconsistencies', {}), [])
  })

  /** Undoes the last migration, as if the one before had been the last when what is there was written. */
  const undo = async () => {
    await execute(url, 'alter table resources drop column unreconciled_since')
    await execute(url, 'delete from schema_migrations where version = 6')
    await execute(url, `update applied_functions set hash = 'older'`)
  }

  t.test('fills a new column of what is there, and changes it no more', async (t) => {
    const { body: broken } = await call('POST', 'clusters', { kind: 'Cluster', name: 'broken', spec: {} })
    await undo()
    // Whose states and conditions differ cannot be filled, and must not be tried for ever.
    await execute(url, `update resources set conditions = '[]' where id = $1`, [broken.id])
    await migrate(testConfig(url, two), kinds)
    t.same(await database.all('list_inconsistencies', {}), [])
    t.ok((await call('GET', `clusters?search=status.conditions.Reconciled='False'`)).body.total >= 1)
    await migrate(testConfig(url, one), kinds)
  })

  t.test('gives way to those who use a table, and so lets others by', async (t) => {
    await undo()
    await session.query('begin')
    await session.query('select count(*) from resources')
    const migrating = migrate(testConfig(url, one), kinds)
    const watcher = await openSession(t, url)
    await untilWaiting(watcher, 1)
    // It stands behind the one that waits, which waits for a session that is not going to end.
    const { status } = await call('GET', `clusters/${cluster.id}`)
    t.equal(status, 200)
    await session.query('commit')
    await migrating
    t.same(await database.all('list_inconsistencies', {}), [])
  })

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

  t.test('run three times at once is as run once', async (t) => {
    await Promise.all([two, two, two].map((env) => migrate(testConfig(url, env), kinds)))
    t.equal(condition((await call('GET', cluster.href)).body, 'Ready')?.status, 'False')
    t.same(await database.all('list_inconsistencies', {}), [])
  })
})
