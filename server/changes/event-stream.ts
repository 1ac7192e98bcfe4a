import type { FastifyReply, FastifyRequest } from 'fastify'

const EVENTS = 'text/event-stream'
const JSON_TYPE = 'application/json'

/** Whether a request asks for a stream of events rather than for JSON. For caches, its answer says that it depends on that. */
export function acceptsEvents({ headers }: FastifyRequest, reply: FastifyReply): boolean {
  const vary = reply.getHeader('vary')
  reply.header('vary', vary ? `${[vary].flat().join(', ')}, accept` : 'accept')
  const accepted = weightsOf(headers.accept ?? '')
  const events = accepted.get(EVENTS) ?? 0
  return events > 0 && events >= (accepted.get(JSON_TYPE) ?? 0)
}

/** The weights of the media types that a header Accept names, without its wildcards: a stream is only for those who ask for one. */
function weightsOf(header: string): Map<string, number> {
  const ranges = header.split(',').map((range) => {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase())
    const weight = parameters.find((each) => each.startsWith('q='))?.slice(2)
    return [type, weight === undefined ? 1 : Number(weight) || 0] as const
  })
  return new Map(ranges)
}

/**
 * Begins the answer with a stream of events, which its caller writes and ends. Fastify sends nothing of its own any more. No cache and no proxy is to
 * keep it, change it, or hold it back.
 */
export function beginEvents(request: FastifyRequest, reply: FastifyReply): void {
  reply.hijack()
  request.isStream = true
  reply.raw.writeHead(200, {
    ...reply.getHeaders(),
    'content-type': EVENTS,
    'cache-control': 'no-store, no-transform',
    'x-accel-buffering': 'no',
  } as Record<string, string>)
}
