import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Config } from '../config/schema.ts'
import { ALL_TENANTS, type Scope } from '../db/scope.ts'
import { tenantOf, VALUE, VALUE_RULE } from '../db/tenancies.ts'
import { isRepeated } from '../http/headers.ts'
import { Problem } from '../problem.ts'

declare module 'fastify' {
  interface FastifyRequest {
    scope: Scope
    /** The dimensions of the caller's tenancy; empty for callers of all tenants. */
    tenancy: Record<string, string>
    /** Whether it is a system caller, who sees the resources of all tenants and changes none. */
    isSystem: boolean
  }
}

type Settings = Config['server']['tenant']
type Dimension = Settings['dimensions'][number]

/**
 * Settles the tenancy of a request whose caller is authenticated: a system caller, or a tenant by its dimensions. The function
 * throws a problem (403), and warns in the log, where there is none. Undefined where tenants are not kept apart.
 */
export function tenancyReader(
  settings: Settings,
): ((request: FastifyRequest, reply: FastifyReply) => void) | undefined {
  if (!settings.enabled) return undefined
  const dimensions = [...settings.dimensions].sort((one, other) => (one.key < other.key ? -1 : 1))
  const headers = [settings.system_header, settings.header, ...dimensions.map(({ header }) => header)]
  const vary = ['authorization', ...new Set(headers.flatMap((name) => name?.toLowerCase() ?? []))].join(', ')
  return (request, reply) => {
    const before = reply.getHeader('vary')
    reply.header('vary', before ? `${[before].flat().join(', ')}, ${vary}` : vary)
    if (isSystem(settings, request)) {
      request.isSystem = true
      request.scope = ALL_TENANTS
      return
    }
    try {
      request.tenancy = tenancyIn(request, dimensions, settings.header)
    } catch (error) {
      request.log.warn({ reason: (error as Problem).message }, 'a caller without a tenancy was refused')
      throw error
    }
    const { tenancy } = request
    request.scope = { tenancy: JSON.stringify(tenancy), tenant: tenantOf(tenancy, dimensions) }
  }
}

function tenancyIn(
  request: FastifyRequest,
  dimensions: Dimension[],
  shared: string | undefined,
): Record<string, string> {
  const sent = shared === undefined ? {} : objectIn(request, shared, dimensions)
  const tenancy: Record<string, string> = {}
  for (const dimension of dimensions) {
    const value = dimensionIn(request, dimension, sent, shared)
    if (value !== undefined) tenancy[dimension.key] = value
    else if (dimension.required) throw denied(`${placeOf(dimension, shared)} is missing`)
  }
  return tenancy
}

function isSystem(
  { system_header, system_claim, system_issuers }: Settings,
  { headers, issuer, claims }: FastifyRequest,
) {
  return (
    (system_header !== undefined && isTrue(headers[system_header.toLowerCase()])) ||
    (system_claim !== undefined && (claims[system_claim] === true || isTrue(claims[system_claim]))) ||
    system_issuers.includes(issuer)
  )
}

/** Whether a text is `true`, in any case of letters. */
const isTrue = (value: unknown) => typeof value === 'string' && trimmed(value).toLowerCase() === 'true'

/** Without the blanks that a header may have around its value. */
const trimmed = (value: string) => value.replace(/^[ \t]+|[ \t]+$/g, '')

/** The value of a dimension: of its header or of the object in one header, and else of its claim. */
function dimensionIn(
  request: FastifyRequest,
  dimension: Dimension,
  sent: Record<string, unknown>,
  shared: string | undefined,
): string | undefined {
  const { key, header, claim } = dimension
  const places: [place: string, value: unknown][] = [
    [`The header ${header}`, header === undefined ? undefined : headerIn(request, header)],
    [`The dimension ${key} of the header ${shared}`, Object.hasOwn(sent, key) ? sent[key] : undefined],
    [`The claim ${claim} of the token`, claim === undefined ? undefined : request.claims[claim]],
  ]
  const given = places.filter(([, value]) => value !== undefined && value !== null && value !== '')
  for (const [place, value] of given)
    if (typeof value !== 'string' || !VALUE.test(value)) throw denied(`${place} ${VALUE_RULE}`)
  const [first, second] = given
  const other = given.find(([, value]) => value !== first?.[1]) ?? second
  if (first && other && other[1] !== first[1])
    throw denied(`${first[0]} differs: ${lowerFirst(other[0])} has another value`)
  return first?.[1] as string | undefined
}

const lowerFirst = (text: string) => text.charAt(0).toLowerCase() + text.slice(1)

/** The object in the one header that has all dimensions; empty where it was not sent. */
function objectIn(request: FastifyRequest, header: string, dimensions: Dimension[]): Record<string, unknown> {
  const text = headerIn(request, header)
  if (text === '') return {}
  const parsed = parse(text)
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    throw denied(`The header ${header} must be a JSON object of texts`)
  const unknown = Object.keys(parsed).find((key) => !dimensions.some((dimension) => dimension.key === key))
  if (unknown !== undefined) throw denied(`The header ${header} has a member that is no dimension here`)
  return parsed as Record<string, unknown>
}

function headerIn({ headers, raw }: FastifyRequest, header: string): string {
  const name = header.toLowerCase()
  if (isRepeated(raw, name)) throw denied(`The header ${header} must be sent once`)
  return trimmed(String(headers[name] ?? ''))
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const placeOf = ({ key, header, claim }: Dimension, shared: string | undefined) =>
  header !== undefined
    ? `The header ${header}`
    : shared !== undefined
      ? `The dimension ${key} of the header ${shared}`
      : `The claim ${claim} of the token`

const denied = (detail: string) => new Problem('AUZ-001', detail)
