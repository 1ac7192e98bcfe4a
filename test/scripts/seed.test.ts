import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { parse } from 'yaml'
import { application, condition } from '../application.ts'
import { createDatabase, execute } from '../databases.ts'
import { temporaryFolder } from '../processes.ts'

const adapters = {
  HYPERFLEET_CLUSTER_ADAPTERS: '["validation","dns"]',
  HYPERFLEET_NODEPOOL_ADAPTERS: '["validation"]',
}

/** Runs a script as a process of its own; its exit code and output. */
const run = (args: string[], env: Record<string, string> = {}) =>
  promisify(execFile)(process.execPath, args, { env: { ...process.env, ...env } }).then(
    ({ stdout, stderr }) => ({ code: 0, said: stdout + stderr }),
    ({ code, stdout, stderr }) => ({ code, said: stdout + stderr }),
  )

/** The application with these settings on a database of its own, and the commands `seed` and `verify` on that. */
async function seeded(t: Test, env: Record<string, string>) {
  const url = await createDatabase(env)
  const { call } = await application(t, env, url)
  return {
    url,
    call,
    total: async (path: string) => (await call('GET', path)).body.total,
    seed: (...args: string[]) =>
      run(['--import', 'tsx', 'commands/seed.ts', '--database-url', url, ...args], env),
    verify: () => run(['commands/hyperfleet-api.js', 'verify', '--database-url', url], env),
  }
}

const consistent = { code: 0, said: 'all is consistent' }

async function isRefusedInOneLine(
  t: Test,
  seed: Awaited<ReturnType<typeof seeded>>['seed'],
  ...cases: [args: string, words: RegExp][]
) {
  for (const [args, words] of cases) {
    const { code, said } = await seed(...args.split(' '))
    t.equal(code, 1, args)
    t.match(said, words)
    t.equal(said.trim().split('\n').length, 1, said)
  }
}

t.test('seed', async (t) => {
  const { call, total, seed, verify } = await seeded(t, adapters)

  await t.test('adds what is asked for, in order by the rules', async (t) => {
    const { code, said } = await seed('--clusters', '600', '--node-pools=2', '--unreconciled', '350')
    t.equal(code, 0, said)
    t.match(said, /^600 of 600 clusters, \d+\/s$/m)
    t.equal(await total('clusters'), 600)
    t.equal(await total('nodepools'), 1200)
    t.equal(await total(`clusters?search=status.conditions.Reconciled='False'`), 350)
    t.equal(await total(`clusters?search=status.conditions.Reconciled='True'`), 250)
    t.equal(await total(`clusters?search=labels.example.com/customer='customer-7'`), 10)
    t.equal(await total(`nodepools?search=status.conditions.Ready='True'`), 1200)
    t.match(await verify(), consistent)
    const [cluster] = (await call('GET', 'clusters?size=1')).body.items
    t.equal((await call('GET', `clusters/${cluster.id}/statuses`)).body.total, 2, 'each adapter has reported')
    t.equal(await total(`clusters/${cluster.id}/nodepools`), 2)
  })

  await t.test('adds to what is there', async (t) => {
    t.equal((await seed('--clusters', '10', '--node-pools', '0', '--unreconciled', '0')).code, 0)
    t.equal(await total('clusters'), 610)
    t.equal(await total('nodepools'), 1200)
    t.equal((await seed('--clusters', '0')).code, 0, 'nothing, if nothing is asked for')
    t.equal(await total('clusters'), 610)
  })

  await t.test('says in one line what is wrong', async (t) => {
    await isRefusedInOneLine(
      t,
      seed,
      ['--clusters many', /--clusters must be a number .*\(it is many\)/],
      ['--clusters -1', /--clusters must be a number/],
      ['--unreconciled Cluster', /--unreconciled must be .*\(it is Cluster\)/],
      ['--nothing 1', /nothing/],
    )
    t.equal(await total('clusters'), 610)
  })
})

