import type { AnySchema, ValidateFunction } from 'ajv'
import type { FastifyReply, FastifyRequest, FastifySchemaCompiler, RouteOptions } from 'fastify'
import type { Identity } from '../../auth/authenticator.ts'
import { RequestAborted } from '../../db/database-errors.ts'
import {
  type Document,
  operationsOf,
  type Parameter,
  type RequestBody,
  resolve,
} from '../../openapi/operations.ts'
import { Problem, type Violation } from '../../problem.ts'
import { problemOf, refuse, toViolations } from '../../validation/violations.ts'
import { isRepeated } from '../headers.ts'
import type { RateLimit } from '../rate-limit.ts'
import { mediaTypeOf, unstorable } from '../request-body.ts'
import { isOfAnyKind, type SettleKind } from './any-kind.ts'
import { bind, type Target } from './target.ts'

/** The handler of each operation of the document, by its x-operation. */
export type Handlers = Record<string, (request: never, reply: FastifyReply) => Promise<unknown>>

/**
 * The handler and the hooks of each operation, for the glue. A request passes, in this order: authentication (401) and rate
 * limit (429), where the document asks for a token; parameters (400), the media type of the body (415), its size (413) and its
 * syntax (400), its content (400), the handler. Where the document says `x-look-up-first`, the resource is looked up before
 * syntax and content are refused (404). On a route of any kind, `settleKind` comes last before the handler. Without
 * `identity` no request is authenticated, without `limit` there is no rate limit.
 * Throws when the document and the handlers differ.
 */
