import type { FastifyRequest } from 'fastify'
import type pg from 'pg'
import type { Guard, Transaction } from '../../db/database.ts'
import { type Target, targetIds } from '../../http/routing/target.ts'
import { audit } from '../../observability/audit-log.ts'
import { ANY_KIND } from '../../openapi/kinds.ts'
import { Problem } from '../../problem.ts'
import { type Decision, decide } from './access-decision.ts'
import { factsOf, type KnownFacts } from './access-facts.ts'
import type { Verb } from './access-rule.ts'
import type { AccessRules } from './access-rules.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Whether the rules of authorization have not decided yet. */
    isUndecided: boolean
  }
}

/** Receives denials, and failures of rules. */
export interface Observer {
  denied(verb: Verb): void
  failed(rule: string, reason: string): void
}

/** The decision on the requests of one operation, in two steps. */
export interface Access {
  /** Decides by headers and path, without a look at the database. Throws AUZ-001. */
  early(request: FastifyRequest): void
  /**
   * Decides what `early` has left open, once the body has been read. Where the resource itself decides, the statements of the
   * request are guarded (RequestDatabase.guard). Rejects with AUZ-001, or with NTF-001 where the caller must not learn
   * whether the resource is there.
   */
  late(request: FastifyRequest): Promise<void>
}

/** The kind of a list of all kinds that stands for kinds which are not configured. */
const UNCONFIGURED = ''

/**
 * Authorizes requests by the rules of the configuration.
 *
 * A denial that does not depend on the resource is 403, for resources that are there and for missing ones alike. A denial
 * that a look at the resource has led to is 403 where the caller may read the resource, and else 404 as for a missing one.
 */
export class Authorizer {
  private readonly rules: AccessRules
  private readonly kinds: readonly string[]
  private readonly groupsClaim: string
  private readonly observer: Observer

  /** `kinds` are all that are configured, `groupsClaim` is the claim that has the groups of a caller. */
  constructor(rules: AccessRules, kinds: readonly string[], groupsClaim: string, observer: Observer) {
    this.rules = rules
    this.kinds = kinds
    this.groupsClaim = groupsClaim
    this.observer = observer
  }

  /** The decision on the requests of an operation; `kind` is undefined where its routes have resources of any kind. */
  access(verb: Verb, kind: string | undefined): Access {
    return {
      early: (request) =>
        verb === 'list' ? this.decideList(request, kind) : this.decideEarly(request, verb, kind),
      late: async (request) => {
        if (!request.isUndecided) return
        request.isUndecided = false
        await this.decideLate(request, verb, kind)
      },
    }
  }

  /** A list shows only what may be read, and no rule is evaluated for each resource: a list that a resource would decide is denied. */
  private decideList(request: FastifyRequest, kind: string | undefined): void {
    const { kind: asked } = request.query as { kind?: unknown }
    const one = kind ?? (typeof asked === 'string' && asked ? asked : undefined)
    for (const each of one === undefined ? [...this.kinds, UNCONFIGURED] : [one]) {
      const decision = this.decide(request, { verb: 'list', kind: each, adapter: '' })
      if (decision.outcome !== 'allow') throw this.denial(request, 'list', one, decision)
    }
  }

  private decideEarly(request: FastifyRequest, verb: Verb, kind: string | undefined): void {
    const adapter = verb === 'report' ? undefined : ''
    const decision = this.decide(request, { verb, kind, adapter })
    if (decision.outcome === 'deny') throw this.denial(request, verb, kind, decision)
    request.isUndecided = decision.outcome === 'open'
  }

  private async decideLate(request: FastifyRequest, verb: Verb, kind: string | undefined): Promise<void> {
    const facts: KnownFacts = {
      verb,
      kind: kind ?? (await this.kindOf(request, verb)),
      adapter: verb === 'report' ? memberOf(request, 'adapter') : '',
      ...(verb === 'create' && { resource: bodyOf(request) }),
    }
    const isLookedUp = kind === undefined && verb !== 'create'
    const decision = this.decide(request, facts)
    if (decision.outcome === 'allow') return
    if (decision.outcome === 'open') {
      request.database.guard = this.guard(request, facts)
      // A missing one is 404 from here on: other problems of the request would show that a denied one is there.
      if (isLookedUp) await request.database.one('find_resource', request.target as Target)
      return
    }
    throw this.denial(request, verb, facts.kind, decision, isLookedUp ? facts : undefined)
  }

