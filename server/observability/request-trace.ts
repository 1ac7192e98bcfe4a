import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { isSpanContextValid, type Span, trace } from '@opentelemetry/api'
import type { FastifyRequest } from 'fastify'

/** By what a request can be found again: in the log, in the answer and, when it is traced, among the spans. */
export interface RequestTrace {
  /** The W3C trace id. */
  traceId: string
  /** The span of the request; undefined when tracing is off. */
  span: Span | undefined
}

const TRACE = Symbol('trace')

/**
 * The trace of a request, the same each time. With tracing, its span says which one; without, the caller's
 * `traceparent`, and where that is missing or wrong, it is a new one.
 */
export function traceOf(request: IncomingMessage & { [TRACE]?: RequestTrace }): RequestTrace {
  const made = request[TRACE]
  if (made) return made
  const active = trace.getActiveSpan()
  // Where spans go nowhere (OTEL_TRACES_EXPORTER=none), the ids of a span are zeros.
  const span = active && isSpanContextValid(active.spanContext()) ? active : undefined
  const traceId = span?.spanContext().traceId ?? sentTraceId(request.headers.traceparent) ?? newTraceId()
  const result = { traceId, span }
  request[TRACE] = result
  return result
}

/** A W3C trace id for what nobody has given one yet; a UUID, since Node keeps random bytes for these in store. */
export const newTraceId = () => randomUUID().replaceAll('-', '')

function sentTraceId(traceparent: unknown): string | undefined {
  return /^(?!ff)[\da-f]{2}-(?!0{32})([\da-f]{32})-(?!0{16})[\da-f]{16}-[\da-f]{2}/.exec(
    String(traceparent),
  )?.[1]
}

/** Calls a span by the route that its request took. */
export function nameSpan(span: Span, { method, routeOptions }: FastifyRequest) {
  if (!routeOptions.url) return
  span.updateName(`${method} ${routeOptions.url}`)
  span.setAttribute('http.route', routeOptions.url)
}
