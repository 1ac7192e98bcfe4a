import type { FastifyInstance } from 'fastify'
import { milliseconds } from '../../config/units.ts'
import { pendingGauges } from '../../observability/pending-gauges.ts'
import { buildListener, type Parts } from './listener.ts'

/** The listener of GET /metrics. */
export function buildMetricsListener(parts: Parts): FastifyInstance {
  const { config, database, metrics } = parts
  const app = buildListener('metrics', parts)
  const { registry } = metrics
  const refresh = pendingGauges(registry, database, {
    threshold: config.metrics.reconciliation_stuck_threshold,
    patience: milliseconds(config.health.db_ping_timeout),
  })
  app.get('/metrics', async (_request, reply) => {
    await refresh()
    return reply.type(registry.contentType).send(await registry.metrics())
  })
  return app
}
