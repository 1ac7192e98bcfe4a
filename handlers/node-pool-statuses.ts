import type { Handler } from '../server/http/handler.ts'
import { listReports, nodePoolAt, report } from '../server/resources.ts'

/** One page of the reports on a node pool, by its own path. */
export const getNodePoolReports: Handler<'getNodePoolReports'> = (request) =>
  listReports(request, nodePoolAt(request.params), request.query)

/** Takes a report on a node pool, by its own path. */
export const putNodePoolReport: Handler<'putNodePoolReport'> = (request, reply) =>
  report(request, reply, nodePoolAt(request.params))

/** One page of the reports on a node pool of a cluster. */
export const getNodePoolsStatuses: Handler<'getNodePoolsStatuses'> = (request) =>
  listReports(request, nodePoolAt(request.params), request.query)

/** Takes a report on a node pool of a cluster. */
export const putNodePoolStatuses: Handler<'putNodePoolStatuses'> = (request, reply) =>
  report(request, reply, nodePoolAt(request.params))

/** Takes a report on a node pool of a cluster from an older client. */
export const postNodePoolStatuses: Handler<'postNodePoolStatuses'> = (request, reply) =>
  report(request, reply, nodePoolAt(request.params), 201)
