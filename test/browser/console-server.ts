/** A server with the console, for tests and pictures. */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { base } from '../application.ts'
import { createDatabase } from '../databases.ts'
import { launch, root, type Scope, serving, startReplica } from '../processes.ts'

const adapters = {
  HYPERFLEET_CLUSTER_ADAPTERS: '["validation","dns"]',
  HYPERFLEET_NODEPOOL_ADAPTERS: '["validation"]',
}

/** Builds the console where that has not been done. */
export function buildConsole() {
  if (existsSync(join(root, 'console/dist/index.html'))) return
  execFileSync(process.execPath, ['scripts/console.js'], { cwd: root })
}

/** A server with a fleet of so many clusters, and calls to it. */
export async function fleetServer(t: Scope, clusters: number, env: Record<string, string> = {}) {
  buildConsole()
  const url = await createDatabase(adapters)
  if (clusters) {
    const args = ['--clusters', String(clusters), '--node-pools', '1']
    const seeding = launch(t, 'seed', args, { ...adapters, HYPERFLEET_DATABASE_URL: url })
    if ((await seeding.ended) !== 0) throw new Error(seeding.output.stderr)
  }
  const { api, output } = await startReplica(t, {
    ...serving(url),
    ...adapters,
    HYPERFLEET_SERVER_MAX_EVENT_LOOP_DELAY: '1m',
    ...env,
  })
  const call = async (method: string, path: string, body?: unknown) => {
    const answer = await fetch(`${api}${base}/${path}`, {
      method,
      headers: body ? { 'content-type': 'application/json' } : {},
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
    return text ? JSON.parse(text) : undefined
  }
  return {
    api,
    url,
    output,
    call,
    /** Creates a cluster; returns its id. */
    create: async (name: string, more: object = {}): Promise<string> =>
      (await call('POST', 'clusters', { kind: 'Cluster', name, spec: {}, ...more })).id,
    /** Reports as an adapter, with `Available` True unless other conditions are given. */
    report: (id: string, adapter: string, observed_generation: number, conditions: object[] = AVAILABLE) =>
      call('PUT', `clusters/${id}/statuses`, { adapter, observed_generation, conditions }),
  }
}

/** The conditions of a report in which all is well. */
export const AVAILABLE = [
  { type: 'Available', status: 'True', reason: 'AllDone' },
  { type: 'Applied', status: 'True' },
  { type: 'Health', status: 'True' },
]

/** Those of a report of a failure. */
export const FAILING = [
  { type: 'Available', status: 'False', reason: 'ZoneMissing', message: 'The zone example.com is missing' },
  ...AVAILABLE.slice(1),
]
