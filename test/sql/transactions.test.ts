/** Transactions begin with their first statement, and end with their last one where it is known, in the same round trip. */
import type pg from 'pg'
import t, { type Test } from 'tap'
import { Database } from '../../server/db/database.ts'
import { createDatabase, execute, testConfig } from '../databases.ts'

const everyone = { owner_id: null, tenancy: '{}', tenant: '' }
const create = (name: string) => ({
  ...everyone,
  kind: 'Cluster',
  body: JSON.stringify({ kind: 'Cluster', name, spec: {} }),
  caller: 'a',
  key: null,
  key_ttl: '1 day',
  scope: 'Cluster',
  maps: false,
})
const missing = { ...everyone, kind: 'Cluster', id: 'none', if_none_match: null, fields: null }

/** A database with one connection, its names of resources, and how often it was asked since the last time. */
async function open(t: Test, prepared: boolean) {
  const url = await createDatabase()
  const env = {
    HYPERFLEET_DATABASE_POOL_MAX_CONNECTIONS: '1',
    HYPERFLEET_DATABASE_POOL_PREPARED_STATEMENTS: `${prepared}`,
  }
  const database = new Database(testConfig(url, env).database)
  t.teardown(() => database.close())
  const sent: string[] = []
  const client = await database.pool.connect()
  const { query } = client
  client.query = ((...args: [pg.QueryConfig]) => {
    sent.push(args[0].text)
    return query.apply(client, args as never)
  }) as never
  client.release()
  const names = async () =>
    (await execute(url, 'select name from resources order by name')).rows.map(({ name }) => name)
  const state = async () =>
    (
      await execute(
        url,
        `select state from pg_stat_activity where application_name = 'hyperfleet-api' and datname = current_database()`,
      )
    ).rows
  return { database, names, state, roundTrips: () => sent.splice(0).length }
}

t.test('a session whose first transaction fails keeps its prepared statements', async (t) => {
  const { database, names } = await open(t, true)
  const warnings: string[] = []
  database.warn = (message) => warnings.push(message)
  for (const isKept of [true, false]) {
    const finish = (name: string) =>
      database.transaction((statements) => statements.finish('create_resource', create(name)), { isKept })
    await t.rejects(
      database.transaction((statements) => statements.finish('get_resource', missing), { isKept }),
      { code: 'HF404' },
    )
    for (const name of ['f1', 'f2']) t.match(await finish(`${name}-${isKept}`), [{ started: true }])
  }
  t.strictSame(await names(), ['f1-true', 'f2-true'])
  t.strictSame(warnings, [], 'none is missing, and none is there twice')
})

for (const prepared of [true, false]) {
  t.test(prepared ? 'with prepared statements' : 'without prepared statements', async (t) => {
    const { database, names, state, roundTrips } = await open(t, prepared)
    // The first transactions of a session prepare what begins and ends them.
    for (const isKept of [true, false])
      await database.transaction((statements) => statements.finish('check_database', {}), { isKept })
    roundTrips()

    t.test('two statements are two round trips, and three where the end is not known', async (t) => {
      await database.transaction(async (statements) => {
        await statements.one('create_resource', create('a1'))
        await statements.finish('create_resource', create('a2'))
      })
      t.equal(roundTrips(), 2)
      await database.transaction(async (statements) => {
        await statements.one('create_resource', create('a3'))
        await statements.one('create_resource', create('a4'))
      })
      t.equal(roundTrips(), 3)
      t.strictSame(await names(), ['a1', 'a2', 'a3', 'a4'])
    })

    t.test('one statement is one round trip, and its rows are its own', async (t) => {
      const [row] = await database.transaction((statements) =>
        statements.finish('create_resource', create('b1')),
      )
      t.match(row, { started: true, version: 1 })
      t.equal(roundTrips(), 1)
      t.equal(await database.transaction(async () => 'none'), 'none')
      t.equal(roundTrips(), 0, 'none without a statement')
    })

    t.test('a statement that fails leaves nothing behind, wherever it stands', async (t) => {
      const before = await names()
      const fails = { code: 'HF404' }
      await t.rejects(
        database.transaction((statements) => statements.one('get_resource', missing)),
        fails,
      )
      await t.rejects(
        database.transaction((statements) => statements.finish('get_resource', missing)),
        fails,
      )
      await t.rejects(
        database.transaction(async (statements) => {
          await statements.one('create_resource', create('c1'))
          await statements.finish('get_resource', missing)
        }),
        fails,
      )
      await t.rejects(
        database.transaction(async (statements) => {
          await statements.one('create_resource', create('c2'))
          throw new Error('refused')
        }),
        { message: 'refused' },
      )
      await t.rejects(
        database.transaction(async (statements) => {
          // Without parameters, pg would send it by the simple protocol, which takes no other statement along.
          await statements.one('check_database', {})
          await statements.one('create_resource', create('c3'))
          throw new Error('refused')
        }),
        { message: 'refused' },
      )
      t.strictSame(await names(), before)
      t.match(await state(), [{ state: 'idle' }], 'on the one connection, outside a transaction')
    })

    t.test('no statement runs after the last one', async (t) => {
      const late = database.transaction(async (statements) => {
        await statements.finish('create_resource', create('e1'))
        await statements.one('create_resource', create('e2'))
      })
      await t.rejects(late, { message: /after the last one/ })
      t.ok((await names()).includes('e1'))
      t.notOk((await names()).includes('e2'))
    })

    t.test('what is not to be kept is rolled back by its last statement', async (t) => {
      const before = await names()
      roundTrips()
      const [row] = await database.transaction(
        (statements) => statements.finish('create_resource', create('d1')),
        { isKept: false },
      )
      t.match(row, { started: true })
      t.equal(roundTrips(), 2, 'after the mark of a dry run')
      t.strictSame(await names(), before)
      t.match(await state(), [{ state: 'idle' }])
    })
  })
}
