/** Operations without a body: one that is sent anyway is passed over, and the connection goes on. */
import { connect } from 'node:net'
import t from 'tap'
import { loadDocument } from '../../server/openapi/document.ts'
import { operationsOf } from '../../server/openapi/operations.ts'
import { base } from '../application.ts'
import { listenerNames, openListeners, received } from '../listeners.ts'

const MiB = 1024 * 1024

/** How a body may come, each with the headers that say so and the bytes. */
const framed = (body: string): Record<string, [headers: string[], bytes: string]> => ({
  'with Content-Length': [[`Content-Length: ${Buffer.byteLength(body)}`], body],
  chunked: [
    ['Transfer-Encoding: chunked'],
    `${Buffer.byteLength(body).toString(16)}\r\n${body}\r\n0\r\n\r\n`,
  ],
})

const types = [
  [],
  ['Content-Type: application/json'],
  ['Content-Type: text/plain'],
  ['Content-Type: nonsense'],
  ['Content-Type: application/json', 'Content-Encoding: gzip'],
]
const bodies = { 'no JSON': '{"a":', 'a little': '{"a":1}', 'more than a body may have': 'x'.repeat(2 * MiB) }

/** A request, and another on the same connection, which ends it. */
const twice = (method: string, path: string, headers: string[], bytes: string) =>
  [`${method} ${path} HTTP/1.1`, 'Host: here', ...headers, '', bytes].join('\r\n') +
  `GET ${base}/compatibility HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n`

/** The statuses of what was received on a connection, those before the last one as well. */
const statuses = (text: string) =>
  [...text.matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, status]) => Number(status))

t.test('each operation without a body passes over one', async (t) => {
  const { ports, call } = await openListeners(t)
  const exchange = async (request: string) => {
    const socket = connect(ports.api, '127.0.0.1')
    socket.write(request)
    return statuses(await received(socket))
  }
  const document = loadDocument()
  const bodiless = operationsOf(document).filter(({ operation }) => !operation.requestBody)
  t.ok(bodiless.some(({ method }) => method === 'DELETE'))
  const asked = bodiless.flatMap(({ method, path }) =>
    (method === 'GET' ? ['GET', 'HEAD'] : [method]).map((each) => [each, path] as const),
  )
  for (const [method, template] of asked) {
    const path = `${base}${template.replace(base, '')}`
      .replace('{kind}', 'Cluster')
      .replace('{generation}', '1')
      .replace(/\{\w+\}/g, '019ad2a5-7d3c-7cc0-8f2e-3c1f5e0a9b11')
    const [expected] = await exchange(twice(method, path, [], ''))
    for (const [what, body] of Object.entries(bodies))
      for (const [how, [framing, bytes]] of Object.entries(framed(body)))
        for (const type of what === 'a little' ? types : types.slice(1, 2)) {
          const sent = await exchange(twice(method, path, [...type, ...framing], bytes))
          t.strictSame(sent, [expected, 200], `${method} ${template} ${what} ${how} ${type}`)
        }
    // A content type alone.
    for (const type of types.slice(1))
      t.strictSame(
        await exchange(twice(method, path, type, '')),
        [expected, 200],
        `${method} ${path} ${type}`,
      )
  }
  const { body: cluster } = await call('POST', 'clusters', { kind: 'Cluster', name: 'one', spec: {} })
  const headers = ['Content-Type: text/plain', 'Content-Length: 3']
  t.strictSame(await exchange(twice('DELETE', cluster.href, headers, 'abc')), [202, 200])
})

t.test('what is not there is not there, whatever the body', async (t) => {
  const { ports } = await openListeners(t)
  for (const name of listenerNames)
    for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
      for (const type of types)
        for (const [how, [framing, bytes]] of Object.entries(framed('x'.repeat(2 * MiB)))) {
          const headers = ['Host: here', 'Connection: close', ...type, ...framing]
          const socket = connect(ports[name], '127.0.0.1')
          socket.write([`${method} /nowhere HTTP/1.1`, ...headers, '', bytes].join('\r\n'))
          const [status] = statuses(await received(socket))
          t.equal(status, 404, `${name}: ${method} ${how} ${type}`)
        }
})

t.test('who asks whether to send it is told to, and answered', async (t) => {
  const { ports } = await openListeners(t)
  for (const method of ['DELETE', 'GET', 'HEAD'])
    for (const [how, [framing, bytes]] of Object.entries(framed('{"a":1}'))) {
      const path = `${base}/clusters/019ad2a5-7d3c-7cc0-8f2e-3c1f5e0a9b11`
      const socket = connect(ports.api, '127.0.0.1')
      const headers = ['Content-Type: text/plain', 'Expect: 100-continue', ...framing]
      socket.write([`${method} ${path} HTTP/1.1`, 'Host: here', ...headers, '', ''].join('\r\n'))
      socket.once('data', () =>
        socket.write(`${bytes}GET ${base}/compatibility HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n`),
      )
      t.strictSame(statuses(await received(socket)), [100, 404, 200], `${method} ${how}`)
    }
})

t.test('a body that never ends is cut off without a second answer', async (t) => {
  const { ports, metrics, lines } = await openListeners(t, { HYPERFLEET_SERVER_TIMEOUTS_READ: '1s' })
  const clusters = `${base}/clusters`
  for (const [method, path, type, status] of [
    ['DELETE', `${clusters}/one`, 'text/plain', 404],
    ['GET', clusters, 'text/plain', 200],
    ['POST', clusters, 'text/plain', 415],
  ] as const) {
    const before = lines.length
    const socket = connect(ports.api, '127.0.0.1')
    const headers = `Host: here\r\nContent-Type: ${type}\r\nContent-Length: 100\r\n\r\n{`
    socket.write(`${method} ${path} HTTP/1.1\r\n${headers}`)
    const text = await received(socket)
    t.strictSame(statuses(text), [status], `${method} ${path}`)
    t.equal(lines.length, before + 1, 'and one line')
  }
  const { values = [] } =
    (await metrics.registry.getSingleMetric('hyperfleet_api_requests_total')?.get()) ?? {}
  t.notOk(
    values.some(({ labels }) => labels.code === 408),
    'it is counted once',
  )
})