t.test('seed of resources of tenants', async (t) => {
  const dimensions = JSON.stringify([
    { key: 'org', header: 'X-Org', required: true },
    { key: 'team', header: 'X-Team' },
  ])
  const env = {
    ...adapters,
    HYPERFLEET_SERVER_TENANT_ENABLED: 'true',
    HYPERFLEET_SERVER_TENANT_DIMENSIONS: dimensions,
  }
  const { url, call, seed, verify } = await seeded(t, env)
  t.equal((await seed('--clusters', '30', '--node-pools', '2', '--tenants', '3')).code, 0)
  for (const org of ['tenant-1', 'tenant-2', 'tenant-3'])
    for (const [path, total] of [['clusters', 10] as const, ['nodepools', 20] as const]) {
      const { body } = await call('GET', path, undefined, { 'x-org': org })
      t.equal(body.total, total, `${path} of ${org}`)
      for (const { tenancy } of body.items) t.strictSame(tenancy, { org })
      const { body: history } = await call('GET', `resources/${body.items[0].id}/changes`, undefined, {
        'x-org': org,
      })
      t.match(history.items, [{ type: 'created' }])
    }
  const entries = await execute(
    url,
    'select tenancy, count(*)::int from changes group by tenancy order by tenancy',
  )
  t.match(
    entries.rows,
    [1, 2, 3].map((number) => ({ tenancy: { org: `tenant-${number}` }, count: 30 })),
  )
  t.match(await verify(), consistent)
  await isRefusedInOneLine(t, seed, ['--tenants 0', /--tenants must be a number .*\(it is 0\)/])
})

t.test('seed of resources of tenants, without a dimension', async (t) => {
  const { seed } = await seeded(t, adapters)
  await isRefusedInOneLine(t, seed, ['--tenants 3', /--tenants needs a required dimension/])
})

/** Kinds with and without adapters, down to grandchildren. */
const entities = [
  {
    kind: 'Rack',
    plural: 'racks',
    parent_kind: 'Hall',
    on_parent_delete: 'cascade',
    required_adapters: ['wiring'],
    name_max_len: 5,
  },
  { kind: 'Hall', plural: 'halls', parent_kind: 'Site', on_parent_delete: 'cascade', name_min_len: 9 },
  { kind: 'Site', plural: 'sites', required_adapters: ['survey', 'power'], name_max_len: 10 },
  { kind: 'Channel', plural: 'channels' },
  { kind: 'Version', plural: 'versions', parent_kind: 'Channel', on_parent_delete: 'restrict' },
  { kind: 'WifConfig', plural: 'wifconfigs', required_adapters: [] },
]

