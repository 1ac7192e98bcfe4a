import type { FastifyRequest } from 'fastify'
import type { Scope } from '../../db/scope.ts'
import { ANY_KIND, type Kinds } from '../../openapi/kinds.ts'
import { type Document, operationsOf } from '../../openapi/operations.ts'

/** The resources that a path names, and the tenancy of the caller. */
export interface Target extends Scope {
  /** Empty where a list is of all kinds. */
  kind: string
  /** The kind and the id of the parent in a nested path, null in a flat one. */
  owner_kind: string | null
  owner_id: string | null
  /** Empty where the path names a collection. */
  id: string
  /** Whether the request is about the history of the resource, which may be removed. */
  is_history: boolean
}

/** Where a path has its target: a kind, and the names of its parameters. */
export interface Binding {
  /** Undefined where the path has resources of any kind: each request has its own. */
  kind: string | undefined
  parent?: string | undefined
  /** The kind of the parent that a nested path names. */
  parentKind?: string | undefined
  id?: string | undefined
  /** Whether the operation is about the history of a resource. */
  isHistory: boolean
}

declare module 'fastify' {
  interface FastifyContextConfig {
    target?: Binding | undefined
    /** The path that creates the kind, where the route refuses to: it is no method of its path. */
    createdAt?: string | undefined
  }
  interface FastifyRequest {
    /** Absent where the route is not about resources. */
    readonly target?: Target
    /** The kind of the resource on a route of any kind, once it is known (any-kind.ts). */
    kind: string
  }
}

/** Finds the target in the path of an operation on resources, `name`: beside the plural of its kind. */
export function bind(kinds: Kinds, kind: string, path: string, name: string): Binding {
  const isAny = kind === ANY_KIND.name
  const segments = path.split('/')
  const at = segments.lastIndexOf((isAny ? ANY_KIND : kinds[kind])?.plural ?? '')
  if (at < 0) throw new Error(`x-kind: the path ${path} has no ${kind}`)
  const parameter = (index: number) => /^\{(\w+)\}$/.exec(segments[index] ?? '')?.[1]
  const parent = parameter(at - 1)
  const parentKind = parent && kinds[kind]?.parent_kind
  const isHistory = name.startsWith('history.')
  return { kind: isAny ? undefined : kind, parent, parentKind, id: parameter(at + 1), isHistory }
}

/** The path that creates each kind: of a child, under its parent. */
export const createPaths = (document: Document): Map<string, string> =>
  new Map(
    operationsOf(document)
      .filter(({ operation }) => operation['x-operation'] === 'resources.create')
      .map(({ path, operation }) => [operation['x-kind'] ?? '', path]),
  )

/** The target of a request; undefined where its route has none. */
export function targetOf({ routeOptions, params, kind: ownKind, scope }: FastifyRequest): Target | undefined {
  const { target } = routeOptions.config
  if (!target) return undefined
  const ids = params as Record<string, string>
  const { kind = ownKind, parent, parentKind = null, id, isHistory: is_history } = target
  const owner_id = (parent && ids[parent]) ?? null
  return { kind, owner_kind: parentKind, owner_id, id: (id && ids[id]) ?? '', is_history, ...scope }
}

/** The ids of the targets of references that may be looked up; the body has not been validated yet. Null without references. */
export function targetIds(references: unknown): string[] | null {
  if (typeof references !== 'object' || references === null) return null
  const targets = Object.values(references).flatMap((items) => (Array.isArray(items) ? items : []))
  const ids = targets
    .map((target) => (target as { id?: unknown } | null)?.id)
    .filter((id) => typeof id === 'string')
  return ids.filter((id) => UUID.test(id))
}

/** The form of ids that resources have: no other one is looked up. */
const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/
