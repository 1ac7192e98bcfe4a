import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyBaseLogger } from 'fastify'
import type { Config } from './config/load.ts'
import { milliseconds } from './config/units.ts'
import { describe, replicaConfig } from './connection.ts'
import { Database, DatabaseUnavailable, type Statements, type Waiter } from './database.ts'
import { Freshness, type Sample } from './freshness.ts'
import { within } from './within.ts'

/** How long a server may take to say how far it is before it counts as away. */
const PATIENCE_MS = 1000
const MAX_INTERVAL_MS = 1000

/** The SQLSTATE of a statement over its time: the database would not be quicker. */
const TOO_LONG = '57014'

/** Who answers lists. */
export type Lists = Pick<Statements, 'list'>

/**
 * A replica of the database that answers lists while it is fresh enough. Whatever it does not answer, for whatever
 * reason, the database is asked: nobody sees a 404 or a failure because of a replica.
 */
export class Replica {
  readonly database: Database
  readonly freshness: Freshness
  private readonly primary: Database
  private readonly asked = new Set<(error: Error) => void>()
  private readonly closing = new AbortController()
  private readonly servers: Database[]
  private readonly watching: Promise<void>

  constructor(
    config: Config['database'],
    own: Config['database'],
    primary: Database,
    logger: FastifyBaseLogger,
  ) {
    this.primary = primary
    // One attempt: what a standby cancels for its recovery is for the database to answer.
    this.database = new Database(own, { attempts: 1 })
    const maxLag = milliseconds(config.read_max_lag)
    this.freshness = new Freshness(maxLag)
    // Connections of their own: a pool that is busy must not look like a server that is away.
    const pool = { ...config.pool, max_connections: 1, statement_timeout: `${PATIENCE_MS}ms` }
    this.servers = [config, own].map((each) => new Database({ ...each, pool }))
    const [database, replica] = this.servers.map(sampler)
    const name = describe(own)
    this.watching = this.watch(Math.min(MAX_INTERVAL_MS, maxLag / 5), async () => {
      const before = this.freshness.fault
      const [fromDatabase, fromReplica] = await Promise.all([database?.(), replica?.()])
      this.freshness.update(fromDatabase, fromReplica)
      if (!fromReplica)
        for (const giveUp of this.asked) giveUp(new DatabaseUnavailable('the replica is away'))
      const { fault } = this.freshness
      if (fault === before) return
      if (fault) logger.warn(`lists are read from the database: the replica ${name} ${fault}`)
      else logger.info(`lists are read from the replica ${name}`)
    })
  }

  /** Lists for one request, as Database.until. */
  until(waiter: Waiter): Lists {
    return {
      list: async (name, parameters, selection) => {
        if (this.isUsable) {
          try {
            return await this.unlessAway(this.database.list(name, parameters, selection, waiter))
          } catch (error) {
            if (waiter.closed || (error as { code?: string }).code === TOO_LONG) throw error
          }
        }
        return this.primary.list(name, parameters, selection, waiter)
      },
    }
  }

  get isUsable(): boolean {
    return performance.now() < this.freshness.usableUntil
  }

  async close(): Promise<void> {
    this.closing.abort()
    await this.watching
    await Promise.all([this.database, ...this.servers].map((each) => each.close()))
  }

  private async watch(interval: number, look: () => Promise<void>) {
    while (!this.closing.signal.aborted) {
      await look()
      await sleep(interval, undefined, { ref: false, signal: this.closing.signal }).catch(() => {})
    }
  }

  /** What a replica is asked that has stopped to answer is not waited for. */
  private unlessAway<Answer>(answer: Promise<Answer>): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.asked.add(reject)
      answer.then(resolve, reject).finally(() => this.asked.delete(reject))
    })
  }
}

/** The replica of the settings, if there is one. */
export function openReplica(
  config: Config['database'],
  primary: Database,
  logger: FastifyBaseLogger,
): Replica | undefined {
  const own = replicaConfig(config)
  return own && new Replica(config, own, primary, logger)
}

/** Asks a server how far it is, one question at a time; undefined when it cannot be asked, or not in time. */
function sampler(server: Database): () => Promise<Sample | undefined> {
  let asking: Promise<Sample | undefined> | undefined
  return () => {
    // The time before the answer: whatever was committed by then is in it.
    const at = performance.now()
    asking ??= server
      .one('get_wal_position', {})
      .then(
        (said) => ({ at, said }),
        () => undefined,
      )
      .finally(() => {
        asking = undefined
      })
    return within(PATIENCE_MS, asking, undefined)
  }
}
