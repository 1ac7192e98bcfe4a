import { request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import t, { type Test } from 'tap'
import { handlers } from '../../handlers/index.ts'
import { Database } from '../../server/db/database.ts'
import { buildApp } from '../../server/http/app.ts'
import { buildHealthListener } from '../../server/http/listeners/health-listener.ts'
import { buildMetricsListener } from '../../server/http/listeners/metrics-listener.ts'
import { createLogger } from '../../server/observability/logger.ts'
import { createMetrics } from '../../server/observability/metrics.ts'
import { loadDocument } from '../../server/openapi/document.ts'
import { isList, operationsOf, type Parameter, resolve } from '../../server/openapi/operations.ts'
import { application, base, report } from '../application.ts'
import { createDatabase, execute, testConfig } from '../databases.ts'
import { checkAnswer } from '../document-check.ts'

const json = { 'content-type': 'application/json' }
const clusters = `${base}/clusters`
const MiB = 1024 * 1024

interface Reply {
  status: number
  headers: IncomingHttpHeaders
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies freely; problems are checked against the document.
  body: any
  text: string
}

interface Sent {
  body?: string | Buffer
  headers?: Record<string, string>
  chunked?: boolean
}

/** The server on a port of its own, and how to reach it over real sockets. */
async function listening(t: Test, env: Record<string, string> = {}) {
  const { app, ...rest } = await application(t, env)
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  return {
    ...rest,
    url: `http://127.0.0.1:${port}`,
    send: (method: string, path: string, sent: Sent = {}) => send(port, method, path, sent),
    raw: (bytes: string | Buffer) => raw(port, bytes),
  }
}

/** Sends a request over a connection of its own, its path and body as they are. */
function send(port: number, method: string, path: string, { body, headers, chunked }: Sent): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port, method, path, headers, agent: false })
    request.on('error', reject)
    request.on('response', (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () =>
        resolve(parsed(response.statusCode ?? 0, response.headers, Buffer.concat(chunks).toString())),
      )
    })
    if (chunked && body !== undefined) {
      request.write(body)
      request.end()
    } else request.end(body)
  })
}

/** Sends bytes and returns what came back until the server closed, 6 s at the most; undefined for nothing. */
function raw(port: number, bytes: string | Buffer): Promise<Reply | undefined> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes))
    const chunks: Buffer[] = []
    socket.on('data', (chunk) => chunks.push(chunk))
    socket.on('error', () => {})
    const late = setTimeout(() => socket.destroy(), 6000)
    socket.on('close', () => {
      clearTimeout(late)
      const [head = '', text = ''] = Buffer.concat(chunks)
        .toString()
        .split(/\r\n\r\n(.*)/s)
      const [line = '', ...fields] = head.split('\r\n')
      const headers = Object.fromEntries(
        fields.map((field) => [
          field.slice(0, field.indexOf(':')).toLowerCase(),
          field.slice(field.indexOf(':') + 1).trim(),
        ]),
      )
      resolve(chunks.length ? parsed(Number(line.split(' ')[1]), headers, text) : undefined)
    })
  })
}

const parsed = (status: number, headers: IncomingHttpHeaders, text: string): Reply => ({
  status,
  headers,
  text,
  body: /json/.test(headers['content-type'] ?? '') && text ? JSON.parse(text) : undefined,
})

/** Asserts that an answer is a complete problem document of one kind. */
function isProblem(t: Test, answer: Reply | undefined, status: number, code: string, title: string) {
  if (!answer) {
    t.fail(`${title}: there is no answer`)
    return
  }
  t.equal(answer.status, status, `${title}: ${answer.text.slice(0, 300)}`)
  t.equal(answer.headers['content-type'], 'application/problem+json', title)
  t.doesNotThrow(() => checkAnswer('any', '/', { ...answer, status: 400 }), title)
  t.match(
    answer.body,
    {
      type: /^https:\/\/api\.hyperfleet\.io\/errors\/[a-z-]+$/,
      title: /./,
      status,
      detail: /./,
      instance: /^\//,
      code: `HYPERFLEET-${code}`,
      timestamp: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/,
      trace_id: /^[\da-f]{32}$/,
    },
    title,
  )
}

let names = 0
const freshName = () => `bad-${++names}`

/** A cluster to create, with the text of its spec as it is given. */
const withSpec = (spec: string) => `{"kind":"Cluster","name":"${freshName()}","spec":${spec}}`

const nested = (levels: number, innermost = '{}') =>
  '{"a":'.repeat(levels - 1) + innermost + '}'.repeat(levels - 1)

const arrays = (levels: number) => '['.repeat(levels) + ']'.repeat(levels)

