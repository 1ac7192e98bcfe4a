import type { AnySchema, ValidateFunction } from 'ajv'
import type { FastifyRequest, FastifySchemaCompiler, RouteOptions } from 'fastify'
import type { Document, Parameter } from '../../openapi/operations.ts'
import { Problem, type Violation } from '../../problem.ts'
import { refuse, toViolations } from '../../validation/violations.ts'
import { isRepeated } from '../headers.ts'

/** A part of a request that has parameters, and the compiled schema of them. */
type ParameterCheck = [part: 'params' | 'query' | 'headers', validate: ValidateFunction]

declare module 'fastify' {
  interface FastifyContextConfig {
    parameters?: ParameterCheck[]
    /** What validates a body, by its media type. */
    bodies?: Record<string, ValidateFunction>
  }
}

/**
 * Settles and checks the parameters of the requests of one operation: its path, its query and its headers. `request.query` has
 * the names and types of the document afterwards. An operation that is safe ignores preconditions. The function throws a problem (400) that lists all violations.
 */
export function parameterChecker(
  document: Document,
  isSafe: boolean,
  parameters: Parameter[],
): (request: FastifyRequest) => void {
  const settleQuery = querySettler(parameters)
  const inPath = parameters.filter((parameter) => parameter.in === 'path')
  const headers = parameters.filter((parameter) => parameter.in === 'header')
  const once = headers.filter(({ 'x-list': isList }) => !isList).map(({ name }) => name.toLowerCase())
  const refused = isSafe ? [] : unsupportedPreconditions(document, headers)
  return (request) => {
    for (const parameter of inPath) settleNumber(request.params as Record<string, unknown>, parameter)
    const violations = [
      ...settleQuery(request),
      ...once.filter((name) => isSentAgain(request, name)).map(sentOnce),
      ...checkPreconditions(request, refused),
    ]
    for (const [part, validate] of request.routeOptions.config.parameters ?? [])
      if (!validate(request[part])) violations.push(...toViolations(validate.errors as never))
    if (violations.length) refuse(violations)
  }
}

/**
 * No id holds a NUL, and PostgreSQL could not even look for one: with another character it is simply not found. Throws a
 * problem (404) where the path has an empty id.
 */
export function settlePath({ params }: FastifyRequest) {
  const ids = params as Record<string, string>
  for (const name in ids) {
    const id = ids[name] ?? ''
    // Not "gone": a client that forgets the id must not take the resource for deleted.
    if (id === '') throw new Problem('NTF-000', `There is no route with an empty ${name}`)
    if (id.includes('\0')) ids[name] = id.replaceAll('\0', '\ufffd')
  }
}

/**
 * Drops empty parameters, which count as absent, moves older names to the newer ones, and makes one list of the values of
 * a list, in each form that clients send: `fields=a,b`, `fields=a&fields=b`, `fields[]=a&fields[]=b`.
 * The function returns the violations of rules between parameters.
 */
function querySettler(parameters: Parameter[]): (request: FastifyRequest) => Violation[] {
  const lists = parameters.filter(({ schema }) => schema.type === 'array').map(({ name }) => name)
  const dropped = parameters.filter(({ allowEmptyValue }) => !allowEmptyValue).map(({ name }) => name)
  const dependent = parameters.filter(({ 'x-requires': required }) => required)
  return (request) => {
    const { url } = request
    const at = url.indexOf('?')
    if (at < 0) return []
    checkEncoding(url.slice(at + 1))
    const query = request.query as Record<string, unknown>
    for (const name of dropped) if (query[name] === '') delete query[name]
    for (const name of lists) settleList(query, name)
    return [
      ...dependent.flatMap((parameter) => missingCompanions(query, parameter)),
      ...parameters.flatMap((parameter) =>
        query[parameter.name] === undefined ? [] : settleValue(query, parameter),
      ),
    ]
  }
}

function settleList(query: Record<string, unknown>, name: string) {
  const given = [query[name] ?? [], query[`${name}[]`] ?? []].flat()
  const items = given.flatMap((each) => String(each).split(',')).map((item) => item.trim())
  const named = new Set(items.filter(Boolean))
  delete query[`${name}[]`]
  query[name] = named.size ? [...named] : undefined
}

