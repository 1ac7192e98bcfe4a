/** Lists that are read from a replica, and all that can happen to it. */
import t, { type Test } from 'tap'
import { application } from '../application.ts'
import { execute } from '../databases.ts'
import { parseMetrics } from '../prometheus.ts'
import { streaming } from '../streaming.ts'

type Server = Awaited<ReturnType<typeof application>>

const MAX_LAG_MS = 500
const TRIES = 2000

/** Looks again and again, until it is so. */
async function until(what: string, look: () => unknown) {
  for (let tries = 0; tries < TRIES; tries++) {
    if (await look()) return
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  throw new Error(`never: ${what}`)
}

/** A server that reads lists from the replica, and does so already. */
async function serverOn(
  t: Test,
  primary: string,
  replica: string,
  maxLag = `${MAX_LAG_MS}ms`,
): Promise<Server> {
  const env = { HYPERFLEET_DATABASE_READ_URL: replica, HYPERFLEET_DATABASE_READ_MAX_LAG: maxLag }
  const server = await application(t, env, primary)
  await until('the replica is used', () => server.replica?.isUsable)
  return server
}

const create = ({ call }: Server, name: string) =>
  call('POST', 'clusters', { kind: 'Cluster', name, spec: {} })

const namesIn = ({ body }: { body: { items: { name: string }[] } }) => body.items.map(({ name }) => name)

/** How many statements of a query each of the two servers has been asked. */
async function asked({ metrics }: Server, query: string) {
  const { samples = [] } =
    parseMetrics(await metrics.registry.metrics()).get('hyperfleet_db_query_duration_seconds') ?? {}
  const count = (server: string) =>
    samples.find(
      ({ name, labels }) => name.endsWith('_count') && labels.table === query && labels.server === server,
    )?.value ?? 0
  return { primary: count('primary'), replica: count('replica') }
}

t.test('lists are read from the replica, all else from the database', async (t) => {
  const { primary, standby } = await streaming(t)
  // Whatever else there is to know of it is as for the database.
  const server = await serverOn(t, primary.url, `postgres://${new URL(standby.url).host}`, '5s')
  const { call } = server
  await execute(standby.url, 'select pg_wal_replay_pause()')
  const { body: cluster } = await create(server, 'one')
  const acknowledged = performance.now()
  t.equal((await call('GET', cluster.href)).status, 200, 'a GET has what has just been created')
  t.equal((await call('GET', `${cluster.href}/statuses`)).status, 200, 'the reports on it, too')
  t.strictSame(namesIn(await call('GET', 'clusters')), [], 'a list has not yet')
  t.strictSame(await asked(server, 'list_resources'), { primary: 0, replica: 1 })
  t.strictSame(await asked(server, 'get_resource'), { primary: 1, replica: 0 })
  t.strictSame(await asked(server, 'list_adapter_statuses'), { primary: 1, replica: 0 })

  t.equal((await call('GET', `${cluster.href}/nodepools`)).status, 200, 'what is not there yet is no 404')
  t.strictSame(await asked(server, 'list_resources'), { primary: 1, replica: 2 })

  await until('the list has it', async () => {
    const isPastBound = performance.now() - acknowledged > 5000
    const has = namesIn(await call('GET', 'clusters')).length === 1
    if (isPastBound) t.ok(has, 'no list is older than the bound')
    return has
  })
  await execute(standby.url, 'select pg_wal_replay_resume()')
  await until('the replica is used again', () => server.replica?.isUsable)
  const before = await asked(server, 'list_resources')
  t.strictSame(namesIn(await call('GET', 'clusters')), ['one'])
  t.equal((await asked(server, 'list_resources')).replica, before.replica + 1)
})
