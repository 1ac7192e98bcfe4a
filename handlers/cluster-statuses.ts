import type { Handler } from '../server/operations.ts'
import { listReports, report } from '../server/resources.ts'

const cluster = ({ cluster_id }: { cluster_id: string }) => ({
  kind: 'Cluster',
  owner_id: null,
  id: cluster_id,
})

/** One page of the reports on a cluster. */
export const getClusterStatuses: Handler<'getClusterStatuses'> = (request) =>
  listReports(request, cluster(request.params), request.query)

/** Takes a report on a cluster. */
export const putClusterStatuses: Handler<'putClusterStatuses'> = (request, reply) =>
  report(request, reply, cluster(request.params), 200)

/** Takes a report on a cluster from an older client. */
export const postClusterStatuses: Handler<'postClusterStatuses'> = (request, reply) =>
  report(request, reply, cluster(request.params), 201)
