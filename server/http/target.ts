import type { FastifyRequest } from 'fastify'
import type { Kinds } from '../openapi/document.ts'

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

/** The route by which what belongs to a parent is created, for a path that names no parent; undefined for any other path. */
export function nestedRoute(kinds: Kinds, path: string): string | undefined {
  for (const { plural, base_path, parent } of Object.values(kinds)) {
    const owner = parent && kinds[parent]
    if (owner && path.replace(/\/$/, '') === `${base_path}/${plural}`)
      return `${base_path}/${owner.plural}/{${parent.toLowerCase()}_id}/${plural}`
  }
  return undefined
}

/** The target of a request; undefined where its route has none. */
export function targetOf({ routeOptions, params }: FastifyRequest): Target | undefined {
  const { target } = routeOptions.config
  if (!target) return undefined
  const ids = params as Record<string, string>
  const { kind, parent, id } = target
  return { kind, owner_id: (parent && ids[parent]) ?? null, id: (id && ids[id]) ?? '' }
}
