/** The command `import`: its flags, its report, its exit codes, and what it says where it cannot go on. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { createDatabase, execute } from '../databases.ts'
import { createReference } from '../imports/reference-database.ts'
import { env, rowsOf } from '../imports/target.ts'
import { launch, temporaryFolder } from '../processes.ts'

t.jobs = 2

async function run(t: Test, url: string, ...flags: string[]) {
  const { ended, output } = launch(t, 'hyperfleet-api', ['import', ...flags], {
    ...env,
    HYPERFLEET_DATABASE_URL: url,
    HYPERFLEET_DATABASE_POOL_CONN_RETRY_ATTEMPTS: '1',
  })
  const code = await ended
  return { code, text: output.stderr, last: output.stderr.trim().split('\n').at(-1) }
}

/** The URL for another role of the server, which may do nothing but log in. */
async function stranger(t: Test, url: string): Promise<string> {
  const role = `hf_import_${process.pid}_${Math.random().toString(36).slice(2, 10)}`
  await execute(url, `create role ${role} login password 'secret'`)
  t.teardown(async () => {
    await execute(url, `drop owned by ${role}`)
    await execute(url, `drop role ${role}`)
  })
  return Object.assign(new URL(url), { username: role, password: 'secret' }).href
}

const fleet = { clusters: 20, pools: 20, channels: 5 }

t.test('what cannot be done is said in the last line, with exit code 1', async (t) => {
  const from = await createReference('head', fleet)
  const url = await createDatabase(env)
  const rightless = await stranger(t, from)
  const away = Object.assign(new URL(from), { port: '1' }).href
  const folder = await temporaryFolder(t)
  const before = await rowsOf(url)
  const cases: [to: string, flags: string[], line: RegExp][] = [
    [url, [], /import needs --from postgres:/],
    [url, ['--from', from, '--nonsense'], /--nonsense/],
    [
      url,
      ['--from', from, '--report', join(folder, 'none/left.jsonl')],
      /of --report cannot be written: ENOENT/,
    ],
    [url, ['--from', away], /\(--from\) cannot be read: .*ECONNREFUSED/],
    [
      url,
      ['--from', rightless],
      /the database of --from cannot be read further: permission denied for .*: run `import` again$/,
    ],
    [await stranger(t, url), ['--from', from], /SQLSTATE 42501/],
  ]
  for (const [to, flags, line] of cases) {
    const { code, last } = await run(t, to, ...flags)
    t.equal(code, 1, flags.join(' '))
    t.match(last, /^hyperfleet-api: /)
    t.match(last, line)
    t.notMatch(last, /secret/)
  }
  t.strictSame(await rowsOf(url), before)
})

t.test('the report and the exit code tell of what is left out', async (t) => {
  const from = await createReference('head', fleet)
  const url = await createDatabase(env)
  const report = join(await temporaryFolder(t), 'left-out.jsonl')
  await execute(from, `update resources set spec = '[1]' where name = 'channel-5'`)
  await execute(from, `update resources set name = 'No_such name' where name = 'cluster-2'`)
  const before = await rowsOf(url)
  for (const flags of [['--dry-run'], []]) {
    const { code, text } = await run(t, url, '--from', from, '--report', report, ...flags)
    t.equal(code, 1)
    t.match(text, 'left out: the spec is no object (1)')
    t.match(text, '44 resources imported, 0 updated, 0 unchanged, 0 removed, 1 left out')
    t.match(text, '; 1 are there although a create here would refuse them')
    t.match(text, '100 % | 45 of 45 resources')
    const lines = readFileSync(report, 'utf8').trimEnd().split('\n')
    t.match(
      lines.map((line) => JSON.parse(line)).sort((one, other) => (one.kind < other.kind ? -1 : 1)),
      [
        { kind: 'Channel', id: /^[0-9a-f-]{36}$/, reason: 'the spec is no object' },
        { kind: 'Cluster', id: /^[0-9a-f-]{36}$/, note: /^a create here would refuse it: name / },
      ],
    )
    t.equal(lines.length, 2)
    if (flags.length) t.strictSame(await rowsOf(url), before, 'a dry run keeps nothing')
  }
  await execute(from, `update resources set spec = '{}' where name = 'channel-5'`)
  const mended = await run(t, url, '--from', from, '--kinds', 'Channel')
  t.match(mended, { code: 0, text: '1 resources imported, 0 updated, 4 unchanged, 0 removed, 0 left out' })
})

t.test('a source that goes away in the middle: the next run goes on', async (t) => {
  const from = await createReference('head', { clusters: 400, pools: 400, channels: 50 })
  const url = await createDatabase(env)
  const { ended, output } = launch(t, 'hyperfleet-api', ['import', '--from', from], {
    ...env,
    HYPERFLEET_DATABASE_URL: url,
  })
  const count = async () =>
    (await execute(url, 'select count(*)::int as count from resources')).rows[0].count as number
  while ((await count()) < 100) await new Promise((resolve) => setTimeout(resolve, 5))
  await execute(
    url,
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${new URL(from).pathname.slice(1)}'`,
  )
  t.equal(await ended, 1)
  t.match(
    output.stderr,
    /the database of --from cannot be read further: .*: what was imported is kept: run `import` again|what was imported is kept/,
  )
  const there = await count()
  t.ok(there >= 100 && there < 850, `${there}`)
  const { code, text } = await run(t, url, '--from', from)
  t.equal(code, 0)
  t.match(text, `${850 - there} resources imported, 0 updated, ${there} unchanged, 0 removed, 0 left out`)
})
