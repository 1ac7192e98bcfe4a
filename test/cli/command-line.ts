/** The command line in a process of its own, against a server in a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import { parse } from 'yaml'
import { createDatabase } from '../databases.ts'
import {
  type Environment,
  findFreePorts,
  launch,
  type Run,
  root,
  serving,
  statusOf,
  temporaryFolder,
  until,
} from '../processes.ts'

export const program = join(root, 'cli/hyperfleet.js')

/** What a command has printed, and how it has ended. */
export interface Ended {
  code: number | null
  stdout: string
  stderr: string
}

export interface CommandLine {
  /** The environment of its commands: no settings but these. */
  env: Environment
  /** Runs a command to its end; the text is its standard input. */
  run(args: string[], options?: { input?: string; env?: Environment }): Promise<Ended>
  /** Starts a command; it ends with the test. */
  start(args: string[], env?: Environment): Run
}

/** A command line of a user with a home of its own; with the server, its commands go there. */
export async function commandLine(t: Test, server?: string): Promise<CommandLine> {
  const home = await temporaryFolder(t)
  const env: Environment = {
    PATH: process.env.PATH ?? '',
    HOME: home,
    XDG_CONFIG_HOME: join(home, 'config'),
    XDG_CACHE_HOME: join(home, 'cache'),
    ...(server && { HYPERFLEET_SERVER: server }),
  }
  const begin = (args: string[], more: Environment = {}): Run => {
    const child = spawn(process.execPath, [program, ...args], { cwd: home, env: { ...env, ...more } })
    return { child, output: outputOf(child), ended: once(child, 'close').then(([code]) => code) }
  }
  return {
    env,
    start(args, more) {
      const run = begin(args, more)
      t.teardown(async () => {
        run.child.kill('SIGKILL')
        await run.ended
      })
      return run
    },
    async run(args, { input = '', env: more } = {}) {
      const { child, output, ended } = begin(args, more)
      child.stdin?.end(input)
      return { code: await ended, ...output }
    },
  }
}

function outputOf(child: ChildProcess) {
  const output = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const)
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      output[name] += text
    })
  return output
}

/** The kinds of test/data/kinds.yaml, and two adapters for clusters. */
export const kindsOfTests: Environment = {
  HYPERFLEET_ENTITIES: JSON.stringify(
    parse(readFileSync(join(root, 'test/data/kinds.yaml'), 'utf8')).entities,
  ),
}

/** A server that a test may end and start again at its address. */
export interface Server {
  api: string
  metrics: string
  run: Run
  /** Ends it at once. */
  kill(): Promise<void>
  start(): Promise<void>
}

/** Starts a server on a database of its own with these settings; of another checkout, on a database that is given. */
export async function startServer(
  t: Test,
  env: Environment = {},
  given?: { url: string; cwd: string },
): Promise<Server> {
  const [port, health, metrics] = await findFreePorts(3)
  const settings = {
    ...serving(given?.url ?? (await createDatabase(env))),
    ...env,
    HYPERFLEET_SERVER_HOST: '127.0.0.1',
    HYPERFLEET_SERVER_PORT: String(port),
    HYPERFLEET_HEALTH_PORT: String(health),
    HYPERFLEET_METRICS_PORT: String(metrics),
    HYPERFLEET_SERVER_MAX_EVENT_LOOP_DELAY: '1m',
  }
  const server: Server = {
    api: `http://127.0.0.1:${port}`,
    metrics: `http://127.0.0.1:${metrics}/metrics`,
    run: undefined as never,
    async kill() {
      server.run.child.kill('SIGKILL')
      await server.run.ended
    },
    async start() {
      server.run = launch(t, 'hyperfleet-api', ['serve'], settings, given?.cwd)
      await until(
        'it is ready',
        server.run,
        async () => (await statusOf(`http://127.0.0.1:${health}/readyz`)) === 200,
      )
    },
  }
  await server.start()
  return server
}

/** How many streams and waiting requests a server has. */
export async function watchersOf({ metrics }: Server): Promise<number> {
  const text = await fetch(metrics).then((answer) => answer.text())
  return Number(/^hyperfleet_api_changes_watchers(?:\{.*\})? (\d+)$/m.exec(text)?.[1] ?? Number.NaN)
}
