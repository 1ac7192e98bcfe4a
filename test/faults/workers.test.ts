/** Several processes as one server (`server.workers`): what callers, probes, Prometheus and the log see of it. */
import { once } from 'node:events'
import http from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { base } from '../application.ts'
import { createDatabase, execute } from '../databases.ts'
import {
  type Environment,
  findFreePorts,
  launch,
  PATIENCE_MS,
  type Replica,
  serving,
  startReplica,
  statusOf,
  until,
  workersOf,
} from '../processes.ts'
import { scrape } from '../prometheus.ts'

interface Server extends Replica {
  metrics: string
}

async function start(t: Test, url: string, env: Environment = {}): Promise<Server> {
  const [port] = await findFreePorts(1)
  const settings = {
    ...serving(url),
    HYPERFLEET_SERVER_WORKERS: '2',
    HYPERFLEET_SERVER_MAX_EVENT_LOOP_DELAY: '1m',
    HYPERFLEET_METRICS_HOST: '127.0.0.1',
    HYPERFLEET_METRICS_PORT: String(port),
    ...env,
  }
  return { ...(await startReplica(t, settings)), metrics: `http://127.0.0.1:${port}` }
}

/** What the log says, which must be whole lines of JSON. */
const logOf = ({ output }: Server): Record<string, unknown>[] =>
  output.stdout
    .slice(0, output.stdout.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((line) => line)
    .map((line) => JSON.parse(line))

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

async function untilGone(pids: number[]) {
  for (const giveUp = Date.now() + PATIENCE_MS; pids.some(isAlive); await delay(20))
    if (Date.now() > giveUp) throw new Error(`still there: ${pids.filter(isAlive)}`)
}

const reasonOf = async ({ health }: Server) =>
  ((await (await fetch(`${health}/readyz`)).json()) as { reason?: string }).reason

interface Answer {
  status?: number | undefined
  closes?: boolean
  error?: string | undefined
}

function get(address: string, id: string, agent?: http.Agent): Promise<Answer> {
  return new Promise((resolve) => {
    const options = { agent: agent ?? false, headers: { 'x-request-id': id } }
    http
      .get(`${address}${base}/clusters`, options, (answer) => {
        answer.resume().once('end', () => {
          resolve({ status: answer.statusCode, closes: answer.headers.connection === 'close' })
        })
      })
      .once('error', (error: NodeJS.ErrnoException) => resolve({ error: error.code }))
  })
}

/** The workers that have answered requests whose ids begin with a text, by the log. */
const answering = (server: Server, prefix: string) =>
  new Set(
    logOf(server).flatMap(({ request_id, worker }) => (`${request_id}`.startsWith(prefix) ? [worker] : [])),
  )

/** Asks on new connections until each of these workers has answered; resolves with how often. */
async function askAll(server: Server, workers: number[]): Promise<number> {
  for (let asked = 0, giveUp = Date.now() + PATIENCE_MS; ; ) {
    const answers = await Promise.all(Array.from({ length: 10 }, () => get(server.api, `ask-${asked++}`)))
    if (answers.some(({ status }) => status !== 200)) throw new Error(JSON.stringify(answers))
    const seen = answering(server, 'ask-')
    if (workers.every((worker) => seen.has(worker))) return asked
    if (Date.now() > giveUp) throw new Error(`only ${[...seen]} answer`)
  }
}

/**
 * Callers of both workers that ask without pause, each on a connection that it keeps until that is lost; they stop when
 * told that it closes.
 */
async function load(server: Server) {
  const address = server.api
  const state = { isOver: false, answered: 0 }
  const failures: { connection: string; error: string }[] = []
  const call = async (caller: number) => {
    let connection = 0
    let agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
    for (let step = 0; !state.isOver; step++) {
      const { status, closes, error } = await get(address, `${caller}.${connection}-${step}`, agent)
      if (status === 200) state.answered++
      else {
        failures.push({ connection: `${caller}.${connection}`, error: error ?? String(status) })
        agent.destroy()
        agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
        connection++
      }
      if (closes || error === 'ECONNREFUSED') break
    }
    agent.destroy()
  }
  const calls: Promise<void>[] = []
  await until('both have callers', server, async () => {
    calls.push(call(calls.length))
    return calls.length >= 8 && answering(server, '').has(1) && answering(server, '').has(2)
  })
  return {
    calls,
    failures,
    async more(count: number) {
      const goal = state.answered + count
      for (const giveUp = Date.now() + PATIENCE_MS; state.answered < goal; await delay(5))
        if (Date.now() > giveUp) throw new Error(`only ${count - goal + state.answered} of ${count} answers`)
    },
    async end() {
      state.isOver = true
      await Promise.all(calls)
    },
  }
}

t.test('two workers are one server', async (t) => {
  const url = await createDatabase({ HYPERFLEET_CLUSTER_ADAPTERS: '["validation"]' })
  const server = await start(t, url)
  for (const name of ['one', 'two', 'three']) {
    const options = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ kind: 'Cluster', name, spec: {} }),
    }
    t.equal((await fetch(`${server.api}${base}/clusters`, options)).status, 201)
  }
  const asked = await askAll(server, [1, 2])
  const { value, metrics } = await scrape(t, server.metrics)

  t.pass('both answer, and the log says which')
  const path = `${base}/clusters`
  t.equal(value('hyperfleet_api_requests_total', { path, method: 'GET' }), asked, 'requests are summed')
  t.equal(value('hyperfleet_api_request_duration_seconds_count', { path, method: 'GET' }), asked)
  t.equal(value('hyperfleet_api_reconciliation_started_total'), 3)
  const kind = { resource_type: 'cluster', is_delete: 'false' }
  t.equal(value('hyperfleet_api_resource_pending_reconciliation', kind), 3, 'the database is counted once')
  t.equal(value('hyperfleet_api_required_adapters', { resource_type: 'cluster' }), 1)
  t.equal(value('hyperfleet_api_build_info'), 1)
  t.equal(value('hyperfleet_db_connections_max'), 20, 'they share the connections')
  t.ok((value('hyperfleet_api_requests_total', { path: '/readyz' }) ?? 0) > 0, 'probes count as well')
  const started = value('process_start_time_seconds') ?? 0
  t.ok(started * 1000 < Date.now() && started * 1000 > Date.now() - 60_000, 'one start')
  const limit = (value('hyperfleet_api_heap_limit_bytes') ?? 0) / (value('nodejs_heap_size_used_bytes') ?? 1)
  t.ok(limit > 1 && Number.isFinite(limit))
  for (const [name, { samples }] of metrics)
    for (const { labels } of samples)
      t.ok(labels.component === 'api' && labels.version, `${name} has its labels`)
})

