/** What a role, a database or a pooler may set: either nothing comes of it, or the server refuses it by its name. */
import pg from 'pg'
import t, { type Test } from 'tap'
import { openDatabase } from '../../server/db/database.ts'
import { type Application, application, readiness, report } from '../application.ts'
import { createDatabase, execute, testConfig } from '../databases.ts'
import { openSession, untilWaiting } from '../sessions.ts'

const adapters = { HYPERFLEET_CLUSTER_ADAPTERS: '["dns"]', HYPERFLEET_NODEPOOL_ADAPTERS: '["dns"]' }

/** Settings under which everything must be answered as under those of PostgreSQL. */
const harmless: [name: string, value: string][] = [
  ['array_nulls', 'off'],
  ['backslash_quote', 'off'],
  ['bytea_output', 'escape'],
  ['check_function_bodies', 'off'],
  ['client_encoding', 'latin1'],
  ['client_encoding', 'sql_ascii'],
  ['client_min_messages', 'debug1'],
  ['constraint_exclusion', 'on'],
  ['cursor_tuple_fraction', '1'],
  ['datestyle', 'German, DMY'],
  ['default_statistics_target', '1'],
  ['default_toast_compression', 'pglz'],
  ['default_transaction_deferrable', 'on'],
  ['enable_indexscan', 'off'],
  ['enable_seqscan', 'off'],
  ['enable_hashagg', 'off'],
  ['exit_on_error', 'off'],
  ['extra_float_digits', '-15'],
  ['from_collapse_limit', '1'],
  ['geqo_threshold', '2'],
  ['idle_in_transaction_session_timeout', '1s'],
  ['intervalstyle', 'sql_standard'],
  ['intervalstyle', 'iso_8601'],
  ['jit_above_cost', '0'],
  ['join_collapse_limit', '1'],
  ['lc_monetary', 'C.UTF-8'],
  ['lc_numeric', 'C.UTF-8'],
  ['lc_time', 'C.UTF-8'],
  ['lock_timeout', '1min'],
  ['log_statement', 'all'],
  ['plan_cache_mode', 'force_generic_plan'],
  ['plan_cache_mode', 'force_custom_plan'],
  ['plpgsql.check_asserts', 'off'],
  ['plpgsql.extra_errors', 'all'],
  ['plpgsql.variable_conflict', 'use_column'],
  ['plpgsql.variable_conflict', 'use_variable'],
  ['quote_all_identifiers', 'on'],
  ['row_security', 'off'],
  ['search_path', '"$user", public, pg_catalog'],
  ['standard_conforming_strings', 'off'],
  ['statement_timeout', '1ms'],
  ['synchronous_commit', 'off'],
  ['timezone', 'Asia/Kathmandu'],
  ['timezone', '-14'],
  ['timezone_abbreviations', 'India'],
  ['transform_null_equals', 'on'],
  ['vacuum_cost_delay', '10'],
  ['work_mem', '64kB'],
  ['xmlbinary', 'hex'],
]

/** Settings that change what the rules see, and their name in the refusal. */
const refused: [name: string, value: string, named: RegExp][] = [
  [
    'default_transaction_isolation',
    'repeatable read',
    /default_transaction_isolation must be read committed/,
  ],
  ['default_transaction_isolation', 'serializable', /default_transaction_isolation must be read committed/],
  ['default_transaction_read_only', 'on', /default_transaction_read_only must be off/],
  ['gin_fuzzy_search_limit', '1', /gin_fuzzy_search_limit must be 0/],
  ['search_path', 'pg_catalog', /search_path must have the schema public, which holds the tables/],
  ['search_path', 'aside, public', /search_path must have the schema public before others with resources/],
  ['search_path', 'functions, public', /search_path must have the schema public before others with uuid_v7/],
  ['session_replication_role', 'replica', /session_replication_role must be origin/],
]

/** The server on a database whose settings the test changes. */
interface Set extends Application {
  /** Sets it for the database, and ends the server's connections, which have the former value. */
  set(name: string, value: string): Promise<void>
  reset(name: string): Promise<void>
}

async function settable(t: Test): Promise<Set> {
  const served = await application(t, adapters)
  const name = new URL(served.url).pathname.slice(1)
  const change = async (text: string) => {
    // By way of another database: this one may be set so that nothing can be changed.
    await execute(new URL('/postgres', served.url).href, `alter database ${name} ${text}`)
    await execute(
      new URL('/postgres', served.url).href,
      `select pg_terminate_backend(pid, 10000) from pg_stat_activity
       where datname = $1 and application_name = 'hyperfleet-api'`,
      [name],
    )
    while (served.database.pool.totalCount) await new Promise(setImmediate)
  }
  return {
    ...served,
    set: (setting, value) =>
      change(`set ${setting} = ${setting === 'search_path' ? value : pg.escapeLiteral(value)}`),
    reset: (setting) => change(`reset ${setting}`),
  }
}

