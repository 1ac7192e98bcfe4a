/** A statement that nobody waits for any more: how it is cancelled, and its connection closed, seen from the other side. */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import type { FastifyBaseLogger } from 'fastify'
import pg from 'pg'
import { pino } from 'pino'
import t, { type Test } from 'tap'
import { abandon, type Cancellable } from '../../server/db/connection.ts'
import { application, base } from '../application.ts'
import { createDatabase } from '../databases.ts'
import { openSession, untilNoneWaits, untilWaiting } from '../sessions.ts'

/** The code of a CancelRequest, in the place where others have the version of the protocol. */
const CANCEL_REQUEST = (1234 << 16) | 5678

/**
 * The other side of the protocol: passes connections on to PostgreSQL, but keeps cancel requests, open and unanswered,
 * as a pooler may that has no server connection to spare.
 */
async function openListener(t: Test, url: string) {
  const { hostname, port } = new URL(url)
  const sockets = new Set<Socket>()
  const requests: { socket: Socket; bytes: Buffer; isEnded: boolean; ended: Promise<unknown> }[] = []
  const clients: { socket: Socket; answered: number }[] = []
  const server = createServer({ allowHalfOpen: true }, (near) => {
    sockets.add(near.on('error', () => {}))
    near.once('data', (first: Buffer) => {
      if (first.readInt32BE(4) === CANCEL_REQUEST) {
        const request = { socket: near, bytes: first, isEnded: false, ended: once(near, 'end') }
        near.on('data', (more) => {
          request.bytes = Buffer.concat([request.bytes, more])
        })
        request.ended.then(() => {
          request.isEnded = true
        })
        requests.push(request)
        return
      }
      const client = { socket: near, answered: 0 }
      clients.push(client)
      const far = connect(Number(port), hostname)
      sockets.add(far.on('error', () => {}))
      far.on('data', (bytes) => {
        client.answered += bytes.length
      })
      far.write(first)
      near.pipe(far)
      far.pipe(near)
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  const by = new URL(url)
  by.port = String((server.address() as AddressInfo).port)
  return { url: by.href, requests, clients }
}

const turns = async (count: number) => {
  for (let turn = 0; turn < count; turn++) await new Promise(setImmediate)
}

t.test(
  'a cancel request stays open until the other side closes it; then the connection is closed',
  async (t) => {
    const env = { HYPERFLEET_DATABASE_POOL_MAX_CONNECTIONS: '1' }
    const url = await createDatabase(env)
    const listener = await openListener(t, url)
    const { app, call } = await application(t, env, listener.url)
    await app.listen({ host: '127.0.0.1', port: 0 })
    const { body: cluster } = await call('POST', 'clusters', { kind: 'Cluster', name: 'held', spec: {} })
    const session = await openSession(t, url)
    await session.query('begin')
    await session.query('select from resources where id = $1 for update', [cluster.id])

    const caller = connect((app.server.address() as AddressInfo).port, '127.0.0.1')
    const body = '{"labels":{"a":"b"}}'
    caller.write(
      `PATCH ${base}/clusters/${cluster.id} HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    )
    await untilWaiting(session, 1)
    const [client] = listener.clients
    if (!client) throw new Error('the server has no connection')
    const { answered } = client
    const closing = once(client.socket, 'end')
    caller.destroy()
    while (!listener.requests.length) await turns(1)
    const [request] = listener.requests
    if (!request) throw new Error('no cancel request came')

    await turns(50)
    t.equal(request.isEnded, false, 'our side keeps it open')
    t.equal(
      client.socket.readableEnded,
      false,
      'and the connection meanwhile, so that a pooler knows what to cancel',
    )
    t.equal(request.bytes.length, 16)
    request.socket.end()
    await request.ended
    await closing
    t.equal(client.answered, answered, 'the connection is closed although its statement still waits')
    await untilWaiting(session, 1)
    t.equal(listener.requests.length, 1)
    t.equal((await call('GET', cluster.href)).status, 200, 'the next request has a connection')
  },
)

t.test('the other side is not waited for without end', async (t) => {
  const listener = await openListener(t, await createDatabase())
  const client = new pg.Client({ connectionString: listener.url })
  await client.connect()
  const statement = t.rejects(client.query('select pg_sleep(100)'), { message: 'Connection terminated' })
  await abandon(client as never as Cancellable, 50)
  await statement
  t.equal(listener.requests.length, 1)
})

t.test('an aborted request is no error of the server, in whatever step it waits', async (t) => {
  const url = await createDatabase()
  const lines: string[] = []
  const logger = pino({ level: 'error' }, { write: (line: string) => lines.push(line) })
  const { app, call } = await application(t, {}, url, logger as never as FastifyBaseLogger)
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { body: cluster } = await call('POST', 'clusters', { kind: 'Cluster', name: 'held', spec: {} })
  const session = await openSession(t, url)
  const requests = [
    `GET ${base}/clusters/${cluster.id}`,
    // The kind is looked up before the handler.
    `GET ${base}/resources/${cluster.id}`,
    `DELETE ${base}/resources/${cluster.id}?dry_run=true`,
  ]
  for (const request of requests) {
    await session.query('begin')
    await session.query('lock table resources in access exclusive mode')
    const caller = connect((app.server.address() as AddressInfo).port, '127.0.0.1')
    caller.write(`${request} HTTP/1.1\r\nhost: a\r\n\r\n`)
    await untilWaiting(session, 1)
    caller.destroy()
    await untilNoneWaits(session)
    await session.query('rollback')
    t.equal((await call('GET', `clusters/${cluster.id}`)).status, 200)
    t.strictSame(lines, [], request)
  }
})
