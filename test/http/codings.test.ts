/** Compressed and plain answers, kept apart for caches: their tags, and what they vary by. */
import { once } from 'node:events'
import http from 'node:http'
import { gunzipSync } from 'node:zlib'
import t, { type Test } from 'tap'
import { base } from '../application.ts'
import { openListeners } from '../listeners.ts'

type Headers = Record<string, string>

/** The API over a socket, with a cluster that is large enough to be compressed, and a small one. */
async function listening(t: Test, env: Record<string, string> = {}) {
  const { ports, call } = await openListeners(t, env)
  const spec = { text: 'to be compressed '.repeat(4000) }
  const { body: large } = await call('POST', 'clusters', { kind: 'Cluster', name: 'large', spec })
  const { body: small } = await call('POST', 'clusters', { kind: 'Cluster', name: 'small', spec: {} })
  const send = async (method: string, path: string, headers: Headers = {}, body?: string) => {
    const asked = http.request({ port: ports.api, host: '127.0.0.1', method, path, headers, agent: false })
    const [answer] = (await once(asked.end(body), 'response')) as [http.IncomingMessage]
    const bytes = Buffer.concat(await answer.toArray())
    return { status: answer.statusCode, headers: answer.headers, bytes }
  }
  return { send, large: String(large.href), small: String(small.href) }
}

const ofVary = (vary: string | undefined) => vary?.split(', ').map((name) => name.toLowerCase())

t.test('a compressed answer has a tag of its own', async (t) => {
  const { send, large, small } = await listening(t)
  for (const [path, coding, tag] of [
    [large, undefined, '"1"'],
    [large, 'gzip', '"1-gzip"'],
    [large, 'br', '"1-br"'],
    [small, 'gzip', '"1"'],
  ] as const) {
    const headers: Headers = coding ? { 'accept-encoding': coding } : {}
    const answer = await send('GET', path, headers)
    t.equal(answer.headers['content-encoding'], path === large ? coding : undefined)
    t.equal(answer.headers.etag, tag)
    const same = await send('GET', path, { ...headers, 'if-none-match': tag })
    t.equal(same.status, 304, `304 of ${tag}`)
    t.equal(same.headers.etag, tag, 'with the tag that the caller has')
    const head = await send('HEAD', path, headers)
    for (const name of ['etag', 'content-encoding', 'content-length', 'content-type', 'vary'])
      t.equal(head.headers[name], answer.headers[name], `HEAD has ${name} of GET`)
    t.equal(head.bytes.length, 0)
  }
  const written = await send(
    'POST',
    `${base}/clusters`,
    { 'content-type': 'application/json', 'accept-encoding': 'gzip' },
    JSON.stringify({ kind: 'Cluster', name: 'other', spec: { text: 'x'.repeat(40_000) } }),
  )
  t.match(written, { status: 201, headers: { etag: '"1-gzip"', 'content-encoding': 'gzip' } })
  t.equal(JSON.parse(String(gunzipSync(written.bytes))).name, 'other')
})

t.test('the tag of any form is good for a precondition', async (t) => {
  const { send, large } = await listening(t)
  const merge = { 'content-type': 'application/merge-patch+json' }
  const patch = (tag: string, value: number) =>
    send('PATCH', large, { ...merge, 'if-match': tag }, `{"labels":{"n":"${value}"}}`)
  let version = 1
  const forms = (tag: number) => [
    `"${tag}"`,
    `W/"${tag}"`,
    `"${tag}-gzip"`,
    `"${tag}-br"`,
    `W/"${tag}-gzip"`,
    `"${tag};gzip"`,
    `"${tag}--gzip"`,
    `"${tag}-zstd"`,
    `"${tag}-deflate"`,
    `"${tag}-df"`,
    `"${tag}-x-gzip"`,
    `"${tag}-gzip-gzip"`,
    `"0", "${tag}-gzip"`,
    '*',
  ]
  for (const form of forms(1))
    t.equal((await send('GET', large, { 'if-none-match': form })).status, 304, form)
  for (const [index] of forms(0).entries()) {
    const form = forms(version)[index] ?? ''
    const { status, headers } = await patch(form, index)
    t.equal(status, 200, `If-Match: ${form}`)
    version = Number(/\d+/.exec(headers.etag ?? '')?.[0])
  }
  for (const form of [
    `"${version - 1}-gzip"`,
    `"${version}0-gzip"`,
    `"${version}gzip"`,
    `"${version}-"`,
    `"${version}-7"`,
    `"${version}-gzipped"`,
    `"${version}-gzip`,
    `"-gzip"`,
    `"${version} -gzip"`,
    `"${version}---gzip"`,
  ]) {
    t.equal((await patch(form, 99)).status, 412, `If-Match: ${form}`)
    t.equal((await send('GET', large, { 'if-none-match': form })).status, 200, `If-None-Match: ${form}`)
  }
})

t.test('what proxies make of a tag comes back in the form of this server', async (t) => {
  const { send, large } = await listening(t)
  for (const [sent, tag] of [
    ['"1-gzip-gzip"', '"1-gzip"'],
    ['W/"1-gzip"', '"1-gzip"'],
    ['"1--gzip"', '"1-gzip"'],
    ['"1-zstd"', '"1"'],
    ['*', '"1"'],
  ] as const)
    t.match(
      await send('GET', large, { 'if-none-match': sent }),
      { status: 304, headers: { etag: tag } },
      sent,
    )
  const plain = await listening(t, { HYPERFLEET_SERVER_COMPRESSION: 'false' })
  const answer = await plain.send('GET', plain.large, { 'if-none-match': '"1-gzip"' })
  t.match(answer, { status: 304, headers: { etag: '"1"' } }, 'without compression, there is one form')
})

t.test('whatever may be compressed varies by what the caller takes', async (t) => {
  const origin = 'https://console.example.com'
  const { send, large, small } = await listening(t, {
    HYPERFLEET_SERVER_CORS_ORIGINS: JSON.stringify([origin]),
  })
  const json = { 'content-type': 'application/json' }
  for (const accepted of [{}, { 'accept-encoding': 'gzip' }, { 'accept-encoding': 'identity' }] as Headers[])
    for (const [status, method, path, headers = {}, body] of [
      [200, 'GET', large],
      [200, 'HEAD', large],
      [200, 'GET', small],
      [200, 'GET', `${base}/clusters`],
      [304, 'GET', large, { 'if-none-match': '"1"' }],
      [400, 'GET', `${base}/clusters?size=0`],
      [404, 'GET', `${large}x`],
      [404, 'GET', '/nowhere'],
      [405, 'PUT', large],
      [409, 'POST', `${base}/clusters`, json, '{"kind":"Cluster","name":"small","spec":{}}'],
      [415, 'POST', `${base}/clusters`, { 'content-type': 'text/plain' }, 'x'],
      [200, 'GET', '/openapi.json'],
      [200, 'GET', '/openapi-ui/'],
      [200, 'GET', '/openapi-ui/static/swagger-ui.css'],
    ] as [number, string, string, Headers?, string?][]) {
      const answer = await send(method, path, { ...accepted, ...headers, origin }, body)
      t.equal(answer.status, status)
      const names = ofVary(answer.headers.vary)
      t.strictSame(names?.sort(), ['accept-encoding', 'origin'], `${status} ${method} ${path}`)
    }
  const plain = await listening(t, { HYPERFLEET_SERVER_COMPRESSION: 'false' })
  t.equal((await plain.send('GET', plain.large)).headers.vary, undefined, 'without compression, by nothing')
})