/** One of everything that clients do; ids and times, which differ from one time to the next, are taken out. */
async function everything({ call }: Application): Promise<string> {
  const seen: unknown[] = []
  const say = async (...parameters: Parameters<Application['call']>) => {
    const answer = await call(...parameters)
    seen.push([answer.status, answer.headers['hyperfleet-discarded'], answer.headers.etag, answer.body])
    return answer
  }
  const labels = { tier: 'gold', 'example.com/a': '' }
  const spec = { n: 0.1, big: 2 ** 60, text: "\\ ' é", deep: { list: [1, null, 'NULL', true] } }
  const created = { kind: 'Cluster', name: 'first', labels, spec }
  const { body: cluster } = await say('POST', 'clusters', created, { 'idempotency-key': 'once' })
  await say('POST', 'clusters', created, { 'idempotency-key': 'once' })
  await say('POST', 'clusters', created)
  const nodePool = { kind: 'NodePool', name: 'pool', spec: {} }
  const { body: pool } = await say('POST', `${cluster.href}/nodepools`, nodePool)
  await say('PATCH', cluster.href, { spec: { ...spec, more: 1e-7 } }, { 'if-match': '"7", "1"' })
  await say('PATCH', cluster.href, { spec: { late: true } }, { 'if-match': '"1"' })
  await say('GET', cluster.href, undefined, { 'if-none-match': '"1" , "2"' })
  for (const [generation, available, minute] of [
    [2, 'True', 1],
    [2, 'True', 1],
    [1, 'True', 2],
    [3, 'True', 2],
    [2, 'False', 0],
    [2, 'Unknown', 3],
    [2, 'False', 4],
  ] as const)
    await say('PUT', `${cluster.href}/statuses`, report('dns', generation, available, minute))
  await say(
    'PUT',
    `${cluster.href}/statuses`,
    report('dns', 2, 'True', 0, { observed_time: '9999-01-01T00:00:00Z' }),
  )
  for (const search of [
    "labels.tier='gold' and spec.n < 0.2",
    "labels.tier in ('gold', 'NULL')",
    "status.conditions.Reconciled='False' and created_time > '2020-01-01T00:00:00+05:45'",
    'generation between 1 and 2',
    String.raw`name like 'f\irst' or spec.text like '%\\%'`,
    'deleted_time is null',
    "status.conditions.Reconciled.last_updated_time < now() - 1s and updated_time > '2020-01-01'",
  ])
    await say('GET', `clusters?search=${encodeURIComponent(search)}`)
  await say('GET', 'clusters?order=name,id&size=1&cursor=')
  await say('GET', `${cluster.href}/statuses`)
  await say('DELETE', cluster.href)
  await say('PATCH', cluster.href, { spec: {} })
  const finalized = {
    conditions: [
      { type: 'Finalized', status: 'True' },
      { type: 'Health', status: 'True' },
    ],
  }
  await say('PUT', `${pool.href}/statuses`, report('dns', 2, 'True', 5, finalized))
  await say('PUT', `${cluster.href}/statuses`, report('dns', 3, 'True', 5, finalized))
  await say('GET', cluster.href)
  await say('GET', 'nodepools')
  return JSON.stringify(seen, null, 1)
    .replaceAll(cluster.id, 'cluster')
    .replaceAll(pool.id, 'pool')
    .replaceAll(/"[-\w]{36}"|"[0-9a-f]{32}"/g, '"id"')
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z/g, (time) =>
      time.startsWith('2026-03-10') ? time : 'now',
    )
    .replaceAll(/"next_cursor": ".*"/g, '"next_cursor": "…"')
}

t.test('settings that change nothing', async (t) => {
  const server = await settable(t)
  const expected = await everything(server)
  t.match(expected, /"ReconciledAll"|ReconciledMissingAdapters/, 'there are conditions')
  t.notMatch(expected, /HYPERFLEET-(INT|SVC|VAL-005)/)
  for (const [name, value] of harmless) {
    const known = await execute(server.url, 'select current_setting($1, true) as value', [name])
    if (known.rows[0].value === null) continue // of a newer PostgreSQL
    await execute(server.url, 'delete from idempotency_keys')
    await server.set(name, value)
    t.equal((await readiness(server)).reason, undefined)
    t.equal(await everything(server), expected, `${name} = ${value}`)
    await server.reset(name)
  }
})

t.test('settings that the rules cannot do with', async (t) => {
  const server = await settable(t)
  const config = testConfig(server.url, { HYPERFLEET_DATABASE_POOL_CONN_RETRY_ATTEMPTS: '1' })
  await execute(server.url, 'create schema aside create table resources (id int)')
  await execute(server.url, 'create schema functions')
  await execute(server.url, 'create function functions.uuid_v7(timestamptz) returns uuid return null::uuid')
  for (const [name, value, named] of refused) {
    await server.set(name, value)
    t.match((await readiness(server)).reason, named, `/readyz: ${name} = ${value}`)
    await t.rejects(openDatabase(config.database), { message: named }, `the start: ${name} = ${value}`)
    await server.reset(name)
    t.equal((await readiness(server)).reason, undefined)
  }
})

