/**
 * Several processes that answer the API on one port (`server.workers`). The first process has the listeners of health and
 * metrics and none of the API; it asks its workers what to say there, writes down their log, and puts another one in the
 * place of each that ends.
 */
import cluster from 'node:cluster'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { FastifyBaseLogger } from 'fastify'
import { AggregatorRegistry, type MetricObject } from 'prom-client'
import type { Config } from './config/load.ts'
import { bytesIn, milliseconds } from './config/units.ts'
import { createMetrics } from './observability/metrics.ts'
import type { Service } from './service.ts'
import { within } from './within.ts'
import { Hand } from './worker.ts'

/** How long a worker must have served for its end to be no sign of more to come. */
const PROVEN_MS = 60_000
const MAX_PAUSE_MS = 30_000
/** What an answer may take on its way, beyond the time that the worker has for it. */
const WAY_MS = 500

/** Has `server.workers` processes serve; `giveUp` is called when none does any more, and none can be started. */
export function openWorkers(config: Config, logger: FastifyBaseLogger, giveUp: () => void): Service {
  const exec = fileURLToPath(new URL('../scripts/hyperfleet-api.js', import.meta.url))
  // Workers accept for themselves: a connection that is handed out in turn to one that has just ended would hang for ever.
  cluster.schedulingPolicy = cluster.SCHED_NONE
  cluster.setupPrimary({ exec, args: ['worker'], silent: true, serialization: 'advanced' })
  const { workers: count } = config.server
  const patience = milliseconds(config.health.db_ping_timeout) + WAY_MS
  const part = partOf(config)
  const metrics = createMetrics()
  const hands = new Set<Hand>()
  /** What workers had counted that have ended: a sum must not fall. */
  let past: MetricObject[] = []
  let isClosing = false
  process.once('exit', () => {
    for (const { worker } of hands) worker.process.kill('SIGKILL')
  })

  const hire = () => {
    const hand = new Hand()
    hands.add(hand)
    hand.ended.then(() => {
      hands.delete(hand)
      const counts = hand.readings.filter(({ type }) => `${type}` === 'counter' || `${type}` === 'histogram')
      past = AggregatorRegistry.aggregate([past, counts]).getMetricsAsArray()
    })
    return hand
  }
  /** The one that has served for the longest time first. */
  const serving = () =>
    [...hands]
      .filter(({ servesSince }) => Number.isFinite(servesSince))
      .sort((one, other) => one.servesSince - other.servesSince)

  /** Puts others in the place of a worker, one after the other: at once, then after pauses that grow. */
  const keep = async (hand: Hand, before = 0) => {
    const how = await hand.ended
    if (isClosing) return
    const isProven = performance.now() - hand.servesSince > PROVEN_MS
    const failures = isProven ? 0 : before
    const pause = failures ? Math.min(MAX_PAUSE_MS, 500 * 2 ** failures) : 0
    logger.error(`worker ${hand.worker.id} has ended (${how}); another takes its place in ${pause} ms`)
    await sleep(pause)
    if (isClosing) return
    const next = hire()
    await next.start(part).catch((error) => {
      // An end that is meant is no failure.
      if (isClosing) return
      logger.error({ err: error }, `worker ${next.worker.id} could not start`)
      // Another serves, or is about to.
      if ([...hands].some((each) => each !== next)) return
      logger.fatal('no worker serves, and none can be started')
      giveUp()
    })
    keep(next, failures + 1)
  }

  return {
    metrics,
    async start() {
      // What is wrong with settings or database is told by the first; the others need not find out.
      const first = hire()
      const address = await first.start(part)
      const others = Array.from({ length: count - 1 }, hire)
      await Promise.all(others.map((hand) => hand.start(part)))
      for (const hand of [first, ...others]) keep(hand)
      return address
    },
    async fault() {
      const missing = count - serving().length
      if (missing) return `${missing} of ${count} workers cannot be reached`
      const faults = serving().map((hand) =>
        within<string | undefined>(patience, hand.ask('fault'), 'a worker does not answer in time'),
      )
      return Promise.all(faults).then(
        (all) => all.find((fault) => fault),
        (error: Error) => error.message,
      )
    },
    async readings() {
      // One of them asks the database, which would tell all of them the same.
      const asked = serving().map(async (hand, at) => {
        hand.readings = await within(patience, hand.ask('readings', at === 0), hand.readings)
      })
      await Promise.allSettled(asked)
      const own = await metrics.registry.getMetricsAsJSON()
      return AggregatorRegistry.aggregate([own, past, ...[...hands].map(({ readings }) => readings)])
    },
    async close() {
      isClosing = true
      for (const hand of hands) hand.ask('end').catch(() => {})
      await Promise.all([...hands].map(({ ended }) => ended))
    },
  }
}

/** The settings of one worker: what they share is divided. */
function partOf({ server, database, verification, ...config }: Config): Config {
  const { max_connections, max_unindexed, max_waiting } = database.pool
  const pool = {
    ...database.pool,
    max_connections: Math.floor(max_connections / server.workers),
    max_unindexed: Math.ceil(max_unindexed / server.workers),
    max_waiting: Math.ceil(max_waiting / server.workers),
  }
  const resources = Math.ceil(verification.resources / server.workers)
  const unsent_limit = `${Math.ceil(bytesIn(server.unsent_limit) / server.workers)}B`
  return {
    ...config,
    server: { ...server, unsent_limit },
    database: { ...database, pool },
    verification: { ...verification, resources },
  }
}
