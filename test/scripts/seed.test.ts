import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import t from 'tap'
import { application } from '../application.ts'
import { createDatabase } from '../databases.ts'

const adapters = {
  HYPERFLEET_CLUSTER_ADAPTERS: '["validation","dns"]',
  HYPERFLEET_NODEPOOL_ADAPTERS: '["validation"]',
}

/** Runs a script as a process of its own; its exit code and what it said. */
const run = (...args: string[]) =>
  promisify(execFile)(process.execPath, args).then(
    ({ stdout, stderr }) => ({ code: 0, said: stdout + stderr }),
    ({ code, stdout, stderr }) => ({ code, said: stdout + stderr }),
  )

t.test('seed', async (t) => {
  const url = await createDatabase(adapters)
  const { call } = await application(t, adapters, url)
  const total = async (path: string) => (await call('GET', path)).body.total
  const seed = (...args: string[]) =>
    run('--import', 'tsx', 'commands/seed.ts', '--database-url', url, ...args)

  await t.test('adds what is asked for, in order by the rules', async (t) => {
    const { code, said } = await seed('--clusters', '600', '--node-pools=2', '--unreconciled', '350')
    t.equal(code, 0, said)
    t.match(said, '100 % 600 of 600 clusters')
    t.equal(await total('clusters'), 600)
    t.equal(await total('nodepools'), 1200)
    t.equal(await total(`clusters?search=status.conditions.Reconciled='False'`), 350)
    t.equal(await total(`clusters?search=status.conditions.Reconciled='True'`), 250)
    t.equal(await total(`clusters?search=labels.example.com/customer='customer-7'`), 10)
    t.equal(await total(`nodepools?search=status.conditions.Ready='True'`), 1200)
    t.match(await run('commands/hyperfleet-api.js', 'verify', '--database-url', url), {
      code: 0,
      said: 'all is consistent',
    })
    const [cluster] = (await call('GET', 'clusters?size=1')).body.items
    t.equal((await call('GET', `clusters/${cluster.id}/statuses`)).body.total, 2, 'each adapter has reported')
    t.equal(await total(`clusters/${cluster.id}/nodepools`), 2)
  })

  await t.test('adds to what is there', async (t) => {
    t.equal((await seed('--clusters', '10', '--node-pools', '0', '--unreconciled', '0')).code, 0)
    t.equal(await total('clusters'), 610)
    t.equal(await total('nodepools'), 1200)
    t.equal((await seed('--clusters', '0')).code, 0, 'nothing, if nothing is asked for')
    t.equal(await total('clusters'), 610)
  })

  await t.test('says in one line what is wrong', async (t) => {
    for (const [args, words] of [
      [['--clusters', 'many'], /--clusters must be a number .*\(it is many\)/],
      [['--clusters', '-1'], /--clusters must be a number/],
      [['--nothing', '1'], /nothing/],
    ] as const) {
      const { code, said } = await seed(...args)
      t.equal(code, 1, args.join(' '))
      t.match(said, words)
      t.equal(said.trim().split('\n').length, 1, said)
    }
    t.equal(await total('clusters'), 610)
  })
})
