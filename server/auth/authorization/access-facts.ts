import type { FastifyRequest } from 'fastify'
import { pathOf } from '../../lib/origin-form.ts'
import type { Facts } from './access-decision.ts'
import type { Verb } from './access-rule.ts'

/** Who calls, as expressions see it. */
export interface Caller {
  identity: string
  issuer: string
  claims: Readonly<Record<string, unknown>>
  groups: string[]
  system: boolean
}

/** The facts that are known at one step of a request; one that is undefined is not known yet. */
export interface KnownFacts {
  verb: Verb
  kind: string | undefined
  adapter: string | undefined
  /** The stored resource, or the body of a create, parsed. */
  resource?: unknown
}

/** The caller of a request; `groupsClaim` is the claim that has its groups. */
function callerOf(request: FastifyRequest, groupsClaim: string): Caller {
  const { caller: identity, issuer, claims, isSystem: system } = request
  return { identity, issuer, claims, groups: groupsIn(claims, groupsClaim), system }
}

/** The groups in a claim: a list of strings, or one string; other values of the claim name no group. */
export function groupsIn(claims: Readonly<Record<string, unknown>>, claim: string): string[] {
  const value = Object.hasOwn(claims, claim) ? claims[claim] : undefined
  return [value].flat().filter((each) => typeof each === 'string')
}

/** The facts that the path of a request gives, as expressions see them. */
export interface PathFacts {
  method: string
  /** Without the query. */
  path: string
  /** Empty where the path has none. */
  id: string
  /** The id of the parent; empty where the path has none. */
  owner_id: string
  dry_run: 'true' | 'false'
}

/** The facts for a decision. The other arguments are asked for when an expression needs them. */
export function factsFor(
  { verb, kind, adapter, resource }: KnownFacts,
  caller: () => Caller,
  tenancy: () => Record<string, string>,
  path: () => PathFacts,
): Facts {
  let variables: Record<string, unknown> | undefined
  return {
    verb,
    kind,
    adapter,
    variables() {
      const isWhole = kind !== undefined && adapter !== undefined
      variables ??= {
        caller: caller(),
        tenancy: tenancy(),
        ...(isWhole && { request: { ...path(), verb, kind, adapter } }),
        ...(resource !== undefined && { resource }),
      }
      return variables
    },
  }
}

/** The facts about a request, for a decision; `groupsClaim` as for callerOf. */
export const factsOf = (request: FastifyRequest, known: KnownFacts, groupsClaim: string): Facts =>
  factsFor(
    known,
    () => callerOf(request, groupsClaim),
    () => request.tenancy,
    () => pathFacts(request),
  )

function pathFacts({ method, url, target, database }: FastifyRequest): PathFacts {
  return {
    method,
    path: pathOf(url),
    id: target?.id ?? '',
    owner_id: target?.owner_id ?? '',
    dry_run: database.isKept ? 'false' : 'true',
  }
}
