/** A primary and a standby that streams from it, made of the binaries from npm alone. */
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { migrate } from '../server/db/migrate.ts'
import { type EmbeddedDatabase, startEmbedded } from '../server/embedded/embedded.ts'
import { end, loadBinaries, type Running, run } from '../server/embedded/postgres-process.ts'
import { execute, kinds, testConfig } from './databases.ts'
import { findFreePorts, type Scope, temporaryFolder } from './processes.ts'

/** One of the two servers. */
export interface Server {
  url: string
  start(): Promise<void>
  /** As by a crash of its machine. */
  kill(): Promise<void>
  /** Stops all its processes where they are: it takes connections, and never answers. */
  freeze(): Promise<void>
  thaw(): void
}

/** A primary and its standby. */
export interface Streaming {
  primary: Server
  standby: Server
  /** Kills the primary, promotes the standby, and moves it to the address of the primary. */
  takeOver(): Promise<Server>
}

/** Starts a migrated primary and its standby, with some settings; both end with the test. */
export async function streaming(t: Scope, settings: Record<string, string> = {}): Promise<Streaming> {
  const folder = await temporaryFolder(t)
  const [port = 0, standbyPort = 0] = await findFreePorts(2)
  const dir = join(folder, 'primary')
  const first = await startEmbedded({ dir, port })
  await migrate(testConfig(first.url), kinds)
  await first.stop()
  execFileSync('cp', ['-a', dir, join(folder, 'standby')])
  writeFileSync(join(folder, 'standby', 'cluster', 'standby.signal'), '')

  const password = readFileSync(join(dir, 'password'), 'utf8').trim()
  const at = (each: number) => `postgres://postgres:${password}@127.0.0.1:${each}/hyperfleet`
  const common = { wal_level: 'replica', hot_standby: 'on', fsync: 'off', ...settings }
  const primary = hurtable(t, at(port), async () => startEmbedded({ dir, port, settings: common }))
  await primary.start()
  const source = `host=127.0.0.1 port=${port} user=postgres password=${password}`
  const standby = hurtable(t, at(standbyPort), () =>
    startStandby(join(folder, 'standby', 'cluster'), {
      ...common,
      primary_conninfo: source,
      wal_retrieve_retry_interval: '100ms',
      port: String(standbyPort),
    }),
  )
  await standby.start()
  const heir = hurtable(t, at(port), () =>
    startStandby(join(folder, 'standby', 'cluster'), { ...common, port: String(port) }),
  )
  const takeOver = async () => {
    await primary.kill()
    await execute(standby.url, 'select pg_promote()')
    await standby.kill()
    await heir.start()
    return heir
  }
  return { primary, standby, takeOver }
}

/** Has the primary wait for its standby before it acknowledges a commit. */
export async function synchronize({ url }: Server): Promise<void> {
  // Of the primary alone: the standby would wait for one of its own once it is promoted.
  await execute(url, `alter system set synchronous_standby_names = '*'`)
  await execute(url, 'select pg_reload_conf()')
  const asked = `select from pg_stat_replication where sync_state = 'sync'`
  for (let tries = 0; tries < 2000; tries++) if ((await execute(url, asked)).rowCount) return
  throw new Error('the standby does not become synchronous')
}

/** A server that `open` starts, unless it runs already, and that can be hurt. */
export function hurtable(
  t: Scope,
  url: string,
  open: () => Promise<Pick<EmbeddedDatabase, 'stop'>>,
  running?: Pick<EmbeddedDatabase, 'stop'>,
): Server {
  let frozen: number[] = []
  /** Its processes, of which the first one stands still already: no new one can come while they are listed. */
  const pids = async (): Promise<number[]> => {
    const { rows } = await execute(
      url,
      `select split_part(pg_read_file('postmaster.pid'), e'\\n', 1)::int as pid`,
    )
    const [{ pid }] = rows as [{ pid: number }]
    process.kill(pid, 'SIGSTOP')
    // PostgreSQL itself does not list those whose password it still asks for.
    const all = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
    const children = all.split('\n').map((line) => line.trim().split(/\s+/).map(Number))
    return [pid, ...children.flatMap(([child = 0, parent]) => (parent === pid ? [child] : []))]
  }
  const thaw = () => {
    for (const pid of frozen.splice(0)) signal(pid, 'SIGCONT')
  }
  t.teardown(async () => {
    thaw()
    await running?.stop()
  })
  return {
    url,
    thaw,
    async start() {
      running = await open()
    },
    async kill() {
      for (const pid of await pids()) signal(pid, 'SIGKILL')
      await running?.stop()
      running = undefined
    },
    async freeze() {
      frozen = await pids()
      for (const pid of frozen) signal(pid, 'SIGSTOP')
    },
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {} // It has gone by itself, or with another one.
}

/** Starts a PostgreSQL as it is, on the data in `cluster`. */
async function startStandby(cluster: string, settings: Record<string, string>) {
  const { postgres } = await loadBinaries()
  const all = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '200',
    ...settings,
  }
  const flags = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const running: Running = run(postgres, ['-D', cluster, ...flags], cluster)
  await new Promise<void>((resolve, reject) => {
    running.lines.on('line', (line) => /ready to accept .*connections/.test(line) && resolve())
    running.ended.then(() => reject(new Error(running.log.join('\n'))))
  })
  return { stop: () => end(running) }
}
