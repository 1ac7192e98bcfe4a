/** How the server serves the console; test/browser has what the console does. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { buildListener } from '../../server/http/listeners/listener.ts'
import { addConsole } from '../../server/http/pages/console.ts'
import { createMetrics } from '../../server/observability/metrics.ts'
import { application } from '../application.ts'
import { testConfig } from '../databases.ts'
import { keptLog } from '../issuers.ts'
import { temporaryFolder } from '../processes.ts'

const PAGE = { accept: 'text/html,application/xhtml+xml' }
const OIDC = {
  HYPERFLEET_CONSOLE_OIDC_ISSUER: 'https://sso.example.com/realms/fleet',
  HYPERFLEET_CONSOLE_OIDC_CLIENT_ID: 'hyperfleet-console',
}

/** A listener with the console of a folder, and its log. */
async function serving(t: Test, env: Record<string, string>, dist: string) {
  const { database } = await application(t)
  const { logger, warnings } = keptLog()
  const config = testConfig('postgres://localhost/none', env)
  const app = buildListener('server', { config, logger, metrics: createMetrics(database, undefined) })
  t.teardown(() => app.close())
  await addConsole(app, config, dist)
  const get = (url: string, headers: Record<string, string> = {}) => app.inject({ url, headers })
  return { get, warnings }
}

/** A folder as a build leaves it. */
async function built(t: Test) {
  const folder = await temporaryFolder(t)
  await mkdir(join(folder, 'assets'))
  await writeFile(join(folder, 'index.html'), '<!doctype html><title>console</title>')
  await writeFile(join(folder, 'index.html.br'), 'as brotli')
  await writeFile(join(folder, 'assets/index-a1.js'), 'plain()')
  await writeFile(join(folder, 'assets/index-a1.js.br'), 'as brotli')
  await writeFile(join(folder, 'assets/index-a1.js.gz'), 'as gzip')
  return folder
}

t.test('a console that has been built', async (t) => {
  const { get, warnings } = await serving(t, {}, await built(t))
  const root = await get('/')
  t.match([root.statusCode, root.headers.location], [302, '/console/'])
  for (const path of [
    '/console',
    '/console/',
    '/console/list/Cluster?search=a',
    '/console/resource/Cluster/a.b',
  ]) {
    const page = await get(path, PAGE)
    t.match([page.statusCode, page.headers['cache-control']], [200, 'no-cache'], path)
    t.match(page.headers['content-type'], /^text\/html/)
    t.match(page.body, /<title>console/)
    t.match(page.headers['content-security-policy'], /script-src 'self';.*connect-src 'self';/)
    t.notMatch(page.headers['content-security-policy'], /unsafe/)
    t.equal((await get(path)).body, page.body, `${path} without Accept`)
  }
  const script = await get('/console/assets/index-a1.js')
  t.match([script.statusCode, script.body, script.headers['cache-control']], [200, 'plain()', /immutable/])
  t.match(script.headers.etag, /./)
  for (const [accepted, body] of [
    ['gzip', 'as gzip'],
    ['gzip, br', 'as brotli'],
  ] as const) {
    const coded = await get('/console/assets/index-a1.js', { 'accept-encoding': accepted })
    t.match([coded.body, coded.headers['content-type']], [body, /javascript/], accepted)
  }
  const again = await get('/console/assets/index-a1.js', { 'if-none-match': String(script.headers.etag) })
  t.equal(again.statusCode, 304)
  for (const path of ['/console/assets/gone.js', '/console/../package.json', '/console/%2e%2e/package.json'])
    for (const headers of [{}, PAGE]) t.equal((await get(path, headers)).statusCode, 404, path)
  t.same((await get('/console/config.json')).json(), { authentication: false })
  t.same(warnings(), [])
})

t.test('a console where people sign in at an issuer', async (t) => {
  const { get } = await serving(t, OIDC, await built(t))
  const { oidc } = (await get('/console/config.json')).json()
  t.same(oidc, {
    issuer: 'https://sso.example.com/realms/fleet',
    client_id: 'hyperfleet-console',
    scopes: ['openid', 'email'],
  })
  const { headers } = await get('/console/', PAGE)
  t.match(headers['content-security-policy'], /connect-src 'self' https:\/\/sso\.example\.com;/)
  t.throws(
    () => testConfig('postgres://localhost/none', { HYPERFLEET_CONSOLE_OIDC_CLIENT_ID: 'alone' }),
    /console\.oidc\.client_id .* needs console\.oidc\.issuer/,
  )
})

t.test('a console that has not been built is 404, and the log says so once', async (t) => {
  const { get, warnings } = await serving(t, {}, join(await temporaryFolder(t), 'dist'))
  for (const path of ['/console', '/console/list/Cluster']) {
    const { statusCode, body } = await get(path, PAGE)
    t.match([statusCode, JSON.parse(body).detail], [404, /has not been built/], path)
  }
  t.match(warnings(), [/has not been built/])
  t.equal(warnings().length, 1)
})

t.test('without console.enabled there is no console', async (t) => {
  const { get } = await serving(t, { HYPERFLEET_CONSOLE_ENABLED: 'false' }, await built(t))
  for (const path of ['/', '/console/', '/console/config.json'])
    t.equal((await get(path, PAGE)).statusCode, 404, path)
})
