/** A table changes while a statement is analysed, as when a later release migrates: every operation answers all the same. */
import t from 'tap'
import { application, report } from '../application.ts'
import { createDatabase } from '../databases.ts'
import { openSession, untilWaiting } from '../sessions.ts'

const env = { HYPERFLEET_CLUSTER_ADAPTERS: '["validation"]', HYPERFLEET_NODEPOOL_ADAPTERS: '["validation"]' }

t.test(
  'a column is added to a table while the first statement of its kind waits for the table',
  async (t) => {
    const url = await createDatabase(env)
    const { call } = await application(t, env, url)
    const { body: made } = await call('POST', 'clusters', { kind: 'Cluster', name: 'first', spec: {} })
    const { body: pool } = await call('POST', `${made.href}/nodepools`, {
      kind: 'NodePool',
      name: 'pool',
      spec: {},
    })
    const requests = {
      get: () => call('GET', made.href),
      list: () => call('GET', 'clusters'),
      search: () => call('GET', `clusters?search=${encodeURIComponent("name = 'first'")}`),
      children: () => call('GET', `${made.href}/nodepools`),
      explain: () => call('GET', `${made.href}/explain`),
      report: () => call('PUT', `${made.href}/statuses`, report('validation', 1, 'True', 1)),
      reports: () => call('GET', `${made.href}/statuses`),
      patch: () => call('PATCH', made.href, { spec: { a: 1 } }),
      create: () => call('POST', 'clusters', { kind: 'Cluster', name: 'second', spec: {} }),
      remove: () => call('DELETE', pool.href),
      forceDelete: () => call('POST', `${pool.href}/force-delete`, { reason: 'a test' }),
    }
    const session = await openSession(t, url)
    for (const [index, [name, request]] of Object.entries(requests).entries()) {
      await session.query('begin')
      await session.query(`alter table resources add column added_${index} text`)
      await session.query(`alter table kinds add column added_${index} text`)
      const answer = request()
      await untilWaiting(session, 1)
      await session.query('commit')
      const { status, text } = await answer
      t.ok(status < 300, `${name}: ${status} ${text}`)
    }
  },
)
