import type { FastifyBaseLogger, FastifyRequest } from 'fastify'
import { errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose'
import { RE2JS } from 're2js'
import type { Config } from '../config/schema.ts'
import { isRepeated } from '../http/headers.ts'
import { StartError } from '../process/start-error.ts'
import { checkName, type Qualify } from './caller-names.ts'
import { KeySet } from './key-set.ts'
import { fileSource, readAuthority, urlSource } from './key-source.ts'
import type { KeysUnavailable } from './keys.ts'
import { tokenInvalid } from './refusals.ts'
import { ALGORITHMS } from './usable-keys.ts'

type Settings = Config['server']['jwt']['configs'][number]

/** How far the clocks of issuers may be from ours, in seconds. */
export const LEEWAY_S = 30

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The content of a valid token: the caller, or why there is none, the expiry in seconds since 1970, and all its claims. */
export interface Claims {
  caller: string | undefined
  unnamed?: string
  claims: JWTPayload
  expires: number
}

/** One issuer of tokens, as server.jwt.configs[] describes it. */
export class Issuer {
  readonly keys: KeySet
  /** The header with its tokens, in lower case. */
  readonly header: string
  readonly url: string
  private readonly findKey: JWTVerifyGetKey = (header, input) => this.keys.find(header, input)
  private readonly settings: Settings
  private readonly path: string
  private readonly qualify: Qualify
  private readonly pattern: RE2JS | undefined
  private readonly identityHeader: string | undefined

  /** `path` is where its settings stand, `qualify` gives the names of its callers. Throws a StartError when a setting cannot be followed. */
  constructor(settings: Settings, path: string, qualify: Qualify, logger: FastifyBaseLogger) {
    const { jwk_cert_url, jwk_cert_file, jwk_cert_ca_file, identity_claim_pattern, identity_header } =
      settings
    this.settings = settings
    this.path = path
    this.url = settings.issuer_url
    this.header = settings.header.toLowerCase()
    this.qualify = qualify
    this.identityHeader = identity_header?.toLowerCase()
    this.pattern = compile(identity_claim_pattern, `${path}.identity_claim_pattern`)
    const authority = jwk_cert_ca_file && readAuthority(jwk_cert_ca_file, `${path}.jwk_cert_ca_file`)
    const sources = [
      ...(jwk_cert_file ? [fileSource(jwk_cert_file)] : []),
      ...(jwk_cert_url ? [urlSource(jwk_cert_url, authority)] : []),
    ]
    this.keys = new KeySet(sources, logger)
    if (identity_header) {
      logger.warn(
        `${path}.identity_header: whoever sends ${identity_header} is taken for whom it names; ` +
          'this is safe only behind a gateway that removes what callers put there',
      )
    }
  }

  /** Reads the keys, and keeps them fresh. A URL may be away; throws a StartError when a file is of no use. */
  async start(): Promise<void> {
    await this.keys.read().catch((failure: KeysUnavailable) => {
      if (!failure.source?.isOwn) return this.keys.warn(failure)
      const fault = `${failure.source.name} is of no use as a JSON Web Key Set: ${(failure.cause as Error).message}`
      throw new StartError(`${this.path}.jwk_cert_file: ${fault}`)
    })
    this.keys.refresh()
  }

  /** Checks a token; throws an error of jose, KeysUnavailable, or a problem on its caller. */
  async verify(token: string): Promise<Claims> {
    const { payload } = await this.check(token)
    const caller = callerIn(payload, this.settings, this.qualify, this.pattern)
    return { ...caller, claims: payload, expires: payload.exp as number }
  }

  /** The caller in the identity header; undefined when there is none, or it was not sent. Throws AUT-002 when it is not valid. */
  callerSent({ headers, raw }: FastifyRequest): string | undefined {
    const name = this.identityHeader
    const value = name && headers[name]
    if (name === undefined || value === undefined) return undefined
    const source = `The header ${this.settings.identity_header}`
    if (typeof value !== 'string' || isRepeated(raw, name)) throw tokenInvalid(`${source} must be sent once`)
    // Node gives the bytes of a header as characters.
    return this.qualify(checkName(decode(value), source, 'is not in UTF-8'), source)
  }

  private async check(token: string) {
    const options = {
      algorithms: ALGORITHMS,
      issuer: this.url,
      audience: this.settings.audience,
      requiredClaims: ['exp'],
      clockTolerance: LEEWAY_S,
    }
    try {
      return await jwtVerify(token, this.findKey, options)
    } catch (error) {
      // A token need not name its key: any that fits will do.
      if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error
      for await (const key of error) {
        try {
          return await jwtVerify(token, key, options)
        } catch (failure) {
          if (!(failure instanceof errors.JWSSignatureVerificationFailed)) throw failure
        }
      }
      throw new errors.JWSSignatureVerificationFailed()
    }
  }
}

/**
 * The caller that the claims of a token name, or why they name none, as `settings` of its issuer say; `qualify` as for Issuer.
 * Throws AUT-002 for a name that is not taken.
 */
export function callerIn(
  payload: JWTPayload,
  settings: Settings,
  qualify: Qualify,
  pattern = compile(settings.identity_claim_pattern, 'identity_claim_pattern'),
): Omit<Claims, 'expires' | 'claims'> {
  const name = settings.identity_claim
  const value = claimOf(payload, name)
  const unnamed =
    value === undefined
      ? `the token has no claim ${name}`
      : name === 'email' && !settings.allow_unverified_email && !isVerified(payload)
        ? 'its issuer has not verified the email of the token'
        : undefined
  if (unnamed) {
    if (pattern) throw tokenInvalid(`The token names nobody: ${unnamed}`)
    return { caller: undefined, unnamed }
  }
  const source = `The claim ${name} of the token`
  const caller = checkName(value, source, 'is not a text')
  if (pattern?.matches(caller) === false) throw tokenInvalid(`${source} is not one that is let in`)
  return { caller: qualify(caller, source) }
}

/** A claim; undefined when the token does not have it, or it is null. */
const claimOf = (payload: JWTPayload, name: string): unknown =>
  Object.hasOwn(payload, name) ? (payload[name] ?? undefined) : undefined

/** Whether an issuer says nothing of whether it has verified the email, or that it has; some say it as text. */
const isVerified = (payload: JWTPayload) =>
  [undefined, true, 'true'].includes(claimOf(payload, 'email_verified') as never)

function decode(value: string): string | undefined {
  try {
    return decoder.decode(Buffer.from(value, 'latin1'))
  } catch {
    return undefined
  }
}

function compile(pattern: string | undefined, setting: string): RE2JS | undefined {
  if (pattern === undefined) return undefined
  try {
    return RE2JS.compile(pattern)
  } catch (error) {
    throw new StartError(`${setting} is no regular expression (RE2): ${(error as Error).message}`)
  }
}
