import type { FastifyInstance, FastifyReply } from 'fastify'
import { milliseconds } from '../../config/units.ts'
import { SessionUnfit } from '../../db/database-errors.ts'
import { within } from '../../lib/timeout.ts'
import { buildListener, type Parts } from './listener.ts'

/**
 * The listener of GET /healthz (is the process alive?) and GET /readyz (should it get requests?).
 *
 * `ownFault` returns why the server itself is not ready, undefined when it is. The database is asked over the connections
 * that requests use: a server that gets none is not ready either.
 */
export function buildHealthListener(parts: Parts, ownFault: () => string | undefined): FastifyInstance {
  const app = buildListener('health', parts)
  app.get('/healthz', async () => ({ status: 'ok' }))
  for (const path of ['/readyz', '/healthcheck']) {
    app.get(path, async (_request, reply) => {
      const reason = ownFault() ?? (await databaseFault(parts, reply))
      if (!reason) return { status: 'ok' }
      reply.code(503)
      return { status: 'error', reason }
    })
  }
  return app
}

/** Why the database cannot be used, undefined when it can. A query still running when the response ends is cancelled. */
async function databaseFault({ config, database }: Parts, reply: FastifyReply): Promise<string | undefined> {
  const fault = database.faults(reply.raw).then(
    (faults) => (faults.length ? new SessionUnfit(faults).message : undefined),
    (error) => (error instanceof SessionUnfit ? error.message : 'the database cannot be reached'),
  )
  const limit = milliseconds(config.health.db_ping_timeout)
  return within<string | undefined>(limit, fault, 'the database does not answer in time')
}
