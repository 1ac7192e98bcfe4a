import { execute, makeFleet, sampleIds } from './fleet.ts'
import { startServer } from './server.ts'

/** One of the fleets that are compared: a real server on a database of its own. */
export interface Side {
  clusters: number
  /** Where its API is. */
  base: string
  ids: string[]
  stop(): Promise<void>
}

/** Seeds a database with so many clusters, unless it is there, and starts a server on it. */
export async function startSide(postgres: string, clusters: number, log: string): Promise<Side> {
  const url = await makeFleet(postgres, `growth_${clusters}`, clusters)
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
  const { base, stop } = await startServer(url, log, { HYPERFLEET_LOGGING_LEVEL: 'warn' })
  return { clusters, base, ids, stop }
}
