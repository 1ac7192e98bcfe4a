import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import t from 'tap'
import { queries } from '../../generated/sql.ts'
import { application, report } from '../application.ts'
import { corruptionsOfAll, corruptionsOfOne } from '../corruptions.ts'
import { createDatabase } from '../databases.ts'
import { openSession } from '../sessions.ts'

const adapters = { HYPERFLEET_CLUSTER_ADAPTERS: '["validation"]' }

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
      'commands/hyperfleet-api.js',
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
    for (const [problem, statement] of [...corruptionsOfOne, ...corruptionsOfAll]) {
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

  t.test('has no rule that is not broken here', async (t) => {
    const rulesOf = (path: string) => {
      const text = readFileSync(new URL(`../../sql/${path}.sql`, import.meta.url), 'utf8')
      return Array.from(text.matchAll(/^ *select '([^']+)', /gm), ([, problem]) => problem).sort()
    }
    const problemsOf = (corruptions: [string, string][]) => corruptions.map(([problem]) => problem).sort()
    t.strictSame(rulesOf('functions/invariants/resource_problems'), problemsOf(corruptionsOfOne))
    t.strictSame(rulesOf('queries/list_inconsistencies'), problemsOf(corruptionsOfAll))
  })

  t.test('ends with 1 and a list when something differs', async (t) => {
    const session = await openSession(t, url)
    await session.query(`update resource_counts set count = count + 1 where kind = 'Cluster'`)
    const { code, stdout } = await run()
    t.equal(code, 1)
    t.match(stdout, /the kept count is wrong: Cluster: 2 kept, 1 there\n1 inconsistencies\n/)
  })
})