t.test('bodies that are no JSON', async (t) => {
  const { send, url } = await listening(t)

  const malformed: Record<string, Sent> = {
    'no body': { headers: json },
    'an empty body': { headers: { ...json, 'content-length': '0' } },
    'an empty body in chunks': { headers: { ...json, 'transfer-encoding': 'chunked' } },
    'white space': { headers: json, body: ' \n' },
    'a broken object': { headers: json, body: '{"kind":"Cluster",' },
    'a trailing comma': { headers: json, body: '{"kind":"Cluster",}' },
    'two values': { headers: json, body: '{} {}' },
    NaN: { headers: json, body: '{"spec":NaN}' },
    'invalid UTF-8': {
      headers: json,
      body: Buffer.concat([
        Buffer.from('{"kind":"Cluster","name":"x'),
        Buffer.from([0xff]),
        Buffer.from('"}'),
      ]),
    },
    'UTF-16': { headers: json, body: Buffer.from('{"kind":"Cluster"}', 'utf16le') },
    'a surrogate in UTF-8': {
      headers: json,
      body: Buffer.concat([
        Buffer.from('{"spec":{"a":"'),
        Buffer.from([0xed, 0xa0, 0x80]),
        Buffer.from('"}}'),
      ]),
    },
  }
  for (const [title, sent] of Object.entries(malformed)) {
    isProblem(t, await send('POST', clusters, sent), 400, 'VAL-006', title)
  }

  for (const value of ['null', '[]', '"text"', '1', 'true']) {
    isProblem(
      t,
      await send('POST', clusters, { headers: json, body: value }),
      400,
      'VAL-000',
      `${value} is no object`,
    )
  }

  const body = withSpec('{}')
  for (const type of ['text/plain', 'application/xml', 'application/x-www-form-urlencoded', 'json', ';']) {
    const answer = await send('POST', clusters, { headers: { 'content-type': type }, body })
    isProblem(t, answer, 415, 'VAL-011', type)
  }
  isProblem(t, await send('POST', clusters, { body }), 415, 'VAL-011', 'no content type')
  isProblem(
    t,
    await send('POST', clusters, { body, chunked: true }),
    415,
    'VAL-011',
    'no content type, in chunks',
  )
  const fetched = await fetch(`${url}${clusters}`, { method: 'POST', body })
  t.equal(fetched.status, 415, 'what fetch sends of itself is text/plain')
  await fetched.text()

  for (const type of [
    'application/json; charset=utf-8',
    'APPLICATION/JSON',
    'application/json;charset=UTF-8',
  ]) {
    const { status } = await send('POST', clusters, {
      headers: { 'content-type': type },
      body: withSpec('{}'),
    })
    t.equal(status, 201, type)
  }
  const chunked = await send('POST', clusters, { headers: json, body: withSpec('{}'), chunked: true })
  t.equal(chunked.status, 201, 'in chunks')
})

t.test('bodies over the limit', async (t) => {
  const { send, url } = await listening(t)
  const large = `{"kind":"Cluster","name":"large","spec":{"a":"${'x'.repeat(2 * MiB)}"}}`

  const counted = await send('POST', clusters, { headers: json, body: large })
  isProblem(t, counted, 413, 'VAL-010', 'with a length')
  t.equal(counted.body?.detail, 'The body is larger than 1048576 bytes')
  const chunked = await send('POST', clusters, { headers: json, body: large, chunked: true })
  isProblem(t, chunked, 413, 'VAL-010', 'in chunks')

  const fetched = await fetch(`${url}${clusters}`, { method: 'POST', headers: json, body: large })
  t.equal(fetched.status, 413, 'by fetch')
  t.match(await fetched.json(), { status: 413, code: 'HYPERFLEET-VAL-010' }, 'by fetch')

  const frame = withSpec('{"a":""}')
  const exact = frame.replace('""', `"${'x'.repeat(MiB - Buffer.byteLength(frame))}"`)
  t.equal((await send('POST', clusters, { headers: json, body: exact })).status, 201, 'exactly 1 MiB')
  isProblem(
    t,
    await send('POST', clusters, { headers: json, body: `${exact} ` }),
    413,
    'VAL-010',
    'one byte more',
  )

  const ended = await send('POST', clusters, {
    headers: { ...json, 'content-length': 'abc' },
    body: '{}',
  }).catch(() => undefined)
  if (ended) isProblem(t, ended, 400, 'VAL-006', 'a length that is no number')
})

