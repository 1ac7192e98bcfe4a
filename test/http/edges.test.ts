import { once } from 'node:events'
import { Agent, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { application, base, report } from '../application.ts'

t.test('a merge patch of a large spec', async (t) => {
  // A connection plans a function anew for its first calls only: the defect showed from the sixth on.
  const env = {
    HYPERFLEET_DATABASE_POOL_MAX_CONNECTIONS: '1',
    HYPERFLEET_DATABASE_POOL_STATEMENT_TIMEOUT: '2s',
  }
  const { call } = await application(t, env)
  const members = (value: number) =>
    Object.fromEntries(Array.from({ length: 30_000 }, (_, index) => [`m${index}`, value]))
  const { body: cluster } = await call('POST', 'clusters', {
    kind: 'Cluster',
    name: 'large',
    spec: members(0),
  })
  const merge = { 'content-type': 'application/merge-patch+json' }
  for (let round = 1; round <= 8; round++) {
    t.equal(
      (await call('PATCH', cluster.href, { spec: members(round) }, merge)).status,
      200,
      `round ${round}`,
    )
  }
})

t.test('times', async (t) => {
  const { call } = await application(t)
  const { body: cluster } = await call('POST', 'clusters', { kind: 'Cluster', name: 'times', spec: {} })
  const at = (observed_time: string) =>
    call('PUT', `${cluster.href}/statuses`, report('clock', 1, 'True', 0, { observed_time }))
  for (const [time, stored] of [
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000000Z'],
    ['0001-01-01T15:59:00+15:59', '0001-01-01T00:00:00.000000Z'],
    ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00.000000Z'],
    ['2026-03-10t08:00:00.1234567z', '2026-03-10T08:00:00.123457Z'],
  ] as const) {
    t.match(await at(time), { status: 200, body: { last_report_time: stored } }, time)
  }
  for (const time of ['0001-01-01T00:00:00+15:59', '2016-12-31T23:59:60.5Z', '2026-03-10T08:00:00+1000']) {
    t.match(await at(time), { status: 400, body: { errors: [{ field: 'observed_time' }] } }, time)
  }
})

t.test('parameters and paths', async (t) => {
  const { call } = await application(t)
  for (const page of ['0x1', '%2B1', '1e1', '%205', '5.0']) {
    t.match(
      await call('GET', `clusters?page=${page}`),
      { status: 400, body: { errors: [{ field: 'page' }] } },
      page,
    )
  }
  for (const path of [`${base}/clusters//statuses`, `${base}/clusters//nodepools`]) {
    t.match(await call('GET', path), { status: 404, body: { code: 'HYPERFLEET-NTF-000' } }, path)
  }
  t.match(await call('GET', `clusters?search=name%3D'%00'`), {
    status: 400,
    body: { code: 'HYPERFLEET-VAL-005', errors: [{ field: 'search', message: /position 6/ }] },
  })
})

t.test('bodies in another encoding are refused', async (t) => {
  const { call } = await application(t)
  const body = { kind: 'Cluster', name: 'encoded', spec: {} }
  for (const headers of [
    { 'content-encoding': 'gzip' },
    { 'content-encoding': 'br' },
    { 'content-type': 'application/json; charset=utf-16' },
    { 'content-type': 'application/json; charset=iso-8859-1' },
  ] as Record<string, string>[]) {
    const answer = await call('POST', 'clusters', body, headers)
    t.match(answer, { status: 415, body: { code: 'HYPERFLEET-VAL-011' } }, JSON.stringify(headers))
  }
  const headers = { 'content-type': 'Application/JSON; charset="UTF-8"', 'content-encoding': 'identity' }
  t.equal((await call('POST', 'clusters', body, headers)).status, 201)
})

t.test('a violation is told once', async (t) => {
  const { call } = await application(t)
  const { body } = await call('POST', 'clusters', { kind: 'Cluster', name: 123, spec: {} })
  t.strictSame(
    body.errors.map(({ field }: Record<string, string>) => field),
    ['name'],
  )
})

t.test('a required adapter reports even after 256 others', async (t) => {
  const { call } = await application(t, { HYPERFLEET_CLUSTER_ADAPTERS: '["needed"]' })
  const { body: cluster } = await call('POST', 'clusters', { kind: 'Cluster', name: 'crowded', spec: {} })
  for (let n = 0; n < 256; n++)
    await call('PUT', `${cluster.href}/statuses`, report(`other-${n}`, 1, 'True', 0))
  t.equal((await call('PUT', `${cluster.href}/statuses`, report('one-more', 1, 'True', 0))).status, 400)
  t.equal((await call('PUT', `${cluster.href}/statuses`, report('needed', 1, 'True', 0))).status, 200)
})

t.test('trace ids that the standard forbids are not taken over', async (t) => {
  const { call } = await application(t)
  const id = '4bf92f3577b34da6a3ce929d0e0e4736'
  for (const [traceparent, taken] of [
    [`00-${id}-00f067aa0ba902b7-01`, true],
    [`ff-${id}-00f067aa0ba902b7-01`, false],
    [`00-${id}-0000000000000000-01`, false],
    [`00-${'0'.repeat(32)}-00f067aa0ba902b7-01`, false],
  ] as const) {
    const { body } = await call('GET', 'clusters/none', undefined, { traceparent })
    t.equal(body.trace_id === id, taken, traceparent)
  }
})

t.test(
  'a client that goes on while the server closes is answered, and told that the connection ends',
  async (t) => {
    const { app } = await application(t)
    await app.listen({ port: 0, host: '127.0.0.1' })
    const { port } = app.server.address() as AddressInfo
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    t.teardown(() => agent.destroy())
    const get = async () => {
      const sent = request({ port, host: '127.0.0.1', path: `${base}/clusters`, agent }).end()
      const [response] = await once(sent, 'response')
      response.resume()
      await once(response, 'end')
      return { status: response.statusCode, connection: response.headers.connection }
    }
    t.strictSame(await get(), { status: 200, connection: 'keep-alive' })
    const closed = app.close()
    t.strictSame(await get(), { status: 200, connection: 'close' })
    await closed
  },
)
