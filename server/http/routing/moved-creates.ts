import {
  type Document,
  type Operation,
  operationsOf,
  type Parameter,
  resolve,
} from '../../openapi/operations.ts'
import { createPaths } from './target.ts'

/**
 * The document with a create at each path that lists a kind and does not create it: a copy of the operation that does, with
 * its path as `x-created-at`. Routes are made of it, so that a request on such a path is authenticated and checked as on the
 * right path, and then refused. It is not for clients, who do not need these operations.
 */
export function withMovedCreates(document: Document): Document {
  const creates = createPaths(document)
  const paths = { ...document.paths }
  for (const { path, operation } of operationsOf(document)) {
    const { 'x-operation': name, 'x-kind': kind = '' } = operation
    const createdAt = creates.get(kind)
    if (name !== 'resources.list' || createdAt === undefined || paths[path]?.post) continue
    const create = document.paths[createdAt]?.post as Operation
    paths[path] = { ...paths[path], post: moved(document, create, createdAt) }
  }
  return { ...document, paths }
}

function moved(document: Document, create: Operation, createdAt: string): Operation {
  const parameters = (create.parameters ?? []).map((parameter) => resolve<Parameter>(document, parameter))
  return {
    ...create,
    operationId: `${create.operationId}, moved`,
    'x-created-at': createdAt,
    parameters: parameters.filter((parameter) => parameter.in !== 'path'),
  }
}
