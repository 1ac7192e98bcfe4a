/** What is attacked: a PostgreSQL, a server on it, and a way between the two. */
import { execFileSync } from 'node:child_process'
import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { migrate } from '../../../server/db/migrate.ts'
import { startEmbedded } from '../../../server/embedded/embedded.ts'
import { kinds, testConfig } from '../../databases.ts'
import {
  type Environment,
  findFreePorts,
  type Replica,
  type Scope,
  serving,
  startReplica,
  temporaryFolder,
} from '../../processes.ts'
import { hurtable, type Server } from '../../streaming.ts'
import { keepJournal } from '../journal.ts'
import { openWay, type Way } from '../way.ts'
import { type Callers, REQUIRED } from './callers.ts'

export interface Stage {
  database: Server
  /** What may take its place. */
  standby?: Server
  way: Way
  servers: Replica[]
  /** The settings of the servers. */
  env: Environment
  callers: Callers
  /** With which all of it ends. */
  scope: Scope
  /** The folder of the PostgreSQL. */
  folder: string
}

export type Scene = Omit<Stage, 'callers'>

const adapters = {
  HYPERFLEET_CLUSTER_ADAPTERS: JSON.stringify(REQUIRED.Cluster),
  HYPERFLEET_NODEPOOL_ADAPTERS: JSON.stringify(REQUIRED.NodePool),
}

/** Short of time, so that nobody waits long for what does not answer. */
export const settingsFor = (url: string): Environment => ({
  ...serving(url),
  ...adapters,
  HYPERFLEET_LOGGING_LEVEL: 'error',
  HYPERFLEET_DATABASE_POOL_STATEMENT_TIMEOUT: '1s',
})

/** Migrates a database, and has it write down all that happens to it. */
export async function furnish(url: string): Promise<void> {
  await migrate(testConfig(url, adapters), kinds)
  await keepJournal(url)
}

/** The folder of a PostgreSQL that is ready to be attacked, and the settings for its copies. */
export interface Seed {
  dir: string
  settings: Record<string, string>
}

/** What is killed are processes, and not the machine: nothing is lost by what the disk does not have yet. */
export const unsynced = { fsync: 'off' }

/** Makes the folder that the others are copies of. */
export async function makeSeed(scope: Scope, settings: Seed['settings'] = unsynced): Promise<Seed> {
  const dir = join(await temporaryFolder(scope), 'postgres')
  const database = await startEmbedded({ dir })
  await furnish(database.url)
  await database.stop()
  return { dir, settings }
}

/** A PostgreSQL on a copy of the seed, in this folder or one of its own. */
export async function openDatabase(
  scope: Scope,
  seed: Seed,
  { folder, settings }: { folder?: string; settings?: Record<string, string> } = {},
): Promise<{ database: Server; folder: string }> {
  const place = folder ?? (await temporaryFolder(scope))
  // Root has it run by another user, who should need no special right to get there.
  chmodSync(place, 0o755)
  const dir = join(place, 'postgres')
  execFileSync('cp', ['-a', seed.dir, dir])
  const [port = 0] = await findFreePorts(1)
  const start = () => startEmbedded({ dir, port, settings: { ...seed.settings, ...settings } })
  const first = await start()
  return { database: hurtable(scope, first.url, start, first), folder: place }
}

/** A server on a PostgreSQL of its own. */
export const openPlainScene = async (scope: Scope, seed: Seed): Promise<Scene> =>
  openScene(scope, await openDatabase(scope, seed))

/** Opens a way to a database, and starts a server that goes by it. */
export async function openScene(
  scope: Scope,
  { database, folder }: { database: Server; folder: string },
  more: Environment = {},
): Promise<Scene> {
  const way = await openWay(scope, database.url)
  const env = { ...settingsFor(way.url), ...more }
  return { scope, database, folder, way, env, servers: [await startReplica(scope, env)] }
}
