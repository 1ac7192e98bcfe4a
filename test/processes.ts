import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'

/** A folder that goes with the test. */
export async function temporaryFolder(t: Test): Promise<string> {
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
  t: Test,
  env: Record<string, string>,
  nodeFlags: string[] = [],
): Promise<ServerProcess> {
  const child = spawn(process.execPath, ['--import', 'tsx', ...nodeFlags, 'scripts/start.ts'], {
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