t.test('a worker that does not answer makes the server not ready', async (t) => {
  const server = await start(t, await createDatabase(), { HYPERFLEET_HEALTH_DB_PING_TIMEOUT: '200ms' })
  const asked = await askAll(server, [1, 2])
  const path = `${base}/clusters`
  t.equal((await scrape(t, server.metrics)).value('hyperfleet_api_requests_total', { path }), asked)
  const [frozen = 0] = workersOf(server)
  process.kill(frozen, 'SIGSTOP')
  t.equal(await reasonOf(server), 'a worker does not answer in time')
  const { value } = await scrape(t, server.metrics)
  t.equal(value('hyperfleet_api_requests_total', { path }), asked, 'what it had counted stays')
  process.kill(frozen, 'SIGCONT')
  await until('it is ready', server, async () => (await statusOf(`${server.health}/readyz`)) === 200)
})

t.test(
  'a worker that is killed under load is replaced, and callers of the other do not notice',
  async (t) => {
    const server = await start(t, await createDatabase())
    const running = await load(server)
    await running.more(200)
    const counted = async () =>
      (await scrape(t, server.metrics)).value('hyperfleet_api_requests_total', {
        path: `${base}/clusters`,
      }) ?? 0
    const before = await counted()
    const [victim = 0, other = 0] = workersOf(server)
    process.kill(victim, 'SIGKILL')
    await until('the probe tells', server, async () => (await reasonOf(server))?.includes('1 of 2 workers'))
    t.ok((await counted()) >= before, 'no count falls')
    await until('it is ready', server, async () => (await statusOf(`${server.health}/readyz`)) === 200)
    await running.more(200)
    await running.end()
    const log = logOf(server)
    const word = log.find(({ message }) =>
      String(message).includes('has ended (SIGKILL); another takes its place'),
    )
    const [, dead] = /^worker (\d+) /.exec(String(word?.message)) ?? []
    t.ok(dead, 'the log tells')
    const answeredBy = new Map(
      log.map(({ request_id, worker }) => [String(request_id).split('-')[0], worker]),
    )
    for (const { connection, error } of running.failures) {
      // One that was on its way to the worker that ended has not been answered by any.
      const worker = answeredBy.get(connection) ?? Number(dead)
      t.equal(worker, Number(dead), `${error} on a connection of the worker that was killed`)
    }
    t.ok(running.failures.length, 'some are')
    t.ok(running.failures.length < running.calls.length, 'not all are')
    const now = workersOf(server)
    t.ok(now.length === 2 && now.includes(other) && !now.includes(victim))
    await askAll(server, [3])
  },
)

t.test('SIGTERM under load ends all of them in good order', async (t) => {
  const server = await start(t, await createDatabase(), { HYPERFLEET_HEALTH_DRAIN_DELAY: '300ms' })
  const running = await load(server)
  await running.more(100)
  const workers = workersOf(server)
  t.equal(workers.length, 2)
  // As a terminal does it, and a service manager: to each of them.
  for (const pid of [...workers, server.child.pid ?? 0]) process.kill(pid, 'SIGTERM')
  await until('it drains', server, async () => (await reasonOf(server)) === 'the server is shutting down')
  await running.more(1)
  t.equal(await server.ended, 0)
  await running.end()
  t.same(running.failures, [])
  await untilGone(workers)
})

