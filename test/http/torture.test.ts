/** What no client means to send, on real sockets: each answer is what it should be, and others are served meanwhile. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import Fastify from 'fastify'
import t, { type Test } from 'tap'
import { boundAnswers } from '../../server/http/response-buffer.ts'
import { application, base } from '../application.ts'
import { checkAnswer } from '../document-check.ts'
import { root } from '../processes.ts'
import { printable, seed, tried } from '../random.ts'

const RUNS = Number(process.env.RUNS ?? 200)
const SLOW = Number(process.env.SLOW ?? 1000)
const DEAF = Number(process.env.DEAF ?? 20)

async function listening(t: Test, env: Record<string, string> = {}) {
  const { app, call, database } = await application(t, env)
  await app.listen({ host: '127.0.0.1', port: 0 })
  return { app, call, database, port: (app.server.address() as AddressInfo).port }
}

/** Sends bytes, the last of which ask for an end of the connection; returns all answers, each with its status and text. */
async function exchange(port: number, parts: (string | Buffer)[]) {
  const socket = connect(port, '127.0.0.1')
  const chunks: Buffer[] = []
  socket.on('data', (chunk) => chunks.push(chunk))
  socket.on('error', () => {})
  const closed = once(socket, 'close')
  await once(socket, 'connect')
  // Each part is a packet of its own.
  socket.setNoDelay(true)
  for (const part of parts) await new Promise((resolve) => socket.write(part, resolve))
  await closed
  return answersIn(Buffer.concat(chunks))
}

interface Answer {
  status: number
  headers: Record<string, string>
  text: string
}

function answersIn(bytes: Buffer): Answer[] {
  const answers: Answer[] = []
  for (let rest = bytes; rest.length; ) {
    const end = rest.indexOf('\r\n\r\n')
    const [line = '', ...fields] = rest.subarray(0, end).toString('latin1').split('\r\n')
    const headers = Object.fromEntries(
      fields.map((field) => {
        const [name = '', ...value] = field.split(': ')
        return [name.toLowerCase(), value.join(': ')]
      }),
    )
    const length = Number(headers['content-length'] ?? 0)
    answers.push({
      status: Number(line.split(' ')[1]),
      headers,
      text: rest.subarray(end + 4, end + 4 + length).toString(),
    })
    rest = rest.subarray(end + 4 + length)
  }
  return answers
}

const head = (method: string, path: string, headers: string[], length?: number) =>
  [
    `${method} ${path} HTTP/1.1`,
    'Host: here',
    ...headers,
    ...(length === undefined ? [] : ['Content-Type: application/json', `Content-Length: ${length}`]),
    '',
    '',
  ].join('\r\n')

/** Checks an answer against the document. */
function conforms(
  method: string,
  path: string,
  answer: { status: number; headers: Record<string, string>; text: string },
) {
  const isJson = /json/.test(answer.headers['content-type'] ?? '') && answer.text
  // Refused before it is known what is asked for; declared for all routes at once.
  if (answer.status === 431) return
  checkAnswer(method, path, { ...answer, body: isJson ? JSON.parse(answer.text) : undefined })
}

