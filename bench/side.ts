import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'

const PROGRAM = 'scripts/hyperfleet-api.js'

export const ADAPTERS = ['validation', 'dns', 'pullsecret', 'hypershift', 'placement']
export const UNRECONCILED = 200

/** One of the fleets that are compared: a real server on a database of its own. */
export interface Side {
  clusters: number
  /** Where its API is. */
  base: string
  /** Clusters that are reconciled: reports on the others would change what pollers find. */
  ids: string[]
  stop(): Promise<void>
}

/** Seeds a database with so many clusters, unless it is there, and starts a server on it at three ports from `port` on. */
export async function startSide(postgres: string, clusters: number, port: number): Promise<Side> {
  const url = new URL(postgres)
  url.pathname = `growth_${clusters}`
  const env = {
    ...process.env,
    HYPERFLEET_DATABASE_URL: url.href,
    HYPERFLEET_CLUSTER_ADAPTERS: JSON.stringify(ADAPTERS),
    HYPERFLEET_NODEPOOL_ADAPTERS: JSON.stringify(ADAPTERS.slice(0, 2)),
    HYPERFLEET_SERVER_JWT_ENABLED: 'false',
    HYPERFLEET_SERVER_PORT: String(port),
    HYPERFLEET_HEALTH_PORT: String(port + 1),
    HYPERFLEET_METRICS_PORT: String(port + 2),
    HYPERFLEET_LOGGING_LEVEL: 'warn',
  }
  const run = (...command: string[]) => execFileSync(process.execPath, command, { env, stdio: 'inherit' })

  const isNew = await createDatabase(postgres, url.pathname.slice(1))
  run(PROGRAM, 'migrate')
  if (isNew) {
    const amounts = { clusters, 'node-pools': 1, unreconciled: UNRECONCILED }
    run(
      '--import',
      'tsx',
      'scripts/seed.ts',
      ...Object.entries(amounts).flatMap(([name, value]) => [`--${name}`, String(value)]),
    )
  }
  const ids = await sample(url.href, clusters)

  const server = spawn(process.execPath, [PROGRAM, 'serve'], { env, stdio: 'inherit' })
  const ended = once(server, 'exit')
  const isReady = () =>
    fetch(`http://localhost:${port + 1}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    )
  while (!(await isReady())) {
    if (server.exitCode !== null) throw new Error(`the server on ${clusters} clusters did not start`)
    await sleep(100)
  }
  return {
    clusters,
    base: `http://localhost:${port}/api/hyperfleet/v1`,
    ids,
    async stop() {
      server.kill('SIGTERM')
      await ended
    },
  }
}

/** Whether the database was not there yet. */
async function createDatabase(postgres: string, name: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: postgres })
  await client.connect()
  const { rowCount } = await client.query('select from pg_database where datname = $1', [name])
  if (!rowCount) await client.query(`create database ${name}`)
  await client.end()
  return !rowCount
}

/** Some of the clusters of a database; throws when there are not as many in it as there should be. */
async function sample(url: string, clusters: number): Promise<string[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const { rows: counts } = await client.query(
    `select count(*)::int as there from resources where kind = 'Cluster'`,
  )
  const { rows } = await client.query(
    `select id from resources where kind = 'Cluster' and unreconciled_since is null order by md5(id::text) limit 2000`,
  )
  // After a checkpoint, each page that is written costs an image of itself: let both sides begin alike.
  await client.query('checkpoint')
  await client.end()
  const [{ there }] = counts as [{ there: number }]
  if (there !== clusters)
    throw new Error(`there are ${there} clusters, not ${clusters}: remove the folder of --dir`)
  return rows.map(({ id }) => id)
}
