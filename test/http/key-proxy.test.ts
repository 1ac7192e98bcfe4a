/** The keys of issuers behind a proxy, as HTTPS_PROXY, HTTP_PROXY and NO_PROXY name it. */
import { readFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import { urlSource } from '../../server/auth/key-source.ts'
import { application } from '../application.ts'
import { openConnectProxy } from '../connect-proxy.ts'
import { createDatabase } from '../databases.ts'
import { authorityFile, bearer, createIssuer, keptLog, trusting } from '../issuers.ts'

const ca = readFileSync(authorityFile, 'utf8')

/** An issuer of which only its proxy knows the name, and the proxy. */
async function behindProxy(t: Test) {
  const issuer = await createIssuer(t, { secure: true })
  const proxy = await openConnectProxy(t)
  return { issuer, proxy, url: issuer.url.replace('127.0.0.1', 'issuer.test') }
}

/** Sets variables of this process for a test; those that are undefined are removed. */
function setVariables(t: Test, variables: Record<string, string | undefined>) {
  for (const [name, value] of Object.entries(variables)) {
    const before = process.env[name]
    const set = (to: string | undefined) => {
      if (to === undefined) delete process.env[name]
      else process.env[name] = to
    }
    set(value)
    t.teardown(() => set(before))
  }
}

t.test('a server reads them through the proxy of its environment', async (t) => {
  const { issuer, proxy, url } = await behindProxy(t)
  setVariables(t, { HTTPS_PROXY: `http://${proxy.host}`, https_proxy: undefined })
  const env = trusting({ issuer_url: issuer.url, jwk_cert_url: url, jwk_cert_ca_file: authorityFile })
  const { call } = await application(t, env, await createDatabase())
  t.equal((await call('GET', 'clusters', undefined, bearer(await issuer.token('first')))).status, 200)
  t.strictSame(proxy.targets, [new URL(url).host])
  t.equal(issuer.reads, 1)
})

t.test('each form of the variables is followed', async (t) => {
  const ways: Record<string, { env: (host: string) => Record<string, string>; sent?: string }> = {
    HTTPS_PROXY: { env: (host) => ({ HTTPS_PROXY: `http://${host}` }) },
    'https_proxy, which goes before HTTPS_PROXY': {
      env: (host) => ({ https_proxy: `http://${host}`, HTTPS_PROXY: 'http://127.0.0.1:1' }),
    },
    'HTTP_PROXY where there is no HTTPS_PROXY': { env: (host) => ({ HTTP_PROXY: `http://${host}` }) },
    'HTTP_PROXY where HTTPS_PROXY is empty': {
      env: (host) => ({ HTTP_PROXY: `http://${host}`, HTTPS_PROXY: '' }),
    },
    'a proxy without a scheme': { env: (host) => ({ HTTPS_PROXY: host }) },
    'a proxy with a user': {
      env: (host) => ({ HTTPS_PROXY: `http://me:p%40ss@${host}` }),
      sent: `Basic ${Buffer.from('me:p@ss').toString('base64')}`,
    },
    'NO_PROXY with other hosts': {
      env: (host) => ({ HTTPS_PROXY: `http://${host}`, NO_PROXY: '.svc,suer.test,10.0.0.0/8' }),
    },
  }
  for (const [name, { env, sent }] of Object.entries(ways)) {
    const { issuer, proxy, url } = await behindProxy(t)
    const source = urlSource(url, ca, env(proxy.host))
    t.strictSame(JSON.parse(await source.read()), issuer.set(), name)
    t.strictSame(proxy.targets, [new URL(url).host], name)
    t.strictSame(proxy.credentials, [sent], name)
    await source.close()
  }
})

t.test('what needs no proxy goes past it', async (t) => {
  const { issuer, proxy, url } = await behindProxy(t)
  const { port } = new URL(url)
  const HTTPS_PROXY = `http://${proxy.host}`
  // Only the proxy knows the name: without it, there is no such host.
  for (const NO_PROXY of ['*', 'issuer.test', '.test', '*.test', `a.b, issuer.test:${port}`]) {
    const source = urlSource(url, ca, { HTTPS_PROXY, NO_PROXY })
    await t.rejects(source.read(), { code: /ENOTFOUND|EAI_AGAIN/ }, NO_PROXY)
    await source.close()
  }
  const plain = await createIssuer(t)
  for (const near of [plain.url, plain.url.replace('127.0.0.1', 'localhost'), issuer.url]) {
    const source = urlSource(near, ca, { HTTPS_PROXY, HTTP_PROXY: HTTPS_PROXY })
    t.match(JSON.parse(await source.read()), { keys: [{ kid: 'first' }] }, near)
    await source.close()
  }
  t.strictSame(proxy.targets, [])
})

t.test('a proxy that refuses is a reading that failed, and its password is not told', async (t) => {
  const { issuer, proxy, url } = await behindProxy(t)
  proxy.status = 407
  setVariables(t, { HTTPS_PROXY: `http://me:hunter2@${proxy.host}`, https_proxy: undefined })
  const log = keptLog()
  const env = trusting({ issuer_url: issuer.url, jwk_cert_url: url, jwk_cert_ca_file: authorityFile })
  const { call } = await application(t, env, await createDatabase(), log.logger)
  const answer = await call('GET', 'clusters', undefined, bearer(await issuer.token('first')))
  t.match(answer, { status: 503, body: { code: 'HYPERFLEET-SVC-001' } })
  t.match(log.warnings()[0], /407/)
  t.notMatch(log.lines.join(''), /hunter2/)
  t.equal(issuer.reads, 0)
})

t.test('the authority of the keys is not that of the proxy', async (t) => {
  const { proxy, url } = await behindProxy(t)
  const source = urlSource(url, undefined, { HTTPS_PROXY: `http://${proxy.host}` })
  await t.rejects(source.read(), /certificate/)
  await source.close()
})

t.test('a proxy that is none stops the start, without telling its password', async (t) => {
  for (const HTTPS_PROXY of [
    'http://me:hunter2@proxy:port',
    'ftp://me:hunter2@proxy',
    'http://me:hunter2%@proxy',
  ]) {
    const read = () => urlSource('https://issuer.test/keys', ca, { HTTPS_PROXY })
    t.throws(read, { message: /^HTTPS_PROXY is no URL of a proxy/ }, HTTPS_PROXY)
    try {
      read()
    } catch (error) {
      t.notMatch((error as Error).message, /hunter2/)
    }
  }
})