t.test('values that cannot be stored', async (t) => {
  const { send, call } = await listening(t)

  const refused: Record<string, string> = {
    'the member __proto__ at the top': `{"kind":"Cluster","name":"${freshName()}","spec":{},"__proto__":{}}`,
    'the member __proto__ in the spec': withSpec('{"a":[{"__proto__":{"polluted":true}}]}'),
    'an escaped __proto__': withSpec('{"\\u005f_proto__":1}'),
    'NUL in a text': withSpec('{"a":"x\\u0000y"}'),
    'NUL in the name of a member': withSpec('{"x\\u0000y":1}'),
    'NUL in a member that is ignored': `{"kind":"Cluster","name":"${freshName()}","spec":{},"id":"\\u0000"}`,
    'NUL in the name of the cluster': '{"kind":"Cluster","name":"a\\u0000bc","spec":{}}',
    'NUL in a label': `{"kind":"Cluster","name":"${freshName()}","spec":{},"labels":{"a":"\\u0000"}}`,
    'a lone surrogate in a text': withSpec('{"a":"\\ud83d"}'),
    'a lone surrogate in a member given twice': withSpec('{"a":"\\ud83d","a":"x"}'),
    'a lone low surrogate': withSpec('{"a":"\\ude00 and more"}'),
    'a lone surrogate in the name of a member': withSpec('{"\\ud83d":1}'),
    '1e400': withSpec('{"a":1e400}'),
    '-1e400': withSpec('{"a":[-1e400]}'),
    '1e-400': withSpec('{"a":1e-400}'),
    '1E+999999999': withSpec('{"a":1E+999999999}'),
    '1e-999999999': withSpec('{"a":1e-999999999}'),
    'a number of 310 digits': withSpec(`{"a":${'9'.repeat(310)}}`),
    '101 levels': withSpec(nested(101)),
    '101 levels of arrays': withSpec(`{"a":${arrays(100)}}`),
    '300,000 levels': withSpec(`{"a":${arrays(300_000)}}`),
    'a name of 54 characters': `{"kind":"Cluster","name":"${'a'.repeat(54)}","spec":{}}`,
    'numbers too long when written out': withSpec(`{"a":[${Array(100_000).fill('1e308').join()}]}`),
    'small numbers too long when written out': withSpec(`{"a":[${Array(100_000).fill('1e-307').join()}]}`),
  }
  for (const [title, body] of Object.entries(refused)) {
    const answer = await send('POST', clusters, { headers: json, body })
    isProblem(t, answer, 400, 'VAL-000', title)
    t.ok(answer.body?.errors?.length > 0, `${title}: all violations are listed`)
  }
  t.equal(({} as Record<string, unknown>).polluted, undefined)
  const long = refused['numbers too long when written out'] as string
  const { body: told } = await send('POST', clusters, { headers: json, body: long })
  t.match(told?.errors, [{ message: 'more than 1048576 digits' }], 'the bound is told')

  const stored: Record<string, string> = {
    '2^53 + 1': '{"a":9007199254740993}',
    '1e308': '{"a":[1e308,-1.7976931348623157e308]}',
    'the smallest double': '{"a":5e-324}',
    'digits like an exponent in a text': '{"a":"1e400","1e-400":{}}',
    '100 levels': nested(100),
    '100 levels of arrays': `{"a":${arrays(99)}}`,
    'a surrogate pair': '{"\\ud83d\\ude00":"\\ud83d\\ude00"}',
    'members named like those of Object': '{"constructor":{"prototype":1},"hasOwnProperty":2,"toString":3}',
  }
  for (const [title, spec] of Object.entries(stored)) {
    const answer = await send('POST', clusters, { headers: json, body: withSpec(spec) })
    t.equal(answer.status, 201, `${title}: ${answer.text.slice(0, 300)}`)
  }

  const { id } = (await call('POST', 'clusters', { kind: 'Cluster', name: 'reported', spec: {} })).body
  const text = JSON.stringify(report('adapter', 1, 'True', 0))
  const reports: Record<string, string> = {
    'NUL in the name of an adapter': text.replace('"adapter":"adapter"', '"adapter":"a\\u0000"'),
    'a lone surrogate in the name of an adapter': text.replace('"adapter":"adapter"', '"adapter":"a\\udc00"'),
    'NUL in a message': text.replace('"status":"True"', '"status":"True","message":"\\u0000"'),
    'NUL in a type': text.replace('"type":"Health"', '"type":"Health"},{"status":"True","type":"\\u0000"'),
    '__proto__ in data': text.replace(/}$/, ',"data":{"__proto__":1}}'),
    '1e400 in data': text.replace(/}$/, ',"data":{"a":1e400}}'),
    '1e400 in metadata': text.replace(/}$/, ',"metadata":{"a":1e400}}'),
    '101 levels in data': text.replace(/}$/, `,"data":${nested(101)}}`),
    '101 levels in metadata': text.replace(/}$/, `,"metadata":${nested(101)}}`),
    'a generation over 32 bits': text.replace('"observed_generation":1', '"observed_generation":2147483648'),
    'a generation of 1e30': text.replace('"observed_generation":1', '"observed_generation":1e30'),
    'a generation of 1.5': text.replace('"observed_generation":1', '"observed_generation":1.5'),
  }
  for (const [title, body] of Object.entries(reports)) {
    const answer = await send('PUT', `${clusters}/${id}/statuses`, { headers: json, body })
    isProblem(t, answer, 400, 'VAL-000', title)
  }
  t.equal((await call('GET', `clusters/${id}/statuses`)).body.total, 0, 'nothing was stored')
  const written = {
    headers: json,
    body: text.replace('"observed_generation":1', '"observed_generation":1.0'),
  }
  t.equal((await send('PUT', `${clusters}/${id}/statuses`, written)).status, 200, 'a generation of 1.0 is 1')
})

