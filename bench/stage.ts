import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmbedded } from '../server/embedded/embedded.ts'
import { ADAPTERS, databaseUrl, execute, makeFleet, UNRECONCILED } from './fleet.ts'
import type { Stage } from './measure.ts'
import { DIGITS, idOf } from './requests.ts'
import { type Scenario, scenariosOf } from './scenarios.ts'
import { startServer } from './server.ts'

/** A PostgreSQL, and the folder of its data. */
export interface Postgres {
  url: string
  dir: string
  folder: string
}

/** A fleet that is never asked anything: each scenario has a copy of its own, served by the build in `folder`. */
export interface Fleet {
  name: string
  folder: string
  clusters: number
  scenarios: Scenario[]
}

/** Seeds a fleet whose specs are of so many KB, by the build in `folder`. */
export async function seedFleet(
  postgres: Postgres,
  clusters: number,
  kilobytes: number,
  adapters = ADAPTERS,
  folder = '.',
): Promise<Fleet> {
  const name = `fleet_${clusters}_${kilobytes * 10}_${adapters.length}`
  const url = await makeFleet(postgres.url, name, clusters, { adapters, folder })
  // Like what is there: objects of names, numbers and hashes.
  await execute(
    url,
    `update resources set spec = jsonb_build_object('region', spec -> 'region', 'release', spec -> 'release')
     where kind = 'Cluster' and length(spec::text) > ${kilobytes} * 1024`,
    `update resources set spec = spec || jsonb_build_object('pools', (
       select jsonb_agg(jsonb_build_object(
         'name', 'pool-' || each, 'subnet', 'subnet-' || md5(resources.name || each), 'machineType', 'n2-standard-8', 'replicas', 3
       ))
       from generate_series(1, greatest(1, ((${kilobytes} * 1024 - length(spec::text)) / 118)::int)) as each
     ))
     where kind = 'Cluster'`,
    ...numbered,
    'vacuum full analyze',
  )
  const [row] = await execute(url, `select spec from resources where kind = 'Cluster' order by id limit 1`)
  return { name, folder, clusters, scenarios: scenariosOf(row?.spec as object) }
}

/** SQL that gives clusters the ids of bench/requests.ts, those last that are not reconciled. */
const numbered = [
  'set session_replication_role = replica', // no foreign key in between
  `create temporary table numbered as
   select id, ('${idOf('')}' || lpad((row_number() over (order by unreconciled_since is not null, id))::text, ${DIGITS}, '0'))::uuid as given
   from resources where kind = 'Cluster'`,
  'update resources set id = given from numbered where resources.id = numbered.id',
  'update resources set owner_id = given from numbered where owner_id = numbered.id',
  'update adapter_statuses set resource_id = given from numbered where resource_id = numbered.id',
]

/** Runs some work on a copy of a fleet that is ready for a scenario, with a server on it. Two at a time need names of their own. */
export async function onStage(
  postgres: Postgres,
  fleet: Fleet,
  { prepare = [] }: Pick<Scenario, 'prepare'>,
  work: (stage: Stage) => Promise<void>,
  name = 'bench',
): Promise<void> {
  const database = databaseUrl(postgres.url, name)
  await execute(postgres.url, `create database ${name} template ${fleet.name} strategy file_copy`)
  await execute(database, ...prepare, 'vacuum analyze', 'checkpoint')
  try {
    const server = await startServer(database, join(postgres.folder, `${name}.log`), {}, fleet.folder)
    try {
      await work({
        database,
        server,
        postmaster: postmasterOf(postgres),
        clusters: fleet.clusters - UNRECONCILED,
        pages: fleet.clusters / 20,
        folder: postgres.folder,
      })
    } finally {
      await server.stop()
    }
  } finally {
    await execute(postgres.url, `drop database ${name} with (force)`)
  }
}

/** Starts a PostgreSQL in a temporary folder for some work; both are gone afterwards. */
export async function withPostgres(
  work: (postgres: Pick<Postgres, 'url' | 'dir'>) => Promise<void>,
): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'hyperfleet-bench-'))
  const embedded = await startEmbedded({ dir })
  try {
    await work({ url: embedded.url, dir })
  } finally {
    await embedded.stop()
    await rm(dir, { recursive: true, force: true })
  }
}

/** The process id of a PostgreSQL. */
export const postmasterOf = ({ dir }: Pick<Postgres, 'dir'>) =>
  Number(readFileSync(join(dir, 'cluster/postmaster.pid'), 'utf8').split('\n')[0])
