/** The background look at a few resources at a time: what it counts and logs, and what it stands. */
import { once } from 'node:events'
import { setImmediate as turn } from 'node:timers/promises'
import type { FastifyBaseLogger } from 'fastify'
import { pino } from 'pino'
import { Registry } from 'prom-client'
import t, { type Test } from 'tap'
import { queries } from '../../generated/sql.ts'
import { ConditionMapping } from '../../server/conditions/condition-mapping.ts'
import { Database } from '../../server/db/database.ts'
import { sampler, startVerification } from '../../server/invariants/sampler.ts'
import { application, report } from '../application.ts'
import { corruptionsOfOne } from '../corruptions.ts'
import { createDatabase, execute, testConfig } from '../databases.ts'
import { quickStart } from '../processes.ts'
import { parseMetrics, scrape, sumOf } from '../prometheus.ts'
import { openSession, untilNoneWaits, untilWaiting } from '../sessions.ts'

const adapters = { HYPERFLEET_CLUSTER_ADAPTERS: '["validation"]' }
const CHECKS = 'hyperfleet_api_invariant_checks_total'
const VIOLATIONS = 'hyperfleet_api_invariant_violations_total'

/** A database of its own with a cluster, its node pool and a report. */
async function createOne(t: Test) {
  const url = await createDatabase(adapters)
  const { call } = await application(t, adapters, url)
  const { body: cluster } = await call('POST', 'clusters', {
    kind: 'Cluster',
    name: 'sampled',
    labels: { a: 'b' },
    spec: {},
  })
  await call('POST', `clusters/${cluster.id}/nodepools`, { kind: 'NodePool', name: 'workers', spec: {} })
  await call('PUT', `${cluster.href}/statuses`, report('validation', 1, 'True', 1))
  return { url, call, id: cluster.id as string }
}

/** A connection that ends with the test. */
function open(t: Test, url: string, env: Record<string, string> = {}) {
  const database = new Database(testConfig(url, { ...adapters, ...env }).database)
  t.teardown(() => database.close())
  return database
}

/** Where counts and lines go to, and what they come to. */
function observed() {
  const registry = new Registry()
  const lines: Record<string, unknown>[] = []
  const logger = pino({ level: 'warn' }, { write: (line) => lines.push(JSON.parse(line)) })
  const sum = async (name: string, labels?: Record<string, string>) =>
    sumOf(parseMetrics(await registry.metrics()), name, labels) ?? 0
  const mapping = new ConditionMapping([], () => {})
  return { registry, lines, logger: logger as unknown as FastifyBaseLogger, mapping, sum }
}

/** Looks until each of them has been seen: from anywhere to the end, and from the beginning on. */
async function goRound(look: () => Promise<void>, turns: number) {
  for (let each = 0; each <= turns; each++) await look()
}

t.test('what the server wrote is looked at, and nothing is found', async (t) => {
  const { url } = await createOne(t)
  const { sum, lines, ...to } = observed()
  const look = sampler(open(t, url), { size: 10, ...to })
  t.equal(await sum(CHECKS), 0)
  await goRound(look, 1)
  t.ok((await sum(CHECKS, { kind: 'Cluster' })) >= 1)
  t.ok((await sum(CHECKS, { kind: 'NodePool' })) >= 1)
  t.equal(await sum(VIOLATIONS), 0)
  t.strictSame(lines, [])
})

t.test('each rule for one resource that does not hold is counted and logged', async (t) => {
  const { url } = await createOne(t)
  // On one connection, so that what is broken can be rolled back.
  const database = open(t, url, { HYPERFLEET_DATABASE_POOL_MAX_CONNECTIONS: '1' })
  for (const [problem, statement] of corruptionsOfOne) {
    const { sum, lines, ...to } = observed()
    await database.pool.query('begin')
    const { rows } = await database.pool.query(`${statement} returning *`)
    const { id, kind } =
      'kind' in rows[0]
        ? rows[0]
        : (await database.pool.query(`select id, kind from resources where kind = 'Cluster'`)).rows[0]
    const look = sampler(database, { size: 10, ...to })
    await look()
    const [one] = [await sum(VIOLATIONS, { problem })]
    await goRound(look, 2)
    await database.pool.query('rollback')
    const child = problem.startsWith('a child') ? { kind: 'NodePool' } : { kind }
    const count = await sum(VIOLATIONS, { problem, ...child })
    t.ok(count >= 2 && one <= 1, `${problem}: counted at each turn, ${count}`)
    const told = lines.filter((line) => line.problem === problem)
    t.equal(told.length, 1, `${problem}: logged once`)
    t.match(told[0], { level: 40, resource_type: child.kind.toLowerCase() })
    if (child.kind === kind) t.equal(told[0]?.resource_id, id)
  }
})

