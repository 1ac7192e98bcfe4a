import { type ChildProcess, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Test } from 'tap'

/** What ends what was begun for it: a test, or a run of the faults. */
export type Scope = Pick<Test, 'teardown'>

/** Does some work in a scope outside of a test, and then ends what was begun in it, the last first. */
export async function inScope<Result>(work: (scope: Scope) => Promise<Result>): Promise<Result> {
  const undo: (() => unknown)[] = []
  try {
    return await work({ teardown: (handler: () => unknown) => undo.push(handler) } as unknown as Scope)
  } finally {
    for (let each = undo.pop(); each; each = undo.pop()) await each()
  }
}

/** A folder that goes with the test. */
export async function temporaryFolder(t: Scope): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'hyperfleet-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** A server in a process of its own: where it serves, and what it has written so far. */
export interface ServerProcess {
  child: ChildProcess
  api: string
  health: string
  metrics: string
  output: { stdout: string; stderr: string }
}

/** Starts `npm start` as a process of its own, on free ports; resolves with where it serves. Ends with the test. */
export async function quickStart(
  t: Scope,
  env: Record<string, string>,
  nodeFlags: string[] = [],
): Promise<ServerProcess> {
  const child = spawn(process.execPath, ['--import', 'tsx', ...nodeFlags, 'commands/start.ts'], {
    env: {
      PATH: process.env.PATH,
      HYPERFLEET_SERVER_PORT: '0',
      HYPERFLEET_HEALTH_PORT: '0',
      HYPERFLEET_METRICS_PORT: '0',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  t.teardown(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGTERM')
    await once(child, 'exit')
  })
  const output = { stdout: '', stderr: '' }
  const printed = /(http:\S+)\/openapi-ui[\s\S]*(http:\S+)\/readyz[\s\S]*(http:\S+)\/metrics/
  const [, api = '', health = '', metrics = ''] = await new Promise<RegExpExecArray>((resolve, reject) => {
    for (const name of ['stdout', 'stderr'] as const) {
      child[name]?.setEncoding('utf8').on('data', (text: string) => {
        output[name] += text
        const found = printed.exec(output.stdout)
        if (found) resolve(found)
      })
    }
    child.once('exit', (code) =>
      reject(new Error(`the server ended with ${code}: ${output.stdout}${output.stderr}`)),
    )
  })
  return { child, api, health, metrics, output }
}

/** Ends a process and resolves once all that it wrote has been read. */
export async function end(child: ChildProcess): Promise<void> {
  const closed = once(child, 'close')
  child.kill('SIGTERM')
  await closed
}

export type Environment = Record<string, string>
/** A process, what it has said so far, and its end. */
export interface Run {
  child: ChildProcess
  output: { stdout: string; stderr: string }
  /** Resolves with the exit code. */
  ended: Promise<number | null>
}

export const root = fileURLToPath(new URL('../', import.meta.url))
export const PATIENCE_MS = 300_000
export const freePorts = {
  HYPERFLEET_SERVER_PORT: '0',
  HYPERFLEET_HEALTH_PORT: '0',
  HYPERFLEET_METRICS_PORT: '0',
}
export const noAdapters = { HYPERFLEET_CLUSTER_ADAPTERS: '[]', HYPERFLEET_NODEPOOL_ADAPTERS: '[]' }

/** Settings with which `serve` gets as far as the database. */
export function serving(url: string): Environment {
  return {
    ...freePorts,
    ...noAdapters,
    HYPERFLEET_CONFIG: '/dev/null',
    HYPERFLEET_DATABASE_URL: url,
    HYPERFLEET_SERVER_JWT_ENABLED: 'false',
    HYPERFLEET_HEALTH_DRAIN_DELAY: '0s',
  }
}

const commands = {
  start: [
    process.execPath,
    '--import',
    './server/process/ignore-sigusr1.js',
    '--import',
    'tsx',
    'commands/start.ts',
  ],
  'npm start': ['npm', 'start'],
  'npm run serve': ['npm', 'run', 'serve'],
  'hyperfleet-api': [process.execPath, 'commands/hyperfleet-api.js'],
  seed: [process.execPath, '--import', 'tsx', 'commands/seed.ts'],
  /** Of the release before. */
  'hyperfleet-api.ts': [process.execPath, '--import', 'tsx', 'scripts/hyperfleet-api.ts'],
}

/** Runs one of commands/ with no settings but these, until it ends or the test does; also of another checkout than this one. */
export function launch(
  t: Scope,
  script: keyof typeof commands,
  args: string[],
  env: Environment,
  cwd = root,
): Run {
  const own = Object.entries(process.env).filter(([name]) => !/^(HYPERFLEET_|LOG_)/.test(name))
  const [command = '', ...program] = commands[script]
  const child = spawn(command, [...program, ...args], {
    cwd,
    env: { ...Object.fromEntries(own), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      output[name] += text
    })
  }
  // Not 'close': a PostgreSQL that outlives its server would hold the streams.
  const ended = new Promise<number | null>((resolve) => {
    child.once('exit', (code) => setImmediate(resolve, code))
  })
  t.teardown(async () => {
    child.kill('SIGTERM')
    const impatient = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS)
    await ended
    clearTimeout(impatient)
  })
  return { child, output, ended }
}

/** A server of `serve` in a process of its own, that a test may end. */
export interface Replica extends Run {
  api: string
  health: string
}

/** Starts `serve` as a process, on free ports; resolves when it says that it is ready. */
export async function startReplica(
  t: Scope,
  env: Environment,
  script: keyof typeof commands = 'hyperfleet-api',
  cwd = root,
): Promise<Replica> {
  const [api, health] = (await findFreePorts(2)).map(String)
  const settings: Environment = {
    ...env,
    HYPERFLEET_SERVER_HOST: '127.0.0.1',
    HYPERFLEET_SERVER_PORT: api ?? '',
    HYPERFLEET_HEALTH_HOST: '127.0.0.1',
    HYPERFLEET_HEALTH_PORT: health ?? '',
  }
  const run = launch(t, script, ['serve'], settings, cwd)
  const replica = { ...run, api: `http://127.0.0.1:${api}`, health: `http://127.0.0.1:${health}` }
  await until('it is ready', run, async () => (await statusOf(`${replica.health}/readyz`)) === 200)
  return replica
}

/** The status that a URL answers with, if it answers. */
export const statusOf = (url: string) =>
  fetch(url).then(
    ({ status }) => status,
    () => undefined,
  )

/** Waits for what `look` finds; throws when the process ends first, or takes too long. */
export async function until<Found>(what: string, run: Run, look: () => Promise<Found | null | undefined>) {
  for (const giveUp = Date.now() + PATIENCE_MS; ; await delay(20)) {
    const found = await look()
    if (found) return found
    const over = run.child.exitCode ?? run.child.signalCode
    if (over !== null || Date.now() > giveUp) {
      throw new Error(`not in time: ${what} (ended: ${over})\n${run.output.stdout}${run.output.stderr}`)
    }
  }
}

/**
 * Ports that nobody uses at the moment. They are below those that the kernel gives to outgoing connections and to servers that
 * ask for any port (from 32,768 on Linux): one of those could be taken again before it is used.
 */
export async function findFreePorts(count: number): Promise<number[]> {
  const ports: number[] = []
  while (ports.length < count) {
    const port = randomInt(10_000, 32_768)
    if (!ports.includes(port) && (await isFree(port))) ports.push(port)
  }
  return ports
}

const isFree = (port: number) =>
  new Promise<boolean>((resolve) => {
    const server = createServer()
      .once('error', () => resolve(false))
      .listen(port, 'localhost', () => server.close(() => resolve(true)))
  })
