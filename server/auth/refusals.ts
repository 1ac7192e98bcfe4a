import { errors } from 'jose'
import { Problem } from '../problem.ts'
import { KeysUnavailable } from './keys.ts'

const realm = 'Bearer realm="hyperfleet-api"'

/** 401: the request has no credentials. */
export const tokenMissing = (detail: string) =>
  new Problem('AUT-001', detail, { headers: { 'www-authenticate': realm } })

/** 401: the token is valid, but it names no caller, which a write requires. */
export const callerMissing = (detail: string) => refusal('AUT-001', detail)

/** 401: the token is not taken. */
export const tokenInvalid = (detail: string) => refusal('AUT-002', detail)

/** The problem for an error of jose: 401, or 503 when the fault is not the token's. */
export function tokenProblem(error: unknown): Problem {
  if (error instanceof Problem) return error
  if (error instanceof KeysUnavailable) {
    return new Problem('SVC-001', 'The keys of the issuer cannot be read', { cause: error })
  }
  if (error instanceof errors.JWTExpired) {
    return refusal('AUT-003', 'The token has expired: send a new one')
  }
  if (error instanceof errors.JWTClaimValidationFailed) {
    return tokenInvalid(claimFaults[error.claim] ?? 'A claim of the token is not of its type')
  }
  return tokenInvalid(faults[(error as errors.JOSEError).code] ?? 'The token is no signed JSON Web Token')
}

const claimFaults: Record<string, string> = {
  exp: 'The token has no expiry: exp must be there, and a number',
  nbf: 'The token is not valid yet',
  aud: 'The token is for another audience',
}

const faults: Record<string, string> = {
  ERR_JOSE_ALG_NOT_ALLOWED: 'The token is signed in another way than RS256 or ES256',
  ERR_JWKS_NO_MATCHING_KEY: 'The token is signed with a key that its issuer does not have',
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: 'The signature of the token is wrong',
}

/** RFC 6750: the header says the same as the problem, in the characters that it may have. */
function refusal(code: 'AUT-001' | 'AUT-002' | 'AUT-003', detail: string): Problem {
  const description = detail.replace(/["\\]/g, "'").replace(/[^\x20-\x7e]/g, '?')
  const challenge = `${realm}, error="invalid_token", error_description="${description}"`
  return new Problem(code, detail, { headers: { 'www-authenticate': challenge } })
}