t.test('goes round all resources, from anywhere on', async (t) => {
  const url = await createDatabase()
  const { call } = await application(t, {}, url)
  for (let n = 1; n <= 10; n++)
    await call('POST', 'clusters', { kind: 'Cluster', name: `cluster-${n}`, spec: {} })
  // An hour between two of them, so that where a walk begins is not always before the first.
  await execute(
    url,
    `update resources as resource
     set id = uuid_v7(now() - number.hours * interval '1 hour'), created_time = now() - number.hours * interval '1 hour', states = '{}'
     from (select id, row_number() over (order by id) as hours from resources) as number
     where number.id = resource.id`,
  )
  const all = (await execute(url, `select id from resources where states = '{}' order by id`)).rows
  t.equal(all.length, 10)
  const { sum, lines, ...to } = observed()
  const database = open(t, url)
  const look = sampler(database, { size: 3, ...to })
  const told = () => lines.filter(({ problem }) => problem === 'states do not follow from the conditions')
  for (let looks = 0; told().length < all.length; looks++) {
    const before = await sum(CHECKS)
    await look()
    t.ok((await sum(CHECKS)) - before <= 3, 'no more than asked for')
    if (looks > 8) throw new Error(`after ${looks} turns ${told().length} of ${all.length} were seen`)
  }
  t.strictSame(
    told()
      .map(({ resource_id }) => resource_id)
      .sort(),
    all.map(({ id }) => id),
    'each once',
  )

  await t.test('a violation that lasts is counted again, and not logged again', async (t) => {
    const before = await sum(VIOLATIONS)
    await goRound(look, 8)
    t.ok((await sum(VIOLATIONS)) > before)
    t.equal(told().length, all.length)
  })

  await t.test('one that was gone for a round is logged again', async (t) => {
    const { id } = all[4]
    const mended = 'update resources set states = condition_states(conditions::jsonb) where id = $1'
    await execute(url, mended, [id])
    await goRound(look, 8)
    await execute(url, `update resources set states = '{}' where id = $1`, [id])
    await goRound(look, 4)
    t.equal(told().length, all.length + 1)
    t.equal(told().at(-1)?.resource_id, id)
  })

  await t.test('another one begins elsewhere', async () => {
    const firsts = new Set<unknown>()
    for (let walks = 0; firsts.size < 2; walks++) {
      const { lines, ...to } = observed()
      await sampler(database, { size: 1, ...to })()
      if (lines[0]) firsts.add(lines[0].resource_id)
      if (walks > 100) throw new Error('a hundred walks have begun at the same resource')
    }
  })
})

t.test('a write in the middle of a look is no violation', async (t) => {
  const { url, id } = await createOne(t)
  const { sum, lines, ...to } = observed()
  const look = sampler(open(t, url), { size: 10, ...to })
  const session = await openSession(t, url)
  await look()
  const before = await sum(CHECKS)
  // The look has read the resource, and waits here for its reports.
  await session.query('begin; lock table adapter_statuses')
  const looking = look()
  await untilWaiting(session, 1)
  const sent = JSON.stringify(report('validation', 1, 'False', 2))
  const { rows } = await session.query(queries.report_status.text, [
    'Cluster',
    null,
    id,
    sent,
    '5m',
    null,
    false,
    '{}',
  ])
  t.equal(rows[0].discarded, null)
  await session.query('commit')
  await looking
  t.ok((await sum(CHECKS)) > before)
  t.equal(await sum(VIOLATIONS), 0, JSON.stringify(lines))
})

