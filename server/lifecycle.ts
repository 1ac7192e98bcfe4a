import { setTimeout as sleep } from 'node:timers/promises'
import closeWithGrace from 'close-with-grace'
import type { FastifyBaseLogger } from 'fastify'
import type { Config } from './config/load.ts'
import { milliseconds } from './config/units.ts'
import { loadDocument } from './document.ts'
import { type EmbeddedDatabase, startEmbedded } from './embedded/embedded.ts'
import { buildHealthListener } from './health.ts'
import { listen } from './listener.ts'
import { buildMetricsListener } from './metrics-listener.ts'
import { migrate } from './migrate.ts'
import { createLogger } from './observability/logger.ts'
import { openService } from './service.ts'
import { openWorkers } from './workers.ts'

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
 */
export async function serve(config: Config, { migrating = false } = {}): Promise<Addresses> {
  const logger = createLogger(config.logging) as unknown as FastifyBaseLogger
  const lifecycle = { isShuttingDown: false }
  let isServing = false
  let listening: Promise<unknown> | undefined
  const opened: { close(): Promise<unknown> }[] = []
  const closeAll = async () => {
    for (let each = opened.pop(); each; each = opened.pop()) {
      await each.close().catch((error) => logger.error({ err: error }, 'closing failed'))
    }
  }
  // From the first moment on, so that a signal during the start stops what has been started. The listeners end
  // what runs within the configured time; this limit is for what even that does not end.
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
        // Whoever sends requests here needs a moment to notice that /readyz says no.
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
    const document = loadDocument({ defaultSize: config.lists.default_size })
    if (migrating || embedded) await migrate(config, document.document['x-kinds'])
    const service =
      config.server.workers > 1
        ? openWorkers(config, logger, grace.close)
        : await openService(config, document, logger)
    opened.push(service)
    const parts = { config, document: document.document, logger, metrics: service.metrics }
    const scraped = buildMetricsListener(parts, service.readings)
    const health = buildHealthListener(parts, async () =>
      lifecycle.isShuttingDown ? 'the server is shutting down' : service.fault(),
    )
    // Health last: while requests are finished, it says that there should be no more.
    opened.push(health, { close: () => Promise.all([service.close(), scraped.close()]) })
    // What is wrong with a setting is told before a database that is away is waited for.
    const api = await service.start()
    if (lifecycle.isShuttingDown) throw new Error('ended while it started')
    // Health last: who is told that the server is ready finds the API there.
    const open = async () => ({
      api,
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

async function embed({ database }: Config): Promise<EmbeddedDatabase | undefined> {
  if (!database.embedded || database.url || database.host) return undefined
  return startEmbedded({ dir: database.embedded_dir, port: database.embedded_port })
}