t.test('a level of isolation that is set while the server runs changes no results', async (t) => {
  const server = await settable(t)
  const { call, database, set } = server
  const { body: cluster } = await call('POST', 'clusters', { kind: 'Cluster', name: 'marked', spec: {} })
  const pool = (name: string) =>
    call('POST', `${cluster.href}/nodepools`, { kind: 'NodePool', name, spec: {} })
  await pool('before')
  for (const level of ['repeatable read', 'serializable']) {
    await set('default_transaction_isolation', level)
    const expected = {
      status: 503,
      body: { code: 'HYPERFLEET-SVC-001', detail: /default_transaction_isolation/ },
    }
    t.match(await call('PATCH', cluster.href, { spec: { a: 1 } }), expected)
    t.match(await call('PUT', `${cluster.href}/statuses`, report('dns', 1, 'True', 1)), expected)
    t.match(await call('DELETE', cluster.href), expected)
    t.match(await pool('after'), expected)
    t.match(await call('GET', cluster.href), { status: 200, body: { generation: 1 } })
  }
  t.equal((await call('GET', 'nodepools')).body.total, 1)
  t.ok(database.pool.totalCount, 'and no connection is lost by it')
})

t.test('a connection that the database has ended for being idle is replaced', async (t) => {
  const { call, database, set, url } = await settable(t)
  const { body: cluster } = await call('POST', 'clusters', { kind: 'Cluster', name: 'idle', spec: {} })
  await set('idle_session_timeout', '100ms')
  t.equal((await call('GET', cluster.href)).status, 200)
  // Not read: the server does not know yet that the connection has ended when it sends the next statement.
  const client = await database.pool.connect()
  const { stream } = (client as never as { connection: { stream: { pause(): void; resume(): void } } })
    .connection
  stream.pause()
  client.release()
  const session = await openSession(t, new URL('/postgres', url).href)
  const isThere = `select from pg_stat_activity where datname = '${new URL(url).pathname.slice(1)}'
    and application_name = 'hyperfleet-api'`
  while ((await session.query(isThere)).rowCount) await new Promise(setImmediate)
  const patched = call('PATCH', cluster.href, { spec: { a: 1 } })
  setImmediate(() => stream.resume())
  t.match(await patched, { status: 200, body: { generation: 2 } })
})

t.test('prepared statements that a pooler does not keep', async (t) => {
  const url = await createDatabase(adapters)
  const { call, database } = await application(
    t,
    { ...adapters, HYPERFLEET_DATABASE_POOL_MAX_CONNECTIONS: '2' },
    url,
  )
  const warnings: string[] = []
  database.warn = (message) => warnings.push(message)
  const { body: cluster } = await call('POST', 'clusters', { kind: 'Cluster', name: 'prepared', spec: {} })
  const session = await openSession(t, url)
  // Two statements at a time, on two connections that both have them prepared.
  await session.query('begin')
  await session.query('select from resources where id = $1 for update', [cluster.id])
  const both = [1, 2].map((n) => call('PATCH', cluster.href, { labels: { n: `${n}` } }))
  await untilWaiting(session, 2)
  await session.query('rollback')
  await Promise.all(both)
  // As a pooler does, which hands out connections on which others have prepared what they needed, or nothing.
  const clients = await Promise.all([database.pool.connect(), database.pool.connect()])
  for (const client of clients) await client.query('deallocate all')
  for (const client of clients) client.release()
  const answers = await Promise.all([1, 2].map((n) => call('PATCH', cluster.href, { spec: { n } })))
  t.same(
    answers.map(({ status }) => status),
    [200, 200],
  )
  t.match((await call('GET', cluster.href)).body, { generation: 3 }, 'each was done once')
  t.match(warnings, [/prepared_statements/])
  t.equal(warnings.length, 1, 'which is said once')
})

t.test('prepared statements that are there already', async (t) => {
  const url = await createDatabase(adapters)
  const { call, database } = await application(
    t,
    { ...adapters, HYPERFLEET_DATABASE_POOL_MAX_CONNECTIONS: '1' },
    url,
  )
  const warnings: string[] = []
  database.warn = (message) => warnings.push(message)
  const { body: cluster } = await call('POST', 'clusters', { kind: 'Cluster', name: 'prepared', spec: {} })
  const client = await database.pool.connect()
  const { rows } = await client.query('select name from pg_prepared_statements')
  t.ok(rows.length)
  // The driver forgets that it has prepared them; the connection has not.
  Object.assign((client as never as { connection: object }).connection, { parsedStatements: {} })
  client.release()
  t.equal(
    (await call('POST', `${cluster.href}/nodepools`, { kind: 'NodePool', name: 'pool', spec: {} })).status,
    201,
  )
  t.equal(warnings.length, 1)
})
