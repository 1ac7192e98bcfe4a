import t from 'tap'
import { parse } from 'yaml'
import { migrate } from '../../server/db/migrate.ts'
import { verify } from '../../server/invariants/verify.ts'
import { loadDocument } from '../../server/openapi/document.ts'
import { application, condition, report } from '../application.ts'
import { createDatabase, execute, testConfig } from '../databases.ts'
import { openSession } from '../sessions.ts'
import { rehearsed } from './rehearsal.ts'

const rules = `
- type: Provisioned
  when: { expression: "statuses.exists(s, s.adapter == 'dns')" }
  output:
    status: { expression: "statuses.filter(s, s.adapter == 'dns')[0].conditions.exists(c, c.type == 'Applied' && c.status == 'True')" }
    reason: { expression: "'DnsApplied'" }
    message: { expression: "'generation ' + string(int(resource.generation))" }
- type: LargeFleet
  when: { expression: 'has(resource.spec.replicas)' }
  output:
    status: { expression: 'int(resource.spec.replicas) > 10' }
    reason: { expression: "resource.labels.?tier.orValue('none')" }
    message: { expression: "''" }
- type: Broken
  when: { expression: "true" }
  output:
    status: { expression: "string(resource.spec.secretToken) == 'x' || resource.spec.missing == 1" }
    reason: { expression: "''" }
    message: { expression: "''" }
`
const environment = (own = rules) => ({
  HYPERFLEET_ENTITIES: JSON.stringify([
    { kind: 'Cluster', required_adapters: ['dns'], conditions: parse(own) },
    { kind: 'NodePool', required_adapters: [] },
  ]),
  HYPERFLEET_CLUSTER_ADAPTERS: '["dns"]',
  HYPERFLEET_NODEPOOL_ADAPTERS: '[]',
})

t.test('conditions of the configuration follow from reports and the resource', async (t) => {
  const { call, metrics } = await application(t, environment())
  const { body: created, headers } = await call('POST', 'clusters', {
    kind: 'Cluster',
    name: 'one',
    spec: { replicas: 3 },
    labels: { tier: 'gold' },
  })
  t.match(condition(created, 'LargeFleet'), {
    status: 'False',
    reason: 'gold',
    message: '',
    observed_generation: 1,
  })
  t.equal(condition(created, 'Provisioned'), undefined)
  const got = await call('GET', created.href)
  t.strictSame(got.body, created, 'the answer of the create is the resource')
  t.equal(got.headers.etag, headers.etag)

  await call('PUT', `${created.href}/statuses`, report('dns', 1, 'True', 1))
  const reported = (await call('GET', created.href)).body
  t.match(condition(reported, 'Provisioned'), {
    status: 'True',
    reason: 'DnsApplied',
    message: 'generation 1',
  })
  t.strictSame(
    reported.status.conditions.map(({ type }: { type: string }) => type),
    ['Available', 'Ready', 'Reconciled', 'LastKnownReconciled', 'DnsSuccessful', 'LargeFleet', 'Provisioned'],
    'behind those of adapters, by type',
  )
  const patched = (await call('PATCH', created.href, { spec: { replicas: 30 } })).body
  t.match(condition(patched, 'LargeFleet'), { status: 'True', observed_generation: 2 })
  t.equal(condition(patched, 'LargeFleet')?.created_time, condition(created, 'LargeFleet')?.created_time)
  t.match(condition(patched, 'Provisioned'), { message: 'generation 2' })
  const removed = (await call('PATCH', created.href, { spec: {} })).body
  t.equal(condition(removed, 'LargeFleet'), undefined, 'a rule that does not apply has no condition')
  const found = await call(
    'GET',
    `clusters?search=${encodeURIComponent("status.conditions.Provisioned = 'True'")}`,
  )
  t.equal(found.body.total, 1)
  const marked = (await call('DELETE', created.href)).body
  t.match(condition(marked, 'Provisioned'), { message: 'generation 4' })
  t.match(
    await metrics.registry.getSingleMetricAsString('hyperfleet_api_condition_mapping_errors_total'),
    /kind="Cluster",type="Broken"/,
  )
})

