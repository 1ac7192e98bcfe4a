import type { Handler } from '../server/http/handler.ts'
import {
  clusterAt,
  createResource,
  deleteResource,
  forceDeleteResource,
  getResource,
  listResources,
  patchResource,
} from '../server/resources.ts'

const clusters = { kind: 'Cluster', owner_id: null }

/** One page of all clusters. */
export const getClusters: Handler<'getClusters'> = (request) =>
  listResources(request, clusters, request.query)

/** Creates a cluster. */
export const postCluster: Handler<'postCluster'> = (request, reply) =>
  createResource(request, reply, clusters)

/** One cluster. */
export const getClusterById: Handler<'getClusterById'> = (request, reply) =>
  getResource(request, reply, clusterAt(request.params), request.query)

/** Changes a cluster. */
export const patchClusterById: Handler<'patchClusterById'> = (request, reply) =>
  patchResource(request, reply, clusterAt(request.params))

/** Marks a cluster and its node pools for deletion. */
export const deleteClusterById: Handler<'deleteClusterById'> = (request, reply) =>
  deleteResource(request, reply, clusterAt(request.params))

/** Removes a marked cluster and its node pools. */
export const forceDeleteCluster: Handler<'forceDeleteCluster'> = (request, reply) =>
  forceDeleteResource(request, reply, clusterAt(request.params))
