import underPressure from '@fastify/under-pressure'
import type { FastifyInstance } from 'fastify'
import { Problem } from '../problem.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Whether requests are refused at present, because the server is behind. */
    isOverloaded(): boolean
  }
}

/** The shortest time between two samples of the delay of the event loop. */
const SAMPLE_MS = 1000

/**
 * Answers 503 while the event loop is delayed by more than `limit` milliseconds, so that requests in progress can end.
 *
 * A sample without a measurement counts as an endless delay (@fastify/under-pressure 9.2.0): the event loop did not run between
 * two samples. They are at least `limit` apart, so that such a delay is above it.
 */
export async function shedLoad(app: FastifyInstance, limit: number): Promise<void> {
  const sampleInterval = Math.max(SAMPLE_MS, limit)
  // The start itself delays the event loop: that delay says nothing about requests.
  let from = Number.POSITIVE_INFINITY
  app.addHook('onReady', async () => {
    from = performance.now() + 2 * sampleInterval
  })
  await app.register(underPressure, {
    maxEventLoopDelay: limit,
    sampleInterval,
    pressureHandler: async () => {
      if (app.isOverloaded()) throw new Problem('SVC-001', 'Server overloaded; retry later')
    },
  })
  app.decorate('isOverloaded', () => performance.now() > from && app.isUnderPressure())
}
