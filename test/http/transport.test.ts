/** What is around the operations: TLS, compression, CORS, the headers of the page. */
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, readFileSync } from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import t, { type Test } from 'tap'
import { hasQueryMethod } from '../../server/http/routing/query-method.ts'
import { application, base } from '../application.ts'
import { createDatabase } from '../databases.ts'
import { findFreePorts, launch, quickStart, serving, temporaryFolder, until } from '../processes.ts'

interface Response {
  status: number
  headers: http.IncomingHttpHeaders
  bytes: Buffer
}

/** A request that decodes nothing, and trusts `ca` alone. */
async function request(url: string, headers: Record<string, string> = {}, ca?: Buffer): Promise<Response> {
  const asked = url.startsWith('https:')
    ? https.get(url, { headers, ca, agent: false })
    : http.get(url, { headers })
  const [answer] = (await once(asked, 'response')) as [http.IncomingMessage]
  const chunks: Buffer[] = []
  for await (const chunk of answer) chunks.push(chunk)
  return { status: answer.statusCode ?? 0, headers: answer.headers, bytes: Buffer.concat(chunks) }
}

/** A certificate for this host that is its own authority, and its key. */
function createCertificate(folder: string, name: string) {
  const [cert, key] = [join(folder, `${name}.crt`), join(folder, `${name}.key`)]
  const subject = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
  const files = ['-keyout', key, '-out', cert]
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-days',
      '2',
      ...subject,
      ...files,
    ],
    { stdio: 'ignore' },
  )
  return { cert, key, ca: readFileSync(cert) }
}

t.test('TLS on each listener', async (t) => {
  const folder = await temporaryFolder(t)
  const first = createCertificate(folder, 'first')
  const env = { ...serving(await createDatabase()), HYPERFLEET_LOGGING_LEVEL: 'info' }
  const secure = (cert: string, key: string) =>
    Object.fromEntries(
      ['SERVER', 'HEALTH', 'METRICS'].flatMap((name) => [
        [`HYPERFLEET_${name}_TLS_ENABLED`, 'true'],
        [`HYPERFLEET_${name}_TLS_CERT_FILE`, cert],
        [`HYPERFLEET_${name}_TLS_KEY_FILE`, key],
        [`HYPERFLEET_${name}_HOST`, '127.0.0.1'],
      ]),
    )
  const ports = await findFreePorts(3)
  const own = Object.fromEntries(
    ['SERVER', 'HEALTH', 'METRICS'].map((name, index) => [`HYPERFLEET_${name}_PORT`, `${ports[index]}`]),
  )
  const run = launch(t, 'hyperfleet-api', ['serve'], { ...env, ...own, ...secure(first.cert, first.key) })
  const addresses = ['/openapi.yaml', '/readyz', '/metrics'].map(
    (path, index) => `https://127.0.0.1:${ports[index]}${path}`,
  )
  const [api = '', health = ''] = addresses
  await until('it is ready', run, () =>
    request(health, {}, first.ca).then(
      ({ status }) => status === 200,
      () => false,
    ),
  )
  for (const address of addresses) {
    t.equal((await request(address, {}, first.ca)).status, 200, address)
    await t.rejects(request(address.replace('https', 'http')), `${address} without TLS`)
  }
  await t.test('follows a certificate that is renewed', async (t) => {
    const next = createCertificate(folder, 'next')
    copyFileSync(next.cert, first.cert)
    copyFileSync(next.key, first.key)
    const shown = async () => {
      const socket = connect({
        port: Number(new URL(api).port),
        host: '127.0.0.1',
        rejectUnauthorized: false,
      })
      await once(socket, 'secureConnect')
      const { subject } = socket.getPeerCertificate()
      socket.destroy()
      return subject.CN
    }
    await until('the new one is shown', run, async () => (await shown()) === 'next')
    t.equal((await request(api, {}, next.ca)).status, 200)
  })
  await t.test('that cannot begin is one line', async (t) => {
    const other = createCertificate(folder, 'other')
    for (const [cert, key, words] of [
      [join(folder, 'none.crt'), other.key, /server\.tls\.cert_file cannot be read: ENOENT/],
      [other.cert, other.cert, /server\.tls: .*other\.crt and .*other\.crt are no certificate and its key/],
      [first.cert, other.key, /server\.tls: .*are no certificate and its key/],
    ] as const) {
      const failed = launch(t, 'hyperfleet-api', ['serve'], { ...env, ...secure(cert, key) })
      t.equal(await failed.ended, 1)
      t.match(failed.output.stderr, words)
      t.equal(failed.output.stderr.trim().split('\n').length, 1)
    }
  })
  run.child.kill('SIGTERM')
  t.equal(await run.ended, 0)
})

/** A server over a connection, with two clusters, one of them large. */
async function listening(t: Test, env: Record<string, string> = {}) {
  const { app, call } = await application(t, env)
  const spec = { text: 'to be compressed '.repeat(4000) }
  const { body: large } = await call('POST', 'clusters', { kind: 'Cluster', name: 'large', spec })
  const { body: small } = await call('POST', 'clusters', { kind: 'Cluster', name: 'small', spec: {} })
  const origin = await app.listen({ host: '127.0.0.1', port: 0 })
  return { origin, large, small }
}

