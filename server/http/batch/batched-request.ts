import type { FastifyReply, FastifyRequest } from 'fastify'
import type { RequestDatabase } from '../../db/database.ts'
import { Problem } from '../../problem.ts'
import { refuse } from '../../validation/violations.ts'
import type { Found } from './batch-routes.ts'

/** An operation as a batch has it, valid by the document. */
export interface Given {
  method: string
  path: string
  headers?: Record<string, string> | null
  body?: unknown
}

/** The headers that an operation may have, in lower case. */
const HEADERS = ['content-type', 'idempotency-key', 'if-match']

/** What the value of a header may be (RFC 9110, section 5.5). */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/

/**
 * The headers of an operation, by their names in lower case. A body without a media type is JSON. Throws a problem (400) where one is
 * none that an operation may have, is there twice, or has a value that no header has.
 */
export function headersOf({ headers, body }: Given): Record<string, string> {
  const known: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers ?? {})) {
    const lower = name.toLowerCase()
    const message = !HEADERS.includes(lower)
      ? `is not a header that an operation of a batch has: ${HEADERS.join(', ')}`
      : Object.hasOwn(known, lower)
        ? 'must be given once'
        : VALUE.test(value)
          ? undefined
          : 'is not the value of a header'
    if (message) refuse([{ field: `headers.${name.slice(0, 256)}`, message }])
    known[lower] = value.trim()
  }
  if (hasBody(body)) known['content-type'] ??= 'application/json'
  return known
}

const hasBody = (body: unknown) => body !== undefined && body !== null

/**
 * The request of an operation: that of the batch, with the method, the path, the headers and the body of the operation in place of
 * its own. So it has the caller, the tenancy, the log and the trace of the batch. `text` is the body as it was sent.
 */
export function batchedRequest(
  batch: FastifyRequest,
  { method, body }: Given,
  url: string,
  text: string | undefined,
  statements: RequestDatabase,
): FastifyRequest {
  // A literal defines its members, also those that the request of the batch only reads.
  const own = {
    __proto__: batch,
    method,
    url,
    headers: {},
    raw: { rawHeaders: [] },
    params: {},
    query: {},
    body: hasBody(body) ? body : undefined,
    json: hasBody(body) && text !== undefined ? { text, value: body } : undefined,
    malformed: undefined,
    validationError: null,
    routeOptions: { config: {}, url: undefined },
    kind: '',
    database: statements,
    isUndecided: false,
  }
  return own as unknown as FastifyRequest
}

/** Gives the request of an operation its route and its headers. */
export function route(request: FastifyRequest, { url, config, params, query }: Found, headers: object) {
  if (query.dry_run !== undefined)
    throw new Problem('VAL-000', 'A dry run is of a whole batch: dry_run is a parameter of the batch')
  const { bodyLimit } = request.server.initialConfig
  Object.assign(request, {
    headers,
    raw: { rawHeaders: Object.entries(headers).flat() },
    params,
    query,
    routeOptions: { config, url, method: request.method, bodyLimit },
  })
}

/** The answer to an operation of a batch, as handlers and hooks make it. */
export class BatchedReply {
  statusCode = 200
  readonly fields: Record<string, string> = {}
  private readonly began = performance.now()

  get elapsedTime(): number {
    return performance.now() - this.began
  }

  code(status: number): this {
    this.statusCode = status
    return this
  }

  header(name: string, value: unknown): this {
    this.fields[name.toLowerCase()] = String(value)
    return this
  }

  headers(fields: Record<string, unknown>): this {
    for (const name in fields) this.header(name, fields[name])
    return this
  }

  type(mediaType: string): this {
    return this.header('content-type', mediaType)
  }

  getHeader(name: string): string | undefined {
    return this.fields[name.toLowerCase()]
  }
}

/** A reply as handlers take it. */
export const asReply = (reply: BatchedReply) => reply as unknown as FastifyReply
