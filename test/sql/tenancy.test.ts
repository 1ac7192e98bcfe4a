import { readFile } from 'node:fs/promises'
import t from 'tap'
import { queries } from '../../generated/sql.ts'
import { application, report } from '../application.ts'
import { createDatabase, execute } from '../databases.ts'
import { openSession } from '../sessions.ts'

const env = {
  HYPERFLEET_CLUSTER_ADAPTERS: '["validation"]',
  HYPERFLEET_SERVER_TENANT_ENABLED: 'true',
  HYPERFLEET_SERVER_TENANT_DIMENSIONS: '[{"key":"org","header":"X-Org","required":true}]',
}
const NOWHERE = '019ad2a5-7d3c-7cc0-8f2e-3c1f5e0a9b11'

/** Queries without a tenancy: those of commands and of the server itself, and those that follow one with a tenancy. */
const ofNoCaller = [
  'check_database',
  'count_unreconciled',
  'count_without_tenancy',
  'delete_unused_kinds',
  'get_applied_functions',
  'get_change_bound',
  'get_change_position',
  'get_index',
  'get_kept_answer',
  'get_row_security',
  'get_schema_version',
  'get_wal_position',
  'import_references',
  'import_resources',
  'lift_time_limits',
  'limit_lock_waits',
  'list_change_writers',
  'list_condition_inputs',
  'list_imported_ids',
  'list_inconsistencies',
  'list_kinds',
  'list_new_changes',
  'list_resource_ids',
  'list_sampled_problems',
  'list_schema',
  'list_tenancies',
  'lock_migrations',
  'mark_dry_run',
  'remove_gone',
  'rotate_changes',
  'seed_resources',
  'set_row_security',
  'store_mapped_conditions',
  'update_conditions',
  'update_kept_answer',
  'update_kind_stale',
  'update_older_names',
  'upsert_applied_functions',
  'upsert_kept_answer',
  'upsert_kind',
]

t.test('every query takes the tenancy of the caller, or is for none', (t) => {
  const without = Object.entries(queries)
    .filter(([, { parameters }]) => !(parameters as readonly string[]).includes('tenancy'))
    .map(([name]) => name)
  t.strictSame(without.sort(), ofNoCaller.filter((name) => name in queries).sort())
  t.end()
})

t.test('row-level security finds nothing where a statement has forgotten the tenancy', async (t) => {
  const { call, url } = await application(t, env)
  const headers = { 'x-org': 'theirs' }
  const { body: cluster } = await call(
    'POST',
    'clusters',
    { kind: 'Cluster', name: 'theirs', spec: {} },
    headers,
  )
  await call('PUT', `${cluster.href}/statuses`, report('validation', 1, 'True', 1), headers)
  const session = await openSession(t, url)
  const count = async () =>
    (await session.query('select count(*)::int as count from scoped_resources')).rows[0].count
  t.equal(await count(), 0, 'outside of a statement for a caller')
  for (const [tenancy, expected] of [
    ['{"org":"theirs"}', 1],
    ['{"org":"ours"}', 0],
    ['{}', 1],
    ['', 0],
  ] as const) {
    await session.query('begin')
    await session.query("select set_config('hyperfleet.tenancy', $1, true)", [tenancy])
    t.equal(await count(), expected, `as ${tenancy}`)
    await session.query('rollback')
  }
  t.equal((await session.query('select count(*)::int as count from resources')).rows[0].count, 1, 'the table')

  // Functions whose predicate is gone, as after a mistake.
  for (const file of [
    'resources/find_resource',
    'resources/lock_resource',
    'rendering/resource_bodies',
    'tenancy/visible_resource',
  ]) {
    const text = await readFile(new URL(`../../sql/functions/${file}.sql`, import.meta.url), 'utf8')
    const without = text.replace(/\s+and within_tenancy\(\(scoped\.resource\)\.tenancy, p_tenancy\)/g, '')
    t.not(without, text, file)
    await execute(url, without)
  }
  const ours = { 'x-org': 'ours' }
  const requests: [string, string, unknown?][] = [
    ['GET', cluster.href],
    ['GET', `resources/${cluster.id}`],
    ['GET', `${cluster.href}?fields=name`],
    ['GET', `${cluster.href}/statuses`],
    ['GET', `${cluster.href}/explain`],
    ['PATCH', cluster.href, { spec: { a: 1 } }],
    ['DELETE', cluster.href],
    ['PUT', `${cluster.href}/statuses`, report('validation', 1, 'False', 2)],
    ['POST', `${cluster.href}/nodepools`, { kind: 'NodePool', name: 'pool', spec: {} }],
  ]
  for (const [method, path, body] of requests) {
    t.equal((await call(method, path, body, ours)).status, 404, `${method} ${path}`)
    t.equal((await call(method, path.replace(cluster.id, NOWHERE), body, ours)).status, 404)
  }
  t.equal((await call('GET', cluster.href, undefined, headers)).body.generation, 1, 'nothing has changed')
})

