import type { FastifyBaseLogger, FastifyRequest } from 'fastify'
import { errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose'
import { RE2JS } from 're2js'
import type { Config } from '../config/load.ts'
import { isRepeated } from '../headers.ts'
import { StartError } from '../start-error.ts'
import { ALGORITHMS, KeySet, type KeysUnavailable } from './key-set.ts'
import { fileSource, readAuthority, urlSource } from './key-source.ts'
import { tokenInvalid } from './refusals.ts'

type Settings = Config['server']['jwt']['configs'][number]

/** How far the clocks of issuers may be from ours, in seconds. */
export const LEEWAY_S = 30
const MAX_BYTES = 256

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** What a good token says: who calls, and until when, in seconds since 1970. */
export interface Claims {
  caller: string | undefined
  expires: number
}

/** One issuer of tokens, as server.jwt.configs[] describes it. */
export class Issuer {
  readonly keys: KeySet
  /** The header with its tokens, in lower case. */
  readonly header: string
  readonly url: string
  readonly identityClaim: string
  private readonly findKey: JWTVerifyGetKey = (header, input) => this.keys.find(header, input)
  private readonly settings: Settings
  private readonly path: string
  private readonly pattern: RE2JS | undefined
  private readonly identityHeader: string | undefined

  /** `path` is where its settings stand. Throws a StartError when one cannot be followed. */
  constructor(settings: Settings, path: string, logger: FastifyBaseLogger) {
    const { jwk_cert_url, jwk_cert_file, jwk_cert_ca_file, identity_claim_pattern, identity_header } =
      settings
    this.settings = settings
    this.path = path
    this.url = settings.issuer_url
    this.header = settings.header.toLowerCase()
    this.identityClaim = settings.identity_claim
    this.identityHeader = identity_header?.toLowerCase()
    this.pattern = compile(identity_claim_pattern, `${path}.identity_claim_pattern`)
    const authority = jwk_cert_ca_file && readAuthority(jwk_cert_ca_file, `${path}.jwk_cert_ca_file`)
    const source = jwk_cert_file ? fileSource(jwk_cert_file) : urlSource(jwk_cert_url ?? '', authority)
    this.keys = new KeySet(source, logger)
    if (identity_header) {
      logger.warn(
        `${path}.identity_header: whoever sends ${identity_header} is taken for whom it names; ` +
          'this is safe only behind a gateway that removes what callers put there',
      )
    }
  }

  /** Reads the keys, and keeps them fresh. A URL may be away; throws a StartError when a file is of no use. */
  async start(): Promise<void> {
    const { jwk_cert_file } = this.settings
    if (jwk_cert_file) {
      await this.keys.read().catch(({ cause }: KeysUnavailable) => {
        const fault = `${jwk_cert_file} is of no use as a JSON Web Key Set: ${(cause as Error).message}`
        throw new StartError(`${this.path}.jwk_cert_file: ${fault}`)
      })
    } else {
      await this.keys.renew().catch(() => {})
    }
    this.keys.refresh()
  }

  /** Checks a token; throws what jose throws, KeysUnavailable, or a problem on its caller. */
  async verify(token: string): Promise<Claims> {
    const { payload } = await this.check(token)
    return { caller: this.callerIn(payload), expires: payload.exp as number }
  }

  /** Whom the identity header names; undefined when there is none, or it was not sent. Throws AUT-002 when it is not valid. */
  callerSent({ headers, raw }: FastifyRequest): string | undefined {
    const name = this.identityHeader
    const value = name && headers[name]
    if (name === undefined || value === undefined) return undefined
    if (typeof value !== 'string' || isRepeated(raw, name)) {
      throw tokenInvalid(`The header ${this.settings.identity_header} must be sent once`)
    }
    // Node gives the bytes of a header as characters.
    return checked(decode(value), `The header ${this.settings.identity_header}`, 'is not in UTF-8')
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

  private callerIn(payload: JWTPayload): string | undefined {
    const name = this.identityClaim
    const value = Object.hasOwn(payload, name) ? (payload[name] ?? undefined) : undefined
    const what = `The claim ${name} of the token`
    if (value === undefined) {
      if (this.pattern) throw tokenInvalid(`The token has no claim ${name}`)
      return undefined
    }
    const caller = checked(value, what, 'is not a text')
    if (this.pattern?.matches(caller) === false) throw tokenInvalid(`${what} is not one that is let in`)
    return caller
  }
}

/** Who calls, as it may be written down; throws AUT-002 for anything else. */
function checked(value: unknown, what: string, otherwise: string): string {
  if (typeof value !== 'string' || !value.isWellFormed()) throw tokenInvalid(`${what} ${otherwise}`)
  if (!value.trim()) throw tokenInvalid(`${what} is empty`)
  if (Buffer.byteLength(value) > MAX_BYTES) {
    throw tokenInvalid(`${what} has more than ${MAX_BYTES} bytes`)
  }
  if (/\p{Cc}/u.test(value)) throw tokenInvalid(`${what} has control characters`)
  return value
}

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