t.test('SIGTERM while a worker is being replaced is an end as any other', async (t) => {
  const server = await start(t, await createDatabase())
  const before = workersOf(server)
  process.kill(before[0] ?? 0, 'SIGKILL')
  await until('another takes its place', server, async () =>
    workersOf(server).some((each) => !before.includes(each)),
  )
  server.child.kill('SIGTERM')
  t.equal(await server.ended, 0)
  t.notMatch(server.output.stdout, /fatal/)
})

t.test('one that ends while another starts is no reason to give up', async (t) => {
  const server = await start(t, await createDatabase())
  const before = workersOf(server)
  for (const each of before) process.kill(each, 'SIGKILL')
  const starting = () => workersOf(server).filter((each) => !before.includes(each))
  await until('others take their places', server, async () => starting().length === 2)
  process.kill(starting()[0] ?? 0, 'SIGKILL')
  await until('all serve again', server, async () => (await statusOf(`${server.health}/readyz`)) === 200)
  t.notMatch(server.output.stdout, /none can be started/)
})

t.test('a second signal ends all of them at once', async (t) => {
  const server = await start(t, await createDatabase(), { HYPERFLEET_HEALTH_DRAIN_DELAY: '1h' })
  const workers = workersOf(server)
  server.child.kill('SIGTERM')
  await until('it drains', server, async () => (await reasonOf(server)) === 'the server is shutting down')
  server.child.kill('SIGTERM')
  t.equal(await server.ended, 1)
  await untilGone(workers)
})

t.test('workers do not outlive a server that is killed', async (t) => {
  const server = await start(t, await createDatabase())
  const workers = workersOf(server)
  t.equal(workers.length, 2)
  server.child.kill('SIGKILL')
  await server.ended
  await untilGone(workers)
})

t.test(
  'workers that cannot be replaced are tried again after pauses; without any, the server ends',
  async (t) => {
    const url = new URL(await createDatabase())
    const server = await start(t, url.href)
    const admin = new URL(url)
    admin.pathname = 'postgres'
    const allow = (may: boolean) =>
      execute(admin.href, `alter database ${url.pathname.slice(1)} with allow_connections ${may}`)
    await askAll(server, [1, 2])
    await allow(false)
    t.teardown(() => allow(true))
    const [victim = 0, other = 0] = workersOf(server)
    process.kill(victim, 'SIGKILL')
    const pauses = () =>
      [...server.output.stdout.matchAll(/another takes its place in (\d+) ms/g)].map(([, pause]) =>
        Number(pause),
      )
    await until('it has been tried twice', server, async () => {
      // It keeps the connection to the database that it has, as long as that is used.
      t.equal((await get(server.api, 'meanwhile')).status, 200, 'the other one serves')
      return pauses().length > 2
    })
    t.same(pauses().slice(0, 3), [0, 1000, 2000])
    t.match(server.output.stdout, /worker 3 could not start/)
    t.equal(await reasonOf(server), '1 of 2 workers cannot be reached')
    process.kill(other, 'SIGKILL')
    t.equal(await server.ended, 1)
    t.match(server.output.stdout, /no worker serves, and none can be started/)
  },
)

t.test('a start that fails is one line', async (t) => {
  const url = await createDatabase()
  const taken = createServer().listen(0, '127.0.0.1')
  t.teardown(() => void taken.close())
  await once(taken, 'listening')
  const port = String((taken.address() as AddressInfo).port)
  const nowhere = 'postgres://someone:tell-nobody@127.0.0.1:1/fleet'
  const cases: [env: Environment, expected: string][] = [
    [{ HYPERFLEET_SERVER_WORKERS: '0' }, 'server.workers must be a whole number from 1 to 64'],
    [
      { HYPERFLEET_SERVER_WORKERS: '21' },
      'server.workers (it is 21, from HYPERFLEET_SERVER_WORKERS) must not be above database.pool.max_connections',
    ],
    [{ HYPERFLEET_SERVER_PORT: port }, 'the port is taken; set HYPERFLEET_SERVER_PORT'],
    [{ HYPERFLEET_DATABASE_URL: nowhere }, 'the database fleet at 127.0.0.1:1 cannot be used'],
  ]
  for (const [env, expected] of cases) {
    const run = launch(t, 'hyperfleet-api', ['serve'], {
      ...serving(url),
      HYPERFLEET_SERVER_WORKERS: '2',
      HYPERFLEET_LOGGING_LEVEL: 'error',
      HYPERFLEET_SERVER_HOST: '127.0.0.1',
      HYPERFLEET_HEALTH_HOST: '127.0.0.1',
      HYPERFLEET_DATABASE_POOL_CONN_RETRY_ATTEMPTS: '1',
      ...env,
    })
    t.equal(await run.ended, 1, expected)
    t.match(run.output.stderr, expected)
    t.equal(run.output.stderr.trim().split('\n').length, 1, run.output.stderr)
    t.notMatch(run.output.stderr, /tell-nobody/)
    t.equal(run.output.stdout, '')
  }
})