t.test('a rule that fails refuses nothing, and keeps its condition', async (t) => {
  const { call } = await application(
    t,
    environment(`
- type: Large
  when: { expression: "true" }
  output:
    status: { expression: 'resource.spec.replicas > 10.0' }
    reason: { expression: "'Counted'" }
    message: { expression: "''" }
`),
  )
  const { body } = await call('POST', 'clusters', { kind: 'Cluster', name: 'one', spec: { replicas: 30 } })
  t.match(condition(body, 'Large'), { status: 'True' })
  const { status, body: patched } = await call('PATCH', body.href, { spec: { replicas: 'many' } })
  t.equal(status, 200)
  t.strictSame(condition(patched, 'Large'), condition(body, 'Large'))
})

t.test('an idempotency key answers with the mapped conditions again', async (t) => {
  const { call } = await application(t, environment())
  const create = () =>
    call(
      'POST',
      'clusters',
      { kind: 'Cluster', name: 'one', spec: { replicas: 30 } },
      { 'idempotency-key': 'a' },
    )
  const [first, again] = [await create(), await create()]
  t.match(condition(first.body, 'LargeFleet'), { status: 'True' })
  t.strictSame([again.body, again.headers.etag], [first.body, first.headers.etag])
})

t.test('migrate, verify and the sampler evaluate the rules, too', async (t) => {
  const url = await createDatabase(environment('[]'))
  const { call } = await application(t, environment('[]'), url)
  const { body } = await call('POST', 'clusters', { kind: 'Cluster', name: 'one', spec: { replicas: 30 } })
  const config = testConfig(url, environment())
  const lines: string[] = []
  await migrate(config, loadDocument(config)['x-kinds'], (line) => lines.push(line))
  t.match(lines, [/^Cluster: the condition Broken could not be mapped: status: .* \(1 resources\)$/])
  const followed = await application(t, environment(), url)
  const { body: mapped } = await followed.call('GET', body.href)
  t.match(condition(mapped, 'LargeFleet'), { status: 'True' })

  const found = async () => {
    const printed: unknown[] = []
    const { log } = console
    console.log = (line) => printed.push(line)
    await verify(config).finally(() => {
      console.log = log
    })
    process.exitCode = 0
    return printed
  }
  t.strictSame(await found(), ['all is consistent'])
  await execute(
    url,
    `update resources set conditions = replace(conditions::text, '"gold"', '"lead"')::json,
       states = array_replace(states, 'LargeFleet=True', 'LargeFleet=False') where kind = 'Cluster'`,
  )
  await execute(
    url,
    `update resources set conditions = (
       select jsonb_agg(case when each ->> 'type' = 'LargeFleet' then each || '{"status": "False"}' else each end)
       from jsonb_array_elements(conditions::jsonb) as each
     )::json where kind = 'Cluster'`,
  )
  t.match(await found(), [
    /^a mapped condition is not the result of its rule: Cluster: .*: LargeFleet$/,
    '1 inconsistencies',
  ])

  // Without the rule, its condition goes.
  const without = testConfig(url, environment('[]'))
  await migrate(without, loadDocument(without)['x-kinds'])
  t.equal(condition((await call('GET', body.href)).body, 'LargeFleet'), undefined)
  t.strictSame(await found(), ['all is consistent'])
})

t.test('an explanation shows each rule and its failure', async (t) => {
  const { call } = await application(t, environment())
  const { body } = await call('POST', 'clusters', { kind: 'Cluster', name: 'one', spec: { replicas: 30 } })
  const { body: explained } = await call('GET', `${body.href}/explain`)
  t.match(
    explained.conditions.find(({ type }: { type: string }) => type === 'LargeFleet'),
    { status: 'True', rule: /int\(resource.spec.replicas\) > 10/, waiting_for: [] },
  )
  t.match(explained.sentences.slice(-3), [
    /^The condition Broken could not be evaluated at generation 1 \(expression status: .*\), so it is absent/,
    /^The condition LargeFleet is True since .* \("none"\)\.$/,
    /^The condition Provisioned is absent, as configured: its expression `when` is false at generation 1\.$/,
  ])
})

