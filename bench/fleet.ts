import { execFileSync } from 'node:child_process'
import pg from 'pg'

export const ADAPTERS = ['validation', 'dns', 'pullsecret', 'hypershift', 'placement']
export const UNRECONCILED = 200
export const PROGRAM = 'commands/hyperfleet-api.js'

/** Settings of a server that keeps tenants apart, and how many of them a fleet has. */
export const WITH_TENANTS = {
  HYPERFLEET_SERVER_TENANT_ENABLED: 'true',
  HYPERFLEET_SERVER_TENANT_SYSTEM_HEADER: 'X-System',
  HYPERFLEET_SERVER_TENANT_DIMENSIONS: '[{"key":"org","header":"X-Org","required":true}]',
}
export const TENANTS = 1000

/** The environment of a process that works on a database, with no other settings than these. */
export function environment(database: string, more: Record<string, string> = {}): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !/^(HYPERFLEET_|LOG_)/.test(name))
  return {
    ...Object.fromEntries(own),
    HYPERFLEET_CONFIG: '/dev/null',
    HYPERFLEET_DATABASE_URL: database,
    HYPERFLEET_CLUSTER_ADAPTERS: JSON.stringify(ADAPTERS),
    HYPERFLEET_NODEPOOL_ADAPTERS: JSON.stringify(ADAPTERS.slice(0, 2)),
    HYPERFLEET_SERVER_JWT_ENABLED: 'false',
    HYPERFLEET_HEALTH_DRAIN_DELAY: '0s',
    ...more,
  }
}

/** A database on the same PostgreSQL. */
export function databaseUrl(postgres: string, name: string): string {
  const url = new URL(postgres)
  url.pathname = name
  return url.href
}

/** Runs statements on a connection of their own, and returns the rows of the last one. */
export async function execute(url: string, ...statements: string[]): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    let rows: Record<string, unknown>[] = []
    for (const text of statements) rows = (await client.query(text)).rows
    return rows
  } finally {
    await client.end()
  }
}

/**
 * A database of this name with so many clusters, each with a node pool; seeded unless it is there, by the build in `folder`. They
 * belong to so many tenants, or to none. Returns its URL.
 */
export async function makeFleet(
  postgres: string,
  name: string,
  clusters: number,
  { adapters = ADAPTERS, folder = '.', tenants = 0 } = {},
): Promise<string> {
  const settings = {
    HYPERFLEET_CLUSTER_ADAPTERS: JSON.stringify(adapters),
    ...(tenants && { ...WITH_TENANTS, HYPERFLEET_SERVER_TENANT_ENABLED: 'false' }),
  }
  const url = databaseUrl(postgres, name)
  const isNew = await createDatabase(postgres, name)
  const run = (...command: string[]) => runCommand(command, url, settings, folder)
  run(PROGRAM, 'migrate')
  if (isNew) {
    const amounts = { clusters, 'node-pools': 1, unreconciled: UNRECONCILED, ...(tenants && { tenants }) }
    const flags = Object.entries(amounts).flatMap(([flag, value]) => [`--${flag}`, String(value)])
    run('--import', 'tsx', 'commands/seed.ts', ...flags)
  }
  return url
}

/** A copy of a fleet, made unless it is there, whose tenants are kept apart. Returns its URL. */
export async function copyWithTenants(postgres: string, name: string): Promise<string> {
  const copy = `${name}_tenants`
  const url = databaseUrl(postgres, copy)
  await createDatabase(postgres, copy, name)
  runCommand([PROGRAM, 'migrate'], url, WITH_TENANTS)
  await execute(url, 'vacuum (analyze)')
  return url
}

/** Creates a database unless it is there, as a copy of `template` where one is given; returns whether it was not there. */
async function createDatabase(postgres: string, name: string, template?: string): Promise<boolean> {
  const there = await execute(postgres, `select from pg_database where datname = '${name}'`)
  if (there.length) return false
  await execute(postgres, `create database ${name}${template ? ` template ${template}` : ''}`)
  return true
}

/** Runs a command of the build in `folder` on a database. */
function runCommand(command: string[], database: string, settings: Record<string, string>, folder = '.') {
  execFileSync(process.execPath, command, {
    cwd: folder,
    env: environment(database, settings),
    stdio: ['ignore', 'inherit', 'inherit'],
  })
}

/** Some clusters that are reconciled, in no order: reports on the others would change what pollers find. */
export async function sampleIds(url: string, limit: number): Promise<string[]> {
  const rows = await execute(
    url,
    `select id from resources where kind = 'Cluster' and unreconciled_since is null order by md5(id::text) limit ${limit}`,
  )
  return rows.map(({ id }) => String(id))
}