t.test('deep nesting where nobody looks', async (t) => {
  const { send, call } = await listening(t)
  const { id } = (await call('POST', 'clusters', { kind: 'Cluster', name: 'deep', spec: {} })).body
  const text = JSON.stringify(report('adapter', 1, 'True', 0))
  const deep = arrays(300_000)

  const creations: Record<string, string> = {
    'a member that only the server sets': `{"kind":"Cluster","name":"deep-1","spec":{},"status":${deep}}`,
    'a member that is given twice': `{"kind":"Cluster","name":"deep-2","spec":${deep},"spec":{}}`,
    'an unknown member': `{"kind":"Cluster","name":"deep-3","spec":{},"other":${deep}}`,
    'a label': `{"kind":"Cluster","name":"deep-4","spec":{},"labels":{"a":${deep}}}`,
    'the whole body': deep,
  }
  for (const [title, body] of Object.entries(creations)) {
    const { status, text } = await send('POST', clusters, { headers: json, body })
    t.ok([201, 400].includes(status), `${title}: ${status} ${text.slice(0, 300)}`)
  }
  const reports: Record<string, string> = {
    'an unknown member of a report': text.replace(/}$/, `,"other":${deep}}`),
    'an unknown member of a condition': text.replace('"type":"Health"', `"type":"Health","other":${deep}`),
    'data that is given twice': text.replace(/}$/, `,"data":${deep},"data":{}}`),
  }
  for (const [title, body] of Object.entries(reports)) {
    const { status, text } = await send('PUT', `${clusters}/${id}/statuses`, { headers: json, body })
    t.ok([200, 400].includes(status), `${title}: ${status} ${text.slice(0, 300)}`)
  }
})

t.test('a great many violations', async (t) => {
  const { send, call } = await listening(t)
  const members = Array.from({ length: 100_000 }, (_, index) => `"${index.toString(36)}":0`).join()

  const began = Date.now()
  const body = `{"kind":"Cluster","name":"many","spec":{},${members}}`
  const answer = await send('POST', clusters, { headers: json, body })
  isProblem(t, answer, 400, 'VAL-000', '100,000 unknown members')
  t.ok(answer.body.errors.length <= 100, 'the list of violations is cut')
  t.ok(answer.text.length < 64 * 1024, 'the answer stays small')
  t.ok(Date.now() - began < 5000, 'in time')

  const nuls = Array(100_000).fill('"\\u0000"').join()
  const storable = await send('POST', clusters, { headers: json, body: withSpec(`{"a":[${nuls}]}`) })
  isProblem(t, storable, 400, 'VAL-000', '100,000 texts that cannot be stored')
  t.ok(storable.body.errors.length <= 100, 'the list of violations is cut')
  t.ok(storable.text.length < 64 * 1024, 'the answer stays small')

  const labels = Array.from({ length: 50_000 }, (_, index) => `"-${index.toString(36)}":"x"`).join()
  const labelled = await send('POST', clusters, {
    headers: json,
    body: `{"kind":"Cluster","name":"many","spec":{},"labels":{${labels}}}`,
  })
  isProblem(t, labelled, 400, 'VAL-000', '50,000 wrong labels')

  const { id } = (await call('POST', 'clusters', { kind: 'Cluster', name: 'many', spec: {} })).body
  const text = JSON.stringify(report('adapter', 1, 'True', 0))
  const reported = await send('PUT', `${clusters}/${id}/statuses`, {
    headers: json,
    body: text.replace(/}$/, `,${members}}`),
  })
  t.equal(reported.status, 200, 'a report with 100,000 unknown members is taken')
})

t.test('a body made to be dear to complain about', async (t) => {
  const { send } = await listening(t)
  const deep = (levels: number, core: string) => `${'['.repeat(levels)}${core}${']'.repeat(levels)}`
  for (const [title, core] of [
    ['one fault very deep', deep(400_000, '"\\u0000"')],
    ['a great many faults very deep', deep(5_000, Array(100_000).fill('"\\u0000"').join())],
  ] as const) {
    const body = `{"kind":"Cluster","name":"${freshName()}","spec":{},"status":${core}}`
    const answer = await send('POST', clusters, { headers: json, body })
    isProblem(t, answer, 400, 'VAL-000', title)
    t.ok(answer.body.errors.length <= 100, `${title}: few violations`)
    t.ok(
      answer.body.errors.every(({ field }: { field: string }) => field.length < 2000),
      `${title}: short paths`,
    )
  }
})

