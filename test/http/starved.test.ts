/** A process that does not run for a while, as on a busy machine: callers that did their part meanwhile are not cut off. */
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { within } from '../../server/lib/timeout.ts'
import { base } from '../application.ts'
import { createDatabase } from '../databases.ts'
import { type Replica, serving, startReplica } from '../processes.ts'

// Each test has a server of its own, and waits most of the time.
t.jobs = 4

/** Longer than every limit below. */
const STOPPED_MS = 5000

const limits = {
  HYPERFLEET_DATABASE_POOL_STATEMENT_TIMEOUT: '2s',
  HYPERFLEET_SERVER_TIMEOUTS_KEEP_ALIVE: '3s',
  HYPERFLEET_SERVER_TIMEOUTS_READ: '2s',
  HYPERFLEET_SERVER_TIMEOUTS_REQUEST: '3s',
  HYPERFLEET_SERVER_TIMEOUTS_WRITE: '4s',
  HYPERFLEET_SERVER_MAX_EVENT_LOOP_DELAY: '1m',
  HYPERFLEET_LOGGING_LEVEL: 'warn',
}

const started = async (t: Test, env: Record<string, string> = {}) =>
  startReplica(t, { ...serving(await createDatabase(env)), ...limits, ...env })

/** The server does not run while `act` is done, and for longer than its limits. */
async function whileStopped({ child }: Replica, act: () => unknown) {
  child.kill('SIGSTOP')
  try {
    while (
      !execFileSync('ps', ['-o', 'stat=', '-p', String(child.pid)], { encoding: 'utf8' }).startsWith('T')
    )
      await sleep(10)
    await act()
    await sleep(STOPPED_MS)
  } finally {
    child.kill('SIGCONT')
  }
}

async function opened({ api }: Replica): Promise<Socket> {
  const { hostname, port } = new URL(api)
  const socket = connect(Number(port), hostname)
  socket.on('error', () => {})
  await once(socket, 'connect')
  return socket
}

/** Reads until there are so many bytes, or the connection ends; returns what came. */
async function read(socket: Socket, bytes = Number.POSITIVE_INFINITY): Promise<string> {
  const chunks: Buffer[] = []
  for (let length = 0; length < bytes && !socket.readableEnded && !socket.destroyed; ) {
    const chunk: Buffer | null = socket.read()
    if (chunk) {
      length += chunk.length
      chunks.push(chunk)
    } else await happens(socket)
  }
  return Buffer.concat(chunks).toString('latin1')
}

/** Waits for something to read, or the end of the connection; with `ms`, not for longer. */
async function happens(socket: Socket, ms?: number) {
  const over = new AbortController()
  const { signal } = over
  const events = ['readable', 'end', 'close'].map((event) => once(socket, event, { signal }))
  const passed = ms === undefined ? [] : [sleep(ms, undefined, { signal })]
  await Promise.race([...events, ...passed])
  over.abort()
  await Promise.allSettled([...events, ...passed])
}

const ask = (method: string, path: string, headers: string[] = []) =>
  [`${method} ${base}/${path} HTTP/1.1`, 'Host: here', ...headers, '', ''].join('\r\n')

/** Creates clusters whose list is so many MB, each with a MB of this text. */
async function createMuch({ api }: Replica, megabytes: number, text = () => 'x'.repeat(1_000_000)) {
  const headers = { 'content-type': 'application/json' }
  for (let index = 0; index < megabytes; index++) {
    const body = JSON.stringify({
      kind: 'Cluster',
      name: `large-${index}`,
      spec: { a: text() },
    })
    const answer = await fetch(`${api}${base}/clusters`, { method: 'POST', headers, body })
    if (answer.status !== 201) throw new Error(await answer.text())
  }
}

