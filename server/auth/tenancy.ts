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
  const sent = shared === undefined ? undefined : membersIn(request, shared, dimensions)
  return Object.fromEntries(
    dimensions.flatMap((dimension) => {
      const value = dimensionIn(dimension, placesOf(request, dimension, shared, sent))
      return value === undefined ? [] : [[dimension.key, value]]
    }),
  )
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

/** Without the blanks that HTTP allows around the value of a header: others belong to it. */
const trimmed = (value: string) => value.replace(/^[ \t]+|[ \t]+$/g, '')

/** A place of a dimension, as problems name it, and its value in a request. */
interface Place {
  name: string
  value: unknown
}

/** The places of a dimension: its own header, its member in the header with all dimensions, its claim. */
function placesOf(
  request: FastifyRequest,
  { key, header, claim }: Dimension,
  shared: string | undefined,
  sent: Map<string, unknown> | undefined,
): Place[] {
  return [
    ...(header === undefined ? [] : [{ name: `header ${header}`, value: headerIn(request, header) }]),
    ...(sent ? [{ name: `dimension ${key} of the header ${shared}`, value: sent.get(key) }] : []),
    ...(claim === undefined ? [] : [{ name: `claim ${claim} of the token`, value: request.claims[claim] }]),
  ]
}

/**
 * The value of a dimension; undefined without one. Throws a problem where it is missing and required, is no value of a dimension,
 * or differs between its places.
 */
function dimensionIn({ required }: Dimension, places: Place[]): string | undefined {
  const given = places.filter(({ value }) => value !== undefined && value !== null && value !== '')
  const [first, ...others] = given
  if (!first && required) throw denied(`The ${places[0]?.name} is missing`)
  for (const { name, value } of given)
    if (typeof value !== 'string' || !VALUE.test(value)) throw denied(`The ${name} ${VALUE_RULE}`)
  const other = others.find(({ value }) => value !== first?.value)
  if (other) throw denied(`The ${first?.name} differs: the ${other.name} has another value`)
  return first?.value as string | undefined
}

/** The members of the object in the header with all dimensions; none where it was not sent. */
function membersIn(request: FastifyRequest, header: string, dimensions: Dimension[]): Map<string, unknown> {
  const text = headerIn(request, header)
  if (text === '') return new Map()
  const parsed = parse(text)
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    throw denied(`The header ${header} must be a JSON object of texts`)
  const members = new Map(Object.entries(parsed))
  const known = new Set(dimensions.map(({ key }) => key))
  if ([...members.keys()].some((key) => !known.has(key)))
    throw denied(`The header ${header} has a member that is no dimension here`)
  return members
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

const denied = (detail: string) => new Problem('AUZ-001', detail)
