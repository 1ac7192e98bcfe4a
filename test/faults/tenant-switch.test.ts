/** docs/tenancy.md: tenants are kept apart on a database that is in use, by a second server beside the first one. */
import { setTimeout as delay } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { base, report } from '../application.ts'
import { createDatabase, execute } from '../databases.ts'
import { type Environment, launch, type Replica, serving, startReplica } from '../processes.ts'

const separate: Environment = {
  HYPERFLEET_SERVER_TENANT_ENABLED: 'true',
  HYPERFLEET_SERVER_TENANT_SYSTEM_HEADER: 'X-HyperFleet-System',
  HYPERFLEET_SERVER_TENANT_DIMENSIONS: '[{"key":"org","header":"X-HyperFleet-Org","required":true}]',
}
const acme = { 'x-hyperfleet-org': 'acme' }
const other = { 'x-hyperfleet-org': 'other' }
const system = { 'x-hyperfleet-system': 'true' }

/** Runs `migrate` with some settings; returns what it says. */
async function migrateWith(t: Test, env: Environment, ...flags: string[]): Promise<string> {
  const { ended, output } = launch(t, 'hyperfleet-api', ['migrate', ...flags], env)
  t.equal(await ended, 0, output.stderr)
  return output.stderr
}

/** Gives resources without a tenancy that of acme. Returns how many. */
async function adopt(t: Test, env: Environment): Promise<number> {
  const text = await migrateWith(t, env, '--adopt-tenancy', 'org=acme')
  return Number(/(\d+) resources have the tenancy/.exec(text)?.[1])
}

/** Calls a server and counts the answers; those that are not expected are kept as texts. */
function createCaller() {
  const answers = new Map<string, number>()
  const unexpected: string[] = []
  const call = async (
    { api }: Replica,
    headers: Environment,
    method: string,
    path: string,
    expected: number[],
    body?: object,
  ) => {
    const answer = await fetch(`${api}${path}`, {
      method,
      headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    }).then(
      async (response) => ({ status: response.status, text: await response.text() }),
      (error: Error) => ({ status: 0, text: String(error.cause ?? error) }),
    )
    const kind = `${method} ${answer.status}`
    answers.set(kind, (answers.get(kind) ?? 0) + 1)
    if (!expected.includes(answer.status))
      unexpected.push(`${method} ${path}: ${answer.status} ${answer.text}`)
    return answer
  }
  return { answers, unexpected, call }
}

t.test(
  'tenants are separated while servers write: no 5xx, and nothing of another tenant is shown',
  async (t) => {
    const url = await createDatabase({ HYPERFLEET_CLUSTER_ADAPTERS: '["validation"]' })
    const off = {
      ...serving(url),
      HYPERFLEET_CLUSTER_ADAPTERS: '["validation"]',
      HYPERFLEET_LOGGING_LEVEL: 'warn',
      HYPERFLEET_HEALTH_DRAIN_DELAY: '1s',
    }
    const on = { ...off, ...separate }
    let server = await startReplica(t, off)
    const { answers, unexpected, call } = createCaller()
    const crossed: string[] = []
    let isOver = false
    let isSeparate = false
    let steps = 0
    let hidden = 0

    /** A caller of acme, who creates, changes and reads; and whose adapter reports as a system caller. */
    const work = async (id: number) => {
      for (let step = 0; !isOver; step++) {
        const name = `c-${id}-${step}`
        const create = { kind: 'Cluster', name, spec: {} }
        const created = await call(server, acme, 'POST', `${base}/clusters`, [201], create)
        const { href } = created.status === 201 ? JSON.parse(created.text) : { href: `${base}/clusters/none` }
        // What the former server has created is not there for a tenant until it is adopted.
        for (;;) {
          const { status } = await call(server, acme, 'PATCH', href, [200, 404], {
            labels: { step: `${step}` },
          })
          if (status !== 404) break
          hidden++
          await delay(20)
        }
        await call(
          server,
          system,
          'PUT',
          `${href}/statuses`,
          [200],
          report('validation', 1, 'True', step % 60),
        )
        await call(server, acme, 'GET', `${base}/clusters?size=5`, [200])
        steps++
      }
    }
    /** A new tenant, whose requests only reach servers that keep tenants apart. */
    const watch = async () => {
      for (let step = 0; !isOver; step++) {
        if (!isSeparate) {
          await delay(20)
          continue
        }
        const { text } = await call(server, other, 'GET', `${base}/clusters?size=500`, [200])
        crossed.push(
          ...JSON.parse(text).items.flatMap(({ name }: { name: string }) => (/^c-/.test(name) ? [name] : [])),
        )
        // The same names as those of acme.
        const create = { kind: 'Cluster', name: `o-${step}`, spec: {} }
        await call(server, other, 'POST', `${base}/clusters`, [201], create)
      }
    }
    const callers = [work(0), work(1), work(2), watch()]
    const until = async (count: number) => {
      for (const before = steps; steps < before + count; ) await delay(10)
    }
    await until(20)

    const early = await adopt(t, on)
    t.ok(early >= 20, `${early} adopted before the switch`)
    const former = server
    const next = await startReplica(t, on)
    // The gateway sends all traffic to the new server at once.
    server = next
    isSeparate = true
    former.child.kill('SIGTERM')
    t.equal(await former.ended, 0)
    const late = await adopt(t, on)
    t.ok(late > 0, `${late} adopted after it`)
    await until(20)

    // And back: all see everything again.
    const { child, ended } = server
    isSeparate = false
    await migrateWith(t, off)
    server = await startReplica(t, off)
    await until(10)
    isOver = true
    await Promise.all(callers)
    child.kill('SIGTERM')
    t.equal(await ended, 0)

    t.comment(`${JSON.stringify([...answers])}, ${hidden} times not adopted yet`)
    t.strictSame(unexpected, [])
    t.strictSame(crossed, [])
    const verify = launch(t, 'hyperfleet-api', ['verify'], off)
    t.equal(await verify.ended, 0, verify.output.stdout + verify.output.stderr)
    t.match(verify.output.stdout, 'all is consistent')
    const { rows } = await execute(
      url,
      'select tenancy, count(*)::int as count from resources group by tenancy order by 1',
    )
    t.comment(JSON.stringify(rows))
  },
)
