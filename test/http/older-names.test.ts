/** `conditions.older_names: false`: resources without Ready and Available, which searches find all the same. */
import t from 'tap'
import { migrate } from '../../server/db/migrate.ts'
import { type Application, application, condition, report } from '../application.ts'
import { kinds, testConfig } from '../databases.ts'

const withOlder = { HYPERFLEET_CLUSTER_ADAPTERS: '["validation","dns"]' }
const withoutOlder = { ...withOlder, HYPERFLEET_CONDITIONS_OLDER_NAMES: 'false' }
const NEWER = ['Reconciled', 'LastKnownReconciled']

const searches = ['Ready', 'Available', ...NEWER].flatMap((type) => {
  const name = `status.conditions.${type}`
  return [
    `${name} = 'True'`,
    `${name} = 'False'`,
    `${name} != 'True'`,
    `${name} in ('True', 'False')`,
    `${name} is null`,
    `not ${name} = 'False'`,
    `${name} = 'False' and ${name}.last_updated_time < now() - 1h`,
    `${name}.last_updated_time < '2026-03-10T08:30:00Z'`,
    `${name}.last_transition_time > '2026-03-10T08:30:00Z'`,
    `${name}.observed_generation = 0`,
    `${name}.observed_generation >= 1`,
    `${name}.reason in ('ResourceReady', 'ResourceAvailable', 'AwaitingAdapters')`,
    `${name}.reason like '%Missing%'`,
  ]
})

/** The names of the clusters that each search finds. */
async function found({ call }: Application): Promise<Record<string, string[]>> {
  const results: Record<string, string[]> = {}
  for (const search of searches) {
    const { body } = await call('GET', `clusters?order=name&search=${encodeURIComponent(search)}`)
    results[search] = body.items.map(({ name }: { name: string }) => name)
  }
  return results
}

/** Clusters in all the states that conditions tell apart. */
async function fill({ call }: Application): Promise<void> {
  const create = async (name: string) =>
    (await call('POST', 'clusters', { kind: 'Cluster', name, spec: {} })).body.href
  const send = (href: string, adapter: string, generation: number, status: string, minute: number) =>
    call('PUT', `${href}/statuses`, report(adapter, generation, status, minute))
  await create('silent')
  const half = await create('half')
  await send(half, 'dns', 1, 'True', 10)
  const ready = await create('ready')
  await send(ready, 'dns', 1, 'True', 10)
  await send(ready, 'validation', 1, 'True', 50)
  const stale = await create('stale')
  await send(stale, 'dns', 1, 'True', 10)
  await send(stale, 'validation', 1, 'True', 20)
  await call('PATCH', stale, { spec: { changed: true } })
  const broken = await create('broken')
  await send(broken, 'dns', 1, 'False', 40)
  await send(broken, 'validation', 1, 'True', 50)
  await call('DELETE', await create('marked'))
}

t.test('conditions.older_names reaches a kind that is configured no more', async (t) => {
  const shelf = { kind: 'Shelf', plural: 'shelves', required_adapters: ['survey'] }
  const env = { ...withOlder, HYPERFLEET_ENTITIES: JSON.stringify([shelf]) }
  const { call, url, database } = await application(t, env)
  const { body } = await call('POST', 'shelves', { kind: 'Shelf', name: 'one', spec: {} })
  const types = async () =>
    (await call('GET', `resources/${body.id}`)).body.status.conditions.map(
      ({ type }: { type: string }) => type,
    )
  const all = await types()
  t.match(new Set(all), new Set(['Ready', 'Available', ...NEWER]))
  for (const [settings, expected] of [
    [withoutOlder, all.filter((type: string) => !/^(Ready|Available)$/.test(type))],
    [withOlder, all],
    [withOlder, all],
  ] as const) {
    await migrate(testConfig(url, settings), kinds)
    t.strictSame(await types(), expected)
    t.notOk((await database.all('list_kinds', {})).some(({ stale }) => stale))
  }
})

t.test('conditions.older_names', async (t) => {
  const server = await application(t, withOlder)
  const { call, url, database } = server
  await fill(server)
  const list = async () => (await call('GET', 'clusters?order=name')).body.items
  const before = await list()
  const foundBefore = await found(server)
  t.not(foundBefore[`status.conditions.Ready.observed_generation = 0`]?.length, 0)
  const tags = async () => {
    const answers = await Promise.all(before.map(({ href }: { href: string }) => call('GET', href)))
    return answers.map(({ headers }) => headers.etag)
  }
  const tagsBefore = await tags()

  t.test('false takes the older names from every resource, and moves its tag', async (t) => {
    await migrate(testConfig(url, withoutOlder), kinds)
    const after = await list()
    for (const [at, { status, name }] of before.entries()) {
      const { conditions } = status
      t.same(conditions.slice(2), after[at].status.conditions, name)
    }
    for (const [at, tag] of (await tags()).entries()) t.not(tag, tagsBefore[at])
    t.same(await database.all('list_inconsistencies', {}), [])
  })

  t.test('searches find the same by all names', async (t) => {
    t.same(await found(server), foundBefore)
  })

  t.test('what is written meanwhile has none either', async (t) => {
    const { body: created } = await call('POST', 'clusters', { kind: 'Cluster', name: 'created', spec: {} })
    const types = async () => {
      const { body } = await call('GET', created.href)
      return body.status.conditions.map(({ type }: { type: string }) => type)
    }
    t.same(await types(), NEWER, 'created')
    await call('PUT', `${created.href}/statuses`, report('dns', 1, 'True', 10))
    t.same(await types(), [...NEWER, 'DnsSuccessful'], 'reported')
    await call('PATCH', created.href, { spec: { changed: true } })
    t.same(await types(), [...NEWER, 'DnsSuccessful'], 'patched')
    await call('DELETE', created.href)
    t.same(await types(), [...NEWER, 'DnsSuccessful'], 'marked')
    t.same(await database.all('list_inconsistencies', {}), [])
    await call('POST', `${created.href}/force-delete`, { reason: 'the others are compared' })
  })

  t.test('the same setting again changes nothing', async (t) => {
    const unchanged = await tags()
    await migrate(testConfig(url, withoutOlder), kinds)
    t.same(await tags(), unchanged)
  })

  t.test('true brings them back as they were', async (t) => {
    const unseen = await tags()
    await migrate(testConfig(url, withOlder), kinds)
    t.same(
      (await list()).map(({ status }: { status: unknown }) => status),
      before.map(({ status }: { status: unknown }) => status),
    )
    for (const [at, tag] of (await tags()).entries()) t.not(tag, unseen[at])
    t.same(await found(server), foundBefore)
    t.ok(condition((await call('GET', before[0].href)).body, 'Ready'))
    t.same(await database.all('list_inconsistencies', {}), [])
  })
})

t.test('a kind that requires no adapter is found by the older names, too', async (t) => {
  const none = { HYPERFLEET_CONDITIONS_OLDER_NAMES: 'false' }
  const { call } = await application(t, none)
  const { body } = await call('POST', 'clusters', { kind: 'Cluster', name: 'nobody', spec: {} })
  t.match(body.status.conditions, [
    { type: 'Reconciled', reason: 'NoRequiredAdapters' },
    { type: 'LastKnownReconciled', reason: 'NoRequiredAdapters' },
  ])
  const search = encodeURIComponent(
    `status.conditions.Ready.observed_generation = 0 and status.conditions.Available.reason = 'NoRequiredAdapters'`,
  )
  t.equal((await call('GET', `clusters?search=${search}`)).body.total, 1)
})
