import type { ValidateFunction } from 'ajv'
import type { FastifyContextConfig, FastifyInstance, RouteOptions } from 'fastify'
import findMyWay, { type HTTPMethod } from 'find-my-way'
import { pathOf } from '../../lib/origin-form.ts'
import { Problem } from '../../problem.ts'
import type { Operation } from '../routing/operation.ts'

/** A route of an operation, as a request finds it. */
export interface Found {
  operation: Operation
  /** With the names of the parameters. */
  url: string
  config: FastifyContextConfig
  bodies: Record<string, ValidateFunction>
  params: Record<string, string | undefined>
  query: Record<string, unknown>
}

/** The verbs that write. */
const WRITES = new Set(['create', 'update', 'delete', 'force-delete', 'report'])

/** Where paths may be written without the beginning that all have. */
const BASE = '/api/hyperfleet/v1'

/** The routes of the API, for the operations of batches: found as the server finds those of requests. */
export class BatchRoutes {
  private readonly app: FastifyInstance
  private readonly operations: Map<string, Operation>
  private readonly router = findMyWay({
    ignoreTrailingSlash: true,
    maxParamLength: 64 * 1024,
    onBadUrl: () => {},
  })

  constructor(app: FastifyInstance, operations: Map<string, Operation>) {
    this.app = app
    this.operations = operations
  }

  /** Adds a route of the API, whose schemas are compiled (separateParameters). */
  add({ method, url, schema, config = {} }: RouteOptions) {
    const { operationId = '' } = (schema ?? {}) as { operationId?: string }
    const operation = this.operations.get(operationId)
    // Fastify adds HEAD to each GET.
    if (!operation || operation.method !== method) return
    const route = { operation, url, config, bodies: config.bodies ?? {} }
    this.router.on(method as HTTPMethod, url, () => {}, route)
  }

  /** The route of an operation of a batch. Throws a problem: 404 or 405 without one, 400 where it is no write. */
  find(method: string, url: string): Found {
    const found = this.router.find(method as HTTPMethod, url)
    if (!found) throw this.app.unknownRoute(method, pathOf(url))
    if (!found.store) throw new Problem('VAL-006', `'${url.slice(0, 256)}' is not a valid url component`)
    const route = found.store as Omit<Found, 'params' | 'query'>
    const { verb } = route.operation
    if (verb === undefined || !WRITES.has(verb))
      throw new Problem('VAL-000', `A batch has writes only, and ${method} ${route.operation.path} is none`)
    return { ...route, params: { ...found.params }, query: { ...found.searchParams } }
  }
}

/** The target of an operation: its path may leave out the beginning that all have. */
export const fullPath = (path: string): string =>
  path.startsWith('/api/') || !path.startsWith('/') ? path : BASE + path