  /** The kind of a request on a route of any kind: in the body of a create, else that of the resource. Rejects where there is none. */
  private async kindOf(request: FastifyRequest, verb: Verb): Promise<string> {
    if (verb === 'create') return memberOf(request, 'kind')
    request.kind = (await request.database.one('get_kind', request.target as Target)).kind
    return request.kind
  }

  /** Decides by the resource in the transaction of each statement: for a write, under its locks. */
  private guard(request: FastifyRequest, facts: KnownFacts): Guard {
    const isSnapshot = request.method === 'GET' || request.method === 'HEAD'
    const decideOn = (resource: unknown) => {
      const known = { ...facts, resource }
      const decision = this.decide(request, known)
      if (decision.outcome !== 'allow') throw this.denial(request, facts.verb, facts.kind, decision, known)
    }
    const look = async (statements: Transaction) => decideOn(await readResource(statements, request))
    return {
      isSnapshot,
      look,
      check: async (statements) => {
        // First without a lock: who is denied waits for none, and takes none.
        await look(statements)
        if (!isSnapshot) decideOn(await lockResource(statements, request, facts.verb))
      },
    }
  }

  private decide(request: FastifyRequest, facts: KnownFacts): Decision {
    const rules = this.rules.of(facts.verb, facts.kind)
    const decision = decide(rules, factsOf(request, facts, this.groupsClaim))
    if (decision.outcome !== 'open')
      for (const { rule, failure = '' } of decision.failures) this.observer.failed(rule.name, failure)
    return decision
  }

  /** The problem for a denial, which is counted and logged. `seen` are the facts that a look at the database has given. */
  private denial(
    request: FastifyRequest,
    verb: Verb,
    kind: string = ANY_KIND.name,
    { rule }: Decision,
    seen?: KnownFacts,
  ): Problem {
    this.observer.denied(verb)
    const fields = {
      audit: 'denied',
      verb,
      resource_type: kind.toLowerCase(),
      ...(request.target?.id && { resource_id: request.target.id }),
      rule: rule?.name ?? null,
    }
    const message = 'a request was denied'
    if (verb === 'get' || verb === 'list') {
      const { caller, issuer } = request
      request.log.info({ ...fields, caller, ...(issuer && { issuer }) }, message)
    } else audit(request, fields, message)
    if (seen && !this.mayRead(request, seen)) return notFound(request)
    return new Problem('AUZ-001', `The caller has no permission for ${verb} on ${kind}`)
  }

  private mayRead(request: FastifyRequest, seen: KnownFacts): boolean {
    return this.decide(request, { ...seen, verb: 'get', adapter: '' }).outcome === 'allow'
  }
}

async function readResource(statements: Transaction, request: FastifyRequest): Promise<unknown> {
  const parameters = { ...(request.target as Target), if_none_match: null, fields: null }
  return parsed(request, statements.one('get_resource', parameters))
}

async function lockResource(statements: Transaction, request: FastifyRequest, verb: Verb): Promise<unknown> {
  const { references } = (request.body ?? {}) as { references?: unknown }
  const parameters = {
    ...(request.target as Target),
    // A preview is read, and takes the report.
    verb: verb === 'get' ? 'report' : verb,
    references: verb === 'update' ? targetsOf(references) : null,
  }
  return parsed(request, statements.one('get_locked_resource', parameters))
}

/** The targets of references that may be looked up, as lock_for_decision takes them. */
function targetsOf(references: unknown): string | null {
  const ids = targetIds(references)
  return ids && JSON.stringify({ any: ids.map((id) => ({ id })) })
}

async function parsed(request: FastifyRequest, row: Promise<{ body: string | null }>): Promise<unknown> {
  try {
    return JSON.parse((await row).body ?? '{}')
  } catch (error) {
    // The message would name a missing parent, which the caller may not be able to read either.
    throw (error as pg.DatabaseError).code === 'HF404' ? notFound(request) : error
  }
}

/** The refusal for a resource that is missing, or that the caller must not know of. */
function notFound({ routeOptions, target }: FastifyRequest): Problem {
  const kind = routeOptions.config.target?.kind ?? ANY_KIND.name
  return new Problem('NTF-001', `${kind} with id='${target?.id}' not found`)
}

/** The body of a create, as rules see it; empty where it is no object. */
function bodyOf({ json }: FastifyRequest): object {
  const body: unknown = json && JSON.parse(json.text)
  return typeof body === 'object' && body !== null && !Array.isArray(body) ? body : {}
}

/** A text in the body; empty where there is none, so that only rules for every value match. */
function memberOf(request: FastifyRequest, name: string): string {
  const value = (bodyOf(request) as Record<string, unknown>)[name]
  return typeof value === 'string' ? value : ''
}
