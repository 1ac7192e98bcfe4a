import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyBaseLogger } from 'fastify'
import type { Registry } from 'prom-client'
import { buildApp } from './app.ts'
import type { Config } from './config/load.ts'
import { milliseconds } from './config/units.ts'
import { Database, reach, unusable } from './database.ts'
import type { loadDocument } from './document.ts'
import { databaseFault } from './health.ts'
import { type ListenerParts, listen } from './listener.ts'
import { readingsOf } from './metrics-listener.ts'
import { lackOf } from './migrate.ts'
import { createMetrics } from './observability/metrics.ts'
import { startVerification } from './observability/verification.ts'
import { openReplica } from './replica.ts'
import { StartError } from './start-error.ts'

/** What answers the API: this process, or the workers that it has. */
export interface Service {
  /** What the other listeners of this process count with. */
  metrics: ListenerParts['metrics']
  /** Waits for the database and begins to serve; resolves with where. Throws a StartError when it cannot. */
  start(): Promise<string>
  /** Why it should get no requests at present. */
  fault(): Promise<string | undefined>
  /** What it has counted so far; unless `isCounting`, without what the database counts. */
  readings(isCounting?: boolean): Promise<Registry>
  /** Ends what runs, and then itself. */
  close(): Promise<unknown>
}

/** The API in this process. Throws a StartError when a setting cannot be followed. */
export async function openService(
  config: Config,
  { document, text }: ReturnType<typeof loadDocument>,
  logger: FastifyBaseLogger,
): Promise<Service> {
  const opened: { close(): Promise<unknown> }[] = []
  let listening: Promise<string> | undefined
  const close = async () => {
    // Fastify does not expect to be closed while it looks up the addresses of localhost.
    await listening?.catch(() => {})
    for (let each = opened.pop(); each; each = opened.pop()) {
      await each.close().catch((error) => logger.error({ err: error }, 'closing failed'))
    }
  }
  try {
    if (config.tracing.enabled) {
      // Only then: what it takes is large, and changes the modules that it watches.
      const { startTracing } = await import('./observability/tracing.ts')
      opened.push(startTracing(logger))
    }
    const database = new Database(config.database)
    database.warn = (message) => logger.warn(message)
    opened.push(database)
    const replica = openReplica(config.database, database, logger)
    if (replica) opened.push(replica)
    const metrics = createMetrics(database, replica)
    const parts = { config, database, replica, document, documentText: text, logger, metrics }
    const api = await buildApp(parts)
    return {
      metrics,
      async start() {
        await reach(database, config.database)
        await untilMigrated(database, config, logger)
        if (config.verification.resources)
          opened.push(startVerification(config.verification, database, metrics.registry, logger))
        opened.push(api)
        listening = listen(api, config.server, 'server')
        return listening
      },
      fault: async () =>
        api.isOverloaded() ? 'the server has more to do than it can' : databaseFault(parts),
      readings: readingsOf(parts),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

/**
 * A server never migrates a database that others may be using: it waits for whoever does, as long as for the database itself.
 * And it says so when they follow other settings.
 */
async function untilMigrated(database: Database, config: Config, logger: FastifyBaseLogger) {
  const { conn_retry_attempts, conn_retry_interval } = config.database.pool
  for (let attempt = 1, told = ''; ; attempt++) {
    // What cannot be read, or not yet: its grants may come with the migration, too.
    const lack = await lackOf(database).catch((error) => unusable(config.database, error).message)
    if (!lack) break
    if (attempt === conn_retry_attempts) throw new StartError(lack)
    if (lack !== told) logger.warn(`waiting: ${lack}`)
    told = lack
    await sleep(milliseconds(conn_retry_interval))
  }
  await tellOtherAdapters(database, config, logger)
}

async function tellOtherAdapters(database: Database, { entities }: Config, logger: FastifyBaseLogger) {
  for (const { kind, required_adapters } of await database.all('list_kinds', {})) {
    const configured = entities.find((entity) => entity.kind === kind)?.required_adapters ?? []
    if (required_adapters.join() !== configured.join()) {
      logger.warn(
        `the database requires [${required_adapters}] of ${kind}, this server's configuration [${configured}]; ` +
          'the database is followed until `migrate` is run',
      )
    }
  }
}
