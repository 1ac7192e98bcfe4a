import { getHeapStatistics } from 'node:v8'
import type { FastifyReply, FastifyRequest } from 'fastify'
import pg from 'pg'
import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { Database } from '../db/database.ts'
import type { Replica } from '../db/replica.ts'
import { about } from '../lib/version.ts'

/** What the server counts; one of these for each server, since names are unique in a registry. */
export interface Metrics {
  registry: Registry
  /** Counts and times one answered request. */
  observe(request: FastifyRequest, reply: FastifyReply, code: number): void
  /** Counts one operation of a batch. */
  observeOperation(request: FastifyRequest, code: number): void
  /** Counts an answer to what never became a request, since it was no HTTP, too large or too slow. */
  observeUnparsed(status: number): void
  /** Counts a resource of a kind that has begun a generation: was created, changed, or marked for deletion. */
  reconciliationStarted(kind: string, isDelete: boolean): void
  /** Counts a condition of the configuration whose rule failed for a resource; 0 lets its series begin. */
  conditionFailed(kind: string, type: string, count?: number): void
  /** Has the watchers of a feed of changes shown. */
  watchChanges(feed: WatchedFeed): void
  /** Counts a request that the rules of authorization have denied; 0 lets its series begin. */
  accessDenied(verb: string, count?: number): void
  /** Counts an evaluation of a rule of authorization that failed; 0 lets its series begin. */
  accessRuleFailed(rule: string, count?: number): void
}

/** The figures of a feed of changes (server/changes/change-feed.ts). */
interface WatchedFeed {
  watching: number
  lag: number
  cut: number
}