t.test('row-level security is turned on and off by migrate', async (t) => {
  const off = { ...env, HYPERFLEET_SERVER_TENANT_ROW_SECURITY: 'false' }
  const url = await createDatabase(off)
  const isOn = async () => (await execute(url, queries.get_row_security.text)).rows[0].is_on
  t.equal(await isOn(), false)
  const session = await openSession(t, url)
  for (const value of [true, true, false, false, true]) {
    await session.query(queries.set_row_security.text, [value])
    t.equal(await isOn(), value)
  }
})

t.test('each statement leaves no tenancy to the next one of its session', async (t) => {
  const { call, url } = await application(t, { ...env, HYPERFLEET_DATABASE_POOL_MAX_CONNECTIONS: '1' })
  const { body } = await call(
    'POST',
    'clusters',
    { kind: 'Cluster', name: 'mine', spec: {} },
    { 'x-org': 'a' },
  )
  t.equal((await call('GET', body.href, undefined, { 'x-org': 'a' })).status, 200)
  t.equal((await call('GET', body.href, undefined, { 'x-org': 'b' })).status, 404)
  const session = await openSession(t, url)
  await session.query(queries.get_resource.text, ['Cluster', null, body.id, null, null, '{"org":"a"}'])
  const { rows } = await session.query("select current_setting('hyperfleet.tenancy', true) as tenancy")
  t.equal(rows[0].tenancy, '')
})

t.test('roles have the same rights on the view as on the table', async (t) => {
  const url = await createDatabase(env)
  const [reader, writer] = ['reader', 'writer'].map((name) => `hyperfleet_${process.pid}_${name}`)
  for (const role of [reader, writer]) await execute(url, `create role ${role}`)
  t.teardown(async () => {
    for (const role of [reader, writer]) await execute(url, `drop owned by ${role}; drop role ${role}`)
  })
  await execute(
    url,
    `grant select on resources to ${reader}; grant select, insert, update on resources to ${writer}`,
  )
  for (const isOn of [true, false]) {
    await execute(url, `revoke all on scoped_resources from ${writer}`)
    await execute(url, queries.set_row_security.text, [isOn])
    const { rows } = await execute(
      url,
      `select role, array(
         select right_name from unnest(array['SELECT', 'INSERT', 'UPDATE']) as right_name
         where has_table_privilege(role, 'scoped_resources', right_name)
       ) as rights
       from unnest($1::text[]) as role`,
      [[reader, writer]],
    )
    t.strictSame(rows, [
      { role: reader, rights: ['SELECT'] },
      { role: writer, rights: ['SELECT', 'UPDATE'] },
    ])
  }
})

t.test('a function of the release before, which knows no tenancy, stores a resource', async () => {
  const url = await createDatabase()
  const { rows } = await execute(
    url,
    `select (stored.resource).tenancy, (stored.resource).tenant
     from (
       select save_resource(
         jsonb_populate_record(null::resources, jsonb_build_object(
           'id', uuid_v7(now()), 'kind', 'Cluster', 'name', 'before', 'labels', '{}'::jsonb, 'label_pairs', array[]::text[],
           'spec', '{}'::jsonb, 'generation', 1, 'generation_time', now(), 'created_time', now(), 'updated_time', now(), 'created_by', 'me', 'updated_by', 'me'
         )),
         '[]'
       ) as resource
     ) as stored`,
  )
  t.strictSame(rows, [{ tenancy: {}, tenant: '' }])
})
