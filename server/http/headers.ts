import type { IncomingMessage } from 'node:http'
import type { FastifyRequest } from 'fastify'
import { Problem } from '../problem.ts'

/** uri-host [ ":" port ] of RFC 3986; empty where the target has no authority. */
const HOST = /^(\[[\da-f:.]+\]|[\w.~%!$&'()*+,;=-]*)(:\d*)?$/i

/** The values of a header field, one for each line that it was sent in; `name` is in lower case. */
const linesOf = ({ rawHeaders }: IncomingMessage, name: string) =>
  rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name)

/** Whether a header was sent more than once: of some, Node shows the first only, and others may look at the last. */
export const isRepeated = (request: IncomingMessage, name: string) => linesOf(request, name).length > 1

/** Throws a problem (400) unless the request has one valid Host, as RFC 9112, section 3.2, demands. HTTP/1.0 may have none. */
export function checkHost(request: IncomingMessage) {
  const [host, ...others] = linesOf(request, 'host')
  if (others.length) throw new Problem('VAL-006', 'The header Host must be sent once')
  if (host === undefined && request.httpVersion !== '1.0')
    throw new Problem('VAL-006', 'The header Host is missing')
  if (!HOST.test(host ?? ''))
    throw new Problem('VAL-006', 'The header Host is not a host with an optional port')
}

/** The value of a header, as Node has it; null when it was not sent. */
export function headerOf({ headers }: Pick<FastifyRequest, 'headers'>, name: string): string | null {
  const value = headers[name]
  return value === undefined ? null : String(value)
}
