import type { Handler } from '../server/http/handler.ts'
import { clusterAt, listReports, report } from '../server/resources.ts'

/** One page of the reports on a cluster. */
export const getClusterStatuses: Handler<'getClusterStatuses'> = (request) =>
  listReports(request, clusterAt(request.params), request.query)

/** Takes a report on a cluster. */
export const putClusterStatuses: Handler<'putClusterStatuses'> = (request, reply) =>
  report(request, reply, clusterAt(request.params))

/** Takes a report on a cluster from an older client. */
export const postClusterStatuses: Handler<'postClusterStatuses'> = (request, reply) =>
  report(request, reply, clusterAt(request.params), 201)
