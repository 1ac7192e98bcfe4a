import type { Handler } from '../server/operations.ts'
import { listReports, report } from '../server/resources.ts'

const nodePool = ({ cluster_id, nodepool_id }: { cluster_id?: string; nodepool_id: string }) => ({
  kind: 'NodePool',
  owner_id: cluster_id ?? null,
  id: nodepool_id,
})

/** One page of the reports on a node pool, by its own path. */
export const getNodePoolReports: Handler<'getNodePoolReports'> = (request) =>
  listReports(request, nodePool(request.params), request.query)

/** Takes a report on a node pool, by its own path. */
export const putNodePoolReport: Handler<'putNodePoolReport'> = (request, reply) =>
  report(request, reply, nodePool(request.params), 200)

/** One page of the reports on a node pool of a cluster. */
export const getNodePoolsStatuses: Handler<'getNodePoolsStatuses'> = (request) =>
  listReports(request, nodePool(request.params), request.query)

/** Takes a report on a node pool of a cluster. */
export const putNodePoolStatuses: Handler<'putNodePoolStatuses'> = (request, reply) =>
  report(request, reply, nodePool(request.params), 200)

/** Takes a report on a node pool of a cluster from an older client. */
export const postNodePoolStatuses: Handler<'postNodePoolStatuses'> = (request, reply) =>
  report(request, reply, nodePool(request.params), 201)
