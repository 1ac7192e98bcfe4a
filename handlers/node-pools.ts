import type { Handler } from '../server/http/handler.ts'
import {
  createResource,
  deleteResource,
  forceDeleteResource,
  getResource,
  listResources,
  nodePoolAt,
  patchResource,
} from '../server/resources.ts'

const nodePools = { kind: 'NodePool', owner_id: null }
const nodePoolsOf = ({ cluster_id }: { cluster_id: string }) => ({ kind: 'NodePool', owner_id: cluster_id })

/** One page of the node pools of all clusters. */
export const getNodePools: Handler<'getNodePools'> = (request) =>
  listResources(request, nodePools, request.query)

/** One node pool, where its href points. */
export const getNodePool: Handler<'getNodePool'> = (request, reply) =>
  getResource(request, reply, nodePoolAt(request.params), request.query)

/** Changes a node pool, where its href points. */
export const patchNodePool: Handler<'patchNodePool'> = (request, reply) =>
  patchResource(request, reply, nodePoolAt(request.params))

/** Marks a node pool for deletion, where its href points. */
export const deleteNodePool: Handler<'deleteNodePool'> = (request, reply) =>
  deleteResource(request, reply, nodePoolAt(request.params))

/** One page of the node pools of a cluster. */
export const getNodePoolsByClusterId: Handler<'getNodePoolsByClusterId'> = (request) =>
  listResources(request, nodePoolsOf(request.params), request.query)

/** Creates a node pool under a cluster. */
export const createNodePool: Handler<'createNodePool'> = (request, reply) =>
  createResource(request, reply, nodePoolsOf(request.params))

/** One node pool of a cluster. */
export const getNodePoolById: Handler<'getNodePoolById'> = (request, reply) =>
  getResource(request, reply, nodePoolAt(request.params), request.query)

/** Changes a node pool of a cluster. */
export const patchNodePoolById: Handler<'patchNodePoolById'> = (request, reply) =>
  patchResource(request, reply, nodePoolAt(request.params))

/** Marks a node pool of a cluster for deletion. */
export const deleteNodePoolById: Handler<'deleteNodePoolById'> = (request, reply) =>
  deleteResource(request, reply, nodePoolAt(request.params))

/** Removes a marked node pool of a cluster. */
export const forceDeleteNodePool: Handler<'forceDeleteNodePool'> = (request, reply) =>
  forceDeleteResource(request, reply, nodePoolAt(request.params))