t.test('seed of kinds of the configuration', async (t) => {
  const env = { ...adapters, HYPERFLEET_ENTITIES: JSON.stringify(entities) }
  const { url, call, total, seed, verify } = await seeded(t, env)
  const expect = async (t: Test, totals: Record<string, number>) => {
    for (const [path, expected] of Object.entries(totals)) t.equal(await total(path), expected, path)
  }

  await t.test('adds the numbers of --count, for each parent of a child', async (t) => {
    const counts = 'Rack=70 Hall=4 Site=12 Channel=3 Version=2 WifConfig=5'.split(' ')
    const flags = counts.flatMap((each) => ['--count', each])
    const { code, said } = await seed(...flags, '--unreconciled=Site=5', '--unreconciled', 'Rack=100')
    t.equal(code, 0, said)
    t.match(said, /^12 of 12 sites, \d+\/s$/m)
    await expect(t, { sites: 12, halls: 48, racks: 3360, channels: 3, versions: 6, wifconfigs: 5 })
    await expect(t, { clusters: 0, nodepools: 0 })
    await expect(t, {
      "sites?search=status.conditions.Reconciled='False'": 5,
      "sites?search=status.conditions.Reconciled='True'": 7,
      "racks?search=status.conditions.Reconciled='False'": 100,
    })
    t.match(await verify(), consistent)
  })

  await t.test('gives each parent its children, in names of the length of their kind', async (t) => {
    for (const [parents, children, count] of [
      ['sites', 'halls', 4],
      ['halls', 'racks', 70],
      ['channels', 'versions', 2],
    ] as const)
      for (const { id } of (await call('GET', parents)).body.items)
        t.equal(await total(`${parents}/${id}/${children}`), count, parents)
    const { rows } = await execute(
      url,
      'select kind, min(length(name)) as least, max(length(name)) as most from resources group by kind',
    )
    const lengths = Object.fromEntries(rows.map(({ kind, least, most }) => [kind, [least, most]]))
    t.ok(lengths.Rack[1] <= 5 && lengths.Site[1] <= 10 && lengths.Hall[0] >= 9, JSON.stringify(lengths))
    const { rows: wrong } = await execute(
      url,
      "select name from resources where name !~ '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$'",
    )
    t.strictSame(wrong, [])
  })

  await t.test('leaves conditions to the adapters of a kind', async (t) => {
    const [site] = (await call('GET', 'sites?size=1')).body.items
    t.equal(await total(`sites/${site.id}/statuses`), 2)
    const [version] = (await call('GET', 'versions?size=1')).body.items
    t.strictSame(version.status.conditions, [])
    const [wif] = (await call('GET', 'wifconfigs?size=1')).body.items
    t.equal(condition(wif, 'Reconciled')?.reason, 'NoRequiredAdapters')
  })

  await t.test('adds to them, with Cluster and NodePool by either flag', async (t) => {
    const { code, said } = await seed('--clusters', '2', '--count=NodePool=3', '--count', 'Site=1')
    t.equal(code, 0, said)
    await expect(t, { sites: 13, halls: 48, clusters: 2, nodepools: 6 })
    t.match(await verify(), consistent)
  })

  await t.test('refuses in one line', async (t) => {
    await isRefusedInOneLine(
      t,
      seed,
      ['--count Version=3', /--count Version=3 needs --count Channel=N/],
      ['--count Shelf=3', /there is no kind Shelf; there are Cluster, NodePool, .*Rack/],
      ['--unreconciled constructor=3', /there is no kind constructor/],
      ['--count Site', /--count must be Kind=N with N a number from 0 .*\(it is Site\)/],
      ['--count Site=1 --count Hall=1 --count Rack=100000', /names of Rack have at most 5 characters/],
      ['--count Channel=10000 --count Version=10000', /more than 99999999 resources of the kind Version/],
    )
    const shelf = [...entities, { kind: 'Shelf', plural: 'shelves' }]
    const { code, said } = await run(
      ['--import', 'tsx', 'commands/seed.ts', '--database-url', url, '--count', 'Shelf=1'],
      { HYPERFLEET_ENTITIES: JSON.stringify(shelf) },
    )
    t.match({ code, said }, { code: 1, said: /the database has no kind Shelf: run migrate/ })
    await expect(t, { sites: 13, channels: 3 })
  })
})

t.test('the example of docs/kinds.md', async (t) => {
  const page = await readFile('docs/kinds.md', 'utf8')
  const [, yaml = ''] = /```yaml\n(entities:[^`]*)```/.exec(page) ?? []
  const [, flags = ''] = /npm run seed -- --config config\.yaml (--count .*)/.exec(page) ?? []
  const file = join(await temporaryFolder(t), 'config.yaml')
  await writeFile(file, yaml)
  const { entities } = parse(yaml)
  const { total, url, verify } = await seeded(t, {
    ...adapters,
    HYPERFLEET_ENTITIES: JSON.stringify(entities),
  })
  const { code, said } = await run([
    ...['--import', 'tsx', 'commands/seed.ts', '--config', file, '--database-url', url],
    ...flags.split(' '),
  ])
  t.equal(code, 0, said)
  const totals = { channels: 20, versions: 100, sites: 100, racks: 4000, clusters: 0, nodepools: 0 }
  for (const [path, expected] of Object.entries(totals)) t.equal(await total(path), expected, path)
  t.equal(await total("sites?search=status.conditions.Reconciled='False'"), 10)
  t.match(await verify(), consistent)
})
