import type { FastifyInstance } from 'fastify'
import fastifyMetrics from 'fastify-metrics'
import client from 'prom-client'
import { milliseconds } from '../../config/units.ts'
import { pendingGauges } from '../../observability/pending-gauges.ts'
import { buildListener, type Parts } from './listener.ts'

/** The listener of GET /metrics, which also has the metrics of the process. */
export function buildMetricsListener(parts: Parts): FastifyInstance {
  const { config, database, metrics } = parts
  const app = buildListener('metrics', parts)
  const { registry } = metrics
  const refresh = pendingGauges(registry, database, {
    threshold: config.metrics.reconciliation_stuck_threshold,
    patience: milliseconds(config.health.db_ping_timeout),
  })
  app.register(fastifyMetrics.default, {
    promClient: { ...client, register: registry },
    defaultMetrics: { enabled: true, register: registry },
    // The listeners count requests themselves (docs/adr/0014-fastify-metrics-counts-no-requests.md).
    routeMetrics: { enabled: false },
    // The plugin sets the handler.
    endpoint: { url: '/metrics', method: 'GET', preHandler: refresh, handler: () => {} },
  })
  return app
}
