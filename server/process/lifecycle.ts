import { setTimeout as sleep } from 'node:timers/promises'
import closeWithGrace from 'close-with-grace'
import type { FastifyBaseLogger } from 'fastify'
import { startRetention } from '../changes/change-retention.ts'
import type { Config } from '../config/schema.ts'
import { milliseconds } from '../config/units.ts'
import { Database, reach, unusable } from '../db/database.ts'
import { kindDifferences, kindRows } from '../db/kind-rows.ts'
import { migrate, pendingMigration } from '../db/migrate.ts'
import { openReplica } from '../db/replica.ts'
import { type EmbeddedDatabase, startEmbedded } from '../embedded/embedded.ts'
import { buildApp } from '../http/app.ts'
import { listen } from '../http/listeners/addresses.ts'
import { buildHealthListener } from '../http/listeners/health-listener.ts'
import { buildMetricsListener } from '../http/listeners/metrics-listener.ts'
import type { Handlers } from '../http/routing/routes.ts'
import { startVerification } from '../invariants/sampler.ts'
import { createLogger } from '../observability/logger.ts'
import { createMetrics } from '../observability/metrics.ts'
import { loadDocument } from '../openapi/document.ts'
import { StartError } from './start-error.ts'

/** Where a server that has started can be reached. */
interface Addresses {
  api: string
  health: string
  metrics: string
}

/**
 * Starts the server and keeps it until SIGTERM or SIGINT; throws a StartError when it cannot start.
 *
 * An embedded database is started, migrated and stopped with it; any other is migrated only when asked to.
 * `ignored` has the names that are set and ignored, for one line of the log.
 */
export async function serve(
  { config, ignored = [] }: { config: Config; ignored?: string[] },
  handlers: Handlers,
  { migrating = false } = {},
): Promise<Addresses> {
  const logger = createLogger(config.logging) as unknown as FastifyBaseLogger
  if (ignored.length) logger.warn(`set, but ignored: ${ignored.join(', ')} (docs/configuration.md says why)`)
  const lifecycle = { isShuttingDown: false }
  let isServing = false
  let listening: Promise<unknown> | undefined
  const opened: { close(): Promise<unknown> }[] = []
  const closeAll = async () => {
    for (let each = opened.pop(); each; each = opened.pop()) {
      await each.close().catch((error) => logger.error({ err: error }, 'closing failed'))
    }
  }
  // Registered first, so that a signal during the start stops the parts that have been started. The listeners finish
  // running requests within the configured time; this limit is for anything beyond that.
  const grace = closeWithGrace(
    {
      delay: milliseconds(config.health.drain_delay) + milliseconds(config.health.shutdown_timeout) + 5000,
      logger: false,
    },
    async ({ signal, err }) => {
      lifecycle.isShuttingDown = true
      if (err) logger.fatal({ err }, 'the server ends after an error')
      else if (signal) {
        logger.info(`the server ends: ${signal}`)
        // A load balancer needs a moment to notice that /readyz says no.
        if (isServing) await sleep(milliseconds(config.health.drain_delay))
      }
      // Fastify does not expect to be closed while it looks up the addresses of localhost.
      await listening?.catch(() => {})
      await closeAll()
      if (!signal) process.exit(1)
    },
  )

  try {
    const embedded = await embed(config)
    if (embedded) {
      opened.push({ close: embedded.stop })
      config.database.url = embedded.url
      embedded.died.then((words) => {
        logger.fatal(`the embedded database has ended: ${words}`)
        grace.close()
      })
    }
    const document = loadDocument(config)
    if (migrating || embedded) await migrate(config, document['x-kinds'], (line) => logger.warn(line))
    if (config.tracing.enabled) {
      // Loaded only then: its modules are large, and patch the modules that they trace.
      const { startTracing } = await import('../observability/tracing.ts')
      opened.push(startTracing(config.tracing, logger))
    }
    const database = new Database(config.database)
    database.warn = (message) => logger.warn(message)
    const replica = openReplica(config.database, database, logger)
    if (replica) opened.push(replica)
    const metrics = createMetrics(database, replica)
    const parts = { config, database, replica, document, logger, metrics }
    const api = await buildApp({ ...parts, handlers })
    const scraped = buildMetricsListener(parts)
    const health = buildHealthListener(parts, () => {
      if (lifecycle.isShuttingDown) return 'the server is shutting down'
      return api.isOverloaded() ? 'the server is overloaded' : undefined
    })
    // Closed in reverse: the health listener after the API, so that it answers 503 while requests finish. The pool closes with the API.
    opened.push(health, { close: () => Promise.all([api.close(), scraped.close()]) })
    // Errors of settings are reported before the server waits for a database that is away.
    await reach(database, config.database)
    await untilMigrated(database, config, logger)
    const kinds = kindRows(document['x-kinds'], config)
    const stored = await database.all('list_kinds', {})
    for (const line of kindDifferences(kinds, stored)) logger.warn(line)
    for (const line of api.mapping.follow(stored)) logger.warn(line)
    if (lifecycle.isShuttingDown) throw new Error('ended while it started')
    opened.push(startRetention(config.changes, database, logger))
    if (config.verification.resources)
      opened.push(startVerification(config.verification, database, api.mapping, metrics.registry, logger))
    // Opened last: when the health listener answers that the server is ready, the API listens already.
    const open = async () => ({
      api: await listen(api, config.server, 'server'),
      metrics: await listen(scraped, config.metrics, 'metrics'),
      health: await listen(health, config.health, 'health'),
    })
    const opening = open()
    listening = opening
    const addresses = await opening
    isServing = true
    return addresses
  } catch (error) {
    // A start that a signal ends is no failure.
    if (lifecycle.isShuttingDown) return new Promise(() => {})
    grace.uninstall()
    await closeAll()
    throw error
  }
}

/** Whether a server with these settings starts a PostgreSQL of its own. To be asked before the start, which sets the URL. */
export const isEmbedded = ({ embedded, url, host }: Config['database']): boolean => embedded && !url && !host

async function embed({ database }: Config): Promise<EmbeddedDatabase | undefined> {
  if (!isEmbedded(database)) return undefined
  return startEmbedded({ dir: database.embedded_dir, port: database.embedded_port })
}

/**
 * Waits until the database has been migrated, as long as for the database itself: a server never migrates a database that
 * others may be using. Throws a StartError when the wait is over.
 */
async function untilMigrated(database: Database, config: Config, logger: FastifyBaseLogger) {
  const { conn_retry_attempts, conn_retry_interval } = config.database.pool
  for (let attempt = 1, told = ''; ; attempt++) {
    // Tables may be unreadable until the migration has granted the rights on them.
    const lack = await pendingMigration(database, config).catch(
      (error) => unusable(config.database, error).message,
    )
    if (!lack) break
    if (attempt === conn_retry_attempts) throw new StartError(lack)
    if (lack !== told) logger.warn(`waiting: ${lack}`)
    told = lack
    await sleep(milliseconds(conn_retry_interval))
  }
}
