import type { FastifyRequest } from 'fastify'
import { type Document, type Kinds, operationsOf } from '../openapi/document.ts'

/** The resources that a path names. */
export interface Target {
  kind: string
  /** The parent's id in a nested path, null in a flat one. */
  owner_id: string | null
  /** Empty where the path names a collection. */
  id: string
}

/** Where a path has its target: a kind, and the names of its parameters. */
export interface Binding {
  kind: string
  parent?: string | undefined
  id?: string | undefined
}

declare module 'fastify' {
  interface FastifyContextConfig {
    target?: Binding | undefined
  }
  interface FastifyRequest {
    /** Absent where the route is not about resources. */
    readonly target?: Target
  }
}

/** Finds the target in the path of an operation on resources: beside the plural of its kind. */
export function bind(kinds: Kinds, kind: string, path: string): Binding {
  const segments = path.split('/')
  const at = segments.lastIndexOf(kinds[kind]?.plural ?? '')
  if (at < 0) throw new Error(`x-kind: the path ${path} has no ${kind}`)
  const parameter = (index: number) => /^\{(\w+)\}$/.exec(segments[index] ?? '')?.[1]
  return { kind, parent: parameter(at - 1), id: parameter(at + 1) }
}

/** The paths that list a kind and do not create it, each with the path of the document that does: under the parent. */
export function createPaths(document: Document): Map<string, string> {
  const pathsOf = (name: string) =>
    operationsOf(document)
      .filter(({ operation }) => operation['x-operation'] === name)
      .map(({ path, operation }) => [operation['x-kind'], path] as const)
  const creates = new Map(pathsOf('resources.create'))
  const moved = new Map<string, string>()
  for (const [kind, path] of pathsOf('resources.list')) {
    const create = creates.get(kind)
    if (create && create !== path) moved.set(path, create)
  }
  return moved
}

/** The target of a request; undefined where its route has none. */
export function targetOf({ routeOptions, params }: FastifyRequest): Target | undefined {
  const { target } = routeOptions.config
  if (!target) return undefined
  const ids = params as Record<string, string>
  const { kind, parent, id } = target
  return { kind, owner_id: (parent && ids[parent]) ?? null, id: (id && ids[id]) ?? '' }
}
