import type { Handler } from '../server/operations.ts'
import { createResource, getResource, listResources } from '../server/resources.ts'

const nodePools = { kind: 'NodePool', owner_id: null }
const nodePoolsOf = ({ cluster_id }: { cluster_id: string }) => ({ kind: 'NodePool', owner_id: cluster_id })

/** One page of the node pools of all clusters. */
export const getNodePools: Handler<'getNodePools'> = (request) =>
  listResources(request, nodePools, request.query)

/** One node pool, where its href points. */
export const getNodePool: Handler<'getNodePool'> = (request) =>
  getResource(request, { ...nodePools, id: request.params.nodepool_id })

/** One page of the node pools of a cluster. */
export const getNodePoolsByClusterId: Handler<'getNodePoolsByClusterId'> = (request) =>
  listResources(request, nodePoolsOf(request.params), request.query)

/** Creates a node pool under a cluster. */
export const createNodePool: Handler<'createNodePool'> = (request, reply) =>
  createResource(request, reply, nodePoolsOf(request.params))

/** One node pool of a cluster. */
export const getNodePoolById: Handler<'getNodePoolById'> = (request) =>
  getResource(request, { ...nodePoolsOf(request.params), id: request.params.nodepool_id })
