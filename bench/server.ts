import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { findFreePorts, statusOf } from '../test/processes.ts'
import { environment, PROGRAM } from './fleet.ts'

/** A server in a process of its own, as `serve` runs it. */
export interface Server {
  pid: number
  /** Where it listens. */
  origin: string
  /** Where its API is. */
  base: string
  metrics: string
  /** From the start of the process to the first 200 of /readyz. */
  startSeconds: number
  stop(): Promise<void>
}

/** Starts a server of the build in `folder` on a database, with some settings of its own; its log goes to a file. */
export async function startServer(
  database: string,
  log: string,
  settings: Record<string, string> = {},
  folder = '.',
): Promise<Server> {
  const [api = 0, health = 0, metrics = 0] = await findFreePorts(3)
  const ports = {
    HYPERFLEET_SERVER_PORT: String(api),
    HYPERFLEET_HEALTH_PORT: String(health),
    HYPERFLEET_METRICS_PORT: String(metrics),
  }
  const began = performance.now()
  const file = openSync(log, 'a')
  const child = spawn(process.execPath, [PROGRAM, 'serve'], {
    cwd: folder,
    env: environment(database, { ...ports, ...settings }),
    stdio: ['ignore', file, 'inherit'],
  })
  closeSync(file)
  const killAtExit = () => child.kill('SIGKILL')
  process.once('exit', killAtExit)
  const ended = once(child, 'exit').finally(() => process.off('exit', killAtExit))
  while ((await statusOf(`http://localhost:${health}/readyz`)) !== 200) {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}: see ${log}`)
    await sleep(10)
  }
  const startSeconds = (performance.now() - began) / 1000
  const origin = `http://localhost:${api}`
  return {
    pid: child.pid ?? 0,
    origin,
    base: `${origin}/api/hyperfleet/v1`,
    metrics: `http://localhost:${metrics}/metrics`,
    startSeconds,
    async stop() {
      child.kill('SIGTERM')
      await ended
    },
  }
}