/** JSON texts that are hard to read, each with whether it may be kept; else with what the problem names, where it is more than the body. */
const texts: [string, string, boolean | string][] = [
  ['100 levels', `${'{"a":'.repeat(99)}{}${'}'.repeat(99)}`, true],
  ['101 levels', `${'{"a":'.repeat(100)}{}${'}'.repeat(100)}`, false],
  ['100,000 levels', `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, false],
  ['100,000 levels without an end', `{"a":${'['.repeat(100_000)}}`, false],
  ['a name twice', '{"a":1,"a":2}', true],
  ['a huge integer', `{"a":${'9'.repeat(400)}}`, false],
  ['1e400', '{"a":1e400}', 'spec.a'],
  ['-1e400', '{"a":-1e400}', 'spec.a'],
  ['1e-400', '{"a":1e-400}', false],
  ['1e308', '{"a":1e308}', true],
  ['5e-324', '{"a":5e-324}', true],
  ['-0', '{"a":-0}', true],
  ['-0.0e5', '{"a":-0.0e5}', true],
  ['2^53+1', '{"a":9007199254740993}', true],
  ['an exponent that overflows', '{"a":1e99999999999999999999}', false],
  ['0e99999999999999999999', '{"a":0e99999999999999999999}', false],
  ['a lone high surrogate', '{"a":"\\ud800"}', 'spec.a'],
  ['a lone low surrogate', '{"\\udc00":1}', false],
  ['a pair', '{"a":"\\ud83d\\ude00"}', true],
  ['NUL', '{"a":"\\u0000"}', 'spec.a'],
  ['NUL in a name', '{"\\u0000":1}', 'spec.\0'],
  ['control characters, escaped', '{"a":"\\u0001\\u001f\\u007f\\u0085\\u2028"}', true],
  ['a control character as it is', '{"a":"\u0001"}', false],
  ['__proto__', '{"__proto__":{"a":1}}', 'spec.__proto__'],
  ['__proto__, escaped', '{"__pr\\u006fto__":{"a":1}}', 'spec.__proto__'],
  ['constructor', '{"constructor":{"prototype":{"a":1}}}', true],
  ['an empty name', '{"":{"":{"":1}}}', true],
  ['a name with dots and quotes', '{"a.b\\"c\'d$e/f~g":1}', true],
  ['NaN', '{"a":NaN}', false],
  ['+1', '{"a":+1}', false],
  ['01', '{"a":01}', false],
  ['a comment', '{/**/}', false],
  ['single quotes', "{'a':1}", false],
]

t.test('JSON that is hard to read', async (t) => {
  const { port } = await listening(t)
  const path = `${base}/clusters`
  const create = async (body: Buffer) => {
    const [answer, ...more] = await exchange(port, [
      head('POST', path, ['Connection: close'], body.length),
      body,
    ])
    if (!answer || more.length) throw new Error(`${more.length} answers more`)
    return answer
  }
  for (const [index, [title, spec, kept]] of texts.entries()) {
    const isKept = kept === true
    const answer = await create(Buffer.from(`{"kind":"Cluster","name":"hard-${index}","spec":${spec}}`))
    conforms('POST', path, answer)
    t.equal(answer.status, isKept ? 201 : 400, `${title}: ${printable(answer.text.slice(0, 200))}`)
    if (typeof kept === 'string')
      t.equal(JSON.parse(answer.text).errors[0].field, kept, `${title}, by its name`)
    if (isKept) t.equal(JSON.stringify(JSON.parse(answer.text).spec), JSON.stringify(JSON.parse(spec)), title)
  }
  const whole = Buffer.from('{"kind":"Cluster","name":"marked","spec":{}}')
  const withMark = await create(Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), whole]))
  t.equal(withMark.status, 201, 'a byte order mark is passed over')
})

const value = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    ',',
    '"',
    '"1"',
    '*',
    '"1',
    'W/',
    'W/""',
    '"1","2"',
    '*, *',
    '"\\"',
    '\t',
    '00-0-0-0',
    '0',
    '-1',
    'null',
    'close',
  ),
  fc.constantFrom('a'.repeat(256), 'a'.repeat(8000), '"'.repeat(1000), ','.repeat(1024)),
  fc.constantFrom(
    '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    '00-00000000000000000000000000000000-0000000000000000-01',
    'ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-x',
  ),
  fc.constantFrom(
    'é',
    '\u00ff\u00fe',
    '/*',
    'application/json;q=x',
    'text/html',
    'gzip;q=0',
    'identity;q=0, *;q=0',
    "' or 1=1",
    '{jndi:x}',
    '%0d%0aX: y',
  ),
  fc.string({ unit: 'grapheme-ascii', maxLength: 60 }),
)
const name = fc.constantFrom(
  'If-Match',
  'If-None-Match',
  'Idempotency-Key',
  'traceparent',
  'tracestate',
  'X-Request-ID',
  'Accept',
  'Accept-Encoding',
  'Accept-Charset',
  'Authorization',
  'Cookie',
  'Origin',
  'Range',
  'If-Modified-Since',
  'Expect',
  'X-Forwarded-For',
  'Forwarded',
  'X-HTTP-Method-Override',
  'TE',
  'Via',
)

t.test('headers that make no sense', async (t) => {
  t.comment(`SEED=${seed}`)
  const { port, call } = await listening(t)
  const { body: cluster } = await call('POST', 'clusters', { kind: 'Cluster', name: 'one', spec: {} })
  const asked = fc.constantFrom<[string, string, string | undefined]>(
    ['GET', `${base}/clusters`, undefined],
    ['GET', cluster.href, undefined],
    ['PATCH', cluster.href, '{"labels":{"a":"b"}}'],
    ['POST', `${base}/clusters`, '{"kind":"Cluster","name":"one","spec":{}}'],
    ['DELETE', `${base}/nodepools/x`, undefined],
  )
  const statuses: Record<number, number> = {}
  const property = fc.asyncProperty(
    asked,
    fc.array(fc.tuple(name, value), { maxLength: 6 }),
    async ([method, path, body], headers) => {
      const lines = headers.map(([each, text]) => `${each}: ${text}`)
      const bytes = Buffer.from(
        head(method, path, ['Connection: close', ...lines], body?.length) + (body ?? ''),
        'latin1',
      )
      const answers = await exchange(port, [bytes])
      if (answers.length !== 1) throw new Error(`${answers.length} answers`)
      for (const answer of answers) {
        statuses[answer.status] = (statuses[answer.status] ?? 0) + 1
        if (answer.status >= 500) throw new Error(`${answer.status} ${answer.text}`)
        if (!/^[\w.:/+=-]{1,128}$/.test(answer.headers['x-request-id'] ?? ''))
          throw new Error('no sane X-Request-ID')
        conforms(method, path, answer)
      }
    },
  )
  const { failed, counterexample, errorInstance } = await fc.check(property, { seed, numRuns: RUNS })
  if (failed) t.comment(printable(`${JSON.stringify(counterexample)} ${errorInstance}`).slice(0, 4000))
  tried(t, 'requests with odd headers', { count: RUNS, answers: statuses })
  t.notOk(failed, 'each is answered as the document says')
})

t.test('requests one behind the other, cut anywhere', async (t) => {
  const { port, call } = await listening(t)
  const bodyOf = (index: number) => `{"kind":"Cluster","name":"pipe-${index}","spec":{"n":${index}}}`
  const post = (index: number) => head('POST', `${base}/clusters`, [], bodyOf(index).length) + bodyOf(index)
  const last = head('GET', `${base}/clusters?size=1`, ['Connection: close'])
  const cut = fc.asyncProperty(fc.array(fc.nat(999), { maxLength: 12 }), async (places) => {
    const { body } = await call('GET', 'clusters?size=500')
    for (const { href } of body.items as { href: string }[]) await call('DELETE', href)
    const bytes = Buffer.from([0, 1, 2, 3].map(post).join('') + last)
    const ends = [...new Set(places.map((place) => place % bytes.length))].sort((a, b) => a - b)
    const parts = [...ends, bytes.length].map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end))
    const answers = await exchange(
      port,
      parts.filter(({ length }) => length),
    )
    const seen = answers.map(({ status, text }) => [status, JSON.parse(text).name])
    if (JSON.stringify(seen) !== '[[201,"pipe-0"],[201,"pipe-1"],[201,"pipe-2"],[201,"pipe-3"],[200,null]]')
      throw new Error(JSON.stringify(seen))
  })
  const { failed, counterexample, errorInstance } = await fc.check(cut, {
    seed,
    numRuns: Math.ceil(RUNS / 10),
  })
  if (failed) t.comment(printable(`${JSON.stringify(counterexample)} ${errorInstance}`).slice(0, 4000))
  tried(t, 'requests cut into pieces', { count: 5 * Math.ceil(RUNS / 10) })
  t.notOk(failed, 'all are answered, in order')
})

/** Starts many bad callers; resolves when they have said what they say. `line` is what they print next. */
async function crowd(t: Test, port: number, count: number, ...manner: string[]) {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', 'test/http/crowd.ts', String(port), String(count), ...manner],
    { cwd: root, stdio: ['pipe', 'pipe', 'inherit'] },
  )
  t.teardown(() => child.kill())
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const line = async () => String((await lines.next()).value)
  const [, connected = ''] = /^connected (\d+)$/.exec(await line()) ?? []
  if (connected !== String(count)) t.comment(`this machine gives no more than ${connected} connections`)
  return { child, connected: Number(connected), line }
}

t.test('many who connect and say half a request do not stop the others', async (t) => {
  const { port, call } = await listening(t)
  const { connected, line } = await crowd(t, port, SLOW, 'half')
  t.ok(connected > 100, `${connected} say half a request`)
  const path = `${base}/clusters?size=1`
  const [answer] = await exchange(port, [head('GET', path, ['Connection: close'])])
  t.equal(answer?.status, 200, 'another one is answered')
  t.equal((await call('POST', 'clusters', { kind: 'Cluster', name: 'meanwhile', spec: {} })).status, 201)
  t.equal(await line(), `closed ${connected}, whole 0`, 'and all of them are shown out')
  tried(t, 'slow connections', { count: connected })
})

/** A server with clusters whose list is 10 MB, and that ends no connection for being silent. */
async function listeningWithMuch(t: Test) {
  const { app, database, ...more } = await listening(t, {
    HYPERFLEET_SERVER_TIMEOUTS_WRITE: '1h',
    HYPERFLEET_SERVER_UNSENT_LIMIT: '32MiB',
    // Less than is asked for at once waits for the database.
    HYPERFLEET_DATABASE_POOL_MAX_CONNECTIONS: '2',
  })
  const spec = { a: 'x'.repeat(1_000_000) }
  for (let index = 0; index < 10; index++)
    await more.call('POST', 'clusters', { kind: 'Cluster', name: `large-${index}`, spec })
  let lists = 0
  const { observe } = database
  database.observe = (query, ...how) => {
    if (query === 'list_unfiltered_resources') lists++
    observe(query, ...how)
  }
  const responses: ServerResponse[] = []
  app.server.on('request', (_request: IncomingMessage, response: ServerResponse) => responses.push(response))
  const answered = () => responses.filter(({ headersSent }) => headersSent).length
  const connections = () =>
    new Promise<number>((resolve) => app.server.getConnections((_, count) => resolve(count)))
  return { ...more, answered, connections, lists: () => lists }
}

const large = `${base}/clusters?size=10`

t.test('of those who do not read their answers, few are waited for', async (t) => {
  const { port, answered } = await listeningWithMuch(t)
  const { child, connected, line } = await crowd(t, port, DEAF, 'deaf', large)
  while (answered() < connected) await new Promise(setImmediate)
  let answer: Answer | undefined
  while (answer?.status !== 200) [answer] = await exchange(port, [head('GET', large, ['Connection: close'])])
  t.equal(answer.text.length, Number(answer.headers['content-length']), 'one who reads gets all of it')
  child.stdin.write('\n')
  const [, whole] = /whole (\d+)$/.exec(await line()) ?? []
  const cut = connected - Number(whole)
  // As those are cut off who do not read, there is room for some others.
  t.ok(cut > 0 && cut <= connected / 2, `${cut} of ${connected} were waited for; the others are told 503`)
  tried(t, 'deaf readers', { count: connected })
})

t.test('who reads is never cut off, however slowly, and however much waits', async (t) => {
  const { port } = await listeningWithMuch(t)
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  socket.write(head('GET', `${large}&page=1`, ['Connection: close']))
  const chunks: Buffer[] = []
  socket.pause()
  await once(socket, 'readable')
  let isCrowded = false
  const others = crowd(t, port, 4, 'deaf', large).finally(() => {
    isCrowded = true
  })
  // So slowly that the socket of the server takes more of the answer only every few seconds: 200 kB a second, also where this
  // process runs late.
  const began = performance.now()
  for (let taken = 0; !isCrowded || taken < 2_400_000; await sleep(80)) {
    const due = Math.floor(200 * (performance.now() - began)) - taken
    // Of nothing, more is asked for.
    const chunk: Buffer | null = socket.read(Math.min(due, socket.readableLength))
    if (!chunk) continue
    chunks.push(chunk)
    taken += chunk.length
  }
  // A tenth of it, and then a pause that is shorter than what is waited for.
  for await (const chunk of socket) {
    const before = Math.floor(Buffer.concat(chunks).length / 1e6)
    chunks.push(chunk)
    if (Math.floor(Buffer.concat(chunks).length / 1e6) > before) await sleep(300)
  }
  const [answer] = answersIn(Buffer.concat(chunks))
  t.equal(answer?.status, 200)
  t.equal(answer?.text.length, Number(answer?.headers['content-length']))
  const { child } = await others
  child.kill()
})

t.test('one who asks again and again, and does not read, is cut off', async (t) => {
  const { port, answered, connections, lists } = await listeningWithMuch(t)
  const socket = connect(port, '127.0.0.1').pause()
  socket.on('error', () => {})
  await once(socket, 'connect')
  socket.write(head('GET', large, []).repeat(20))
  while (!answered()) await new Promise(setImmediate)
  // What it holds may leave room for one other. Several at a time need more, and are told 503 until it is cut off.
  const ask = () => exchange(port, [head('GET', large, ['Connection: close'])])
  do {
    await Promise.all([ask(), ask(), ask()])
  } while (await connections())
  const [answer] = await ask()
  t.equal(answer?.status, 200, 'then there is room')
  t.pass(`after ${lists()} lists`)
  socket.destroy()
})

t.test('answers that nobody is left for do not count', async (t) => {
  const warnings: string[] = []
  const app = Fastify({ logger: { level: 'warn', stream: { write: (line) => warnings.push(line) } } })
  t.teardown(() => app.close())
  boundAnswers(app, 40_000_000)
  let answers = 0
  app.get('/', async () => 'x'.repeat(5_000_000))
  app.addHook('onSend', async () => {
    answers++
  })
  // Of each address, as of localhost, Fastify has a server of its own.
  await app.listen({ host: 'localhost', port: 0 })
  const addresses = app.addresses() as AddressInfo[]
  for (const { address, port } of addresses)
    for (let round = 0; round < 5; round++) {
      const before = answers
      const socket = connect(port, address)
      await once(socket, 'connect')
      socket.pause().write('GET / HTTP/1.1\r\nHost: here\r\n\r\n'.repeat(3))
      while (answers < before + 3) await new Promise(setImmediate)
      socket.destroy()
      await once(socket, 'close')
    }
  for (const { port } of addresses) {
    const [answer] = await exchange(port, [head('GET', '/', ['Connection: close'])])
    t.equal(answer?.text.length, 5_000_000)
  }
  t.strictSame(warnings, [], 'nobody is cut off')
})
