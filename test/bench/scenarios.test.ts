/** What the benches send is what the server takes, and the statements beside it are those that the server makes of it. */
import { execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { ADAPTERS, databaseUrl, execute as run } from '../../bench/fleet.ts'
import { noResults, targetsOf } from '../../bench/page.ts'
import { limit, program } from '../../bench/pgbench.ts'
import { DIGITS, filler } from '../../bench/requests.ts'
import { seedFleet } from '../../bench/stage.ts'
import { usageOf } from '../../bench/usage.ts'
import { application } from '../application.ts'
import { execute } from '../databases.ts'

const CLUSTERS = 300
const RECONCILED = 100

t.test('each scenario', async (t) => {
  const server = process.env.HYPERFLEET_TEST_SERVER ?? ''
  const folder = await mkdtemp(join(tmpdir(), 'hyperfleet-'))
  t.teardown(() => rm(folder, { recursive: true }))
  const fleet = await seedFleet({ url: server, dir: folder, folder }, CLUSTERS, 1.5)
  const url = databaseUrl(server, fleet.name)
  t.teardown(() => run(server, `drop database ${fleet.name} with (force)`))
  const adapters = {
    HYPERFLEET_CLUSTER_ADAPTERS: JSON.stringify(ADAPTERS),
    HYPERFLEET_NODEPOOL_ADAPTERS: '["validation","dns"]',
  }
  const { call } = await application(t, adapters, url)
  const work = { clusters: RECONCILED, pages: CLUSTERS / 20 }

  const [size] = await run(
    url,
    `select avg(length(spec::text))::int as bytes from resources where kind = 'Cluster'`,
  )
  t.ok(Math.abs(Number(size?.bytes) - 1536) < 150, `specs are of 1.5 KB: ${size?.bytes}`)

  for (const [index, { name, requests, prepare = [], before = [] }] of fleet.scenarios.entries())
    await t.test(name, async (t) => {
      await run(url, ...prepare, ...before)
      for (const each of requests) {
        // The same page and cluster for both, and another cluster for each scenario, as if each had a fleet of its own.
        const chosen = JSON.stringify(each)
          .replaceAll('{id}', String(10 + index).padStart(DIGITS, '0'))
          .replaceAll('{page}', '3')
        const request: typeof each = JSON.parse(chosen)
        const { method, path, body } = filler({ requests: [request], ...work })()
        const answer = await call(method, path.slice(1), body === undefined ? undefined : JSON.parse(body))
        t.ok(
          answer.status >= 200 && answer.status < 300,
          `${method} ${path}: ${answer.status} ${answer.text}`,
        )
        if (name.startsWith('report')) t.equal(answer.status, name === 'report, discarded' ? 204 : 200)
        if (method !== 'GET') continue
        const { rows } = await execute(url, request.statement.text, request.statement.values)
        t.equal(rows[0].body, answer.text, 'the statement has the same answer')
      }
      await run(url, ...before)
    })

  await t.test(
    'pgbench takes the statements',
    { skip: program ? false : 'pgbench is not installed' },
    async (t) => {
      for (const name of ['mix', 'create', 'delete']) {
        const scenario = fleet.scenarios.find((each) => each.name === name)
        const { requests } = await limit(
          url,
          { ...work, requests: scenario?.requests ?? [], connections: 2, seconds: 1 },
          folder,
        )
        t.ok(requests > 10, `${name}: ${requests}`)
      }
    },
  )
})

t.test('what children have used counts, when they have ended, too', async (t) => {
  const before = usageOf(process.pid)
  const busy =
    'let n = 0; while (process.cpuUsage().user < 300_000) n++; console.log(process.cpuUsage().user / 1e6)'
  const used = Number(execFileSync(process.execPath, ['-e', busy], { encoding: 'utf8' }))
  const after = usageOf(process.pid)
  t.ok(after.cpu - before.cpu >= used - 0.02, `${after.cpu - before.cpu} of ${used}`)
  t.ok(after.memory > 1e7 && after.peak >= after.memory, `${after.memory}, ${after.peak}`)
})

t.test('a target is met or missed by what was measured', async (t) => {
  const figures = { requests: 1, p50: 1, p99: 11, serverCpu: 0, databaseCpu: 0, queries: 1 }
  const point = (perSecond: number, limit: number) => ({
    name: 'list of 10',
    connections: 10,
    server: { ...figures, perSecond },
    limit: { ...figures, perSecond: limit },
  })
  const met = (perSecond: number, limit: number) =>
    targetsOf({ ...noResults(), points: [point(perSecond, limit)] }).map(({ isMet }) => isMet)
  t.same(met(2400, 4800), [true, false, true], 'pace, p99, share of pgbench')
  t.same(met(2399, 4800), [false, false, false])
  t.same(
    targetsOf({ ...noResults(), sweeps: [{ name: 'pages', seconds: 1.1 }] }).map(({ isMet }) => isMet),
    [false],
  )
})
