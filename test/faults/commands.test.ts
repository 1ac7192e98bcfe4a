/** What the commands say when the database refuses them: one line, with what to do, and no stack trace. */
import { createServer } from 'node:net'
import pg from 'pg'
import t, { type Test } from 'tap'
import { createDatabase, createEmptyDatabase, execute } from '../databases.ts'
import { type Environment, findFreePorts, launch, serving } from '../processes.ts'
import { openSession, untilWaiting } from '../sessions.ts'

t.jobs = 2

type Command = 'migrate' | 'verify' | 'seed' | 'serve'

/** The one line that a command ends with. */
async function refusal(t: Test, command: Command, url: string, more: Environment = {}): Promise<string> {
  const once = { HYPERFLEET_DATABASE_POOL_CONN_RETRY_ATTEMPTS: '1', ...more }
  const env = { ...serving(url), ...once }
  const args = ['--clusters', '10', '--database-url', url]
  const run = command === 'seed' ? launch(t, 'seed', args, env) : launch(t, 'hyperfleet-api', [command], env)
  t.equal(await run.ended, 1, command)
  const lines = run.output.stderr.trim().split('\n')
  t.equal(lines.length, 1, `${command}: ${run.output.stderr}`)
  t.match(lines[0], /^hyperfleet-api: /)
  return lines[0] ?? ''
}

/** The URL for another role, which owns nothing and may do nothing but log in. */
async function stranger(t: Test, url: string, settings: Record<string, string> = {}): Promise<string> {
  const role = `hf_stranger_${process.pid}_${Math.random().toString(36).slice(2, 10)}`
  await execute(url, `create role ${role} login password 'secret'`)
  t.teardown(async () => {
    await execute(url, `drop owned by ${role}`)
    await execute(url, `drop role ${role}`)
  })
  for (const [name, value] of Object.entries(settings))
    await execute(url, `alter role ${role} set ${name} = ${pg.escapeLiteral(value)}`)
  const login = new URL(url)
  login.username = role
  login.password = 'secret'
  return login.href
}

t.test('a role without the rights', async (t) => {
  const url = await createDatabase()
  const empty = await createEmptyDatabase()
  t.match(await refusal(t, 'migrate', await stranger(t, empty)), /42501.*run `migrate` as the owner/)
  for (const command of ['verify', 'seed'] as const)
    t.match(await refusal(t, command, await stranger(t, url)), /42501.*grant/, command)
})

t.test('a database without a schema to create tables in', async (t) => {
  const url = await createEmptyDatabase()
  await execute(url, 'drop schema public')
  t.match(await refusal(t, 'migrate', url), /3F000.*search_path/)
})

t.test('a database that has not been migrated', async (t) => {
  const url = await createEmptyDatabase()
  for (const command of ['verify', 'seed'] as const)
    t.match(await refusal(t, command, url), /(42P01|42883).*run `migrate`/, command)
})

t.test('a database that is read-only', async (t) => {
  const url = await createDatabase()
  const login = await stranger(t, url, { default_transaction_read_only: 'on' })
  for (const command of ['migrate', 'seed', 'serve'] as const)
    t.match(await refusal(t, command, login), 'default_transaction_read_only must be off', command)
})

t.test('a full disk', async (t) => {
  const url = await createDatabase()
  await execute(
    url,
    `create function full_disk() returns trigger language plpgsql as $$
    begin raise 'no space left' using errcode = '53100'; end $$`,
  )
  await execute(url, 'create trigger full_disk before insert on resources execute function full_disk()')
  t.match(await refusal(t, 'seed', url), /no space left \(SQLSTATE 53100\): the disk of the database is full/)
})

t.test('a statement that is cancelled', async (t) => {
  const url = await createDatabase()
  const session = await openSession(t, url)
  await session.query('begin')
  await session.query('lock table resources in access exclusive mode')
  for (const command of ['verify', 'seed'] as const) {
    const line = refusal(t, command, url)
    await untilWaiting(session, 1)
    await session.query(
      `select pg_cancel_backend(pid) from pg_stat_activity
       where datname = current_database() and wait_event_type = 'Lock'`,
    )
    t.match(await line, /57014.*see who holds locks/, command)
  }
  await session.query('rollback')
})

t.test('a limit of time', async (t) => {
  const adapters = { HYPERFLEET_CLUSTER_ADAPTERS: '["a"]' }
  const url = await createDatabase(adapters)
  await execute(url, `update kinds set stale = true`)
  const run = launch(t, 'seed', ['--clusters', '1', '--database-url', url], { ...serving(url), ...adapters })
  t.equal(await run.ended, 0)
  const session = await openSession(t, url)
  await session.query('begin')
  await session.query('select from resources for update')
  const brief = { ...adapters, HYPERFLEET_DATABASE_POOL_STATEMENT_TIMEOUT: '300ms' }
  t.match(await refusal(t, 'migrate', url, brief), /57014.*database\.pool\.statement_timeout/)
  await session.query('rollback')
})

t.test('a database that cannot be reached, or lets nobody in', async (t) => {
  const url = await createDatabase()
  const [port] = await findFreePorts(1)
  const nowhere = Object.assign(new URL(url), { port: String(port) }).href
  const unknown = Object.assign(new URL(url), { pathname: '/nowhere' }).href
  const wrong = Object.assign(new URL(await stranger(t, url)), { password: 'wrong' }).href
  // Takes connections, and ends each.
  const closing = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1')
  t.teardown(() => closing.close())
  await new Promise((resolve) => closing.once('listening', resolve))
  const { port: mute } = closing.address() as { port: number }
  const closed = `postgres://u:p@127.0.0.1:${mute}/db`
  const reasons = {
    [nowhere]: /ECONNREFUSED.*database\.url/,
    [closed]: /cannot be used: /,
    [unknown]: /3D000.*create the database/,
    [wrong]: /28P01.*password/,
  }
  // The commands besides serve, which tries again, connect in the same way: two reasons each.
  for (const [command, urls] of [
    ['serve', [nowhere, closed, unknown, wrong]],
    ['migrate', [nowhere, closed]],
    ['verify', [unknown, wrong]],
    ['seed', [nowhere, wrong]],
  ] as const)
    for (const each of urls)
      t.match(await refusal(t, command, each), reasons[each] ?? '', `${command} on ${each}`)
})
