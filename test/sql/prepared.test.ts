/** Statements that PostgreSQL plans once for a session, and not at each call: planning takes as long as the rest of some of them. */
import type pg from 'pg'
import t from 'tap'
import { application, report } from '../application.ts'

const ADAPTERS = {
  HYPERFLEET_CLUSTER_ADAPTERS: '["validation","dns"]',
  HYPERFLEET_NODEPOOL_ADAPTERS: '["validation"]',
  // One session for all.
  HYPERFLEET_DATABASE_POOL_MAX_CONNECTIONS: '1',
}

t.test('what clients ask all the time is planned once for a session', async (t) => {
  const { call, database } = await application(t, ADAPTERS)
  const { pool } = database as unknown as { pool: pg.Pool }
  // Of the first five plans of a statement PostgreSQL learns what it costs to plan it.
  for (let run = 0; run < 8; run++) {
    const named = (kind: string) => ({ kind, name: `n-${run}`, spec: { run }, labels: { run: `${run}` } })
    const { body: cluster } = await call('POST', 'clusters', named('Cluster'))
    const { body: nodePool } = await call('POST', `clusters/${cluster.id}/nodepools`, named('NodePool'))
    const answers = [
      await call('PUT', `clusters/${cluster.id}/statuses`, report('validation', 1, 'True', 1)),
      await call('PUT', `clusters/${cluster.id}/statuses`, report('validation', 1, 'True', 1)),
      await call('PATCH', `clusters/${cluster.id}`, { spec: { changed: run } }),
      await call('GET', `clusters/${cluster.id}`),
      await call('GET', `clusters/${cluster.id}/nodepools/${nodePool.id}`),
      await call('GET', `clusters/${cluster.id}/nodepools`),
      await call('GET', `clusters/${cluster.id}/statuses`),
      await call('GET', 'clusters'),
      await call('GET', 'nodepools?order=name asc&size=3'),
      await call('GET', 'clusters?cursor='),
      await call('GET', 'resources'),
      await call('GET', `clusters/${cluster.id}/explain`),
      await call('DELETE', `clusters/${cluster.id}`),
    ]
    t.strictSame(
      answers.map(({ status }) => status).filter((status) => status > 202),
      [],
    )
  }
  const { rows } = await pool.query(
    // Those of the feed of changes are not asked by requests, but once a second at the most.
    `select name, generic_plans::int as kept, custom_plans::int as each
     from pg_prepared_statements where name !~ '_change_(bound|position)_' order by name`,
  )
  t.ok(rows.length >= 12, `${rows.length} statements`)
  for (const { name, kept, each } of rows)
    t.ok(kept >= 3 && each === 5, `${name}: ${kept} by the kept plan, ${each} by one of their own`)
})