/** Other methods share one label value: callers can make up as many as they like. */
const METHODS = new Set(['GET', 'HEAD', 'QUERY', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
const UNKNOWN = 'unknown'

/** The metrics of a server, with those of its database. */
export function createMetrics(database: Database, replica?: Replica): Metrics {
  const registry = new Registry()
  registry.setDefaultLabels({ component: 'api', version: about.version })
  const registers = [registry]
  if (replica) {
    watchDatabases({ primary: database, replica: replica.database }, registry)
    watchReplica(replica, registry)
  } else watchDatabases({ '': database }, registry)
  const labelNames = ['method', 'path', 'code'] as const
  const requests = new Counter({
    name: 'hyperfleet_api_requests_total',
    help: 'Requests answered.',
    labelNames,
    registers,
  })
  const durations = new Histogram({
    name: 'hyperfleet_api_request_duration_seconds',
    help: 'How long requests took, from their headers to the end of the answer; without streams of changes, which have no end of their own.',
    labelNames,
    registers,
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  })
  const batched = new Counter({
    name: 'hyperfleet_api_batch_operations_total',
    help: 'Operations of batches that were done, or refused each for itself. The batch itself is one request.',
    labelNames,
    registers,
  })
  const started = new Counter({
    name: 'hyperfleet_api_reconciliation_started_total',
    help: 'Generations begun: resources created, changed, or marked for deletion.',
    labelNames: ['resource_type', 'is_delete'],
    registers,
  })
  const failed = new Counter({
    name: 'hyperfleet_api_condition_mapping_errors_total',
    help: 'Conditions of the configuration that could not be mapped, since an expression failed.',
    labelNames: ['kind', 'type'],
    registers,
  })
  const denied = new Counter({
    name: 'hyperfleet_api_authorization_denied_total',
    help: 'Requests that the rules of authorization have denied.',
    labelNames: ['verb'],
    registers,
  })
  const failedRules = new Counter({
    name: 'hyperfleet_api_authorization_errors_total',
    help: 'Evaluations of rules of authorization that failed: an allow rule did not match, a deny rule did.',
    labelNames: ['rule'],
    registers,
  })
  new Gauge({ name: 'hyperfleet_api_build_info', help: 'Always 1; the version is a label.', registers }).set(
    1,
  )
  new Gauge({
    name: 'hyperfleet_api_heap_limit_bytes',
    help: 'How large the heap of JavaScript may become before the process ends.',
    registers,
  }).set(getHeapStatistics().heap_size_limit)
  const labelsOf = ({ method, routeOptions }: FastifyRequest, code: number) => ({
    method: METHODS.has(method) ? method : UNKNOWN,
    path: routeOptions.url?.replaceAll(/:\w+/g, '-') ?? UNKNOWN,
    code,
  })
  return {
    registry,
    observe(request, reply, code) {
      const values = labelsOf(request, code)
      requests.inc(values)
      if (!request.isStream) durations.observe(values, reply.elapsedTime / 1000)
    },
    observeOperation(request, code) {
      batched.inc(labelsOf(request, code))
    },
    observeUnparsed(status) {
      requests.inc({ method: UNKNOWN, path: UNKNOWN, code: status })
    },
    reconciliationStarted(kind, isDelete) {
      started.inc({ resource_type: kind.toLowerCase(), is_delete: String(isDelete) })
    },
    conditionFailed(kind, type, count = 1) {
      failed.inc({ kind, type }, count)
    },
    watchChanges: (feed) => watchChanges(feed, registry),
    accessDenied(verb, count = 1) {
      denied.inc({ verb }, count)
    },
    accessRuleFailed(rule, count = 1) {
      failedRules.inc({ rule }, count)
    },
  }
}

/**
 * The queries of databases, by their names in sql/queries, and their connections. Where there are several, a label says
 * which one.
 */
function watchDatabases(databases: Record<string, Database>, registry: Registry) {
  const registers = [registry]
  const durations = new Histogram({
    name: 'hyperfleet_db_query_duration_seconds',
    help: 'How long queries took, without the wait for a connection.',
    labelNames: ['operation', 'table', 'server'],
    registers,
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  })
  const errors = new Counter({
    name: 'hyperfleet_db_errors_total',
    help: 'Queries that failed, by the class of their SQLSTATE; what the rules refuse is no failure.',
    labelNames: ['operation', 'table', 'code', 'server'],
    registers,
  })
  for (const [server, database] of Object.entries(databases)) {
    database.observe = (query, seconds, error) => {
      const values = {
        operation: query.slice(0, query.indexOf('_')),
        table: query,
        ...(server && { server }),
      }
      if (seconds !== undefined) durations.observe(values, seconds)
      const code = error && classOf(error)
      if (code && code !== 'HF') errors.inc({ ...values, code })
    }
  }
  const gauge = (name: string, help: string, read: (database: Database) => number) =>
    new Gauge({
      name,
      help,
      labelNames: ['server'],
      registers,
      collect() {
        for (const [server, database] of Object.entries(databases))
          this.set(server ? { server } : {}, read(database))
      },
    })
  gauge(
    'hyperfleet_db_connections_max',
    'How many connections to the database there may be.',
    ({ pool }) => pool.options.max,
  )
  gauge('hyperfleet_db_connections_open', 'Connections to the database.', ({ pool }) => pool.totalCount)
  gauge(
    'hyperfleet_db_connections_in_use',
    'Connections to the database that a request holds.',
    ({ pool }) => pool.totalCount - pool.idleCount,
  )
  gauge(
    'hyperfleet_db_connections_waiting',
    'Requests that wait for a connection to the database.',
    ({ waiting }) => waiting,
  )
}

/** The requests that watch the feed of changes, how far behind they are, and how many were too slow. */
function watchChanges(feed: WatchedFeed, registry: Registry) {
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(read())
      },
    })
  gauge('hyperfleet_api_changes_watchers', 'Requests that wait for changes.', () => feed.watching)
  gauge(
    'hyperfleet_api_changes_lag_seconds',
    'The age of the newest changes that watchers may not have received yet; 0 without watchers.',
    () => feed.lag,
  )
  new Counter({
    name: 'hyperfleet_api_changes_cut_total',
    help: 'Streams of changes that were cut, since their readers were too slow.',
    registers: [registry],
    collect() {
      this.reset()
      this.inc(feed.cut)
    },
  })
}

/** Whether lists come from the replica, and how old they are at most. */
function watchReplica(replica: Replica, registry: Registry) {
  const registers = [registry]
  new Gauge({
    name: 'hyperfleet_db_replica_usable',
    help: 'Whether lists are read from the replica.',
    registers,
    collect() {
      this.set(Number(replica.isUsable))
    },
  })
  new Gauge({
    name: 'hyperfleet_db_replica_lag_seconds',
    help: 'How far the replica is behind at most; absent until it has been known to have caught up.',
    registers,
    collect() {
      this.reset()
      const lag = replica.freshness.lag(performance.now())
      if (Number.isFinite(lag)) this.set(lag)
      else this.remove()
    },
  })
}

/** The first two characters of a SQLSTATE; 08, connection exception, where PostgreSQL did not say anything. */
const classOf = (error: Error): string =>
  (error instanceof pg.DatabaseError && error.code?.slice(0, 2)) || '08'
