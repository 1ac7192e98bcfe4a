/** Traces of real processes, taken by a collector of the test's own that speaks OTLP over HTTP, in JSON. */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { base } from '../application.ts'
import { createDatabase } from '../databases.ts'
import { end, quickStart, temporaryFolder } from '../processes.ts'

const adapters = { HYPERFLEET_CLUSTER_ADAPTERS: '[]', HYPERFLEET_NODEPOOL_ADAPTERS: '[]' }
const secret = 'pull-secret-of-nobody'

interface Span {
  scope: string
  name: string
  /** 2: of a server, 3: of a client. */
  kind: number
  traceId: string
  spanId: string
  parentSpanId?: string
  attributes: Record<string, unknown>
}

interface Collector {
  endpoint: string
  connections: number
  text: string
  spans: Span[]
  /** The attributes of the resource that the spans come from. */
  resource: Record<string, unknown>
}

type Attributes = { key: string; value: Record<string, unknown> }[]
const plain = (attributes: Attributes) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]))

/** A collector; one that is `dead` takes connections and never answers. `answer` is what it says to all that it takes. */
async function collector(t: Test, { dead = false, answer = '{}' } = {}): Promise<Collector> {
  const collected: Collector = { endpoint: '', connections: 0, text: '', spans: [], resource: {} }
  const server = createServer(async (request, response) => {
    if (dead) return
    const text = Buffer.concat(await request.toArray()).toString()
    collected.text += text
    for (const { resource, scopeSpans } of JSON.parse(text).resourceSpans) {
      collected.resource = plain(resource.attributes)
      for (const { scope, spans } of scopeSpans)
        for (const span of spans)
          collected.spans.push({ ...span, scope: scope.name, attributes: plain(span.attributes) })
    }
    response.setHeader('content-type', 'application/json').end(answer)
  })
  server.on('connection', () => collected.connections++)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  collected.endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return collected
}

/** A server that would trace to a collector; which modules it had loaded is known when it has ended. */
async function start(t: Test, { endpoint }: Collector, env: Record<string, string>) {
  const file = join(await temporaryFolder(t), 'modules.json')
  const probe = `import { writeFileSync } from 'node:fs'; import { Module } from 'node:module';
    process.on('exit', () => writeFileSync(${JSON.stringify(file)}, JSON.stringify(Object.keys(Module._cache))))`
  const server = await quickStart(
    t,
    {
      ...adapters,
      HYPERFLEET_DATABASE_URL: await createDatabase(adapters),
      HYPERFLEET_LOGGING_LEVEL: 'info',
      OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      ...env,
    },
    ['--import', `data:text/javascript,${encodeURIComponent(probe)}`],
  )
  return {
    ...server,
    /** Ends it, and tells the modules of OpenTelemetry that it had loaded. */
    async end(): Promise<string[]> {
      await end(server.child)
      const modules: string[] = JSON.parse(readFileSync(file, 'utf8'))
      return [
        ...new Set(
          modules.flatMap((each) => /node_modules\/(@opentelemetry\/[\w-]+)\//.exec(each)?.[1] ?? []),
        ),
      ]
    },
    lines: () =>
      server.output.stdout
        .split('\n')
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line)),
  }
}

const create = (api: string, name: string, headers: Record<string, string> = {}) =>
  fetch(`${api}${base}/clusters`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ kind: 'Cluster', name, spec: { secret } }),
  })

