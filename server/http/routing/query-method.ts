import { METHODS } from 'node:http'
import type { FastifyInstance } from 'fastify'

/** The method that reads with a body (RFC 10008). */
export const QUERY = 'QUERY'

/** Whether the parser of this Node.js knows the method: a request with one that it does not know is no valid HTTP to it. */
export const hasQueryMethod = METHODS.includes(QUERY)

/**
 * Serves the searches of collections (`…/search`) by the method QUERY on the collections themselves, too: operations with
 * `x-query`, of which OpenAPI 3.0 can describe the POST only. To be called before the routes are made.
 */
export function addQueryMethod(app: FastifyInstance) {
  if (!hasQueryMethod) return
  app.addHook('onRoute', function (route) {
    const { schema, method, url } = route
    if (method === 'POST' && schema && 'x-query' in schema)
      this.route({ ...route, method: QUERY as never, url: url.slice(0, url.lastIndexOf('/')) })
  })
}