t.test('who reads while the server does not run gets all of the answer', async (t) => {
  // Of the second one, more waits than is allowed: silent readers are given less time.
  t.jobs = 2
  const isWhole = async (t: Test, unsent: string) => {
    const server = await started(t, { HYPERFLEET_SERVER_UNSENT_LIMIT: unsent })
    await createMuch(server, 10)
    const socket = await opened(server)
    socket.pause().write(ask('GET', 'clusters?size=10', ['Connection: close']))
    await once(socket, 'readable')
    // At its first look, Node sees that the kernel has taken something.
    await whileStopped(server, () => {})
    await fetch(`${server.api}${base}/clusters?size=1&fields=id`)
    let text = ''
    await whileStopped(server, async () => {
      // All that the kernel has, so that there is room for more.
      for (let chunk = socket.read(); chunk; chunk = await next(socket)) text += chunk.toString('latin1')
    })
    text += await read(socket)
    const length = Number(/content-length: (\d+)/i.exec(text)?.[1])
    t.equal(text.length - text.indexOf('\r\n\r\n') - 4, length)
    t.notMatch(server.output.stdout, /cut off/)
  }
  for (const unsent of ['64MiB', '1MiB']) t.test(`with a limit of ${unsent}`, (t) => isWhole(t, unsent))
})

/** What comes within a moment, if anything does. */
async function next(socket: Socket): Promise<Buffer | null> {
  await happens(socket, 300)
  return socket.read()
}

t.test('the limit of a request does not cut off a compressed answer that has begun', async (t) => {
  const server = await started(t)
  const incompressible = () => randomBytes(500_000).toString('hex')
  await createMuch(server, 10, incompressible)
  const socket = await opened(server)
  socket.pause().write(ask('GET', 'clusters?size=10', ['Connection: close', 'Accept-Encoding: gzip']))
  await once(socket, 'readable')
  // Longer than the request may take, and not as long as a connection may be silent.
  await sleep(3500)
  const text = await read(socket)
  t.match(text.slice(0, 1000), /^HTTP\/1.1 200 [\s\S]*content-encoding: gzip/)
  t.ok(text.endsWith('\r\n0\r\n\r\n'), `whole, with ${text.length} bytes`)
})

t.test('a request that arrives while the server does not run is answered', async (t) => {
  const server = await started(t, {
    HYPERFLEET_SERVER_TIMEOUTS_REQUEST: '1m',
    HYPERFLEET_SERVER_TIMEOUTS_WRITE: '2m',
  })
  const body = '{"kind":"Cluster","name":"late","spec":{}}'
  const head = ask('POST', 'clusters', [
    'Connection: close',
    'Content-Type: application/json',
    `Content-Length: ${body.length}`,
  ])
  const cuts = { 'in its headers': head.slice(0, 30), 'in its body': head + body.slice(0, 10) }
  for (const [where, part] of Object.entries(cuts)) {
    const socket = await opened(server)
    const whole = (head + body).replace('late', where === 'in its body' ? 'body' : 'head')
    socket.write(part)
    // A round trip: by now, the part has been read.
    await fetch(`${server.api}${base}/clusters?size=1`)
    await whileStopped(server, () => socket.write(whole.slice(part.length)))
    t.match(await read(socket), /^HTTP\/1.1 201/, `stopped ${where}`)
  }
  const slow = await opened(server)
  slow.write(head + body.slice(0, 10))
  t.match(await read(slow), /^HTTP\/1.1 408/, 'one that does not arrive is refused as before')
})

t.test('a connection that is used again while the server does not run is kept', async (t) => {
  const server = await started(t)
  const socket = await opened(server)
  const path = 'clusters?size=1'
  socket.write(ask('GET', path))
  t.match(await read(socket, 1), /^HTTP\/1.1 200/)
  await whileStopped(server, () => socket.write(ask('GET', path, ['Connection: close'])))
  t.match(await read(socket), /^HTTP\/1.1 200/)
  const silent = await opened(server)
  silent.write(ask('GET', path))
  await read(silent, 1)
  silent.resume()
  await once(silent, 'close')
  t.pass('one that stays silent is closed')
})

t.test('what has come is not late, however late it is looked at', async (t) => {
  const blocked = new Int32Array(new SharedArrayBuffer(4))
  const block = () => Atomics.wait(blocked, 0, 0, 300)
  const server = createServer((socket) => socket.pipe(socket)).listen(0, '127.0.0.1')
  t.teardown(() => server.close())
  await once(server, 'listening')
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  t.teardown(() => socket.destroy())
  await once(socket, 'connect')
  const echo = once(socket, 'data').then(([chunk]) => String(chunk))
  const answer = within(100, echo, 'late')
  socket.write('there')
  // Nothing runs for longer than the limit, though two steps of it are left to do.
  block()
  t.equal(await answer, 'there')
  t.equal(await within(100, new Promise<string>(() => {}), 'late'), 'late')
})