t.test('a request, its queries, its answer and its log are one trace', async (t) => {
  const collected = await collector(t)
  const server = await start(t, collected, { HYPERFLEET_TRACING_ENABLED: 'true' })
  const parent = '0af7651916cd43dd8448eb211c80319c'
  const answers: [what: string, traceId: string | undefined, answer: Response][] = []
  const send = async (what: string, traceId: string | undefined, sent: Promise<Response>) =>
    answers.push([what, traceId, await sent])
  await send('a create', undefined, create(server.api, 'one'))
  await send('one that is refused', undefined, create(server.api, 'one'))
  await send(
    'of a trace',
    parent,
    create(server.api, 'one', { traceparent: `00-${parent}-b7ad6b7169203331-01` }),
  )
  await send('a search', undefined, fetch(`${server.api}${base}/clusters?search=name%3D%27${secret}%27`))
  await send('no route', undefined, fetch(`${server.api}/nowhere`))
  await send('no path', undefined, fetch(`${server.api}/%ff`))
  await send('its own id', undefined, fetch(`${server.api}/nowhere`, { headers: { 'x-request-id': 'mine' } }))
  await fetch(`${server.health}/readyz`)
  await fetch(`${server.metrics}/metrics`)
  const modules = await server.end()

  const roots = collected.spans.filter(({ kind }) => kind === 2)
  t.equal(roots.length, answers.length, 'each request has one span; probes and scrapes have none')
  const lines = server.lines()
  for (const [what, sent, answer] of answers) {
    const body = JSON.parse(await answer.text())
    const id = answer.headers.get('x-request-id')
    const [line] = lines.filter(({ request_id }) => request_id === id)
    const [root] = roots.filter(({ spanId }) => spanId === line.span_id)
    t.equal(line.trace_id, root?.traceId, `${what}: the log and the span`)
    if (answer.status >= 400) t.equal(body.trace_id, root?.traceId, `${what}: the answer and the span`)
    if (sent) t.match(root, { traceId: sent, parentSpanId: 'b7ad6b7169203331' }, what)
    t.equal(root?.attributes['http.response.status_code'], answer.status, what)
  }
  t.equal(answers.at(-1)?.[2].headers.get('x-request-id'), 'mine')

  const [created] = roots
  t.match(created, {
    name: `POST ${base}/clusters`,
    scope: '@opentelemetry/instrumentation-http',
    attributes: {
      'http.request.method': 'POST',
      'http.route': `${base}/clusters`,
      'url.path': `${base}/clusters`,
    },
  })
  const below = collected.spans.filter(({ parentSpanId }) => parentSpanId === created?.spanId)
  const query = below.find(({ name }) => name.startsWith('pg.query:create_resource'))
  t.match(query, { traceId: created?.traceId, kind: 3, attributes: { 'db.system.name': 'postgresql' } })
  t.match(query?.attributes['db.query.text'], /create_resource_once\(\$1::text/)
  t.equal(
    collected.spans.filter(({ name }) => name.startsWith('pg.query')).length,
    6,
    'no query without a request: a list asks for its place in the feed, too',
  )
  t.match(collected.resource, { 'service.name': 'hyperfleet-api', 'service.version': /^\d/ })
  t.notMatch(collected.text, secret, 'no value of a statement or of a search')
  t.notMatch(collected.text, /already exists/, "nor PostgreSQL's words, which may quote one")
  t.notMatch(collected.text, /command_args/, 'nor arguments of the process')
  const { password } = new URL(process.env.HYPERFLEET_TEST_SERVER ?? '')
  if (password) t.notOk(collected.text.includes(password), 'nor the password of the database')
  t.ok(modules.includes('@opentelemetry/sdk-node'), 'the SDK is loaded')
})

t.test('what is not sampled has the same ids, and is not sent', async (t) => {
  const collected = await collector(t)
  const server = await start(t, collected, {
    HYPERFLEET_TRACING_ENABLED: 'true',
    OTEL_SERVICE_NAME: 'fleet',
    OTEL_TRACES_SAMPLER: 'parentbased_always_off',
  })
  const parent = '0af7651916cd43dd8448eb211c80319c'
  const own = await fetch(`${server.api}/nowhere`)
  const unsampled = await fetch(`${server.api}/nowhere`, {
    headers: { traceparent: `00-${parent}-b7ad6b7169203331-00` },
  })
  const sampled = await fetch(`${server.api}/nowhere`, {
    headers: { traceparent: `00-${parent}-b7ad6b7169203332-01` },
  })
  await server.end()
  for (const answer of [own, unsampled, sampled]) {
    const { trace_id } = JSON.parse(await answer.text())
    if (answer !== own) t.equal(trace_id, parent)
    const [line] = server
      .lines()
      .filter(({ request_id }) => request_id === answer.headers.get('x-request-id'))
    t.match(line, { trace_id, span_id: /^[\da-f]{16}$/ })
  }
  t.match(
    collected.spans.map(({ traceId, parentSpanId }) => ({ traceId, parentSpanId })),
    [{ traceId: parent, parentSpanId: 'b7ad6b7169203332' }],
    'only what its caller samples',
  )
  t.equal(collected.resource['service.name'], 'fleet')
})

t.test('with no exporter, ids are as they are without tracing', async (t) => {
  const collected = await collector(t)
  const env = { HYPERFLEET_TRACING_ENABLED: 'true', OTEL_TRACES_EXPORTER: 'none' }
  const server = await start(t, collected, env)
  const { trace_id } = JSON.parse(await (await fetch(`${server.api}/nowhere`)).text())
  await server.end()
  t.match(trace_id, /^(?!0{32})[\da-f]{32}$/)
  const [line] = server.lines().filter(({ path }) => path === '/nowhere')
  t.equal(line.trace_id, trace_id)
  t.notOk('span_id' in line)
})

t.test('off, nothing is loaded and nobody is called', async (t) => {
  const collected = await collector(t)
  const server = await start(t, collected, {})
  const parent = '0af7651916cd43dd8448eb211c80319c'
  t.equal((await create(server.api, 'one')).status, 201)
  const answer = await fetch(`${server.api}/nowhere`, {
    headers: { traceparent: `00-${parent}-b7ad6b7169203331-01` },
  })
  t.equal(JSON.parse(await answer.text()).trace_id, parent)
  t.strictSame(await server.end(), ['@opentelemetry/api'])
  t.equal(collected.connections, 0)
  t.notOk(server.lines().some((line) => 'span_id' in line))
})

t.test('a collector that is dead holds neither requests nor the end', async (t) => {
  const collected = await collector(t, { dead: true })
  const server = await start(t, collected, {
    HYPERFLEET_TRACING_ENABLED: 'true',
    OTEL_BSP_SCHEDULE_DELAY: '10',
    HYPERFLEET_HEALTH_SHUTDOWN_TIMEOUT: '1s',
  })
  t.equal((await create(server.api, 'one')).status, 201)
  for (let n = 0; n < 20; n++) t.equal((await fetch(`${server.api}${base}/clusters`)).status, 200)
  const began = Date.now()
  await server.end()
  t.equal(server.child.exitCode, 0)
  t.ok(collected.connections > 0, 'it was called')
  // The time limit of an export is 10 s.
  t.ok(Date.now() - began < 9000, `${Date.now() - began} ms`)
})

t.test('what OpenTelemetry complains of is in the log', async (t) => {
  const collected = await collector(t)
  const broken = { HYPERFLEET_TRACING_ENABLED: 'true', OTEL_EXPORTER_OTLP_ENDPOINT: 'no url' }
  const server = await start(t, collected, broken)
  await server.end()
  t.match(server.lines()[0], { level: 'warn', message: /^tracing: .*'no url'/ })
})

t.test('all of what OpenTelemetry says is in the log, not only the first part', async (t) => {
  const collected = await collector(t, {
    answer: JSON.stringify({ partialSuccess: { rejectedSpans: '1', errorMessage: 'over quota' } }),
  })
  const server = await start(t, collected, {
    HYPERFLEET_TRACING_ENABLED: 'true',
    OTEL_BSP_SCHEDULE_DELAY: '10',
  })
  t.equal((await create(server.api, 'one')).status, 201)
  await server.end()
  const warnings = server.lines().filter(({ level }) => level === 'warn')
  t.ok(warnings.length)
  for (const { message } of warnings)
    t.match(message, /^tracing: Received Partial Success response: .*over quota/)
})
