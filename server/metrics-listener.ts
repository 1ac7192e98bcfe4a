import type { FastifyInstance } from 'fastify'
import type { Registry } from 'prom-client'
import { milliseconds } from './config/units.ts'
import { buildListener, type ListenerParts, type Parts } from './listener.ts'
import { pendingGauges } from './observability/pending-gauges.ts'
import type { Service } from './service.ts'

/** The listener of GET /metrics, which shows what `readings` gives at the moment. */
export function buildMetricsListener(
  parts: ListenerParts,
  readings: () => Promise<Registry>,
): FastifyInstance {
  const app = buildListener('metrics', parts)
  app.get('/metrics', async (_request, reply) => {
    const registry = await readings()
    return reply.type(registry.contentType).send(await registry.metrics())
  })
  return app
}

/** Gives the metrics of this process: unless told otherwise, with what the database counts now. */
export function readingsOf({ config, database, metrics: { registry } }: Parts): Service['readings'] {
  const refresh = pendingGauges(registry, database, {
    threshold: config.metrics.reconciliation_stuck_threshold,
    patience: milliseconds(config.health.db_ping_timeout),
  })
  return async (isCounting = true) => {
    if (isCounting) await refresh()
    return registry
  }
}
