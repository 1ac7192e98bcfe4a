import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyBaseLogger } from 'fastify'
import type { Config } from '../config/schema.ts'
import { milliseconds } from '../config/units.ts'
import { within } from '../lib/timeout.ts'
import { reason } from './advice.ts'
import { describe, replicaConfig } from './connection.ts'
import type { Waiter } from './connection-queue.ts'
import { Database, type Statements } from './database.ts'
import { DatabaseAway, DatabaseUnavailable } from './database-errors.ts'
import { Freshness, type Sample } from './replica-lag.ts'

/** How long a server may take to say how far it is, and each step on the way there. */
const PATIENCE_MS = 1000
/** How often they are asked, at the most and at the least. */
const MIN_INTERVAL_MS = 100
const MAX_INTERVAL_MS = 1000

/** The SQLSTATE of a statement that was cancelled: because its time was over, or because somebody wished it. */
const CANCELLED = '57014'
/** From which part of its time on a statement counts as over it. */
const OVER = 0.9

const LATE = new Error('no answer in time')

/** Who answers lists. */
export interface Lists extends Pick<Statements, 'list'> {
  /** The time (of `performance`) before which every commit is seen by these lists; absent where it is the time of the list. */
  completeUntil?: number
}

/**
 * A replica of the database that answers lists while it is fresh enough. Whatever it does not answer, for whatever
 * reason, the database is asked: nobody sees a 404 or a failure because of a replica. Where the database is away, an old
 * list is better than none.
 */
export class Replica {
  readonly database: Database
  readonly freshness: Freshness
  private readonly primary: Database
  private readonly limit: number
  private readonly asked = new Set<(error: Error) => void>()
  private readonly closing = new AbortController()
  private readonly servers: Database[]
  private readonly watching: Promise<void>
  /** The server that was asked last, by the time of its start. */
  private server: string | undefined

  constructor(
    config: Config['database'],
    own: Config['database'],
    primary: Database,
    logger: FastifyBaseLogger,
  ) {
    this.primary = primary
    this.limit = milliseconds(config.pool.statement_timeout) * OVER
    // One attempt: what a standby cancels for its recovery is for the database to answer.
    this.database = new Database(own, { attempts: 1, isReader: true })
    this.database.warn = (message) => logger.warn(`the replica: ${message}`)
    const maxLag = milliseconds(config.read_max_lag)
    this.freshness = new Freshness(maxLag)
    // Connections of their own: a pool that is busy must not look like a server that is away.
    const settings = { ...config.pool, max_connections: 1, statement_timeout: `${PATIENCE_MS}ms` }
    const pool = { connectionTimeoutMillis: PATIENCE_MS, query_timeout: PATIENCE_MS }
    const database = new Database({ ...config, pool: settings }, { pool })
    // A new one each time: one that is open says nothing of those that lists may have to open.
    const replica = new Database(
      { ...own, pool: settings },
      { isReader: true, pool: { ...pool, maxUses: 1 } },
    )
    this.servers = [database, replica]
    const [askDatabase, askReplica] = [sampler(database), sampler(replica)]
    const name = describe(own)
    const look = async () => {
      const before = this.freshness.fault
      const [fromDatabase, fromReplica] = await Promise.all([askDatabase(), askReplica()])
      this.freshness.update(fromDatabase, fromReplica)
      if (!(fromReplica instanceof Error)) this.follow(fromReplica.said.started)
      const { fault } = this.freshness
      if (fault) for (const giveUp of this.asked) giveUp(new DatabaseUnavailable(`the replica ${fault}`))
      if (fault === before) return
      if (fault) logger.warn(`lists are read from the database: the replica ${name} ${fault}`)
      else logger.info(`lists are read from the replica ${name}`)
    }
    this.watching = this.watch(Math.max(MIN_INTERVAL_MS, Math.min(MAX_INTERVAL_MS, maxLag / 5)), () =>
      look().catch((err) => logger.error({ err }, 'the replica could not be looked at')),
    )
  }

  /** Lists for one request, as Database.until. */
  until(waiter: Waiter): Lists {
    return {
      completeUntil: this.freshness.caughtUpAt,
      list: async (name, parameters, selection) => {
        const ask = (server: Database) => server.list(name, parameters, selection, waiter)
        if (this.isUsable) {
          const began = performance.now()
          try {
            return await this.unlessFaulty(ask(this.database))
          } catch (error) {
            const isOver = performance.now() - began > this.limit
            // A statement that was cancelled at its time limit would take as long on the database: it is not tried there.
            if (waiter.closed || (isOver && (error as { code?: string }).code === CANCELLED)) throw error
          }
        }
        try {
          return await ask(this.primary)
        } catch (error) {
          if (!(error instanceof DatabaseAway) || !this.freshness.isLastResort) throw error
          return await ask(this.database).catch(() => {
            throw error
          })
        }
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

  /** How far one server is says nothing of the sessions of another one, to which the name of the replica led before. */
  private follow(server: string) {
    if (server !== this.server) this.database.renew()
    this.server = server
  }

  private async watch(interval: number, look: () => Promise<void>) {
    while (!this.closing.signal.aborted) {
      await look()
      await sleep(interval, undefined, { ref: false, signal: this.closing.signal }).catch(() => {})
    }
  }

  /** Waits for an answer of the replica; rejects at once when the replica is found faulty meanwhile. */
  private unlessFaulty<Answer>(answer: Promise<Answer>): Promise<Answer> {
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

/** Asks a server how far it is, one question at a time; an Error with its words when it does not say it, or not in time. */
function sampler(server: Database): () => Promise<Sample | Error> {
  let asking: Promise<Sample | Error> | undefined
  return () => {
    // The time before the answer: whatever was committed by then is in it.
    const at = performance.now()
    asking ??= server
      .one('get_wal_position', {})
      .then(
        (said) => ({ at, said }),
        (error) => new Error(reason(error)),
      )
      .finally(() => {
        asking = undefined
      })
    return within(PATIENCE_MS, asking, LATE)
  }
}
