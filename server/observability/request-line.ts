import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Kinds } from '../openapi/document.ts'

/** What a route is about: a kind, and the parameter that names one resource of it. */
interface Subject {
  resource_type?: string
  parameter?: string
}

/** How much of a path is written down: no route has more, but callers may send 64 KiB. */
const MAX_PATH = 1024

/** Makes the function that tells the fields of the line which the log has on each request. Bodies are not among them. */
export function describeRequest(kinds: Kinds) {
  const subjects = new Map<string, Subject>()
  const types = new Map(Object.entries(kinds).map(([kind, { plural }]) => [plural, kind.toLowerCase()]))
  const subjectOf = (route: string): Subject => {
    const known = subjects.get(route)
    if (known) return known
    const segments = route.split('/')
    const at = segments.findLastIndex((segment) => types.has(segment))
    const resource_type = types.get(segments[at] ?? '')
    const next = segments[at + 1]
    const subject = {
      ...(resource_type && { resource_type }),
      ...(resource_type && next?.startsWith(':') && { parameter: next.slice(1) }),
    }
    subjects.set(route, subject)
    return subject
  }

  return (request: FastifyRequest, reply: FastifyReply, status_code: number) => {
    const { resource_type, parameter } = subjectOf(request.routeOptions.url ?? '')
    return {
      method: request.method,
      path: request.url.split('?', 1)[0]?.slice(0, MAX_PATH),
      status_code,
      duration_ms: Math.round(reply.elapsedTime * 1000) / 1000,
      resource_type,
      resource_id: resource_type && (parameter ? named(request, parameter) : created(reply)),
      adapter: adapterOf(request),
      caller: request.caller,
    }
  }
}

const named = ({ params }: FastifyRequest, parameter: string) => (params as Record<string, string>)[parameter]

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
