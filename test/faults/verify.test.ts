import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import t from 'tap'
import { queries } from '../../generated/sql.ts'
import { application, report } from '../application.ts'
import { createDatabase } from '../databases.ts'
import { openSession } from '../sessions.ts'

const adapters = { HYPERFLEET_CLUSTER_ADAPTERS: '["validation"]' }

/** What somebody's hand in the database may have done, and what is said of it. */
const corruptions: [problem: string, statement: string][] = [
  [
    'the conditions are not what the rules make of the reports',
    `update resources set conditions = jsonb_set(conditions, '{3,message}', '"mine"') where kind = 'Cluster'`,
  ],
  ['a condition does not follow from the reports', `update adapter_statuses set available = false`],
  ['states do not follow from the conditions', `update resources set states = '{}' where kind = 'Cluster'`],
  [
    'the time of being unreconciled does not follow from the conditions',
    `update resources set unreconciled_since = now() where kind = 'Cluster'`,
  ],
  [
    'label pairs do not follow from the labels',
    `update resources set label_pairs = '{a=c}' where kind = 'Cluster'`,
  ],
  [
    'marked for deletion, complete and childless, and still there',
    `update resources set deleted_time = now(), deleted_by = 'me' where kind = 'NodePool'`,
  ],
  [
    'a child that is not marked under a parent that is',
    `update resources set deleted_time = now(), deleted_by = 'me' where kind = 'Cluster'`,
  ],
  [
    'the parent is missing or of the wrong kind',
    `update resources set owner_id = id where kind = 'NodePool'`,
  ],
  ['a report of a generation that was never reached', `update adapter_statuses set observed_generation = 7`],
  [
    'times out of order',
    `update resources set updated_time = created_time - interval '1 s' where kind = 'Cluster'`,
  ],
  ['the kept count is wrong', `update resource_counts set count = count + 1 where kind = 'Cluster'`],
]

t.test('verify', async (t) => {
  const url = await createDatabase(adapters)
  const { call } = await application(t, adapters, url)
  const { body: cluster } = await call('POST', 'clusters', {
    kind: 'Cluster',
    name: 'verified',
    labels: { a: 'b' },
    spec: {},
  })
  await call('POST', `clusters/${cluster.id}/nodepools`, { kind: 'NodePool', name: 'workers', spec: {} })
  await call('PUT', `${cluster.href}/statuses`, report('validation', 1, 'True', 1))
  const run = () =>
    promisify(execFile)(process.execPath, [
      'scripts/hyperfleet-api.js',
      'verify',
      '--database-url',
      url,
    ]).then(
      ({ stdout }) => ({ code: 0, stdout }),
      ({ code, stdout }) => ({ code, stdout }),
    )

  t.test('ends with 0 on what the server wrote', async (t) => {
    t.strictSame(await run(), { code: 0, stdout: 'all is consistent\n' })
  })

  t.test('finds each thing that the rules do not allow', async (t) => {
    const session = await openSession(t, url)
    for (const [problem, statement] of corruptions) {
      await session.query('begin')
      await session.query(statement)
      const { rows } = await session.query(
        `select problem from (${queries.list_inconsistencies.text}) as found`,
      )
      await session.query('rollback')
      t.ok(
        rows.some((row) => row.problem === problem),
        `${problem}: ${JSON.stringify(rows)}`,
      )
    }
  })

  t.test('ends with 1 and a list when something differs', async (t) => {
    const session = await openSession(t, url)
    await session.query(`update resource_counts set count = count + 1 where kind = 'Cluster'`)
    const { code, stdout } = await run()
    t.equal(code, 1)
    t.match(stdout, /the kept count is wrong: Cluster: 2 kept, 1 there\n1 inconsistencies\n/)
  })
})
