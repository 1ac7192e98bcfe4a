import type { Handler } from '../server/operations.ts'
import { createResource, getResource, listResources } from '../server/resources.ts'

const clusters = { kind: 'Cluster', owner_id: null }

/** One page of all clusters. */
export const getClusters: Handler<'getClusters'> = (request) =>
  listResources(request, clusters, request.query)

/** Creates a cluster. */
export const postCluster: Handler<'postCluster'> = (request, reply) =>
  createResource(request, reply, clusters)

/** One cluster. */
export const getClusterById: Handler<'getClusterById'> = (request) =>
  getResource(request, { ...clusters, id: request.params.cluster_id })
