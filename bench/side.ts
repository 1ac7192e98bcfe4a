import { copyWithTenants, execute, makeFleet, sampleIds, TENANTS, WITH_TENANTS } from './fleet.ts'
import { type Server, startServer } from './server.ts'

/** One of the fleets that are compared: a real server on a database of its own. */
export interface Side {
  clusters: number
  /** Where its API is. */
  base: string
  /** Clusters that are reconciled. */
  ids: string[]
  stop(): Promise<void>
}

/** A fleet, served without tenants, and a copy of it whose tenants are kept apart. */
export interface Pair {
  alone: Side
  apart: Side
}

/** Seeds a database with so many clusters, unless it is there, and starts a server on it and one on its copy. */
export async function startPair(postgres: string, clusters: number, log: string): Promise<Pair> {
  const name = `growth_${clusters}`
  const url = await makeFleet(postgres, name, clusters, { tenants: TENANTS })
  const copy = await copyWithTenants(postgres, name)
  const ids = await sampleIds(url, 2000)
  // After a checkpoint, each page that is written costs an image of itself: let both sides begin alike.
  const counts = await execute(
    url,
    'checkpoint',
    `select count(*)::int as there from resources where kind = 'Cluster'`,
  )
  const there = counts[0]?.there
  if (there !== clusters)
    throw new Error(`there are ${there} clusters, not ${clusters}: remove the folder of --dir`)
  const quiet = { HYPERFLEET_LOGGING_LEVEL: 'warn' }
  const sideOf = ({ base, stop }: Server): Side => ({ clusters, base, ids, stop })
  return {
    alone: sideOf(await startServer(url, log, quiet)),
    apart: sideOf(await startServer(copy, log, { ...quiet, ...WITH_TENANTS })),
  }
}
