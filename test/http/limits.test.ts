import { once } from 'node:events'
import { Agent, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { connection } from '../../server/db/connection.ts'
import { application, base } from '../application.ts'
import { testConfig } from '../databases.ts'
import { openSession, untilWaiting } from '../sessions.ts'

t.test('a spec', async (t) => {
  const { call } = await application(t, { HYPERFLEET_SERVER_BODY_LIMIT: '4KiB' })
  const merge = { 'content-type': 'application/merge-patch+json' }
  const { body: cluster } = await call('POST', 'clusters', { kind: 'Cluster', name: 'growing', spec: {} })
  const add = (member: string) => call('PATCH', cluster.href, { spec: { [member]: 'x'.repeat(3000) } }, merge)

  t.test('is not merged beyond the size that a body may have', async (t) => {
    t.equal((await add('first')).status, 200)
    t.match(await add('second'), { status: 413, body: { code: 'HYPERFLEET-VAL-010' } })
    t.strictSame(Object.keys((await call('GET', cluster.href)).body.spec), ['first'])
  })

  t.test('can still be made smaller', async (t) => {
    const { status, body } = await call(
      'PATCH',
      cluster.href,
      { spec: { first: null, second: 'short' } },
      merge,
    )
    t.equal(status, 200)
    t.strictSame(body.spec, { second: 'short' })
  })
})

t.test('a listener that closes answers what runs, and then ends its connection and the pool', async (t) => {
  const { app, call, url } = await application(t)
  const { body: cluster } = await call('POST', 'clusters', { kind: 'Cluster', name: 'closing', spec: {} })
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo
  const agent = new Agent({ keepAlive: true, maxSockets: 2 })
  t.teardown(() => agent.destroy())
  const get = async (path: string, method = 'GET', body?: string): Promise<number | undefined> => {
    const headers = { ...(body && { 'content-type': 'application/json' }) }
    const sent = request({ port, host: '127.0.0.1', path, method, agent, headers }).end(body)
    const [response] = await once(sent, 'response')
    response.resume()
    await once(response, 'end')
    return response.statusCode
  }
  const session = await openSession(t, url)
  await session.query('begin')
  await session.query('select from resources where id = $1 for update', [cluster.id])
  const running = get(cluster.href, 'PATCH', '{"labels":{"a":"b"}}')
  await untilWaiting(session, 1)
  const closed = app.close()
  await untilWaiting(session, 1)
  t.notOk(app.pg.pool.ending)
  await session.query('commit')
  t.equal(await running, 200)
  await closed
  t.ok(app.pg.pool.ended)
  await t.rejects(get(`${base}/clusters`), { code: 'ECONNREFUSED' })
})

t.test('the settings of TLS hold with a URL, too', (t) => {
  const url = 'postgres://user:password@127.0.0.1:5432/fleet'
  t.match(connection(testConfig(url, { HYPERFLEET_DATABASE_SSL_MODE: 'verify-full' }).database), {
    connectionString: url,
    ssl: { rejectUnauthorized: true },
  })
  t.equal(connection(testConfig(url).database).ssl, false)
  t.throws(
    () => connection(testConfig(`${url}?sslmode=bogus`).database),
    /must have sslmode of disable, .* bogus is not one/,
  )
  t.end()
})
