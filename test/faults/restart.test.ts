/** Restarts under load: of two replicas one after the other, and of a PostgreSQL that is killed. */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { migrate } from '../../server/db/migrate.ts'
import { startEmbedded } from '../../server/embedded/embedded.ts'
import { base } from '../application.ts'
import { createDatabase, execute, kinds, testConfig } from '../databases.ts'
import { type Replica, serving, startReplica, statusOf, temporaryFolder } from '../processes.ts'

const CALLERS = 6

/** A proxy as simple as can be: in turn to whoever says that it is ready, asked ten times a second, on connections that are kept. */
async function startProxy(t: Test, replicas: Set<Replica>): Promise<string> {
  const agent = new http.Agent({ keepAlive: true })
  const ready = new Set<Replica>(replicas)
  const watch = setInterval(() => {
    for (const replica of replicas) {
      statusOf(`${replica.health}/readyz`).then((status) =>
        status === 200 && replicas.has(replica) ? ready.add(replica) : ready.delete(replica),
      )
    }
  }, 100)
  let turn = 0
  const proxy = http.createServer((near, answer) => {
    const choice = [...ready][turn++ % ready.size]
    const { method, headers, url } = near
    const far = http.request(`${choice?.api}${url}`, { method, headers, agent }, (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers)
      response.pipe(answer)
    })
    far.on('error', (error) => answer.writeHead(502).end(String(error)))
    near.pipe(far)
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  t.teardown(() => {
    clearInterval(watch)
    proxy.closeAllConnections()
    proxy.close()
    agent.destroy()
  })
  return `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
}

/** What was asked of the server, and what it answered. */
interface Load {
  /** How often each status was answered; 0 is no answer at all. */
  answers: Map<number, number>
  /** The last label that each cluster was acknowledged to have, by its path. */
  acknowledged: Map<string, string>
  /** What was answered to the first calls that failed. */
  failures: string[]
  end(): Promise<void>
}

/** Callers that create, change, read and list without pause. */
function load(api: () => string): Load {
  const answers = new Map<number, number>()
  const acknowledged = new Map<string, string>()
  const failures: string[] = []
  let isOver = false
  const call = async (method: string, path: string, body?: object) => {
    const options = {
      method,
      ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    }
    const answer = await fetch(`${api()}${path}`, options).then(
      async (response) => ({ status: response.status, text: await response.text() }),
      (error: Error) => ({ status: 0, text: String(error.cause ?? error) }),
    )
    answers.set(answer.status, (answers.get(answer.status) ?? 0) + 1)
    if ((answer.status === 0 || answer.status >= 400) && failures.length < 10)
      failures.push(`${method} ${path}: ${answer.status} ${answer.text}`)
    return answer
  }
  const caller = async (id: number) => {
    for (let step = 0; !isOver; step++) {
      const name = `c-${id}-${step}`
      const { status, text } = await call('POST', `${base}/clusters`, { kind: 'Cluster', name, spec: {} })
      if (status !== 201) {
        await delay(20)
        continue
      }
      const { href } = JSON.parse(text)
      acknowledged.set(href, '')
      const labels = { step: `${step}` }
      if ((await call('PATCH', href, { labels })).status === 200) acknowledged.set(href, labels.step)
      await call('GET', href)
      await call('GET', `${base}/clusters?size=5`)
    }
  }
  const callers = Array.from({ length: CALLERS }, (_, id) => caller(id))
  return {
    answers,
    acknowledged,
    failures,
    async end() {
      isOver = true
      await Promise.all(callers)
    },
  }
}

/** How many of the acknowledged writes the database does not have. */
async function lost(url: string, { acknowledged }: Load): Promise<string[]> {
  const { rows } = await execute(url, `select id, labels ->> 'step' as step from resources`)
  const stored = new Map(rows.map(({ id, step }) => [id as string, step as string | null]))
  return [...acknowledged].flatMap(([href, step]) => {
    const found = stored.get(href.split('/').at(-1) ?? '')
    // A patch that was not acknowledged may have been stored all the same.
    return found === undefined || (step !== '' && found !== step) ? [href] : []
  })
}

t.test('two replicas are restarted in turn, and no request fails', async (t) => {
  const url = await createDatabase()
  const env = { ...serving(url), HYPERFLEET_LOGGING_LEVEL: 'warn', HYPERFLEET_HEALTH_DRAIN_DELAY: '1s' }
  const replicas = new Set(await Promise.all([startReplica(t, env), startReplica(t, env)]))
  const proxy = await startProxy(t, replicas)
  const running = load(() => proxy)
  const count = () => [...running.answers.values()].reduce((sum, each) => sum + each, 0)
  for (const replica of [...replicas]) {
    const before = count()
    while (count() < before + 50) await delay(10)
    replica.child.kill('SIGTERM')
    t.equal(await replica.ended, 0, 'it ends in good order')
    replicas.delete(replica)
    replicas.add(await startReplica(t, env))
  }
  const before = count()
  while (count() < before + 50) await delay(10)
  await running.end()
  t.same(running.failures, [])
  t.same([...running.answers.keys()].sort(), [200, 201])
  t.same(await lost(url, running), [])
})

t.test('PostgreSQL is killed under load: only 503, nothing acknowledged is lost, no restart', async (t) => {
  const dir = join(await temporaryFolder(t), 'postgres')
  const first = await startEmbedded({ dir })
  const { url } = first
  await migrate(testConfig(url), kinds)
  const server = await startReplica(t, { ...serving(url), HYPERFLEET_LOGGING_LEVEL: 'fatal' })
  const running = load(() => server.api)
  const answered = (status: number) => running.answers.get(status) ?? 0
  while (answered(201) < 50) await delay(10)

  process.kill(Number.parseInt(readFileSync(join(dir, 'cluster', 'postmaster.pid'), 'utf8'), 10), 'SIGKILL')
  await first.died
  while (answered(503) < 20) await delay(10)
  t.equal(await statusOf(`${server.health}/healthz`), 200, 'it is alive')
  t.equal(await statusOf(`${server.health}/readyz`), 503, 'it is not ready')
  const body = await (await fetch(`${server.api}${base}/clusters`)).json()
  t.match(body, { status: 503, code: 'HYPERFLEET-SVC-001' })

  const created = answered(201)
  const second = await startEmbedded({ dir, port: Number(new URL(url).port) })
  const back = Date.now()
  while (answered(201) === created && Date.now() < back + 5000) await delay(5)
  t.ok(answered(201) > created, 'it serves again within five seconds')
  t.comment(`the first success came after ${Date.now() - back} ms`)
  t.equal(await statusOf(`${server.health}/readyz`), 200, 'it is ready again')
  while (answered(201) < created + 50) await delay(10)
  await running.end()
  t.same([...running.answers.keys()].sort(), [200, 201, 503])
  t.same(await lost(url, running), [])
  server.child.kill('SIGTERM')
  t.equal(await server.ended, 0)
  await second.stop()
})