t.test('the files of the page', async (t) => {
  const { send } = await listening(t)
  for (const [path, headers, status, code] of [
    ['/openapi-ui/static/%00', {}, 400, 'VAL-006'],
    ['/openapi-ui/static/..%2f..%2fpackage.json', {}, 404, 'NTF-000'],
    ['/openapi-ui/static/nothing.js', {}, 404, 'NTF-000'],
    ['/openapi-ui/static/index.css', { range: 'bytes=99999999-' }, 416, 'VAL-006'],
  ] as const) {
    const answer = await send('GET', path, { headers: { ...headers } })
    t.equal(answer.status, status, path)
    t.equal(answer.body.code, `HYPERFLEET-${code}`, path)
  }
})

t.test('headers and request lines', async (t) => {
  const { send, raw } = await listening(t)

  const twenty = await send('GET', clusters, { headers: { 'x-large': 'x'.repeat(20 * 1024) } })
  t.equal(twenty.status, 200, '20 KiB of headers')
  const seventy = await raw(
    `GET ${clusters} HTTP/1.1\r\nHost: localhost\r\nX-Large: ${'x'.repeat(70 * 1024)}\r\n\r\n`,
  )
  isProblem(t, seventy, 431, 'VAL-012', '70 KiB of headers')
  const sent = await send('GET', clusters, { headers: { 'x-large': 'x'.repeat(70 * 1024) } })
  isProblem(t, sent, 431, 'VAL-012', '70 KiB of headers by a client')

  for (const line of [
    'GARBAGE',
    'GET',
    'G@T / HTTP/1.1',
    'GET / HTTP/9.9',
    `GET ${clusters} NOPE/1.1`,
    '\0\x01\x02',
  ]) {
    isProblem(t, await raw(`${line}\r\n\r\n`), 400, 'VAL-006', `the line ${JSON.stringify(line)}`)
  }
  isProblem(
    t,
    await raw(`GET ${clusters} HTTP/1.1\r\nHost: localhost\r\nBad Header: 1\r\n\r\n`),
    400,
    'VAL-006',
    'a header that is none',
  )
  isProblem(
    t,
    await raw(
      `POST ${clusters} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    ),
    400,
    'VAL-006',
    'two lengths of one body',
  )
})

t.test('headers that must be sent once, and are', async (t) => {
  const { send, raw } = await listening(t)
  const ask = (...lines: string[]) =>
    raw([`GET ${clusters} HTTP/1.1`, ...lines, 'Connection: close', '', ''].join('\r\n'))
  for (const [what, lines] of Object.entries({
    'two hosts': ['Host: a', 'Host: b'],
    'one host twice': ['Host: a', 'hOST: a'],
    'two hosts, one of them empty': ['Host: a', 'Host:'],
    'no host': [],
    'two hosts in one': ['Host: a, b'],
    'a host with a path': ['Host: a/b'],
    'a host with a user': ['Host: me@a'],
    'a host with a port that is none': ['Host: a:b'],
    'a host with a space': ['Host: a b'],
  })) {
    isProblem(t, await ask(...lines), 400, 'VAL-006', what)
  }
  for (const host of ['a', 'a:', 'A.b-c.example:8000', '127.0.0.1:1', '[::1]:8000', '[::ffff:127.0.0.1]', ''])
    t.equal((await ask(`Host: ${host}`))?.status, 200, `the host ${host}`)
  t.equal((await raw(`GET ${clusters} HTTP/1.0\r\n\r\n`))?.status, 200, 'HTTP/1.0 has none')
  isProblem(
    t,
    await raw(`GET ${clusters} HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n`),
    400,
    'VAL-006',
    'two of 1.0',
  )

  const create = (name: string, ...lines: string[]) => {
    const body = JSON.stringify({ kind: 'Cluster', name, spec: {} })
    const length = `Content-Length: ${body.length}`
    return raw(
      [`POST ${clusters} HTTP/1.1`, 'Host: a', length, 'Connection: close', ...lines, '', body].join('\r\n'),
    )
  }
  const type = 'Content-Type: application/json'
  isProblem(t, await create('types', type, type), 400, 'VAL-006', 'a media type twice')
  isProblem(t, await create('types', type, 'Content-Type: text/plain'), 400, 'VAL-006', 'two media types')
  isProblem(t, await create('types', 'Content-Type: text/plain', type), 400, 'VAL-006', 'in either order')
  const keys = await create('keys', type, 'Idempotency-Key: a', 'Idempotency-Key: b')
  isProblem(t, keys, 400, 'VAL-000', 'two idempotency keys')
  t.match(keys?.body.errors, [{ field: 'idempotency-key', message: 'must be given once' }])
  isProblem(t, await create('lengths', type, 'Content-Length: 1'), 400, 'VAL-006', 'two lengths')
  t.equal((await send('GET', clusters)).body.total, 0, 'nothing was created')
  t.equal(
    (await create('lists', type, 'Accept: a/a', 'Accept: b/b', 'X-Request-ID: a', 'X-Request-ID: b'))?.status,
    201,
  )
  const [cluster] = (await send('GET', clusters)).body.items
  const read = (...lines: string[]) =>
    raw([`GET ${cluster.href} HTTP/1.1`, 'Host: a', 'Connection: close', ...lines, '', ''].join('\r\n'))
  t.equal(
    (await read('If-None-Match: "9"', 'If-None-Match: "1"'))?.status,
    304,
    'lists may be sent in several lines',
  )
})

t.test('a write does not pass over a precondition', async (t) => {
  const { send } = await listening(t)
  const document = loadDocument()
  const made = await send('POST', clusters, {
    headers: json,
    body: '{"kind":"Cluster","name":"guarded","spec":{}}',
  })
  const date = new Date(0).toUTCString()
  const sent = {
    'if-match': '"1"',
    'if-none-match': '*',
    'if-unmodified-since': date,
    'content-range': 'bytes 0-1/2',
  }
  let refused = 0
  for (const { method, path, operation } of operationsOf(document)) {
    const url = path
      .replace('{cluster_id}', made.body.id)
      .replace('{generation}', '1')
      .replaceAll(/\{\w+\}/g, 'x')
    const known = (operation.parameters ?? []).map((parameter) => resolve<Parameter>(document, parameter))
    for (const [name, value] of Object.entries(sent)) {
      if (known.some((each) => each.name.toLowerCase() === name)) continue
      const answer = await send(method, url, {
        headers: { ...(operation.requestBody && json), [name]: value },
        ...(operation.requestBody && { body: '{}' }),
      })
      const title = `${method} ${path} with ${name}`
      if (method === 'GET' || isList(operation)) {
        t.ok([200, 404].includes(answer.status), title)
        continue
      }
      refused++
      isProblem(t, answer, 400, 'VAL-000', title)
      t.match(answer.body.errors, [{ field: name, message: /./ }], title)
    }
  }
  t.ok(refused > 40, `${refused} were refused`)
  const patch = (headers: Record<string, string>) =>
    send('PATCH', made.body.href, { headers: { ...json, ...headers }, body: '{"labels":{"a":"b"}}' })
  const both = await patch({ 'if-match': '"1"', 'if-unmodified-since': date })
  t.equal(both.status, 200, 'an exact precondition is enough')
  t.equal((await patch({ 'if-match': '"1"', 'if-unmodified-since': date })).status, 412)
  for (const name of ['if-modified-since', 'if-range', 'range', 'prefer'])
    t.equal((await patch({ [name]: 'x' })).status, 200, `${name} says nothing of a write`)
})

t.test('paths and parameters', async (t) => {
  const { send } = await listening(t)

  for (const path of ['%ff', '%', '%zz', '%c3%28', '%ed%a0%80'])
    isProblem(t, await send('GET', `${clusters}/${path}`), 400, 'VAL-006', path)
  const ids = [
    'x'.repeat(50_000),
    '%00',
    'a%2Fb',
    "'%20or%20'1'='1",
    '%F0%9F%98%80',
    '..%2f..',
    '__proto__',
    '-1',
  ]
  for (const id of ids) {
    const answer = await send('GET', `${clusters}/${id}`)
    isProblem(t, answer, 404, 'NTF-001', id.slice(0, 20))
    const nested = await send('GET', `${clusters}/${id}/nodepools/${id.slice(0, 5000)}`)
    isProblem(t, nested, 404, 'NTF-001', `${id.slice(0, 20)} as a parent`)
    t.match(nested.body.detail, /^Cluster with id=/)
  }

  const queries = [
    'page=1&page=2',
    'size=1&size=1',
    'pageSize=1&pageSize=1',
    "search=name='a'&search=name='b'",
    'order=name&order=id',
    'orderBy=name&orderBy=name',
    'page=2147483648',
    'size=2147483648',
    'page=99999999999999999999',
    'page=-2147483649',
    'page=1e400',
    'page=Infinity',
    'page=NaN',
    'page=%F0%9F%98%80',
    '__proto__=1',
    'constructor=1',
    'page[]=1',
  ]
  for (const query of queries) isProblem(t, await send('GET', `${clusters}?${query}`), 400, 'VAL-000', query)
  for (const search of ["search=name='%00'", "search=labels.a='%00'", 'search=%ED%A0%80', 'order=%00']) {
    const answer = await send('GET', `${clusters}?${search}`)
    t.equal(answer.status, 400, `${search}: ${answer.text.slice(0, 300)}`)
  }
  const invalid = await send('GET', `${clusters}?search=name='%ff'`)
  t.ok([200, 400].includes(invalid.status), 'a parameter that is no UTF-8')

  const far = await send('GET', `${clusters}?page=2147483647&size=500`)
  t.equal(far.status, 200, 'the last page there can be')
  t.match(far.body, { page: 2147483647, size: 0, items: [] })
})

t.test('requests that stall', async (t) => {
  const { raw } = await listening(t, { HYPERFLEET_SERVER_TIMEOUTS_READ: '1s' })
  const began = Date.now()
  const [body, headers] = await Promise.all([
    raw(
      `POST ${clusters} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"kind"`,
    ),
    raw(`GET ${clusters} HTTP/1.1\r\nHost: loc`),
  ])
  t.ok(Date.now() - began < 5000, 'the connections are closed in time')
  isProblem(t, body, 408, 'VAL-006', 'a body that stalls')
  isProblem(t, headers, 408, 'VAL-006', 'headers that stall')
})

t.test('ids of requests and traces', async (t) => {
  const { send } = await listening(t)
  const uuid = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/

  for (const id of ['abc', '0a1b-2c', 'a'.repeat(128), 'req_1:2/3+4=5.6']) {
    const { headers } = await send('GET', clusters, { headers: { 'x-request-id': id } })
    t.equal(headers['x-request-id'], id, `${id.slice(0, 20)} is kept`)
  }
  for (const id of ['', 'a b', 'a'.repeat(129), '<script>', '"', 'ä', '{}']) {
    const { headers } = await send('GET', clusters, { headers: { 'x-request-id': id } })
    t.match(headers['x-request-id'], uuid, `${id.slice(0, 20)} is replaced`)
  }
  for (const path of ['/nowhere', clusters, `${clusters}/none`, `${clusters}?page=0`, `${clusters}/%ff`]) {
    const { headers } = await send('GET', path, { headers: { 'x-request-id': 'kept' } })
    t.equal(headers['x-request-id'], 'kept', `${path} says which request it answers`)
  }

  const trace = '4bf92f3577b34da6a3ce929d0e0e4736'
  for (const path of ['/nowhere', `${clusters}/none`, `${clusters}?page=0`, `${clusters}/%ff`]) {
    const { body } = await send('GET', path, { headers: { traceparent: `00-${trace}-00f067aa0ba902b7-01` } })
    t.equal(body.trace_id, trace, `${path} is of the caller's trace`)
  }
  for (const traceparent of [
    `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
    '00-abc-def-01',
    trace,
    `00-${trace.toUpperCase()}-00f067aa0ba902b7-01`,
  ]) {
    const { body } = await send('GET', `${clusters}/none`, { headers: { traceparent } })
    t.match(body.trace_id, /^(?!0{32})[\da-f]{32}$/, `${traceparent} is replaced`)
    t.not(body.trace_id, trace)
  }
})

t.test('the other listeners', async (t) => {
  const url = await createDatabase()
  const config = testConfig(url)
  const document = loadDocument()
  const database = new Database(config.database)
  const metrics = createMetrics(database)
  const parts = {
    config,
    database,
    document,
    logger: createLogger(config.logging) as never,
    metrics,
  }
  const lifecycle = { isShuttingDown: false }
  const listeners = {
    api: await buildApp({ ...parts, handlers }),
    health: buildHealthListener(parts, () =>
      lifecycle.isShuttingDown ? 'the server is shutting down' : undefined,
    ),
    metrics: buildMetricsListener(parts),
  }
  const ports = { api: 0, health: 0, metrics: 0 }
  for (const name of ['api', 'health', 'metrics'] as const) {
    await listeners[name].listen({ host: '127.0.0.1', port: 0 })
    ports[name] = (listeners[name].server.address() as AddressInfo).port
  }
  const get = (listener: keyof typeof ports, path: string, method = 'GET') =>
    send(ports[listener], method, path, {})
  t.teardown(async () => {
    for (const listener of Object.values(listeners)) await listener.close()
    await database.close()
  })

  await t.test('answer errors with problems', async (t) => {
    for (const listener of ['health', 'metrics'] as const) {
      isProblem(t, await get(listener, '/nowhere'), 404, 'NTF-000', `${listener}: no such route`)
      isProblem(t, await get(listener, clusters), 404, 'NTF-000', `${listener}: the API is elsewhere`)
      isProblem(t, await get(listener, '/%ff'), 400, 'VAL-006', `${listener}: a path that is none`)
      isProblem(t, await raw(ports[listener], 'GARBAGE\r\n\r\n'), 400, 'VAL-006', `${listener}: garbage`)
    }
    for (const path of ['/healthz', '/readyz', '/healthcheck']) {
      const answer = await get('health', path, 'POST')
      isProblem(t, answer, 405, 'VAL-013', path)
      t.equal(answer.headers.allow, 'GET, HEAD')
    }
    const answer = await get('metrics', '/metrics', 'DELETE')
    isProblem(t, answer, 405, 'VAL-013', '/metrics')
    t.equal(answer.headers.allow, 'GET, HEAD')
    for (const [listener, port] of Object.entries(ports)) {
      const twice = await raw(port, 'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n')
      isProblem(t, twice, 400, 'VAL-006', `${listener}: two hosts`)
    }
    isProblem(t, await get('api', '/healthz'), 404, 'NTF-000', 'the API has no health of its own')
    isProblem(t, await get('api', '/metrics'), 404, 'NTF-000', 'the API has no metrics of its own')
  })

  await t.test('say that all is well', async (t) => {
    for (const path of ['/healthz', '/readyz', '/healthcheck']) {
      const answer = await get('health', path)
      t.equal(answer.status, 200, path)
      t.same(answer.body, { status: 'ok' }, path)
      t.equal((await get('health', path, 'HEAD')).status, 200, `HEAD ${path}`)
    }
  })

  await t.test('count requests by the template of their path', async (t) => {
    await get('api', `${clusters}/019ad2a5-7d3c-7cc0-8f2e-3c1f5e0a9b11`)
    await get('api', `${clusters}/a/nodepools/b`)
    await get('api', clusters)
    await get('api', '/nowhere/at/all')
    const answer = await get('metrics', '/metrics')
    t.equal(answer.status, 200)
    t.match(answer.headers['content-type'], /^text\/plain/)
    const counted = answer.text
      .split('\n')
      .filter((line) => line.startsWith('hyperfleet_api_requests_total{'))
    const count = (path: string, code: string) =>
      counted.filter(
        (line) =>
          line.includes(`path="${path}"`) && line.includes(`code="${code}"`) && line.includes('method="GET"'),
      ).length
    t.equal(count(`${clusters}/-`, '404'), 1, 'one resource')
    t.equal(count(`${clusters}/-/nodepools/-`, '404'), 1, 'one child')
    t.equal(count(clusters, '200'), 1, 'a list')
    t.notMatch(answer.text, /nowhere|019ad2a5/, 'what clients make up is no label')
    t.match(answer.text, /^hyperfleet_api_request_duration_seconds_bucket\{/m)
    t.match(answer.text, /^hyperfleet_api_build_info\{/m)
  })

  await t.test('tell of a database that is gone, and of one that is back', async (t) => {
    const server = process.env.HYPERFLEET_TEST_SERVER ?? ''
    const name = new URL(url).pathname.slice(1)
    await execute(server, `alter database ${name} allow_connections false`)
    await execute(server, 'select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name])

    for (const path of ['/readyz', '/healthcheck']) {
      const answer = await get('health', path)
      t.equal(answer.status, 503, path)
      t.equal(answer.headers['content-type'], 'application/json')
      t.matchOnly(answer.body, { status: 'error', reason: /database/ }, path)
      t.notMatch(answer.text, name, 'nothing internal is told')
    }
    t.equal((await get('health', '/healthz')).status, 200, 'the process is alive all the same')
    const listed = await get('api', clusters)
    isProblem(t, listed, 503, 'SVC-001', 'the API says that it will pass')
    t.equal(listed.headers['retry-after'], '1')
    t.notMatch(listed.text, name)
    t.equal((await get('metrics', '/metrics')).status, 200, 'metrics are there all the same')

    await execute(server, `alter database ${name} allow_connections true`)
    t.equal((await get('health', '/readyz')).status, 200, 'ready again')
    t.equal((await get('api', clusters)).status, 200, 'serving again')
  })

  await t.test('tell of a shutdown', async (t) => {
    lifecycle.isShuttingDown = true
    const answer = await get('health', '/readyz')
    t.equal(answer.status, 503)
    t.matchOnly(answer.body, { status: 'error', reason: /shutting down/ })
    t.equal((await get('health', '/healthz')).status, 200)
  })
})

t.test('an expectation that nobody knows is passed over', async (t) => {
  const { raw } = await listening(t)
  const answer = await raw(
    `GET ${clusters} HTTP/1.1\r\nHost: a\r\nExpect: wonders\r\nConnection: close\r\n\r\n`,
  )
  t.equal(answer?.status, 200)
  t.match(answer?.headers['x-request-id'], /./)
})