const missingCompanions = (
  query: Record<string, unknown>,
  { name, 'x-requires': required = [] }: Parameter,
): Violation[] =>
  query[name] === undefined
    ? []
    : required
        .filter((other) => query[other] === undefined)
        .map((other) => ({
          field: name,
          message: `must be given together with ${other}`,
          constraint: 'dependentRequired',
        }))

/** Settles a parameter that was sent; returns its violations. */
function settleValue(query: Record<string, unknown>, parameter: Parameter): Violation[] {
  const { name, schema, 'x-alias-of': target, 'x-excludes': excluded } = parameter
  const value = query[name]
  const violations: Violation[] = []
  if (Array.isArray(value) && schema.type !== 'array') {
    delete query[name]
    return [sentOnce(name)]
  }
  if (excluded && query[excluded] !== undefined) {
    violations.push({
      field: name,
      message: `must not be given together with ${excluded}`,
      constraint: 'excludes',
    })
  }
  settleNumber(query, parameter)
  if (!target) return violations
  if (query[target] !== undefined && query[target] !== query[name]) {
    violations.push({
      field: name,
      message: `must be equal to ${target} when both are given`,
      constraint: 'alias',
    })
  }
  query[target] ??= query[name]
  return violations
}

/** The validator would take 0x10 and 1e1 for integers; a list it takes for nothing. */
function settleNumber(values: Record<string, unknown>, { name, schema }: Parameter) {
  if (schema.type === 'integer' && !/^-?\d+$/.test(String(values[name]))) values[name] = [values[name]]
}

/** Whether a header is there that was sent in several lines: Node shows the first of some, and all of others as one text. */
const isSentAgain = ({ headers, raw }: FastifyRequest, name: string) =>
  headers[name] !== undefined && isRepeated(raw, name)

const sentOnce = (field: string): Violation => ({ field, message: 'must be given once', constraint: 'once' })

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
function checkEncoding(query: string) {
  try {
    decodeURIComponent(query)
  } catch {
    throw new Problem('VAL-006', 'The query is not percent-encoded UTF-8; % itself is written %25')
  }
}

/**
 * Takes the parameters out of the schema of a route, so that Fastify checks the body alone: parameters are refused first,
 * before the body is read. Bodies of the operations of a batch are checked by the same schemas. An unknown one is a mistake: `serach=` must not list everything.
 */
export function separateParameters(route: RouteOptions, compile: FastifySchemaCompiler<AnySchema>) {
  const { schema, method, url } = route
  if (!schema || !('operationId' in schema)) return
  const { params, querystring, headers, ...rest } = schema as Record<string, object>
  const closed = { type: 'object', properties: {}, ...querystring, additionalProperties: false }
  const compiled = (httpPart: string, part: object | undefined) =>
    part && (compile({ schema: part, method: String(method), url, httpPart }) as ValidateFunction)
  const checks = [
    ['params', compiled('params', params)],
    ['query', compiled('querystring', closed)],
    ['headers', compiled('headers', headers && lowerCased(headers as { properties: object }))],
  ]
  const parameters = checks.filter(([, validate]) => validate) as ParameterCheck[]
  const { content = {} } = (rest.body ?? {}) as { content?: Record<string, { schema?: AnySchema }> }
  const bodies = Object.fromEntries(
    Object.entries(content).flatMap(([mediaType, { schema }]) => {
      const validate = schema && compile({ schema, method: String(method), url, httpPart: 'body' })
      return validate ? [[mediaType, validate as ValidateFunction]] : []
    }),
  )
  route.config = { ...route.config, parameters, bodies }
  route.schema = rest
}

/** Node gives the names of headers in lower case. */
const lowerCased = (headers: { properties: object }) => ({
  ...headers,
  properties: Object.fromEntries(
    Object.entries(headers.properties).map(([name, schema]) => [name.toLowerCase(), schema]),
  ),
})
