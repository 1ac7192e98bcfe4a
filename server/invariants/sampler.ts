import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyBaseLogger } from 'fastify'
import { Counter, type Registry } from 'prom-client'
import { type ConditionMapping, NOT_MAPPED } from '../conditions/condition-mapping.ts'
import type { Config } from '../config/schema.ts'
import { milliseconds } from '../config/units.ts'
import type { Waiter } from '../db/connection-queue.ts'
import type { Database } from '../db/database.ts'
import { ALL_TENANTS } from '../db/scope.ts'

/** Comes before every id. */
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000'

/** How many violations of one round are remembered; any more are counted, and not logged. */
const MAX_KNOWN = 1000

/**
 * Checks the next resources of a cycle through all of them, and counts and logs violations of the invariants that `verify`
 * checks for the whole database, as far as they concern one resource. One statement each time, and one more for each
 * resource whose kind has rules for conditions.
 *
 * The first walk begins anywhere, so that servers that are restarted do not look at the same resources again and again. A
 * violation is counted each time, and logged once: again only when a whole round did not find it.
 */
export function sampler(
  database: Database,
  {
    size,
    mapping,
    registry,
    logger,
  }: { size: number; mapping: ConditionMapping; registry: Registry; logger: FastifyBaseLogger },
): (waiter?: Waiter) => Promise<void> {
  const registers = [registry]
  const checks = new Counter({
    name: 'hyperfleet_api_invariant_checks_total',
    help: 'Resources checked for violated invariants.',
    labelNames: ['kind'],
    registers,
  })
  const violations = new Counter({
    name: 'hyperfleet_api_invariant_violations_total',
    help: 'Violated invariants found, each time.',
    labelNames: ['kind', 'problem'],
    registers,
  })
  let after: string | null = null
  let [before, found] = [new Set<string>(), new Set<string>()]
  const tell = (kind: string, id: string, problem: string) => {
    violations.inc({ kind, problem })
    const violation = `${id}: ${problem}`
    if (found.has(violation) || found.size >= MAX_KNOWN) return
    found.add(violation)
    if (before.has(violation)) return
    const about = { resource_type: kind.toLowerCase(), resource_id: id, problem }
    logger.warn(about, 'resource invariant violated')
  }
  return async (waiter) => {
    const rows = await database.all('list_sampled_problems', { after, size }, waiter)
    const seen = new Map(rows.map((row) => [row.id, row]))
    for (const { kind, is_judged } of seen.values()) if (is_judged) checks.inc({ kind })
    for (const { kind, id, problem } of rows) if (problem) tell(kind, id, problem)
    for (const { kind, id, is_judged } of seen.values()) {
      if (!is_judged || !mapping.concerns(kind)) continue
      const { inputs } = await database.one(
        'get_condition_inputs',
        { ...ALL_TENANTS, id, descendants: false },
        waiter,
      )
      if (mapping.differences(inputs).length) tell(kind, id, NOT_MAPPED)
    }
    after = rows.at(-1)?.id ?? null
    if (seen.size === size) return
    after = BEFORE_ALL
    ;[before, found] = [found, new Set()]
  }
}

/**
 * Samples resources in the background, as often as configured, until it is closed. Where the database does not answer, the
 * next turn goes on from there: the metrics of the database tell of it.
 */
export function startVerification(
  { interval, resources }: Config['verification'],
  database: Database,
  mapping: ConditionMapping,
  registry: Registry,
  logger: FastifyBaseLogger,
): { close(): Promise<void> } {
  const closing = new AbortController()
  const { signal } = closing
  const waiter: Waiter = {
    get closed() {
      return signal.aborted
    },
    once: (_event, listener) => signal.addEventListener('abort', listener, { once: true }),
    off: (_event, listener) => signal.removeEventListener('abort', listener),
  }
  const look = sampler(database, { size: resources, mapping, registry, logger })
  const turning = (async () => {
    while (!signal.aborted) {
      await look(waiter).catch((err) => logger.debug({ err }, 'no resources could be looked at'))
      await sleep(milliseconds(interval), undefined, { ref: false, signal }).catch(() => {})
    }
  })()
  return {
    async close() {
      closing.abort()
      await turning
    },
  }
}
