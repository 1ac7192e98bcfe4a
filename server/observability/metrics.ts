import type { FastifyReply, FastifyRequest } from 'fastify'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { about } from '../about.ts'
import type { Database } from '../database.ts'

const labels = { component: 'api', version: about.version }

/** What the server counts; one of these for each server, since names are unique in a registry. */
export interface Metrics {
  registry: Registry
  /** Counts and times one answered request. */
  observe(request: FastifyRequest, reply: FastifyReply, code: number): void
}

export function createMetrics(database: Database): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const labelNames = ['component', 'version', 'method', 'path', 'code'] as const
  const registers = [registry]
  const requests = new Counter({
    name: 'hyperfleet_api_requests_total',
    help: 'Requests answered.',
    labelNames,
    registers,
  })
  const durations = new Histogram({
    name: 'hyperfleet_api_request_duration_seconds',
    help: 'How long requests took.',
    labelNames,
    registers,
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  })
  new Gauge({
    name: 'hyperfleet_api_build_info',
    help: 'The version.',
    labelNames: ['component', 'version'],
    registers,
  }).set(labels, 1)
  new Gauge({
    name: 'hyperfleet_db_connections_open',
    help: 'Connections to the database.',
    registers,
    collect() {
      this.set(database.pool.totalCount)
    },
  })
  new Gauge({
    name: 'hyperfleet_db_connections_in_use',
    help: 'Connections to the database that a request holds.',
    registers,
    collect() {
      this.set(database.pool.totalCount - database.pool.idleCount)
    },
  })
  return {
    registry,
    observe(request, reply, code) {
      const path = request.routeOptions.url?.replaceAll(/:\w+/g, '-') ?? 'unknown'
      const values = { ...labels, method: request.method, path, code }
      requests.inc(values)
      durations.observe(values, reply.elapsedTime / 1000)
    },
  }
}
