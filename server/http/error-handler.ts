import { randomUUID } from 'node:crypto'
import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import pg from 'pg'
import type { components } from '../../generated/openapi.d.ts'
import { SearchError } from '../../search/search-error.ts'
import { Overloaded } from '../db/connection-queue.ts'
import { DatabaseUnavailable, RequestAborted, SessionUnfit } from '../db/database-errors.ts'
import { pathOf } from '../lib/origin-form.ts'
import { newTraceId } from '../observability/request-trace.ts'
import { type Code, Problem, problems, type Violation } from '../problem.ts'
import { problemOf } from '../validation/violations.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** The problem of a request whose path has no route, or not this method. */
    unknownRoute(method: string, path: string): Problem
  }
}

/** The refusals of the functions of sql/, by the SQLSTATE they raise (raise_problem): their messages are for the client. */
const refusals: Record<string, { code: Code; status?: number; headers?: Record<string, string> }> = {
  HF400: { code: 'VAL-000' },
  HF404: { code: 'NTF-001' },
  HF405: { code: 'VAL-005' }, // empty patch
  HF409: { code: 'CNF-001' }, // duplicate name
  HF410: { code: 'CNF-003' }, // marked for deletion, or not marked
  HF411: { code: 'CNF-002' }, // another generation
  HF412: { code: 'CNF-002', status: 412 }, // another entity tag
  HF413: { code: 'VAL-010' }, // spec too large
  HF422: { code: 'VAL-000', status: 422 }, // idempotency key used with another body
  HF503: { code: 'SVC-001' }, // the database is set up otherwise than the rules need
  HF423: { code: 'CNF-003', headers: { 'retry-after': '1' } }, // idempotency key in use
}

/** The errors of PostgreSQL itself: its messages stay in the log. A SQLSTATE not listed is a defect of the server. */
const failures: [pattern: RegExp, code: Code, detail: string][] = [
  [/^57014$/, 'SVC-002', 'The database took too long'], // query_canceled
  [/^(40001|40P01)$/, 'SVC-001', 'Too many changes at the same moment'], // serialization_failure, deadlock_detected
  [/^(08|53|57P)/, 'SVC-001', 'The database cannot be reached'], // connection, insufficient resources, shutdown
  [/^(25006|55P03)$/, 'SVC-001', 'The database cannot be written at present'], // read_only, lock_not_available
  // Data exceptions; program_limit_exceeded and statement_too_complex come of values nested too deep.
  [
    /^(22003|2200[789]|22021|22P0[25]|5400[01])$/,
    'VAL-000',
    'The request holds a value that cannot be stored',
  ],
]

const frameworkErrors: Record<string, Code> = {
  FST_ERR_BAD_URL: 'VAL-006',
  FST_ERR_CTP_BODY_TOO_LARGE: 'VAL-010',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'VAL-011',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'VAL-006',
}

/** The problem for an error; an unknown error is a defect, and its message is withheld from the client. */
function toProblem(error: unknown, { routeOptions }: FastifyRequest): Problem {
  if (error instanceof Problem) return error
  if (error instanceof Overloaded) {
    return new Problem('SVC-001', 'Server overloaded; retry later', { cause: error })
  }
  if (error instanceof SessionUnfit) {
    return new Problem('SVC-001', 'The database cannot be used at present', { cause: error })
  }
  if (error instanceof DatabaseUnavailable) {
    return new Problem('SVC-001', 'The database cannot be reached', { cause: error })
  }
  if (error instanceof pg.DatabaseError) return fromDatabase(error)
  if (error instanceof SearchError) {
    const { parameter: field, message, position } = error
    return new Problem('VAL-005', field === 'search' ? message : `${field} ${message}`, {
      violations: [{ field, message, constraint: 'syntax', ...(position !== undefined && { position }) }],
    })
  }
  const {
    code = '',
    message,
    statusCode: status = 500,
  } = error as Error & { code?: string; statusCode?: number }
  const known = frameworkErrors[code]
  if (known === 'VAL-010') {
    return new Problem(known, `The body is larger than ${routeOptions.bodyLimit} bytes`, { cause: error })
  }
  if (known) return new Problem(known, message, { cause: error })
  if (status === 404) return new Problem('NTF-000', 'There is no such route', { cause: error })
  if (status >= 400 && status < 500) return new Problem('VAL-006', message, { status, cause: error })
  return new Problem('INT-001', 'The server failed; the log has more under this trace_id', { cause: error })
}

function fromDatabase(error: pg.DatabaseError): Problem {
  const state = error.code ?? ''
  const refusal = refusals[state]
  if (refusal) {
    const { code, ...options } = refusal
    const violations = error.detail ? (JSON.parse(error.detail) as Violation[]) : undefined
    if (violations && !error.message) return problemOf(violations) as Problem
    return new Problem(code, error.message, { ...options, ...(violations && { violations }), cause: error })
  }
  const [, code, detail] = failures.find(([pattern]) => pattern.test(state)) ?? []
  if (code && detail) {
    const violations =
      code === 'VAL-000' ? [{ field: '', message: detail, constraint: 'storable' }] : undefined
    return new Problem(code, detail, { ...(violations && { violations }), cause: error })
  }
  return new Problem('INT-001', 'The server failed; the log has more under this trace_id', { cause: error })
}

/**
 * The rules that `errors[].constraint` names, by the keywords of JSON Schema. Clients of the document know these words and
 * fail on others, so the violation of another rule has its message only.
 */
