import type { IncomingMessage } from 'node:http'
import type { FastifyRequest } from 'fastify'
import { Problem } from '../problem.ts'

/** uri-host [ ":" port ] of RFC 3986; empty where the target has no authority. */
const HOST = /^(\[[\da-f:.]+\]|[\w.~%!$&'()*+,;=-]*)(:\d*)?$/i

/** Whether a header was sent more than once: of some, Node shows the first only, and others may look at the last. `name` is in lower case. */
export function isRepeated({ rawHeaders }: IncomingMessage, name: string): boolean {
  let count = 0
  for (let index = 0; index < rawHeaders.length; index += 2)
    if (rawHeaders[index]?.toLowerCase() === name) count++
  return count > 1
}

/** The problem (400) of a request that has not one valid Host, as RFC 9112, section 3.2, demands. HTTP/1.0 may have none. */
export function hostProblem(request: IncomingMessage): Problem | undefined {
  const { host } = request.headers
  if (host === undefined && request.httpVersion !== '1.0')
    return new Problem('VAL-006', 'The header Host is missing')
  if (host !== undefined && isRepeated(request, 'host'))
    return new Problem('VAL-006', 'The header Host must be sent once')
  if (!HOST.test(host ?? ''))
    return new Problem('VAL-006', 'The header Host is not a host with an optional port')
  return undefined
}

/** The problem (400) of a request whose target has a fragment, which is not for servers (RFC 9112, section 3.2): it would hide the query. */
export const fragmentProblem = ({ url = '' }: IncomingMessage): Problem | undefined =>
  url.includes('#')
    ? new Problem('VAL-006', 'The target of a request must not have a #: it is written %23')
    : undefined

/** The value of a header, as Node has it; null when it was not sent. */
export function headerOf({ headers }: Pick<FastifyRequest, 'headers'>, name: string): string | null {
  const value = headers[name]
  return value === undefined ? null : String(value)
}

/**
 * The Idempotency-Key of a request as it is stored, with its tenancy and its issuer: two issuers with the same name for a caller share no
 * keys, also after a change of settings. No header has a line feed.
 */
export function idempotencyKey(request: FastifyRequest): string | null {
  const key = headerOf(request, 'idempotency-key')
  const { issuer, scope } = request
  return key && [scope.tenant && scope.tenancy, issuer, key].filter(Boolean).join('\n')
}
