import type { FastifyReply, FastifyRequest } from 'fastify'
import { pathOf } from '../lib/origin-form.ts'

/** How much of a path is written down: no route has more, but callers may send 64 KiB. */
const MAX_PATH = 1024

/** The fields of the line that the log has on each request. Bodies are not among them. */
export function describeRequest(request: FastifyRequest, reply: FastifyReply, status_code: number) {
  const { target } = request
  return {
    method: request.method,
    path: pathOf(request.url).slice(0, MAX_PATH),
    status_code,
    duration_ms: Math.round(reply.elapsedTime * 1000) / 1000,
    resource_type: target?.kind.toLowerCase(),
    resource_id: target && (target.id || created(reply)),
    adapter: adapterOf(request),
    caller: request.caller,
  }
}

/** The id of a resource that the request has created: the last part of where it is. */
function created(reply: FastifyReply): string | undefined {
  const location = reply.statusCode === 201 ? reply.getHeader('location') : undefined
  return location === undefined ? undefined : String(location).slice(String(location).lastIndexOf('/') + 1)
}

/** Who reports, when the request is a report. */
function adapterOf({ routeOptions, body }: FastifyRequest): string | undefined {
  if (!body || !routeOptions.url?.endsWith('/statuses')) return undefined
  const { adapter } = body as { adapter?: unknown }
  return typeof adapter === 'string' ? adapter.slice(0, 255) : undefined
}