t.test('a write is one statement where no kind has rules, and one transaction where one has', async (t) => {
  const count = async (own: string) => {
    const { call, database, app } = await application(t, environment(own))
    const { body } = await call('POST', 'clusters', { kind: 'Cluster', name: 'one', spec: { replicas: 1 } })
    await call('PUT', `${body.href}/statuses`, report('dns', 1, 'True', 1))
    const asked: string[] = []
    database.observe = (query) => asked.push(query)
    const sent: string[] = []
    const client = await app.pg.pool.connect()
    const { query } = client
    client.query = ((...args: [{ text: string }]) => {
      sent.push(args[0].text.replace(/\s+/g, ' ').replace(/.*from (\w+).*/, '$1'))
      return query.apply(client, args as never)
    }) as never
    client.release()
    await call('PUT', `${body.href}/statuses`, report('dns', 1, 'True', 2))
    await call('PATCH', body.href, { labels: { a: 'b' } })
    return { asked, sent: sent.length }
  }
  t.strictSame(await count('[]'), { asked: ['report_status', 'patch_resource'], sent: 2 })
  t.strictSame(
    await count(rules),
    { asked: ['report_status', 'patch_resource'], sent: 4 },
    'which begins with it, and a commit',
  )
})

t.test('a dry run of a write of a kind with rules is that write', async (t) => {
  const { call, url } = await application(t, environment())
  const rehearse = rehearsed(call)
  const { body } = await rehearse(
    'POST',
    'clusters',
    { kind: 'Cluster', name: 'one', spec: { replicas: 1 } },
    { 'idempotency-key': 'a' },
  )
  await rehearse('PUT', `${body.href}/statuses`, report('dns', 1, 'True', 1))
  await rehearse('PATCH', body.href, { spec: { replicas: 20 } })
  await rehearse('DELETE', body.href)
  t.strictSame((await execute(url, 'select count(*)::int as count from resources')).rows, [{ count: 1 }])
})

t.test('rules that were evaluated of an older version are evaluated again', async (t) => {
  const { call, url, app } = await application(t, environment())
  const { body } = await call('POST', 'clusters', { kind: 'Cluster', name: 'one', spec: { replicas: 1 } })
  const session = await openSession(t, url)
  const { store } = app.mapping
  let times = 0
  app.mapping.store = async (statements, evaluated, isLast) => {
    // The facts of another write, as if this one had not had the lock.
    const stale = evaluated.map((each) => ({ ...each, input: { ...each.input, version: 99 } }))
    return store.call(app.mapping, statements, times++ ? evaluated : stale, isLast)
  }
  const { status, body: patched } = await call('PATCH', body.href, { spec: { replicas: 20 } })
  t.equal(status, 200)
  t.equal(times, 2)
  t.match(condition(patched, 'LargeFleet'), { status: 'True' })
  t.equal(
    (await session.query(`select generation from resources where id = '${body.id}'`)).rows[0].generation,
    2,
  )
})

t.test('deletion maps the conditions of the resources below, too', async (t) => {
  const below = parse(rules).slice(1, 2)
  const { call } = await application(t, {
    ...environment('[]'),
    HYPERFLEET_NODEPOOL_ADAPTERS: '["dns"]',
    HYPERFLEET_ENTITIES: JSON.stringify([
      { kind: 'Cluster', required_adapters: ['dns'] },
      { kind: 'NodePool', required_adapters: ['dns'], conditions: below },
    ]),
  })
  const { body: cluster } = await call('POST', 'clusters', { kind: 'Cluster', name: 'one', spec: {} })
  const { body: pool } = await call('POST', `${cluster.href}/nodepools`, {
    kind: 'NodePool',
    name: 'pool',
    spec: { replicas: 20 },
  })
  t.match(condition(pool, 'LargeFleet'), { status: 'True', observed_generation: 1 })
  t.equal((await call('DELETE', cluster.href)).status, 202)
  t.match(condition((await call('GET', pool.href)).body, 'LargeFleet'), {
    status: 'True',
    observed_generation: 2,
  })
})

