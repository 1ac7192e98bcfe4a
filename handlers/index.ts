import type { FastifyReply } from 'fastify'
import * as metadata from './metadata.ts'
import * as reports from './reports.ts'
import * as resources from './resources.ts'

/** What serves each operation of the document, by its x-operation. */
export const handlers: Record<string, (request: never, reply: FastifyReply) => Promise<unknown>> = {
  'compatibility.get': metadata.getCompatibility,
  'metadata.get': metadata.getMetadata,
  'reports.create': reports.create,
  'reports.list': reports.list,
  'reports.put': reports.put,
  'resources.create': resources.create,
  'resources.delete': resources.remove,
  'resources.forceDelete': resources.forceDelete,
  'resources.get': resources.get,
  'resources.list': resources.list,
  'resources.patch': resources.patch,
  'schemas.get': metadata.getSchema,
}