export function operationResolver(
  document: Document,
  handlers: Handlers,
  settleKind: (operation: string) => SettleKind,
  identity?: Identity,
  limit?: RateLimit,
) {
  const described = new Map(operationsOf(document).map((each) => [each.operation.operationId, each]))
  const named = [...described.values()].map(({ operation }) => operation['x-operation'])
  const unknown = Object.keys(handlers).filter((name) => !named.includes(name))
  const missing = named.filter((name) => !(name in handlers))
  if (unknown.length || missing.length) {
    throw new Error(
      `document and handlers differ: without operation: [${unknown}]; without handler: [${missing}]`,
    )
  }

  return (operationId: string): Partial<RouteOptions> => {
    const found = described.get(operationId)
    if (!found) throw new Error(`the document has no operation ${operationId}`)
    const { method, path, operation } = found
    const { 'x-operation': name, 'x-kind': kind } = operation
    const serve = handlers[name] as (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>
    const parameters = (operation.parameters ?? []).map((parameter) =>
      resolve<Parameter>(document, parameter),
    )
    const body = operation.requestBody && resolve<RequestBody>(document, operation.requestBody)
    const isSecured = (operation.security ?? document.security).length > 0
    const mediaTypes = body && Object.keys(body.content)
    const headers = parameters.filter((parameter) => parameter.in === 'header')
    const refused = method === 'GET' ? [] : unsupportedPreconditions(document, headers)
    const settle = isOfAnyKind(kind) ? settleKind(name) : undefined
    const lookUp = body?.['x-look-up-first'] ? (settle ?? findResource) : undefined
    const refuseBody = async (request: FastifyRequest, problem: Problem) => {
      await lookUp?.(request)
      throw problem
    }
    return {
      ...(kind && { config: { target: bind(document['x-kinds'], kind, path) } }),
      onRequest: async (request) => {
        settlePath(request)
        if (isSecured) {
          await identity?.identify(request)
          await limit?.(request)
        }
        checkParameters(request, [
          ...settleQuery(request, parameters),
          ...checkHeaders(request, headers),
          ...checkPreconditions(request, refused),
        ])
        if (mediaTypes) checkMediaType(request, mediaTypes)
      },
      preValidation: async (request) => {
        if (!mediaTypes || request.json) return
        await refuseBody(request, request.malformed ?? new Problem('VAL-006', 'The body is empty'))
      },
      preHandler: async (request) => {
        const problem = problemOf(bodyViolations(request))
        if (problem) await refuseBody(request, problem)
        await settle?.(request)
      },
      // The answer is checked against the document by the tests, not at each request.
      handler: async (request, reply) => {
        const body = await serve(request, reply).catch(unlessAborted(reply))
        if (body !== undefined) reply.type('application/json')
        return body
      },
      attachValidation: true,
    }
  }
}

/** An aborted request needs no answer; it may have been answered already that it took too long. */
const unlessAborted = (reply: FastifyReply) => (error: unknown) => {
  if (!(error instanceof RequestAborted)) throw error
  if (!reply.sent) reply.hijack()
  return undefined
}

/** To an adapter, a resource that is gone is the end of its work; a body that is refused is a fault of its own. */
const findResource = async ({ database, target }: FastifyRequest): Promise<void> => {
  await database.one('find_resource', target as Target)
}

/** No id holds a NUL, and PostgreSQL could not even look for one: with another character it is simply not found. */
function settlePath({ params }: { params: unknown }) {
  const ids = params as Record<string, string>
  for (const [name, id] of Object.entries(ids)) {
    // Not "gone": a client that forgets the id must not take the resource for deleted.
    if (id === '') throw new Problem('NTF-000', `There is no route with an empty ${name}`)
    ids[name] = id.replaceAll('\0', '\ufffd')
  }
}

/**
 * Drops empty parameters, which count as absent, moves older names to the newer ones, and makes one list of the values of
 * a list, in each form that clients send: `fields=a,b`, `fields=a&fields=b`, `fields[]=a&fields[]=b`.
 * Returns the parameters that do not go together.
 */
function settleQuery(request: FastifyRequest, parameters: Parameter[]): Violation[] {
  const query = request.query as Record<string, unknown>
  const violations: Violation[] = []
  checkEncoding(request.url)
  for (const { name, allowEmptyValue } of parameters)
    if (query[name] === '' && !allowEmptyValue) delete query[name]
  for (const { name } of parameters.filter(({ schema }) => schema.type === 'array')) {
    const given = [query[name] ?? [], query[`${name}[]`] ?? []].flat()
    const items = given.flatMap((each) => String(each).split(',')).map((item) => item.trim())
    const named = new Set(items.filter(Boolean))
    delete query[`${name}[]`]
    query[name] = named.size ? [...named] : undefined
  }
  for (const { name, 'x-requires': required = [] } of parameters) {
    if (query[name] === undefined) continue
    for (const other of required.filter((each) => query[each] === undefined)) {
      violations.push({
        field: name,
        message: `must be given together with ${other}`,
        constraint: 'dependentRequired',
      })
    }
  }
  for (const { name, schema, 'x-alias-of': target, 'x-excludes': excluded } of parameters) {
    const value = query[name]
    if (value === undefined) continue
    if (Array.isArray(value) && schema.type !== 'array') {
      violations.push({ field: name, message: 'must be given once', constraint: 'once' })
      delete query[name]
      continue
    }
    if (excluded && query[excluded] !== undefined) {
      violations.push({
        field: name,
        message: `must not be given together with ${excluded}`,
        constraint: 'excludes',
      })
    }
    // The validator would take 0x10 and 1e1 for integers; a list it takes for nothing.
    if (schema.type === 'integer' && !/^-?\d+$/.test(String(value))) query[name] = [value]
    if (!target) continue
    if (query[target] !== undefined && query[target] !== query[name]) {
      violations.push({
        field: name,
        message: `must be equal to ${target} when both are given`,
        constraint: 'alias',
      })
    }
    query[target] ??= query[name]
  }
  return violations
}

/** The headers that are to be sent once, and were sent more often. */
function checkHeaders({ raw }: FastifyRequest, headers: Parameter[]): Violation[] {
  return headers
    .filter(({ name, 'x-list': isList }) => !isList && isRepeated(raw, name.toLowerCase()))
    .map(({ name }) => ({ field: name.toLowerCase(), message: 'must be given once', constraint: 'once' }))
}

interface Precondition {
  name: string
  message: string
  /** The header beside which it has no meaning. */
  unless?: string | undefined
}

/** The preconditions that an operation does not have among its headers. */
function unsupportedPreconditions(document: Document, headers: Parameter[]): Precondition[] {
  const known = headers.map(({ name }) => name)
  return Object.entries(document['x-unsupported-preconditions'])
    .filter(([name]) => !known.includes(name))
    .map(([name, { message, unless }]) => ({
      name,
      message,
      unless: known.find((header) => header === unless),
    }))
}

/** A write must not be done when a precondition of it cannot be evaluated. */
function checkPreconditions({ headers }: FastifyRequest, refused: Precondition[]): Violation[] {
  const isSent = (name: string) => headers[name.toLowerCase()] !== undefined
  return refused
    .filter(({ name, unless }) => isSent(name) && !(unless && isSent(unless)))
    .map(({ name, message }) => ({ field: name.toLowerCase(), message, constraint: 'unsupported' }))
}

/** Invalid percent-encoding would be taken literally, and a search would then look for another text. */
function checkEncoding(url: string) {
  try {
    decodeURIComponent(url.slice(url.indexOf('?') + 1))
  } catch {
    throw new Problem('VAL-006', 'The query is not percent-encoded UTF-8; % itself is written %25')
  }
}

/** The compiled schemas of the parameters of a route, by the member of the request that has their values. */
type ParameterChecks = Partial<Record<'params' | 'query' | 'headers', ValidateFunction>>

declare module 'fastify' {
  interface FastifyContextConfig {
    parameters?: ParameterChecks
  }
}

/**
 * Takes the parameters out of the schema of a route, so that Fastify checks the body alone: parameters are refused first,
 * before the body is read. An unknown one is a mistake: `serach=` must not list everything.
 */
export function separateParameters(route: RouteOptions, compile: FastifySchemaCompiler<AnySchema>) {
  const { schema, method, url } = route
  if (!schema || !('operationId' in schema)) return
  const { params, querystring, headers, ...rest } = schema as Record<string, object>
  const closed = { type: 'object', properties: {}, ...querystring, additionalProperties: false }
  const compiled = (httpPart: string, part: object | undefined) =>
    part && (compile({ schema: part, method: String(method), url, httpPart }) as ValidateFunction)
  const parameters = {
    params: compiled('params', params),
    query: compiled('querystring', closed),
    headers: compiled('headers', headers && lowerCased(headers as { properties: object })),
  }
  route.config = { ...route.config, parameters: parameters as ParameterChecks }
  route.schema = rest
}

/** Node gives the names of headers in lower case. */
const lowerCased = (headers: { properties: object }) => ({
  ...headers,
  properties: Object.fromEntries(
    Object.entries(headers.properties).map(([name, schema]) => [name.toLowerCase(), schema]),
  ),
})

function checkParameters(request: FastifyRequest, settled: Violation[]) {
  const checks = Object.entries(request.routeOptions.config.parameters ?? {})
  const errors = checks.flatMap(([part, validate]) =>
    !validate || validate(request[part as keyof ParameterChecks]) ? [] : (validate.errors ?? []),
  )
  refuse([...settled, ...toViolations(errors as never)])
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

function bodyViolations({ validationError, json }: FastifyRequest): Violation[] {
  const errors = validationError?.validation ?? []
  return [...toViolations(errors as never), ...(json ? unstorable(json) : [])]
}
