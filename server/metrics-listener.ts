import type { FastifyInstance } from 'fastify'
import { buildListener, type Parts } from './listener.ts'

/** The listener of GET /metrics. */
export function buildMetricsListener(parts: Parts): FastifyInstance {
  const app = buildListener('metrics', parts)
  const { registry } = parts.metrics
  app.get('/metrics', async (_request, reply) =>
    reply.type(registry.contentType).send(await registry.metrics()),
  )
  return app
}
