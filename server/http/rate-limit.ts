import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Config } from '../config/schema.ts'
import { milliseconds } from '../config/units.ts'
import { Problem } from '../problem.ts'

/** How many callers are counted; of more, those that have not called for the longest time begin anew. */
const MAX_CALLERS = 10_000

/** Counts one request of its caller; throws LMT-001 when it is one too many. */
export type RateLimit = (request: FastifyRequest) => Promise<void>

/**
 * The limit for each caller; undefined without one. Where authentication is off, and for a token without a caller,
 * the address counts. Each server counts its own requests.
 */
export async function createRateLimit(
  app: FastifyInstance,
  { requests, window }: Config['server']['rate_limit'],
): Promise<RateLimit | undefined> {
  if (!requests) return undefined
  await app.register(rateLimit, {
    global: false,
    max: requests,
    timeWindow: milliseconds(window),
    cache: MAX_CALLERS,
    keyGenerator: ({ caller, issuer, ip, scope }) =>
      `${scope.tenancy}\n${caller && issuer ? `caller ${issuer}\n${caller}` : `address ${ip}`}`,
  })
  const count = app.createRateLimit()
  return async (request) => {
    const result = await count(request)
    if (result.isAllowed || !result.isExceeded) return
    throw new Problem('LMT-001', `More than ${requests} requests in ${window}: try again later`, {
      headers: { 'retry-after': String(Math.max(1, result.ttlInSeconds)) },
    })
  }
}
