/** What /metrics tells, read by a parser that takes only what Prometheus takes. */
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { type AddressInfo, connect } from 'node:net'
import { Registry } from 'prom-client'
import t from 'tap'
import { buildMetricsListener } from '../../server/http/listeners/metrics-listener.ts'
import { pendingGauges } from '../../server/observability/pending-gauges.ts'
import { type Application, application, base, report } from '../application.ts'
import { createDatabase, execute } from '../databases.ts'
import { end, quickStart } from '../processes.ts'
import { type Metric, parseMetrics, scrape, sumOf } from '../prometheus.ts'
import { openSession, untilWaiting } from '../sessions.ts'

const adapters = {
  HYPERFLEET_CLUSTER_ADAPTERS: '["validation"]',
  HYPERFLEET_NODEPOOL_ADAPTERS: '["validation"]',
}

/** A condition of the configuration. */
const fine = {
  type: 'Fine',
  when: { expression: 'false' },
  output: { status: { expression: 'true' }, reason: { expression: "''" }, message: { expression: "''" } },
}

/** What a server in this process has counted so far. */
async function metricsOf({ app }: Application): Promise<Map<string, Metric>> {
  return parseMetrics(await app.counters.registry.metrics())
}

t.test('a server in use', async (t) => {
  const url = await createDatabase(adapters)
  const settings = {
    ...adapters,
    HYPERFLEET_DATABASE_URL: url,
    HYPERFLEET_LOGGING_LEVEL: 'info',
    HYPERFLEET_SERVER_TIMEOUTS_READ: '1s',
    HYPERFLEET_SERVER_AUTHORIZATION_RULES: JSON.stringify([
      { name: 'all', effect: 'allow', verbs: ['*'], kinds: ['*'], when: 'true' },
    ]),
    HYPERFLEET_ENTITIES: JSON.stringify([{ kind: 'Cluster', conditions: [fine] }, { kind: 'NodePool' }]),
  }
  const server = await quickStart(t, settings, ['--max-old-space-size=600'])
  const call = async (method: string, path: string, body?: object) => {
    const answer = await fetch(`${server.api}${path}`, {
      method,
      ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    return text ? JSON.parse(text) : undefined
  }
  const { href, id } = await call('POST', `${base}/clusters`, { kind: 'Cluster', name: 'one', spec: {} })
  await call('PUT', `${href}/statuses`, report('validation', 1, 'True', 1))
  await call('HEAD', href)
  const gone = { method: 'DELETE', path: '/clusters/019ad2a5-7d3c-7cc0-8f2e-3c1f5e0a9b11' }
  await call('POST', `${base}/batch`, { atomic: false, operations: [gone] })
  await call('GET', `${base}/clusters`)
  await call('PROPFIND', href)
  await call('GET', '/nowhere/at/all')
  await call('GET', '/%ff')
  await raw(server.api, 'GARBAGE\r\n\r\n')
  await raw(server.api, `GET / HTTP/1.1\r\nHost: x\r\nLong: ${'x'.repeat(70_000)}\r\n\r\n`)
  // A body that does not come is refused by Node, while Fastify waits for it.
  const slow = `POST ${base}/clusters HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{`
  t.match(await raw(server.api, slow), /^HTTP\/1\.1 408 /)
  await execute(url, 'alter table adapter_statuses rename to adapter_statuses_gone')
  await call('GET', `${href}/statuses`)
  await fetch(`${server.health}/readyz`)
  const head = await fetch(`${server.metrics}/metrics`, { method: 'HEAD' })
  const { text, metrics, value } = await scrape(t, server.metrics)
  const labelsOf = (name: string) => {
    const samples = metrics.get(name)?.samples ?? []
    return new Set(samples.flatMap(({ labels }) => Object.keys(labels)).filter((label) => label !== 'le'))
  }

  await t.test('every name that dashboards use is there', async (t) => {
    const names = `
      hyperfleet_api_requests_total hyperfleet_api_request_duration_seconds hyperfleet_api_build_info
      hyperfleet_api_reconciliation_started_total hyperfleet_api_resource_pending_reconciliation
      hyperfleet_api_resource_pending_reconciliation_stuck
      hyperfleet_api_resource_pending_reconciliation_stuck_duration_seconds
      hyperfleet_db_query_duration_seconds hyperfleet_db_errors_total hyperfleet_db_connections_open
      hyperfleet_db_connections_in_use process_cpu_seconds_total process_resident_memory_bytes`
    for (const name of names.trim().split(/\s+/)) t.ok(metrics.get(name)?.samples.length, name)
    for (const [name, { samples }] of metrics)
      for (const label of ['component', 'version'])
        t.ok(!samples.length || labelsOf(name).has(label), `${name} has ${label}`)
  })

  await t.test('the document describes these metrics, all of them and no others', async (t) => {
    const document = readFileSync(new URL('../../docs/observability.md', import.meta.url), 'utf8')
    const rows = [...document.matchAll(/^\| `(hyperfleet_\w+)` \| (\w+) \| (.*?) ?\| .+ \|$/gm)]
    const described = rows.map(([, name, type, labels = '']) => ({
      name,
      type,
      labels: [...labels.matchAll(/`(\w+)`/g)].map(([, label]) => label).sort(),
    }))
    const shown = [...metrics]
      .filter(([name]) => name.startsWith('hyperfleet_'))
      .map(([name, { type }]) => ({
        name,
        type,
        labels: [...labelsOf(name)].filter((label) => !['component', 'version'].includes(label)).sort(),
      }))
    const byName = (a: { name?: string }, b: { name?: string }) =>
      String(a.name).localeCompare(String(b.name))
    t.strictSame(described.sort(byName), shown.sort(byName))
  })

  await t.test('each answer is counted once, under labels that callers cannot make up', async (t) => {
    const count = (method: string, path: string, code: string) =>
      value('hyperfleet_api_requests_total', { method, path, code })
    t.equal(count('POST', `${base}/clusters`, '201'), 1)
    t.equal(count('PUT', `${base}/clusters/-/statuses`, '200'), 1)
    t.equal(count('HEAD', `${base}/clusters/-`, '200'), 1)
    t.equal(count('GET', `${base}/clusters/-/statuses`, '500'), 1)
    t.equal(count('unknown', 'unknown', '405'), 1, 'a method that no route has')
    t.equal(count('GET', 'unknown', '404'), 1)
    t.equal(count('GET', 'unknown', '400'), 1, 'a path that is none')
    for (const code of ['400', '408', '431']) t.equal(count('unknown', 'unknown', code), 1, code)
    t.ok((count('GET', '/readyz', '200') ?? 0) >= 1, 'the health listener')
    t.equal(value('hyperfleet_api_requests_total', { path: `${base}/clusters` }), 2, 'and no other answer')
    t.notMatch(text, new RegExp(`${id}|nowhere|PROPFIND`))
    const durations = value('hyperfleet_api_request_duration_seconds_count', { path: `${base}/clusters/-` })
    t.equal(durations, 1)
  })

  await t.test('queries are timed, and their failures counted', async (t) => {
    const labels = { operation: 'report', table: 'report_status' }
    t.equal(value('hyperfleet_db_query_duration_seconds_count', labels), 1)
    const seconds = value('hyperfleet_db_query_duration_seconds_sum', labels) ?? 0
    t.ok(seconds > 0 && seconds < 10, `in seconds: ${seconds}`)
    t.equal(value('hyperfleet_db_errors_total', { table: 'list_adapter_statuses', code: '42' }), 1)
    t.equal(value('hyperfleet_db_errors_total'), 1)
    t.ok((value('hyperfleet_db_connections_open') ?? 0) >= 1)
    t.equal(value('hyperfleet_db_connections_in_use'), 0)
  })

  await t.test('the metrics have a HEAD, and their requests are counted, too', async (t) => {
    t.equal(head.status, 200)
    t.equal(value('hyperfleet_api_requests_total', { method: 'HEAD', path: '/metrics', code: '200' }), 1)
  })

  await t.test('the limit of the heap is that of the process', async (t) => {
    const mebibytes = (value('hyperfleet_api_heap_limit_bytes') ?? 0) / 2 ** 20
    t.ok(mebibytes >= 600 && mebibytes < 800, `${mebibytes}`)
  })

  await t.test('promtool takes it', async (t) => {
    const { error, status, stderr } = spawnSync('promtool', ['check', 'metrics'], { input: text })
    if (error) return t.pass('what promtool says', { skip: 'there is no promtool on the PATH' })
    // What it would call otherwise are the names of prom-client.
    const complaints = String(stderr)
      .split('\n')
      .filter((line) => line && !line.startsWith('nodejs_'))
    t.strictSame(complaints, [], `exit code ${status}`)
  })

  await end(server.child)
  t.match(
    server.output.stdout,
    /"method":"GET","path":"\/metrics","status_code":200/,
    'a scrape has its line',
  )
  const fields = [
    'timestamp',
    'level',
    'message',
    'component',
    'version',
    'hostname',
    'request_id',
    'trace_id',
  ]
  fields.push('method', 'path', 'status_code', 'duration_ms', 'resource_type', 'resource_id', 'adapter')
  const [line] = server.output.stdout.split('\n').filter((each) => each.includes('"adapter"'))
  t.hasProps(JSON.parse(line ?? ''), fields, 'the log has its names')
})

/** Sends what it is given on a connection of its own; resolves with the answer once the server ends it. */
async function raw(address: string, text: string): Promise<string> {
  const { port, hostname: host } = new URL(address)
  const socket = connect({ port: Number(port), host })
    .setEncoding('utf8')
    .on('error', () => {})
  let answer = ''
  socket.on('data', (chunk) => {
    answer += chunk
  })
  socket.write(text)
  await once(socket, 'close')
  return answer
}

t.test('the parser refuses what Prometheus refuses', async (t) => {
  const good = '# HELP a b\n# TYPE a counter\na{x="1"} 2\na{x="\\""} 2.5e-7\n'
  t.equal(parseMetrics(good).get('a')?.samples.length, 2)
  for (const bad of [
    good.slice(0, -1),
    `${good}a{x="1"} 3\n`,
    `${good}b 1\n`,
    `${good}# TYPE a counter\n`,
    good.replace('2.5e-7', '2,5'),
    good.replace('x="1"', 'x="1",x="2"'),
    good.replace('\\"', '"'),
    '# HELP h b\n# TYPE h histogram\nh_bucket{le="1"} 2\nh_bucket{le="+Inf"} 1\nh_sum 1\nh_count 1\n',
    '# HELP h b\n# TYPE h histogram\nh_bucket{le="1"} 1\nh_sum 1\nh_count 1\n',
  ]) {
    t.throws(() => parseMetrics(bad), bad)
  }
})

t.test('generations that begin', async (t) => {
  const server = await application(t, adapters)
  const { call } = server
  const started = async () => {
    const metrics = await metricsOf(server)
    const of = (resource_type: string, is_delete: string) =>
      sumOf(metrics, 'hyperfleet_api_reconciliation_started_total', { resource_type, is_delete }) ?? 0
    return [of('cluster', 'false'), of('nodepool', 'false'), of('cluster', 'true'), of('nodepool', 'true')]
  }
  /** What a step adds: clusters and node pools to be brought about, clusters and node pools to be deleted. */
  const step = async (what: string, expected: number[], status: number, ...sent: Parameters<typeof call>) => {
    const before = await started()
    const answer = await call(...sent)
    t.equal(answer.status, status, what)
    const after = await started()
    t.strictSame(
      after.map((count, at) => count - (before[at] ?? 0)),
      expected,
      what,
    )
    return answer.body
  }
  const none = [0, 0, 0, 0]
  const cluster = (name: string) => ({ kind: 'Cluster', name, spec: { a: 1 } })
  const pool = (name: string) => ({ kind: 'NodePool', name, spec: {} })
  const key = { 'idempotency-key': 'one' }

  const { href } = await step('a create', [1, 0, 0, 0], 201, 'POST', 'clusters', cluster('one'), key)
  await step('a repeated create', none, 201, 'POST', 'clusters', cluster('one'), key)
  await step('another body under the key', none, 422, 'POST', 'clusters', cluster('two'), key)
  await step('a name that is taken', none, 409, 'POST', 'clusters', cluster('one'))
  await execute(server.url, `update idempotency_keys set created_time = '2020-01-01Z'`)
  await step('a key that has expired', [1, 0, 0, 0], 201, 'POST', 'clusters', cluster('three'), key)
  const first = await step('a child', [0, 1, 0, 0], 201, 'POST', `${href}/nodepools`, pool('one'))
  await step('another', [0, 1, 0, 0], 201, 'POST', `${href}/nodepools`, pool('two'))
  await step('another', [0, 1, 0, 0], 201, 'POST', `${href}/nodepools`, pool('six'))

  await step('a changed spec', [1, 0, 0, 0], 200, 'PATCH', href, { spec: { a: 2 } })
  await step('the same spec again', none, 200, 'PATCH', href, { spec: { a: 2.0 } })
  await step('labels', none, 200, 'PATCH', href, { labels: { a: 'b' } })
  await step('both', [1, 0, 0, 0], 200, 'PATCH', href, { spec: { a: 3 }, labels: { a: 'c' } })
  await step('an empty patch', none, 400, 'PATCH', href, {})
  await step('a report', none, 200, 'PUT', `${href}/statuses`, report('validation', 3, 'True', 1))

  await step('a child is deleted', [0, 0, 0, 1], 202, 'DELETE', first.href)
  await step('again', none, 202, 'DELETE', first.href)
  await step('its parent, with the other children', [0, 0, 1, 2], 202, 'DELETE', href)
  await step('again', none, 202, 'DELETE', href)
  await step('what is not there', none, 404, 'DELETE', 'clusters/none')
})

t.test('what goes at once when it is deleted has begun a generation all the same', async (t) => {
  const server = await application(t)
  const { body } = await server.call('POST', 'clusters', { kind: 'Cluster', name: 'one', spec: {} })
  await server.call('POST', `${body.href}/nodepools`, { kind: 'NodePool', name: 'one', spec: {} })
  t.equal((await server.call('DELETE', body.href)).status, 202)
  t.equal((await server.call('GET', body.href)).status, 404)
  const metrics = await metricsOf(server)
  const name = 'hyperfleet_api_reconciliation_started_total'
  t.equal(sumOf(metrics, name, { resource_type: 'cluster', is_delete: 'true' }), 1)
  t.equal(sumOf(metrics, name, { resource_type: 'nodepool', is_delete: 'true' }), 1)
})

t.test('queries that fail before they run, and refusals', async (t) => {
  const server = await application(t, {
    ...adapters,
    HYPERFLEET_DATABASE_POOL_MAX_CONNECTIONS: '1',
    HYPERFLEET_DATABASE_POOL_STATEMENT_TIMEOUT: '300ms',
  })
  t.equal((await server.call('GET', 'clusters/none')).status, 404)
  t.equal(sumOf(await metricsOf(server), 'hyperfleet_db_errors_total'), undefined, 'a refusal is no failure')
  const labels = { operation: 'get', table: 'get_resource' }
  const timed = 'hyperfleet_db_query_duration_seconds_count'
  t.equal(sumOf(await metricsOf(server), timed, labels), 1, 'but it is timed')

  const session = await openSession(t, server.url)
  await session.query('begin')
  await session.query('lock table resources in access exclusive mode')
  const slow = [server.call('GET', 'clusters/none'), server.call('GET', 'clusters/none')]
  await untilWaiting(session, 1)
  const during = await metricsOf(server)
  t.equal(sumOf(during, 'hyperfleet_db_connections_in_use'), 1)
  t.equal(sumOf(during, 'hyperfleet_db_connections_max'), 1)
  t.equal(sumOf(during, 'hyperfleet_db_connections_waiting'), 1)
  t.strictSame(
    (await Promise.all(slow)).map(({ status }) => status),
    [504, 504],
  )
  await session.query('rollback')
  t.equal(sumOf(await metricsOf(server), 'hyperfleet_db_errors_total', { ...labels, code: '57' }), 2)
})

/** What the three gauges say, by kind and mark; undefined when they are absent. */
async function gaugesOf(registry: Registry): Promise<Record<string, (number | undefined)[]> | undefined> {
  const metrics = parseMetrics(await registry.metrics())
  const name = 'hyperfleet_api_resource_pending_reconciliation'
  if (sumOf(metrics, name) === undefined) return undefined
  const kinds = ['cluster', 'nodepool'].flatMap((kind) => [
    [kind, { resource_type: kind, is_delete: 'false' }] as const,
    [`${kind} to be deleted`, { resource_type: kind, is_delete: 'true' }] as const,
  ])
  const values = kinds.map(([kind, labels]) => [
    kind,
    ['', '_stuck', '_stuck_duration_seconds'].map((suffix) => sumOf(metrics, name + suffix, labels)),
  ])
  return Object.fromEntries(values)
}

t.test('what waits for its adapters', async (t) => {
  const { call, database, url } = await application(t, adapters)
  const gauges = async () => {
    const registry = new Registry()
    await pendingGauges(registry, database, { threshold: '10m', patience: 10_000 })()
    return gaugesOf(registry)
  }
  const nothing = {
    cluster: [0, 0, 0],
    'cluster to be deleted': [0, 0, 0],
    nodepool: [0, 0, 0],
    'nodepool to be deleted': [0, 0, 0],
  }
  t.strictSame(await gauges(), nothing, 'every kind is there from the first')

  const [one, two, three] = await Promise.all(
    ['one', 'two', 'six'].map(
      async (name) => (await call('POST', 'clusters', { kind: 'Cluster', name, spec: {} })).body,
    ),
  )
  await call('POST', `${one.href}/nodepools`, { kind: 'NodePool', name: 'one', spec: {} })
  await call('PUT', `${two.href}/statuses`, report('validation', 1, 'True', 1))
  await call('DELETE', three.href)
  t.strictSame(await gauges(), {
    ...nothing,
    cluster: [1, 0, 0],
    'cluster to be deleted': [1, 0, 0],
    nodepool: [1, 0, 0],
  })

  /** Makes it look as if a cluster were not reconciled since then. */
  const since = (id: string, ago: string) =>
    execute(
      url,
      `update resources set conditions = (
         select jsonb_agg(case when entry ->> 'type' = 'Reconciled'
           then entry || jsonb_build_object('last_transition_time', clock_timestamp() - $2::interval) else entry end)
         from jsonb_array_elements(conditions::jsonb) as entry
       ) where id = $1`,
      [id, ago],
    )
  await since(one.id, '9 min 50 s')
  t.strictSame((await gauges())?.cluster, [1, 0, 0], 'not yet')
  await since(one.id, '1000 s')
  await since(three.id, '2000 s')
  await call('POST', 'clusters', { kind: 'Cluster', name: 'new', spec: {} })
  const after = await gauges()
  t.match(after?.cluster?.slice(0, 2), [2, 1], 'too long')
  const seconds = after?.cluster?.[2] ?? 0
  t.ok(seconds >= 1000 && seconds < 1100, `${seconds}`)
  t.ok((after?.['cluster to be deleted']?.[2] ?? 0) >= 2000)
  await call('PUT', `${one.href}/statuses`, report('validation', 1, 'True', 1))
  t.strictSame((await gauges())?.cluster, [1, 0, 0], 'what has been reconciled is out')
})

t.test('how many adapters must report is told as the database has it', async (t) => {
  const settings = { HYPERFLEET_CLUSTER_ADAPTERS: '["validation","dns"]', HYPERFLEET_NODEPOOL_ADAPTERS: '[]' }
  const { database } = await application(t, adapters, await createDatabase(settings))
  const registry = new Registry()
  await pendingGauges(registry, database, { threshold: '10m', patience: 10_000 })()
  const metrics = parseMetrics(await registry.metrics())
  const required = (resource_type: string) =>
    sumOf(metrics, 'hyperfleet_api_required_adapters', { resource_type })
  t.equal(required('cluster'), 2)
  t.equal(required('nodepool'), 0, 'a kind without any is there, too')
})

t.test('however many ask for the metrics, the database is asked once', async (t) => {
  const { call, database } = await application(t, adapters)
  let asked = 0
  database.observe = (query) => {
    if (query === 'count_unreconciled') asked++
  }
  const registry = new Registry()
  const refresh = pendingGauges(registry, database, { threshold: '10m', patience: 10_000 })
  await Promise.all(Array.from({ length: 20 }, refresh))
  await call('POST', 'clusters', { kind: 'Cluster', name: 'one', spec: {} })
  for (let n = 0; n < 20; n++) await refresh()
  t.equal(asked, 1)
  t.strictSame((await gaugesOf(registry))?.cluster, [0, 0, 0], 'all see what that once was answered')
})

t.test('what was known is not shown as if it still were', async (t) => {
  const { database, url } = await application(t, adapters)
  const registry = new Registry()
  const refresh = pendingGauges(registry, database, { threshold: '10m', patience: 3000, maxAge: 0 })
  await refresh()
  t.strictSame((await gaugesOf(registry))?.cluster, [0, 0, 0])
  const session = await openSession(t, url)
  await session.query('begin')
  await session.query('lock table resources in access exclusive mode')
  await refresh()
  t.equal(await gaugesOf(registry), undefined)
})

t.test('a database that does not answer does not hold the metrics', async (t) => {
  const { app, database, url } = await application(t, {
    ...adapters,
    HYPERFLEET_HEALTH_DB_PING_TIMEOUT: '100ms',
  })
  const parts = {
    config: app.settings,
    database,
    document: app.document,
    metrics: app.counters,
    logger: app.log,
  }
  const listener = buildMetricsListener(parts)
  await listener.listen({ host: '127.0.0.1', port: 0 })
  t.teardown(() => listener.close())
  const address = `http://127.0.0.1:${(listener.server.address() as AddressInfo).port}`
  const pending = 'hyperfleet_api_resource_pending_reconciliation'

  const session = await openSession(t, url)
  await session.query('begin')
  await session.query('lock table resources in access exclusive mode')
  const held = await scrape(t, address)
  t.equal(held.value(pending), undefined, 'what is not known is absent')
  t.ok(held.metrics.has('hyperfleet_api_build_info') && held.metrics.has('process_cpu_seconds_total'))
  const again = await scrape(t, address)
  t.equal(again.value(pending), undefined)
  t.equal(again.value('hyperfleet_db_connections_in_use'), 1, 'and it is not asked again meanwhile')
  await untilWaiting(session, 1)
  await session.query('rollback')
  await untilFree(address)
  const late = await scrape(t, address)
  t.equal(late.value(pending, { resource_type: 'cluster' }), 0, 'an answer that came late is there')
  t.equal(late.value('hyperfleet_db_query_duration_seconds_count', { table: 'count_unreconciled' }), 1)
})

/** Resolves once a server has no query under way. */
async function untilFree(address: string) {
  for (;;) {
    const text = await (await fetch(`${address}/metrics`)).text()
    if (sumOf(parseMetrics(text), 'hyperfleet_db_connections_in_use') === 0) return
  }
}

t.test('a database that is gone does not hold the metrics', async (t) => {
  const server = await application(t, {}, 'postgresql://nobody@127.0.0.1:1/nothing')
  const registry = new Registry()
  await pendingGauges(registry, server.database, { threshold: '10m', patience: 10_000 })()
  t.equal(await gaugesOf(registry), undefined)
  const metrics = await metricsOf(server)
  const labels = { operation: 'count', table: 'count_unreconciled' }
  t.equal(sumOf(metrics, 'hyperfleet_db_errors_total', { ...labels, code: '08' }), 1)
  t.equal(sumOf(metrics, 'hyperfleet_db_query_duration_seconds_count'), undefined, 'no query has been run')
})
