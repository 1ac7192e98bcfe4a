import { EventEmitter } from 'node:events'
import type { FastifyInstance } from 'fastify'
import { milliseconds } from './config/units.ts'
import { buildListener, type ListenerParts, type Parts } from './listener.ts'
import { within } from './within.ts'

/**
 * The listener of GET /healthz (is the process alive?) and GET /readyz (should it get requests?).
 *
 * `fault` is why it should get none at present.
 */
export function buildHealthListener(
  parts: ListenerParts,
  fault: () => Promise<string | undefined>,
): FastifyInstance {
  const app = buildListener('health', parts)
  app.get('/healthz', async () => ({ status: 'ok' }))
  for (const path of ['/readyz', '/healthcheck']) {
    app.get(path, async (_request, reply) => {
      const reason = await fault()
      if (!reason) return { status: 'ok' }
      reply.code(503)
      return { status: 'error', reason }
    })
  }
  return app
}

/**
 * What is wrong with the database, if anything. It is asked over the connections that requests use: one that cannot
 * get any is not ready either. A late answer is not waited for.
 */
export async function databaseFault({ config, database }: Pick<Parts, 'config' | 'database'>) {
  const waiter = Object.assign(new EventEmitter(), { closed: false })
  const answer = database
    .until(waiter)
    .one('check_database', {})
    .then(
      ({ faults }) =>
        faults.length
          ? `the database is set up otherwise than the rules need: ${faults.join('; ')}`
          : undefined,
      () => 'the database cannot be reached',
    )
  const limit = milliseconds(config.health.db_ping_timeout)
  const fault = await within<string | undefined>(limit, answer, 'the database does not answer in time')
  waiter.closed = true
  waiter.emit('close')
  return fault
}
