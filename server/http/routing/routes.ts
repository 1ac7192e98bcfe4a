import type { FastifyReply, FastifyRequest, RouteOptions } from 'fastify'
import type { Identity } from '../../auth/authenticator.ts'
import type { Verb } from '../../auth/authorization/access-rule.ts'
import type { Authorizer } from '../../auth/authorization/authorizer.ts'
import type { tenancyReader } from '../../auth/tenancy.ts'
import { RequestAborted } from '../../db/database-errors.ts'
import {
  type Document,
  operationsOf,
  type Parameter,
  type RequestBody,
  resolve,
} from '../../openapi/operations.ts'
import { createdUnderParent, Problem, type Violation } from '../../problem.ts'
import { problemOf, toViolations } from '../../validation/violations.ts'
import { startDryRun } from '../dry-run.ts'
import { leaveUnanswered } from '../error-handler.ts'
import { isRepeated } from '../headers.ts'
import type { RateLimit } from '../rate-limit.ts'
import { mediaTypeOf, unstorable } from '../request-body.ts'
import { isOfAnyKind, type Steps } from './any-kind.ts'
import type { Operation } from './operation.ts'
import { parameterChecker, settlePath } from './parameters.ts'
import { bind, type Target } from './target.ts'

/** How the callers of secured operations are let in; each step is absent where it is turned off. */
interface Admission {
  identity?: Identity | undefined
  settleTenancy?: ReturnType<typeof tenancyReader>
  limit?: RateLimit | undefined
}

/** The handler of each operation of the document, by its x-operation. */
export type Handlers = Record<string, (request: never, reply: FastifyReply) => Promise<unknown>>

/**
 * The operations of the document with their handlers, by their ids. A request passes, in this order: authentication (401), tenancy (403),
 * rate limit (429) and authorization (403), where the document asks for a token; parameters (400), the media type of the body (415), its size (413) and its
 * syntax (400), its content (400), the handler; a create at another path than that of its kind is refused instead (422). Where the document says `x-look-up-first`, the resource is looked up before
 * syntax and content are refused (404). On a route of any kind the content is checked by the schema of the kind, and
 * the kind is settled last before the handler (`stepsOf`). A system caller is refused last before the handler where a resource would be changed (403).
 * Where authorization depends on the body or the kind, it comes before anything of them or of the resource is refused.
 * Throws when the document and the handlers differ.
 */
export function bindOperations(
  document: Document,
  handlers: Handlers,
  stepsOf: (operation: string) => Steps,
  authorizer?: Authorizer | undefined,
): Map<string, Operation> {
  const described = operationsOf(document)
  const named = described.map(({ operation }) => operation['x-operation'])
  const unknown = Object.keys(handlers).filter((name) => !named.includes(name))
  const missing = named.filter((name) => !(name in handlers))
  if (unknown.length || missing.length) {
    throw new Error(
      `document and handlers differ: without operation: [${unknown}]; without handler: [${missing}]`,
    )
  }

  const bound = ({ method, path, operation }: (typeof described)[number]): Operation => {
    const { 'x-operation': name, 'x-kind': kind, 'x-created-at': createdAt } = operation
    const serve = (createdAt === undefined ? handlers[name] : refuseCreate(createdAt)) as Serve
    const parameters = (operation.parameters ?? []).map((parameter) =>
      resolve<Parameter>(document, parameter),
    )
    const body = operation.requestBody && resolve<RequestBody>(document, operation.requestBody)
    const isSecured = (operation.security ?? document.security).length > 0
    const verb = document['x-verbs'][name] as Verb | undefined
    if (kind && !verb) throw new Error(`x-verbs: the operation ${name} has no verb`)
    const access =
      isSecured && verb ? authorizer?.access(verb, isOfAnyKind(kind) ? undefined : kind) : undefined
    const mediaTypes = body && Object.keys(body.content)
    const isSafe = method === 'GET' || verb === 'list'
    const checkParameters = parameterChecker(document, isSafe, parameters)
    const isChange = verb !== undefined && CHANGES.has(verb)
    const canDryRun = parameters.some(({ name }) => name === 'dry_run')
    const { settle, check } = isOfAnyKind(kind) ? stepsOf(name) : {}
    const lookUp = body?.['x-look-up-first'] ? (settle ?? findResource) : undefined
    const isBatch = body?.['x-holds-operations'] ?? false
    const refuseBody = async (request: FastifyRequest, problem: Problem) => {
      await lookUp?.(request)
      throw problem
    }
    return {
      id: operation.operationId,
      method,
      path,
      isSecured,
      verb,
      config: kind
        ? { target: bind(document['x-kinds'], kind, path, name), createdAt, isRead: verb === 'list' }
        : {},
      hasBody: mediaTypes !== undefined,
      isBatch,
      hasContent: mediaTypes !== undefined || settle !== undefined,
      admit(request, reply) {
        // Before anything is refused: the answer says that it is of a dry run.
        if (canDryRun) settleDryRun(request, reply)
        access?.early(request)
        checkParameters(request)
        if (mediaTypes) checkMediaType(request, mediaTypes)
      },
      async authorize(request) {
        await access?.late(request)
      },
      async checkSyntax(request) {
        if (request.json) return
        await refuseBody(request, request.malformed ?? new Problem('VAL-006', 'The body is empty'))
      },
      async checkContent(request) {
        const byKind = await check?.(request)
        // The bodies of the operations of a batch are judged one by one.
        const unstorable = isBatch ? [] : notStorable(request)
        const problem = problemOf([...(byKind ?? bySchema(request)), ...unstorable])
        if (problem) await refuseBody(request, problem)
        await settle?.(request)
      },
      async serve(request, reply) {
        if (isChange && request.isSystem) await refuseSystemCaller(request)
        return serve(request, reply)
      },
    }
  }
  return new Map(described.map((each) => [each.operation.operationId, bound(each)]))
}

