import type { Handlers } from '../server/http/routing/routes.ts'
import * as batch from './batch.ts'
import * as changes from './changes.ts'
import * as history from './history.ts'
import * as metadata from './metadata.ts'
import * as reports from './reports.ts'
import * as resources from './resources.ts'
import * as summary from './summary.ts'

/** The handler of each operation of the document, by its x-operation. */
export const handlers: Handlers = {
  'batch.write': batch.write,
  'changes.list': changes.list,
  'compatibility.get': metadata.getCompatibility,
  'history.generation': history.getGeneration,
  'history.generations': history.listGenerations,
  'history.changes': history.listChanges,
  'metadata.get': metadata.getMetadata,
  'reports.create': reports.create,
  'reports.list': reports.list,
  'reports.preview': reports.preview,
  'reports.put': reports.put,
  'resources.create': resources.create,
  'resources.delete': resources.remove,
  'resources.explain': resources.explain,
  'resources.forceDelete': resources.forceDelete,
  'resources.get': resources.get,
  'resources.list': resources.list,
  'resources.patch': resources.patch,
  'resources.search': resources.search,
  'schemas.get': metadata.getSchema,
  'summary.get': summary.get,
}
