import underPressure from '@fastify/under-pressure'
import type { FastifyInstance } from 'fastify'
import { Problem } from './problems.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Whether requests are refused at present, because the server is behind. */
    isOverloaded(): boolean
  }
}

/** How often it is looked how far behind the server is. */
const SAMPLE_MS = 1000

/** Answers 503 while the event loop is further behind than `limit` milliseconds, so that what has begun can be finished. */
export async function shedLoad(app: FastifyInstance, limit: number): Promise<void> {
  // A start is a long turn of the event loop itself: what is measured of it says nothing of requests.
  let from = Number.POSITIVE_INFINITY
  app.addHook('onReady', async () => {
    from = performance.now() + 2 * SAMPLE_MS
  })
  await app.register(underPressure, {
    maxEventLoopDelay: limit,
    sampleInterval: SAMPLE_MS,
    pressureHandler: async () => {
      if (app.isOverloaded()) throw new Problem('SVC-001', 'The server has more to do than it can; try again')
    },
  })
  app.decorate('isOverloaded', () => performance.now() > from && app.isUnderPressure())
}