/** The handler and the hooks of the route of each operation, for the glue; `bodyLimit` is in bytes. */
export function operationResolver(
  operations: Map<string, Operation>,
  { identity, settleTenancy, limit }: Admission,
  bodyLimit: number,
) {
  return (operationId: string): Partial<RouteOptions> => {
    const operation = operations.get(operationId)
    if (!operation) throw new Error(`the document has no operation ${operationId}`)
    return {
      config: operation.config,
      ...(operation.isBatch && { bodyLimit: BODIES * bodyLimit }),
      onRequest: async (request, reply) => {
        settlePath(request)
        if (operation.isSecured) {
          await identity?.identify(request)
          settleTenancy?.(request, reply)
          await limit?.(request)
        }
        operation.admit(request, reply)
        if (!operation.hasBody) await operation.authorize(request)
      },
      ...(operation.hasBody && {
        preValidation: async (request) => {
          await operation.authorize(request)
          await operation.checkSyntax(request)
        },
      }),
      ...(operation.hasContent && { preHandler: (request) => operation.checkContent(request) }),
      // The answer is checked against the document by the tests, not at each request.
      handler: async (request, reply) => {
        try {
          const body = await operation.serve(request, reply)
          if (body !== undefined) reply.type('application/json')
          return body
        } catch (error) {
          // Fastify would log it where an answer has been sent. In the hooks before, the error handler does the same.
          if (!(error instanceof RequestAborted)) throw error
          return leaveUnanswered(reply)
        }
      },
      attachValidation: true,
    }
  }
}

/** How many times as large as another body that of a batch may be. */
const BODIES = 8

/** The verbs that change resources. A system caller reads and reports: resources are changed by tenants. */
const CHANGES: ReadonlySet<Verb> = new Set(['create', 'update', 'delete', 'force-delete'])

type Serve = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>

const refuseCreate =
  (path: string): Serve =>
  async () => {
    throw createdUnderParent(path)
  }

/** Rejects with 404 where a nested path has a missing parent, and with 403 otherwise: the resource itself is not looked up. */
async function refuseSystemCaller({ database, target }: FastifyRequest) {
  const { owner_kind, owner_id } = target as Target
  if (owner_kind !== null && owner_id !== null)
    await database.one('find_resource', {
      ...(target as Target),
      kind: owner_kind,
      owner_id: null,
      id: owner_id,
    })
  throw new Problem('AUZ-001', 'A system caller writes only reports: resources are changed by tenants')
}

/** A dry run is answered like the request without `dry_run`, and keeps nothing. An empty `dry_run` is one. */
function settleDryRun(request: FastifyRequest, reply: FastifyReply) {
  const query = request.query as { dry_run?: unknown }
  if (query.dry_run === '') query.dry_run = 'true'
  if (query.dry_run === 'true') startDryRun(request, reply)
}

/** To an adapter, a resource that is gone is the end of its work; a body that is refused is a fault of its own. */
const findResource = async ({ database, target }: FastifyRequest): Promise<void> => {
  await database.one('find_resource', target as Target)
}

function checkMediaType(request: FastifyRequest, mediaTypes: string[]) {
  const {
    'content-type': header,
    'content-length': length = 0,
    'transfer-encoding': encoding,
  } = request.headers
  const hasBody = Number(length) > 0 || encoding !== undefined
  if (header === undefined && !hasBody) return
  if (isRepeated(request.raw, 'content-type'))
    throw new Problem('VAL-006', 'The header Content-Type must be sent once')
  if (mediaTypes.includes(mediaTypeOf(request))) {
    const charset = /;\s*charset="?([^";]*)/i.exec(header ?? '')?.[1]?.trim() ?? 'utf-8'
    const coding = request.headers['content-encoding'] ?? 'identity'
    if (/^utf-?8$/i.test(charset) && coding.toLowerCase() === 'identity') return
    throw new Problem('VAL-011', 'The body must be in UTF-8, and not compressed')
  }
  throw new Problem('VAL-011', `The body must be one of: ${mediaTypes.join(', ')}`)
}

const bySchema = ({ validationError }: FastifyRequest): Violation[] =>
  toViolations((validationError?.validation ?? []) as never)

const notStorable = ({ json }: FastifyRequest): Violation[] => (json ? unstorable(json) : [])