t.test('what a migration still brings in line is left alone', async (t) => {
  const { url } = await createOne(t)
  const { sum, lines, ...to } = observed()
  const look = sampler(open(t, url), { size: 10, ...to })
  await execute(url, `update kinds set required_adapters = '{dns}', stale = true where kind = 'Cluster'`)
  await goRound(look, 2)
  t.equal(await sum(CHECKS, { kind: 'Cluster' }), 0)
  t.ok((await sum(CHECKS, { kind: 'NodePool' })) > 0)
  t.strictSame(lines, [])
  await execute(url, `update kinds set stale = false`)
  await goRound(look, 2)
  t.ok((await sum(VIOLATIONS, { kind: 'Cluster' })) > 0, 'and looked at afterwards')
})

t.test('goes on after a database that did not answer, and ends when told to', async (t) => {
  const { url } = await createOne(t)
  const { sum, lines, ...to } = observed()
  // None of its statements ends by its own time limit.
  const database = open(t, url, {
    HYPERFLEET_DATABASE_POOL_STATEMENT_TIMEOUT: '1h',
    HYPERFLEET_SERVER_TIMEOUTS_REQUEST: '2h',
    HYPERFLEET_SERVER_TIMEOUTS_WRITE: '3h',
  })
  const session = await openSession(t, url)
  const config = testConfig(url, {
    ...adapters,
    HYPERFLEET_VERIFICATION_RESOURCES: '10',
    HYPERFLEET_VERIFICATION_INTERVAL: '1ms',
  }).verification
  let failures = 0
  database.observe = (_query, _seconds, error) => {
    if (error) failures++
  }
  const verification = startVerification(config, database, to.mapping, to.registry, to.logger)
  const more = async () => {
    const before = await sum(CHECKS)
    while ((await sum(CHECKS)) < before + 3) await turn()
  }
  await more()
  for (const end of ['pg_cancel_backend', 'pg_terminate_backend']) {
    await session.query('begin; lock table resources')
    await untilWaiting(session, 1)
    const before = failures
    await session.query(
      `select ${end}(pid) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
    )
    while (failures === before) await turn()
    await session.query('rollback')
    await more()
  }
  await session.query('begin; lock table resources')
  await untilWaiting(session, 1)
  await verification.close()
  // The session closes before PostgreSQL has worked off the cancel request.
  await untilNoneWaits(session)
  const after = await sum(CHECKS)
  await session.query('rollback')
  for (let turns = 0; turns < 100; turns++) await turn()
  t.equal(await sum(CHECKS), after)
  t.strictSame(lines, [], 'nobody is told of it at this level')
})

t.test('a server', async (t) => {
  const { url, id } = await createOne(t)
  await execute(url, `update resources set states = '{}' where id = $1`, [id])

  await t.test('looks at nothing unless it is told to', async (t) => {
    const server = await quickStart(t, { ...adapters, HYPERFLEET_DATABASE_URL: url })
    const { text } = await scrape(t, server.metrics)
    t.match(text, 'table="check_database"')
    t.notMatch(text, /invariant|list_sampled_problems/)
  })

  await t.test('counts what it looks at, says what it found, and ends', async (t) => {
    const server = await quickStart(t, {
      ...adapters,
      HYPERFLEET_DATABASE_URL: url,
      HYPERFLEET_LOGGING_LEVEL: 'warn',
      HYPERFLEET_VERIFICATION_RESOURCES: '10',
      HYPERFLEET_VERIFICATION_INTERVAL: '10ms',
    })
    const problem = 'states do not follow from the conditions'
    for (;;) {
      const { value } = await scrape(t, server.metrics)
      if ((value(VIOLATIONS, { kind: 'Cluster', problem }) ?? 0) > 1) break
    }
    const lines = server.output.stdout.split('\n').filter((line) => line.includes(problem))
    t.equal(lines.length, 1)
    t.match(JSON.parse(lines[0] ?? ''), {
      level: 'warn',
      resource_type: 'cluster',
      resource_id: id,
      problem,
      message: 'resource invariant violated',
    })
    const exited = once(server.child, 'exit')
    server.child.kill('SIGTERM')
    t.strictSame(await exited, [0, null])
  })
})
