import type { FastifyBaseLogger, FastifyRequest } from 'fastify'
import { decodeJwt } from 'jose'
import { LRUCache } from 'lru-cache'
import type { Config } from '../config/schema.ts'
import { isRepeated } from '../http/headers.ts'
import { isRead } from '../http/routing/reads.ts'
import { qualifier } from './caller-names.ts'
import { type Claims, Issuer, LEEWAY_S } from './issuer.ts'
import { callerMissing, tokenInvalid, tokenMissing, tokenProblem } from './refusals.ts'

/** A token that has been checked, with the keys of `version`. */
interface Known extends Claims {
  issuer: Issuer
  version: number
}

/** How many tokens, and how many characters of them, are remembered. */
const MAX_TOKENS = 10_000
const MAX_CHARACTERS = 32 * 1024 * 1024

/** Authenticates callers by the tokens of the configured issuers. */
export class Identity {
  private readonly issuers: Issuer[]
  /** The headers that tokens come in, each with the issuers whose tokens it may hold. */
  private readonly places: { header: string; issuers: Issuer[] }[]
  private readonly known = new LRUCache<string, Known>({
    max: MAX_TOKENS,
    maxSize: MAX_CHARACTERS,
    sizeCalculation: (_, token) => token.length,
  })

  constructor(issuers: Issuer[]) {
    this.issuers = issuers
    const headers = new Set(issuers.map(({ header }) => header))
    this.places = [...headers].map((header) => ({
      header,
      issuers: issuers.filter((issuer) => issuer.header === header),
    }))
  }

  /**
   * Sets `request.caller`, `request.issuer` and `request.claims`, synchronously for a known token. A read may have a token without a caller;
   * its caller is then empty. Throws, or rejects with, a problem: 401, or 503 when the token cannot be verified.
   */
  identify(request: FastifyRequest): Promise<void> | undefined {
    let isSent = false
    for (const { header, issuers } of this.places) {
      const token = tokenIn(header, request.headers[header])
      if (!token) continue
      if (isRepeated(request.raw, header)) throw tokenInvalid(`The header ${header} must be sent once`)
      isSent = true
      const known = this.known.get(token)
      if (known?.issuer.header === header && isFresh(known)) {
        settle(request, known)
        return undefined
      }
      const url = issuerOf(token)
      const issuer = issuers.find((each) => each.url === url)
      if (issuer) return this.verify(issuer, token).then((claims) => settle(request, claims))
    }
    if (isSent) throw tokenInvalid('The token is no JSON Web Token of an issuer that is trusted here')
    const forms = this.places.map(({ header }) =>
      isStandard(header) ? `${header}: Bearer <token>` : `${header}: <token>`,
    )
    throw tokenMissing(`A token is needed, in the header ${forms.join(' or ')}`)
  }

  /** Stops reading keys. */
  async close(): Promise<void> {
    await Promise.all(this.issuers.map(({ keys }) => keys.close()))
  }

  private async verify(issuer: Issuer, token: string): Promise<Known> {
    // Before the keys are used: should they change meanwhile, the token counts as checked with the former ones.
    const { version } = issuer.keys
    try {
      const known = { ...(await issuer.verify(token)), issuer, version }
      this.known.set(token, known)
      return known
    } catch (error) {
      throw tokenProblem(error)
    }
  }
}

/** Makes the issuers ready; throws a StartError when a setting or a file cannot be followed. */
export async function openIdentity(
  { configs }: Config['server']['jwt'],
  logger: FastifyBaseLogger,
): Promise<Identity> {
  const issuers = configs.map(
    (config, index) => new Issuer(config, `server.jwt.configs[${index}]`, qualifier(configs, index), logger),
  )
  const identity = new Identity(issuers)
  try {
    await Promise.all(issuers.map((issuer) => issuer.start()))
    return identity
  } catch (error) {
    await identity.close()
    throw error
  }
}

const isFresh = ({ expires, version, issuer }: Known) =>
  version === issuer.keys.version && expires + LEEWAY_S > Date.now() / 1000

function settle(request: FastifyRequest, { issuer, caller, unnamed, claims, expires }: Known) {
  request.claims = claims
  request.expires = (expires + LEEWAY_S) * 1000
  request.issuer = issuer.url
  request.caller = issuer.callerSent(request) ?? caller ?? ''
  if (request.caller || isRead(request)) return
  throw callerMissing(`A write must say who calls, and ${unnamed}`)
}

const isStandard = (header: string) => header === 'authorization'

/** The token in a header: after Bearer, or bare in a header that is for nothing else. */
function tokenIn(header: string, value: string | string[] | undefined): string | undefined {
  if (typeof value !== 'string') return undefined
  const [, scheme, token] = /^(bearer(?: +|$))?(.*)$/i.exec(value) ?? []
  return scheme || !isStandard(header) ? token : undefined
}

/** The issuer that a token names, unverified. */
function issuerOf(token: string): string | undefined {
  try {
    return decodeJwt(token).iss
  } catch {
    return undefined
  }
}