const constraints: Record<string, string> = {
  required: 'required',
  dependentRequired: 'required',
  dependencies: 'required',
  'x-required-conditions': 'required',
  minimum: 'min',
  exclusiveMinimum: 'min',
  maximum: 'max',
  exclusiveMaximum: 'max',
  minLength: 'min_length',
  maxLength: 'max_length',
  'x-max-bytes': 'max_length',
  pattern: 'pattern',
  enum: 'enum',
  const: 'enum',
  format: 'format',
  uniqueItems: 'unique',
  'x-unique-by': 'unique',
}

function published({ constraint = '', ...violation }: Violation): Violation {
  const word = constraints[constraint]
  return word ? { ...violation, constraint: word } : violation
}

/** The problem document for a problem (RFC 9457). */
function problemDocument(
  problem: Problem,
  instance: string,
  trace_id: string,
): components['schemas']['ProblemDetails'] {
  const { slug, title } = problems[problem.code]
  return {
    type: `https://api.hyperfleet.io/errors/${slug}`,
    title,
    status: problem.status,
    detail: problem.message,
    instance: instance.toWellFormed(),
    code: `HYPERFLEET-${problem.code}`,
    timestamp: new Date().toISOString().replace('Z', '000Z'),
    trace_id,
    ...(problem.violations && { errors: problem.violations.map(published) }),
    ...problem.members,
  }
}

/** The status under which proxies count callers that hung up. */
export const CLIENT_CLOSED_REQUEST = 499

/** Logs the details that the client does not get: a defect in full, and in one line why the server could not serve. */
function tell(problem: Problem, { log }: FastifyRequest) {
  if (problem.status < 500) return
  if (problem.code === 'INT-001') log.error({ err: problem.cause ?? problem }, problem.message)
  else log.warn({ reason: reasons(problem.cause) }, problem.message)
}

function reasons(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  return [error.message, reasons(error.cause)].filter(Boolean).join(': ')
}

/** The answer to a request that an error has ended, with its problem document; logs the details that the client does not get. */
export function problemAnswer(error: unknown, request: FastifyRequest) {
  const problem = toProblem(error, request)
  tell(problem, request)
  const { status, headers } = problem
  return { status, headers, document: problemDocument(problem, pathOf(request.url), request.traceId) }
}

/** Answers a request with the problem for an error, and logs the details that the client does not get. */
export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply) {
  const { status, headers, document } = problemAnswer(error, request)
  reply
    .code(status)
    .headers(headers)
    .type('application/problem+json')
    // As bytes: to a JSON text Fastify adds a charset.
    .send(Buffer.from(JSON.stringify(document)))
}

/** Makes every error of a listener a problem: of handlers, of the framework, of unknown routes and methods. */
export function answerWithProblems(app: FastifyInstance) {
  const routes: { pattern: RegExp; methods: Set<string> }[] = []
  app.addHook('onRoute', ({ url, method, config }) => {
    if (url === '*' || config?.createdAt) return // the preflights of CORS, and creates that are refused
    const pattern = new RegExp(
      `^${url.replace(/[.+]/g, '\\$&').replace(/:\w+/g, '[^/]+').replace('*', '.*')}/?$`,
    )
    routes.push({ pattern, methods: new Set([method].flat()) })
  })
  const unknownRoute = (method: string, path: string): Problem => {
    const known = routes.filter(({ pattern }) => pattern.test(path))
    const allowed = new Set(known.flatMap(({ methods }) => [...methods]))
    return !allowed.size || allowed.has(method)
      ? new Problem('NTF-000', `There is no route ${path}`)
      : new Problem('VAL-013', `${method} is not a method of ${path}`, {
          headers: { allow: [...allowed].sort().join(', ') },
        })
  }
  app.decorate('unknownRoute', unknownRoute)
  const answerUnknown = (request: FastifyRequest, reply: FastifyReply) =>
    sendProblem(unknownRoute(request.method, pathOf(request.url)), request, reply)
  app.setNotFoundHandler(answerUnknown)
  app.setErrorHandler((error: FastifyError, request, reply) => {
    if (error instanceof RequestAborted) return leaveUnanswered(reply)
    // Fastify looks at the body, and its type, before it finds that there is no such route.
    const isOfBody = /^FST_ERR_(CTP_|ROUTE_MISSING_CONTENT_TYPE$)/.test(error.code ?? '')
    if (request.is404 && isOfBody) answerUnknown(request, reply)
    else sendProblem(error, request, reply)
  })
}

/** Ends the work on an aborted request, which needs no answer; it may have been answered already that it took too long. */
export function leaveUnanswered(reply: FastifyReply) {
  if (!reply.sent) reply.hijack()
}

/**
 * The errors that Node finds before there is a request: it could not be parsed, or did not arrive in time.
 * Returns the answer; undefined when the connection was closed.
 */
export function answerClientError(
  error: NodeJS.ErrnoException,
  socket: Socket,
): { status: number; request_id: string; trace_id: string } | undefined {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return undefined
  }
  const problem =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? new Problem('VAL-012', 'The headers are larger than 64 KiB')
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? new Problem('VAL-006', 'The request did not arrive in time', { status: 408 })
        : new Problem('VAL-006', 'The request is not valid HTTP')
  const { status } = problem
  const [request_id, trace_id] = [randomUUID(), newTraceId()]
  const body = JSON.stringify(problemDocument(problem, '/', trace_id))
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Request-ID: ${request_id}`,
    'Connection: close',
  ]
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`)
  return { status, request_id, trace_id }
}