t.test('large answers are compressed for those who ask', async (t) => {
  const { origin, large, small } = await listening(t)
  const plain = await request(origin + large.href)
  t.equal(plain.headers['content-encoding'], undefined)
  for (const [coding, decode] of [
    ['gzip', gunzipSync],
    ['br', brotliDecompressSync],
  ] as const) {
    const packed = await request(origin + large.href, { 'accept-encoding': coding })
    t.equal(packed.headers['content-encoding'], coding)
    t.match(packed.headers.vary, /accept-encoding/i)
    t.ok(packed.bytes.length < plain.bytes.length / 10)
    t.same(decode(packed.bytes), plain.bytes)
  }
  const slight = await request(origin + small.href, { 'accept-encoding': 'gzip' })
  t.equal(slight.headers['content-encoding'], undefined, 'small ones are not worth it')
  const same = { 'accept-encoding': 'gzip', 'if-none-match': String(plain.headers.etag) }
  t.equal((await request(origin + large.href, same)).status, 304)
})

t.test('compression can be switched off', async (t) => {
  const { origin, large } = await listening(t, { HYPERFLEET_SERVER_COMPRESSION: 'false' })
  const answer = await request(origin + large.href, { 'accept-encoding': 'gzip' })
  t.equal(answer.headers['content-encoding'], undefined)
})

const console_ = 'https://console.example.com'
const preflight = {
  origin: console_,
  'access-control-request-method': 'PATCH',
  'access-control-request-headers': 'authorization,if-match',
}

t.test('pages of other origins are kept out unless they are named', async (t) => {
  const { call } = await application(t)
  t.equal((await call('OPTIONS', 'clusters', undefined, preflight)).status, 405)
  const { headers } = await call('GET', 'clusters', undefined, { origin: console_ })
  t.notOk(Object.keys(headers).some((name) => name.startsWith('access-control')))
})

t.test('pages of the origins that are named may call the API', async (t) => {
  const { call } = await application(t, { HYPERFLEET_SERVER_CORS_ORIGINS: JSON.stringify([console_]) })
  const asked = await call('OPTIONS', 'clusters', undefined, preflight)
  t.equal(asked.status, 204)
  t.match(asked.headers, {
    'access-control-allow-origin': console_,
    'access-control-allow-methods': /PATCH/,
    'access-control-allow-headers': /if-match/,
  })
  const answer = await call('GET', 'clusters', undefined, { origin: console_ })
  t.equal(answer.headers['access-control-allow-origin'], console_)
  t.match(answer.headers['access-control-expose-headers'], /X-Request-ID.*ETag/)
  const refused = await call('GET', 'clusters?size=0', undefined, { origin: console_ })
  t.equal(refused.status, 400)
  t.equal(refused.headers['access-control-allow-origin'], console_, 'problems can be read, too')
  const other = await call('GET', 'clusters', undefined, { origin: 'https://other.example.com' })
  t.equal(other.headers['access-control-allow-origin'], undefined)
  t.match(await call('GET', 'nowhere'), { status: 404, body: { code: 'HYPERFLEET-NTF-000' } })
  t.match(await call('PUT', 'clusters'), {
    status: 405,
    headers: { allow: `GET, HEAD, POST${hasQueryMethod ? ', QUERY' : ''}` },
  })
})

t.test('the page is protected, and the API is not burdened with that', async (t) => {
  const { app } = await application(t)
  const page = await app.inject('/openapi-ui/')
  t.match(page.headers, {
    'content-security-policy': /default-src 'self'/,
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'SAMEORIGIN',
    'referrer-policy': 'no-referrer',
  })
  t.notMatch(
    page.headers['content-security-policy'],
    /upgrade-insecure-requests/,
    'it is also served over http',
  )
  t.equal((await app.inject(`${base}/clusters`)).headers['content-security-policy'], undefined)
})

t.test('of IPv6, the start tells addresses that can be followed', async (t) => {
  const url = await createDatabase()
  const environment = {
    HYPERFLEET_DATABASE_URL: url,
    HYPERFLEET_SERVER_HOST: '::',
    HYPERFLEET_HEALTH_HOST: '::1',
    HYPERFLEET_METRICS_HOST: '::',
  }
  const { api, health, metrics } = await quickStart(t, environment)
  t.match(api, /^http:\/\/\[::\]:\d+$/)
  t.match(health, /^http:\/\/\[::1\]:\d+$/)
  for (const address of [`${api}${base}`, `${health}/readyz`, `${metrics}/metrics`]) {
    t.equal((await request(address)).status, 200, address)
    // On all addresses, of IPv4 as well.
    if (address.includes('[::]')) t.equal((await request(address.replace('[::]', '127.0.0.1'))).status, 200)
  }
  const taken = launch(t, 'hyperfleet-api', ['serve'], {
    ...serving(url),
    HYPERFLEET_SERVER_HOST: '::1',
    HYPERFLEET_SERVER_PORT: new URL(health).port,
  })
  t.equal(await taken.ended, 1)
  t.match(
    taken.output.stderr + taken.output.stdout,
    `cannot listen on [::1]:${new URL(health).port}: the port is taken`,
  )
})
