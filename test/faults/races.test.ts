import t from 'tap'
import { application, condition, report } from '../application.ts'
import { openSession, untilWaiting } from '../sessions.ts'

const adapters = { HYPERFLEET_CLUSTER_ADAPTERS: '["validation","dns"]' }
const reportInSql = `select discarded from report_status('Cluster', null, $1, $2::jsonb, '5m', null)`

t.test('two adapters that report at the same moment', async (t) => {
  const { call, url } = await application(t, adapters)
  const session = await openSession(t, url)

  t.test('the second sees the report of the first, which had not been committed when it came', async (t) => {
    const { body: cluster } = await call('POST', 'clusters', { kind: 'Cluster', name: 'two-at-once', spec: {} })
    await session.query('begin')
    await session.query(reportInSql, [cluster.id, JSON.stringify(report('validation', 1, 'True', 1))])
    const second = call('PUT', `clusters/${cluster.id}/statuses`, report('dns', 1, 'True', 2))
    await untilWaiting(session, 1)
    await session.query('commit')

    t.equal((await second).status, 200)
    const { body } = await call('GET', `clusters/${cluster.id}`)
    t.equal(condition(body, 'Ready')?.status, 'True')
    t.equal(condition(body, 'ValidationSuccessful')?.status, 'True')
    t.equal(condition(body, 'DnsSuccessful')?.status, 'True')
  })

  t.test('both wait for the same lock and both are kept', async (t) => {
    const { body: cluster } = await call('POST', 'clusters', { kind: 'Cluster', name: 'both-wait', spec: {} })
    await session.query('begin')
    await session.query('select from resources where id = $1 for no key update', [cluster.id])
    const calls = [
      call('PUT', `clusters/${cluster.id}/statuses`, report('validation', 1, 'True', 1)),
      call('POST', `clusters/${cluster.id}/statuses`, report('dns', 1, 'True', 2)),
    ]
    await untilWaiting(session, 2)
    await session.query('commit')

    t.same((await Promise.all(calls)).map(({ status }) => status), [200, 201])
    const { body } = await call('GET', `clusters/${cluster.id}`)
    t.equal(condition(body, 'Ready')?.status, 'True')
  })

  t.test('an older report that waited for a newer one of the same adapter is discarded', async (t) => {
    const { body: cluster } = await call('POST', 'clusters', { kind: 'Cluster', name: 'older-waits', spec: {} })
    await session.query('begin')
    await session.query(reportInSql, [cluster.id, JSON.stringify(report('dns', 1, 'True', 5))])
    const older = call('PUT', `clusters/${cluster.id}/statuses`, report('dns', 1, 'False', 4))
    await untilWaiting(session, 1)
    await session.query('commit')

    t.match(await older, { status: 204, headers: { 'hyperfleet-discarded': 'stale-time' } })
    const { body } = await call('GET', `clusters/${cluster.id}`)
    t.equal(condition(body, 'DnsSuccessful')?.status, 'True')
  })
})