t.test('a server that has started without rules follows those that migrate adds', async (t) => {
  const url = await createDatabase(environment('[]'))
  const { call } = await application(t, environment('[]'), url)
  const create = async (name: string) =>
    (await call('POST', 'clusters', { kind: 'Cluster', name, spec: { replicas: 30 } })).body
  const pool = { kind: 'NodePool', name: 'pool', spec: { replicas: 30 } }
  const before = await create('one')
  const { body: below } = await call('POST', `${before.href}/nodepools`, pool)
  const entities = [
    { kind: 'Cluster', required_adapters: ['dns'], conditions: parse(rules).slice(1, 2) },
    { kind: 'NodePool', required_adapters: ['dns'], conditions: parse(rules).slice(1, 2) },
  ]
  const config = testConfig(url, {
    ...environment('[]'),
    HYPERFLEET_ENTITIES: JSON.stringify(entities),
    HYPERFLEET_NODEPOOL_ADAPTERS: '["dns"]',
  })
  await migrate(config, loadDocument(config)['x-kinds'])
  const large = { status: 'True', observed_generation: 1 }
  t.match(
    (await call('GET', `${before.href}/explain`)).body.sentences.at(-1),
    /^The condition LargeFleet is True since 2/,
  )

  const after = await create('two')
  t.match(condition(after, 'LargeFleet'), large, 'of its first write')
  t.match(condition((await call('GET', after.href)).body, 'LargeFleet'), large)
  t.match(condition(await create('three'), 'LargeFleet'), large)
  await call('DELETE', before.href)
  t.match(condition((await call('GET', below.href)).body, 'LargeFleet'), { observed_generation: 2 })
  const session = await openSession(t, url)
  const { rows } = await session.query('select conditions from resources')
  t.equal(rows.length, 4)
  for (const { conditions } of rows)
    t.match(condition({ status: { conditions } }, 'LargeFleet'), { status: 'True' })
})

t.test('reports that are too large together are not read for rules', async (t) => {
  const { call, url } = await application(t, environment())
  const { body } = await call('POST', 'clusters', { kind: 'Cluster', name: 'one', spec: { replicas: 30 } })
  const large = (adapter: string) =>
    call(
      'PUT',
      `${body.href}/statuses`,
      report(adapter, 1, 'True', 1, { data: { text: 'x'.repeat(600_000) } }),
    )
  for (const adapter of ['a', 'b', 'c']) t.equal((await large(adapter)).status, 200)
  const { body: patched } = await call('PATCH', body.href, { spec: { replicas: 3 } })
  t.strictSame(condition(patched, 'LargeFleet'), condition(body, 'LargeFleet'), 'it keeps its former value')
  const { failed } = (await call('GET', `${body.href}/explain`)).body
  t.equal(failed[1].reason, 'the reports are larger than 1 MiB together')
  const session = await openSession(t, url)
  const { rows } = await session.query('select length(condition_inputs($1, false)) as length', [body.id])
  t.ok(rows[0].length < 10_000, 'none of them is read')
})

t.test(
  'a server that does not know the rules yet answers dry runs and repeated creates rightly',
  async (t) => {
    const url = await createDatabase(environment('[]'))
    const create = { kind: 'Cluster', name: 'one', spec: { replicas: 30 } }
    const key = { 'idempotency-key': 'a' }
    const { call: before } = await application(t, environment('[]'), url)
    const { body: first } = await before('POST', 'clusters', create, key)
    const started = await Promise.all([1, 2, 3].map(() => application(t, environment('[]'), url)))
    const [one, two, three] = started.map(({ call }) => call)
    const config = testConfig(url, environment())
    await migrate(config, loadDocument(config)['x-kinds'])

    const dry = await one?.('PATCH', `${first.href}?dry_run=true`, { spec: { replicas: 3 } })
    t.match(condition(dry?.body, 'LargeFleet'), { status: 'False', observed_generation: 2 })
    t.strictSame(dry?.body.spec, { replicas: 3 })
    t.strictSame((await two?.('POST', 'clusters', create, key))?.body, first, 'the answer that is kept')
    const other = { ...create, name: 'two' }
    const made = await three?.('POST', 'clusters', other, { 'idempotency-key': 'b' })
    const again = await before('POST', 'clusters', other, { 'idempotency-key': 'b' })
    t.match(condition(made?.body, 'LargeFleet'), { status: 'True' })
    t.strictSame([again.body, again.headers.etag], [made?.body, made?.headers.etag])
  },
)
