import type { FastifyInstance, FastifyReply } from 'fastify'
import { milliseconds } from './config/units.ts'
import { buildListener, type Parts } from './listener.ts'
import { within } from './within.ts'

/**
 * The listener of GET /healthz (is the process alive?) and GET /readyz (should it get requests?).
 *
 * `reluctance` is why the server itself wants no requests at present. The database is asked over the connections that
 * requests use: one that cannot get any is not ready either.
 */
export function buildHealthListener(parts: Parts, reluctance: () => string | undefined): FastifyInstance {
  const app = buildListener('health', parts)
  app.get('/healthz', async () => ({ status: 'ok' }))
  for (const path of ['/readyz', '/healthcheck']) {
    app.get(path, async (_request, reply) => {
      const reason = reluctance() ?? (await databaseFault(parts, reply))
      if (!reason) return { status: 'ok' }
      reply.code(503)
      return { status: 'error', reason }
    })
  }
  return app
}

/** What is wrong with the database, if anything. What comes late is abandoned with the answer. */
async function databaseFault({ config, database }: Parts, reply: FastifyReply): Promise<string | undefined> {
  const fault = database
    .until(reply.raw)
    .one('check_database', {})
    .then(
      ({ faults }) =>
        faults.length
          ? `the database is set up otherwise than the rules need: ${faults.join('; ')}`
          : undefined,
      () => 'the database cannot be reached',
    )
  const limit = milliseconds(config.health.db_ping_timeout)
  return within<string | undefined>(limit, fault, 'the database does not answer in time')
}
