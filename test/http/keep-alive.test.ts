/** How long connections are kept on which nothing is asked: after an answer, before a first request, before a handshake. */
import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect as connectTls } from 'node:tls'
import t from 'tap'
import { base } from '../application.ts'
import {
  createCertificate,
  type Listeners,
  listenerNames,
  openListeners,
  received,
  secured,
} from '../listeners.ts'
import { temporaryFolder } from '../processes.ts'

const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: here\r\n\r\n`
/** Limits that are shorter than what the server allows by default, in the order that they must have. */
const short = {
  HYPERFLEET_DATABASE_POOL_STATEMENT_TIMEOUT: '500ms',
  HYPERFLEET_SERVER_TIMEOUTS_REQUEST: '700ms',
  HYPERFLEET_SERVER_TIMEOUTS_WRITE: '1s',
}

t.test('a connection is kept for a minute and more, and says so', async (t) => {
  const { ports } = await openListeners(t)
  for (const name of listenerNames) {
    const socket = connect(ports[name], '127.0.0.1')
    socket.write(get('/nowhere'))
    const [answer] = await once(socket, 'data')
    t.match(String(answer), /keep-alive: timeout=75\r\n/i, name)
    socket.destroy()
  }
})

t.test('how long a connection is kept is a setting of its own', async (t) => {
  const { ports } = await openListeners(t, {
    HYPERFLEET_SERVER_TIMEOUTS_KEEP_ALIVE: '1s',
    HYPERFLEET_SERVER_TIMEOUTS_WRITE: '1h',
  })
  await Promise.all(
    listenerNames.map(async (name) => {
      const socket = connect(ports[name], '127.0.0.1')
      socket.write(get('/nowhere'))
      t.match(await received(socket), /^HTTP\/1.1 404/, name)
    }),
  )
})

t.test('an idle connection outlives the limit for slow readers', async (t) => {
  const { ports, call } = await openListeners(t, { ...short, HYPERFLEET_SERVER_TIMEOUTS_KEEP_ALIVE: '1h' })
  const spec = { a: 'x'.repeat(100_000) }
  const { body: large } = await call('POST', 'clusters', { kind: 'Cluster', name: 'large', spec })
  const { body: small } = await call('POST', 'clusters', { kind: 'Cluster', name: 'small', spec: {} })
  await Promise.all(
    [
      [ports.api, small.href],
      [ports.api, large.href],
      [ports.health, '/healthz'],
      [ports.metrics, '/metrics'],
    ].map(async ([port, path]) => {
      const socket = connect(port, '127.0.0.1')
      let isClosed = false
      socket.on('close', () => {
        isClosed = true
      })
      socket.on('data', () => {})
      socket.write(get(path))
      await once(socket, 'data')
      // Longer than the limit, and than it is looked whether a connection is silent.
      await sleep(7000)
      t.notOk(isClosed, `${path}: the connection is there`)
      socket.write(get(path))
      const [answer] = await once(socket, 'data')
      t.match(String(answer), /^HTTP\/1.1 200/, path)
      socket.destroy()
    }),
  )
})

/** What has been counted of requests, and told of them, since the start. */
async function told({ metrics, lines }: Pick<Listeners, 'metrics' | 'lines'>) {
  const { values } = (await metrics.registry.getSingleMetric('hyperfleet_api_requests_total')?.get()) ?? {}
  return { counted: values, lines }
}

const nothing = { counted: [], lines: [] }

t.test('a connection that never says anything is closed without a word', async (t) => {
  const opened = await openListeners(t, { HYPERFLEET_SERVER_TIMEOUTS_READ: '1s' })
  await Promise.all(
    listenerNames.map(async (name) => {
      const probe = connect(opened.ports[name], '127.0.0.1')
      await once(probe, 'connect')
      probe.end()
      t.equal(await received(probe), '', `${name}: one that connects and goes`)
      t.equal(await received(connect(opened.ports[name], '127.0.0.1')), '', `${name}: one that stays`)
    }),
  )
  t.strictSame(await told(opened), nothing)
})

t.test('so is a connection of TLS, before and after its handshake', async (t) => {
  const folder = await temporaryFolder(t)
  const certificate = createCertificate(folder, 'quiet')
  const opened = await openListeners(t, { ...secured(certificate), HYPERFLEET_SERVER_TIMEOUTS_READ: '1s' })
  await Promise.all(
    listenerNames.map(async (name) => {
      const port = opened.ports[name]
      t.equal(await received(connect(port, '127.0.0.1')), '', `${name}: no handshake`)
      const probe = connect(port, '127.0.0.1')
      await once(probe, 'connect')
      probe.end()
      t.equal(await received(probe), '', `${name}: one that connects and goes`)
      const half = connect(port, '127.0.0.1')
      // The head of a record that never comes.
      half.write(Buffer.from([22, 3, 1, 2, 0, 1]))
      t.equal(await received(half), '', `${name}: half a handshake`)
      const secure = connectTls({ port, host: '127.0.0.1', ca: certificate.ca })
      await once(secure, 'secureConnect')
      t.equal(await received(secure), '', `${name}: a handshake, and no request`)
      const stranger = connectTls({ port, host: '127.0.0.1' })
      await once(stranger, 'error')
      t.pass(`${name}: one that does not trust the certificate`)
    }),
  )
  t.strictSame(await told(opened), nothing)
})

t.test('one that has said something is told that it is too slow', async (t) => {
  const opened = await openListeners(t, { HYPERFLEET_SERVER_TIMEOUTS_READ: '1s' })
  for (const name of listenerNames) {
    const socket = connect(opened.ports[name], '127.0.0.1')
    socket.write(`GET ${base}/clusters HTTP/1.1\r\n`)
    t.match(await received(socket), /^HTTP\/1.1 408 /, name)
  }
  const { counted, lines } = await told(opened)
  t.match(counted, [{ labels: { code: 408 }, value: 3 }])
  t.equal(lines.length, 3)
})

t.test('a connection of TLS that never ends its handshake does not hold up a shutdown', async (t) => {
  const folder = await temporaryFolder(t)
  const { listeners, ports } = await openListeners(t, {
    ...secured(createCertificate(folder, 'slow')),
    HYPERFLEET_SERVER_TIMEOUTS_READ: '1h',
    HYPERFLEET_HEALTH_SHUTDOWN_TIMEOUT: '1s',
  })
  const half = connect(ports.api, '127.0.0.1')
  await once(half, 'connect')
  half.write(Buffer.from([22, 3, 1, 2, 0, 1]))
  const ended = received(half)
  await listeners.api.close()
  t.equal(await ended, '')
})
