import type { Test } from 'tap'
import { type Application, conditions } from './application.ts'

/** A cluster of the examples that searches are tried on, and what happens to it after it was created. */
export interface FleetCluster {
  name: string
  labels: Record<string, string>
  spec: object
  reports?: {
    adapter: string
    observed_generation: number
    observed_time: string
    available: string
    reason?: string
  }[]
  patch_spec?: object
  delete?: true
}

/** What the server made up for each cluster, by its name. */
export type Fleet = Map<string, { id: string; href: string }>

/** Creates clusters one after the other, each with its reports and its later change. */
export async function createFleet(
  t: Test,
  call: Application['call'],
  clusters: FleetCluster[],
): Promise<Fleet> {
  const fleet: Fleet = new Map()
  for (const { name, labels, spec, reports = [], ...later } of clusters) {
    const created = await call('POST', 'clusters', { kind: 'Cluster', name, labels, spec })
    t.equal(created.status, 201, `${name}: ${created.text}`)
    const path = `clusters/${created.body.id}`
    for (const { available, reason, ...sent } of reports) {
      const [first, ...others] = conditions(available)
      const body = { ...sent, conditions: [{ ...first, reason }, ...others] }
      t.equal((await call('PUT', `${path}/statuses`, body)).status, 200, `${name}: a report`)
    }
    if (later.patch_spec) {
      const changed = await call('PATCH', path, { spec: later.patch_spec })
      t.equal(changed.body.generation, 2, `${name}: changed`)
    }
    if (later.delete) t.equal((await call('DELETE', path)).status, 202, `${name}: marked for deletion`)
    fleet.set(name, created.body)
  }
  return fleet
}

/** A search with what the server made up in place of `{id:alpha}` and `{href:alpha}`. */
export const filled = (search: string, fleet: Fleet): string =>
  search.replace(
    /\{(id|href):([\w-]+)\}/g,
    (_, member: 'id' | 'href', name) => fleet.get(name)?.[member] ?? '',
  )
