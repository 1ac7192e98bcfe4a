/**
 * PostgreSQL inside the server: the binaries come from npm, the data lie in one folder, and the database
 * lives as long as the server does. One server owns a folder at a time, by an advisory lock that it holds;
 * an orphaned PostgreSQL (its server was killed) is stopped and started afresh.
 */
import { once } from 'node:events'
import fs from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { StartError } from '../process/start-error.ts'
import { type Folder, openFolder } from './postgres-folder.ts'
import {
  end,
  explain,
  isAlive,
  isHeld,
  isPortTaken,
  isReady,
  lastWords,
  loadBinaries,
  type Running,
  run,
} from './postgres-process.ts'

export interface EmbeddedDatabase {
  url: string
  /** Resolves with PostgreSQL's last log line when it has ended without stop() having been called. */
  died: Promise<string>
  stop(): Promise<void>
}

const OWNER_LOCK = 4_857_116_301
const PATIENCE_MS = 10_000
const DEFAULTS = {
  autovacuum_vacuum_scale_factor: '0.02',
  jit: 'off',
  max_connections: '200',
  max_wal_size: '4GB',
  shared_buffers: '256MB',
  wal_compression: 'pglz', // these binaries have no lz4
}
// Every user of this machine can reach the port; the password is for those who can read it in the folder.
const FIXED = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  log_destination: 'stderr',
  logging_collector: 'off',
  lc_messages: 'C',
}

/** Starts PostgreSQL on the data in `dir`, which is created on first use; throws StartError. */
export async function startEmbedded(options: {
  dir: string
  /** Undefined or 0: a free one. */
  port?: number
  settings?: Record<string, string>
}): Promise<EmbeddedDatabase> {
  const binaries = await loadBinaries()
  const folder = await openFolder(path.resolve(options.dir), binaries.initdb)
  const { cluster } = folder
  for (const giveUp = Date.now() + PATIENCE_MS; ; await sleep(100)) {
    await stopOrphan(folder)
    const port = options.port || (await freePort())
    const settings = { ...DEFAULTS, ...options.settings, ...FIXED, port: String(port) }
    const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
    const running = run(binaries.postgres, ['-D', cluster, ...flags], cluster)
    if (await isReady(running)) return serve(running, port, folder)
    const passing = isHeld(running.log) || (!options.port && isPortTaken(running.log))
    if (!passing || Date.now() > giveUp) throw new StartError(explain(running.log, cluster, port))
  }
}

async function serve(running: Running, port: number, folder: Folder): Promise<EmbeddedDatabase> {
  let owner: pg.Client | undefined
  let stopped: Promise<void> | undefined
  const stop = () => {
    stopped ??= end(running)
    owner?.end().catch(() => {})
    return stopped
  }
  const own = async () => {
    owner = await connect(folder, port)
    await takeLock(owner, folder)
    owner.once('end', ownAgain)
    return owner
  }
  // The crash of any session makes PostgreSQL end all others, the owner's too.
  const ownAgain = () => {
    const { exitCode, signalCode } = running.child
    const over = stopped || exitCode !== null || signalCode !== null
    if (!over) setTimeout(() => own().catch(ownAgain), 200).unref()
  }
  const died = new Promise<string>((resolve) => {
    running.ended.then(() => stopped || resolve(lastWords(running.log)))
  })
  try {
    const session = await own()
    const found = await session.query("select from pg_database where datname = 'hyperfleet'")
    if (!found.rowCount) await session.query('create database hyperfleet')
  } catch (error) {
    await stop()
    throw error instanceof StartError ? error : new StartError(`PostgreSQL: ${(error as Error).message}`)
  }
  return { url: `postgres://postgres:${folder.password}@127.0.0.1:${port}/hyperfleet`, died, stop }
}

/** Stops the PostgreSQL that a killed server left behind; one that a living server owns is an error. */
async function stopOrphan(folder: Folder): Promise<void> {
  const { cluster } = folder
  const lockFile = path.join(cluster, 'postmaster.pid')
  const [pid, , , port] = readLock(lockFile)
  if (!pid || pid < 0 || !isAlive(pid)) return
  if (isOtherProgram(pid)) return forgetProcess(lockFile)
  const session = await connect(folder, port).catch(() => undefined)
  try {
    if (!session || !(await isOurs(session, cluster))) return
    await takeLock(session, folder)
    process.kill(pid, 'SIGINT')
  } catch (error) {
    if (error instanceof StartError) throw error
    return // It has just ended by itself.
  } finally {
    session?.end().catch(() => {})
  }
  // Not until the process is gone: without a parent that waits for it, it stays as a zombie.
  const giveUp = Date.now() + PATIENCE_MS
  while (readLock(lockFile)[0] === pid && Date.now() < giveUp) await sleep(20)
}

function readLock(lockFile: string): number[] {
  return fs.existsSync(lockFile) ? fs.readFileSync(lockFile, 'utf8').split('\n').map(Number) : []
}

async function isOurs(session: pg.Client, cluster: string): Promise<boolean> {
  const launchers = "('autovacuum launcher', 'logical replication launcher')"
  const { rows } = await session.query(`select current_setting('data_directory') as dir,
    (select max(backend_start) > now() - interval '2s' from pg_stat_activity where backend_type in ${launchers}) as young`)
  if (fs.realpathSync(rows[0].dir) !== cluster) return false
  // Its server may live and be about to take the lock.
  if (rows[0].young) await sleep(1000)
  return true
}

/** Containers often give a number again, or keep it as a zombie's, which has no command line. */
function isOtherProgram(pid: number): boolean {
  const commandLine = `/proc/${pid}/cmdline`
  return fs.existsSync(commandLine) && !fs.readFileSync(commandLine, 'utf8').includes('postgres')
}

/** PostgreSQL passes over its parent's number, and still looks for sessions left of the old process. */
function forgetProcess(lockFile: string): void {
  fs.writeFileSync(lockFile, fs.readFileSync(lockFile, 'utf8').replace(/^\d+/, String(process.pid)))
}

async function connect({ password }: Folder, port?: number): Promise<pg.Client> {
  const application_name = 'hyperfleet-api owner'
  const where = { host: '127.0.0.1', port, user: 'postgres', password, database: 'postgres', ssl: false }
  const client = new pg.Client({ ...where, application_name, connectionTimeoutMillis: 2000 })
  client.on('error', () => {})
  await client.connect()
  return client
}

async function takeLock(session: pg.Client, { cluster }: Folder): Promise<void> {
  const { rows } = await session.query(`select pg_try_advisory_lock(${OWNER_LOCK}) as taken`)
  if (rows[0].taken) return
  await session.end()
  throw new StartError(`the data folder ${cluster} is in use by another server`)
}

async function freePort(): Promise<number> {
  const listener = createServer().listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const { port } = listener.address() as AddressInfo
  listener.close()
  await once(listener, 'close')
  return port
}
