import t, { type Test } from 'tap'
import { migrate } from '../../server/db/migrate.ts'
import { adoptTenancy } from '../../server/db/tenancies.ts'
import { loadDocument } from '../../server/openapi/document.ts'
import { type Application, application } from '../application.ts'
import { createDatabase, execute, testConfig } from '../databases.ts'
import { launch, noAdapters } from '../processes.ts'

const dimensions = [
  { key: 'org', header: 'X-Org', required: true },
  { key: 'project', header: 'X-Project' },
]
const off = {
  HYPERFLEET_CLUSTER_ADAPTERS: '[]',
  HYPERFLEET_SERVER_TENANT_SYSTEM_HEADER: 'X-System',
  HYPERFLEET_SERVER_TENANT_DIMENSIONS: JSON.stringify(dimensions),
}
const on = { ...off, HYPERFLEET_SERVER_TENANT_ENABLED: 'true' }
const acme = { 'x-org': 'acme' }
const system = { 'x-system': 'true' }

/** Creates clusters with a node pool each, without a tenancy. */
async function create(t: Test, { call }: Application, count: number) {
  for (let number = 1; number <= count; number++) {
    const { body } = await call('POST', 'clusters', { kind: 'Cluster', name: `c-${number}`, spec: {} })
    const pool = await call('POST', `clusters/${body.id}/nodepools`, {
      kind: 'NodePool',
      name: 'pool',
      spec: {},
    })
    t.equal(pool.status, 201)
  }
}

const problemsOf = async ({ database }: Application) => database.all('list_inconsistencies', {})

t.test('resources without a tenancy are adopted, also after an interruption', async (t) => {
  const before = await application(t, off)
  const { url } = before
  await create(t, before, 30)
  await migrate(testConfig(url, on), loadDocument(testConfig(url, on))['x-kinds'])
  const after = await application(t, on, url)
  const { call } = after
  t.equal((await call('GET', 'clusters', undefined, acme)).body.total, 0, 'no tenant sees them')
  t.equal((await call('GET', 'resources?tenancy=none', undefined, system)).body.total, 60)
  t.equal((await call('GET', 'resources?tenancy=none&kind=Cluster', undefined, system)).body.total, 30)
  const made = await call('POST', 'clusters', { kind: 'Cluster', name: 'c-7', spec: {} }, acme)
  t.equal(made.status, 201)

  const config = testConfig(url, on)
  const { version, id } = (await call('GET', 'clusters?search=name%3D%27c-1%27', undefined, system)).body
    .items[0]
  t.equal(version, undefined)
  const tag = (await call('GET', `clusters/${id}`, undefined, system)).headers.etag
  let batches = 0
  const interrupted = adoptTenancy(
    config,
    { org: 'acme' },
    () => {
      if (++batches === 2) throw new Error('interrupted')
    },
    10,
  )
  await t.rejects(interrupted, /interrupted/)
  const half = (await call('GET', 'clusters', undefined, acme)).body.total
  t.ok(half > 1 && half < 22, `${half} after the interruption`)
  t.strictSame(await problemsOf(after), [])

  const { adopted, clashes } = await adoptTenancy(config, { org: 'acme' })
  t.equal(adopted, 60 - 2 * (half - 1) - 2)
  t.match(clashes, [{ kind: 'Cluster', name: 'c-7' }])
  t.equal((await call('GET', 'clusters', undefined, acme)).body.total, 30)
  t.equal((await call('GET', 'nodepools', undefined, acme)).body.total, 29)
  t.equal(
    (await call('GET', 'resources?tenancy=none', undefined, system)).body.total,
    2,
    'the one that clashes, and its child',
  )
  t.equal((await call('GET', 'resources?tenancy=none', undefined, acme)).body.total, 0)
  t.not((await call('GET', `clusters/${id}`, undefined, acme)).headers.etag, tag, 'its tag moves')
  t.strictSame(await problemsOf(after), [])
  t.match(await adoptTenancy(config, { org: 'acme' }), { adopted: 0 }, 'and nothing is left to do')
})

t.test('a child without a tenancy below a root that has one gets that of the root', async (t) => {
  const server = await application(t, on)
  const { call, url } = server
  const other = { 'x-org': 'other' }
  const { body: root } = await call('POST', 'clusters', { kind: 'Cluster', name: 'root', spec: {} }, other)
  const pool = { kind: 'NodePool', name: 'pool', spec: {} }
  const { body: child } = await call('POST', `clusters/${root.id}/nodepools`, pool, other)
  await execute(url, `update resources set tenancy = '{}', tenant = '' where id = '${child.id}'`)
  await execute(url, `delete from resource_counts where kind = 'NodePool' and tenant <> ''`)
  t.match(await adoptTenancy(testConfig(url, on), { org: 'acme' }), { adopted: 1 })
  t.equal((await call('GET', `nodepools/${child.id}`, undefined, other)).status, 200)
  t.strictSame(await problemsOf(server), [])
})

t.test('the command', async (t) => {
  const before = await application(t, off)
  await create(t, before, 3)
  const run = async (...flags: string[]) => {
    const env = { ...noAdapters, ...on, HYPERFLEET_DATABASE_URL: before.url }
    const { ended, output } = launch(t, 'hyperfleet-api', ['migrate', ...flags], env)
    return { code: await ended, text: output.stderr + output.stdout }
  }
  const refused: [string[], RegExp][] = [
    [['--adopt-tenancy'], /the flag --adopt-tenancy has no value/],
    [['--adopt-tenancy', 'team=a'], /team=a is not one of the dimensions/],
    [['--adopt-tenancy', 'org=a,org=b'], /the dimension org is there twice/],
    [['--adopt-tenancy', 'project=web'], /the dimension org is required/],
    [['--adopt-tenancy=org=a b'], /the value of org must be 1 to 63 letters/],
  ]
  for (const [flags, expected] of refused)
    t.match(await run(...flags), { code: 1, text: expected }, flags.join(' '))
  const { code, text } = await run('--adopt-tenancy', 'org=acme,project=web')
  t.equal(code, 0, text)
  t.match(text, /6 of 6 resources/)
  t.match(text, '6 resources have the tenancy {"org":"acme","project":"web"} now, 0 were left')
})

t.test('where other dimensions are required, tenants are written anew', async (t) => {
  const url = await createDatabase(on)
  const { call } = await application(t, on, url)
  const both = { ...acme, 'x-project': 'web' }
  for (const headers of [acme, both])
    await call('POST', 'clusters', { kind: 'Cluster', name: 'same', spec: {} }, headers)
  const stricter = {
    ...on,
    HYPERFLEET_SERVER_TENANT_DIMENSIONS: JSON.stringify(
      dimensions.map((each) => ({ ...each, required: true })),
    ),
  }
  const later = await application(t, stricter, url)
  t.equal((await later.call('GET', 'clusters', undefined, both)).body.total, 0, 'before migrate')
  await migrate(testConfig(url, stricter), loadDocument(testConfig(url, stricter))['x-kinds'])
  t.equal((await later.call('GET', 'clusters', undefined, both)).body.total, 1)
  t.strictSame((await execute(url, 'select tenant from resources order by tenant')).rows, [
    { tenant: 'org=acme' },
    { tenant: 'org=acme,project=web' },
  ])
  t.strictSame(await problemsOf(later), [])
})
