/** A listener on several addresses, as localhost has them: it is one and the same on each, until it has ended. */
import { lookup } from 'node:dns/promises'
import { once } from 'node:events'
import { copyFileSync } from 'node:fs'
import { type AddressInfo, connect } from 'node:net'
import { networkInterfaces } from 'node:os'
import { connect as connectTls } from 'node:tls'
import type { FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import { listen } from '../../server/http/listeners/addresses.ts'
import { application, base } from '../application.ts'
import { createDatabase } from '../databases.ts'
import {
  ask,
  createCertificate,
  type ListenerName,
  openListeners,
  received,
  secured,
  statusOf,
} from '../listeners.ts'
import { temporaryFolder } from '../processes.ts'
import { openSession, untilWaiting } from '../sessions.ts'

/** Two addresses of this machine, as localhost has them where it is of both families. */
const hasIPv6 = Object.values(networkInterfaces())
  .flat()
  .some((each) => each?.address === '::1')
const addresses = ['127.0.0.1', hasIPv6 ? '::1' : '127.0.0.2']

const listening = (t: Test, env: Record<string, string> = {}) => openListeners(t, env, addresses)

/** Each listener on each address. */
const places = (ports: Record<string, number>) =>
  Object.entries(ports).flatMap(([name, port]) => addresses.map((address) => ({ name, port, address })))

t.test('a listener answers alike on all its addresses', async (t) => {
  const { ports } = await listening(t, { HYPERFLEET_SERVER_TIMEOUTS_READ: '1s' })
  for (const { name, port, address } of places(ports)) {
    const head = 'Host: here\r\nConnection: close\r\n'
    for (const [status, bytes] of [
      [400, 'GARBAGE\r\n\r\n'],
      [408, 'GET / HTTP/1.1\r\nHost: he'],
      [431, `GET / HTTP/1.1\r\n${head}X: ${'x'.repeat(66_000)}\r\n\r\n`],
      [404, `GET /nowhere HTTP/1.1\r\n${head}X: ${'x'.repeat(60_000)}\r\n\r\n`],
      [404, `GET /nowhere HTTP/1.1\r\n${head}Expect: a miracle\r\n\r\n`],
    ] as const) {
      const answer = await ask(port, bytes, address)
      t.equal(statusOf(answer), status, `${name} on ${address}: ${bytes.slice(0, 20)}`)
      t.match(answer, /content-type: application\/problem\+json/i)
    }
  }
})

t.test('a certificate that is renewed is shown on all addresses', async (t) => {
  const folder = await temporaryFolder(t)
  const first = createCertificate(folder, 'first')
  const next = createCertificate(folder, 'next')
  const { ports } = await listening(t, secured(first))
  const shown = async (port: number, host: string) => {
    const socket = connectTls({ port, host, rejectUnauthorized: false })
    await once(socket, 'secureConnect')
    const { subject } = socket.getPeerCertificate()
    socket.destroy()
    return String(subject.CN)
  }
  const allShown = async () =>
    [...new Set(await Promise.all(places(ports).map(({ port, address }) => shown(port, address))))].join()
  t.equal(await allShown(), 'first')
  copyFileSync(next.cert, first.cert)
  copyFileSync(next.key, first.key)
  // Files are looked at every two seconds, each by itself.
  let names = 'first'
  for (let look = 0; look < 100 && names !== 'next'; look++) {
    await new Promise((resolve) => setTimeout(resolve, 100))
    names = await allShown()
  }
  t.equal(names, 'next')
})

/** Whether nobody takes connections at an address. */
async function refuses(port: number, address: string): Promise<boolean> {
  const socket = connect(port, address)
  const taken = await Promise.race([
    once(socket, 'connect').then(() => true),
    new Promise<boolean>((resolve) => socket.once('error', () => resolve(false))),
  ]).catch(() => false)
  socket.destroy()
  return !taken
}

const untilRefused = async (port: number, address: string) => {
  while (!(await refuses(port, address))) await new Promise(setImmediate)
}

t.test('a listener that closes drains all its addresses', async (t) => {
  const { listeners, ports, call, url } = await listening(t)
  const { body: cluster } = await call('POST', 'clusters', { kind: 'Cluster', name: 'closing', spec: {} })
  const port = ports.api
  const session = await openSession(t, url)
  await session.query('begin')
  await session.query('select from resources where id = $1 for update', [cluster.id])
  const body = '{"labels":{"a":"b"}}'
  const patch = `PATCH ${cluster.href} HTTP/1.1\r\nHost: here\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`
  const running = addresses.map((address) => ask(port, patch, address))
  await untilWaiting(session, addresses.length)
  let isClosed = false
  const closed = listeners.api.close().then(() => {
    isClosed = true
  })
  for (const address of addresses) await untilRefused(port, address)
  t.notOk(isClosed, 'it waits for what runs')
  await session.query('commit')
  for (const answer of await Promise.all(running)) {
    t.equal(statusOf(answer), 200)
    t.match(answer, /connection: close/i)
  }
  await closed
})

t.test('a listener that closes waits for nobody who asks nothing', async (t) => {
  const { listeners, ports } = await listening(t, { HYPERFLEET_HEALTH_SHUTDOWN_TIMEOUT: '1m' })
  for (const [name, each] of Object.entries(listeners) as [string, FastifyInstance][]) {
    const port = ports[name as ListenerName]
    const silent = addresses.map((address) => connect(port, address))
    const idle = addresses.map((address) => connect(port, address))
    for (const socket of [...silent, ...idle]) await once(socket, 'connect')
    for (const socket of idle) {
      socket.write('GET /nowhere HTTP/1.1\r\nHost: here\r\n\r\n')
      await once(socket, 'data')
    }
    const ended = [...silent, ...idle].map(received)
    await each.close()
    await Promise.all(ended)
    for (const address of addresses) t.ok(await refuses(port, address), `${name} on ${address}`)
  }
})

t.test('a listener that closes cuts off on all addresses what does not end', async (t) => {
  const { listeners, ports } = await listening(t, {
    HYPERFLEET_HEALTH_SHUTDOWN_TIMEOUT: '1s',
    HYPERFLEET_SERVER_TIMEOUTS_READ: '10m',
  })
  for (const [name, each] of Object.entries(listeners) as [string, FastifyInstance][]) {
    const half = addresses.map((address) => connect(ports[name as ListenerName], address))
    for (const socket of half) {
      await once(socket, 'connect')
      socket.write(`POST ${base}/clusters HTTP/1.1\r\nHost: here\r\nContent-Length: 100\r\n\r\n{`)
    }
    const ended = half.map(received)
    // So that it has been read.
    await new Promise((resolve) => setTimeout(resolve, 100))
    await each.close()
    await Promise.all(ended)
    t.pass(name)
  }
})

t.test('a listener that closes lets a request run for as long as the configuration says', async (t) => {
  // Longer than Fastify itself would wait.
  const { listeners, ports } = await listening(t, {
    HYPERFLEET_HEALTH_SHUTDOWN_TIMEOUT: '11s',
    HYPERFLEET_SERVER_TIMEOUTS_READ: '10m',
  })
  const half = connect(ports.health, addresses[0])
  await once(half, 'connect')
  half.write('GET /healthz HTTP/1.1\r\nHost: he')
  const ended = received(half)
  await new Promise((resolve) => setTimeout(resolve, 100))
  await t.resolves(listeners.health.close())
  await ended
})

t.test('localhost is all its addresses', async (t) => {
  const { app } = await application(t)
  const url = await listen(app, { host: 'localhost', port: 0 }, 'server')
  const { hostname, port } = new URL(url)
  t.equal(hostname, 'localhost')
  for (const { address } of await lookup('localhost', { all: true }))
    t.equal(statusOf(await ask(Number(port), 'GARBAGE\r\n\r\n', address)), 400, address)
})

t.test('an address that is taken does not keep a listener from the others', async (t) => {
  const { app } = await application(t, {}, await createDatabase())
  const lines: string[] = []
  app.log.warn = ((message: string) => lines.push(message)) as never
  await listen(app, { host: 'localhost', port: 0 }, 'server', ['127.0.0.1', '192.0.2.250'])
  const { port } = app.server.address() as AddressInfo
  t.equal(statusOf(await ask(port, 'GARBAGE\r\n\r\n', '127.0.0.1')), 400)
  t.match(lines, [/192\.0\.2\.250/])
})
