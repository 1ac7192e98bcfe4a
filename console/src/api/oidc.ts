/** Sign-in at the issuer of the configuration: OpenID Connect, code flow with PKCE (RFC 7636). */
import * as oauth from 'oauth4webapi'
import type { Oidc } from './configuration.ts'
import { setToken } from './session.ts'

/** What must outlive the visit at the issuer. */
interface Pending {
  state: string
  nonce: string
  verifier: string
  /** The address to go back to. */
  address: string
}

const PENDING = 'hyperfleet.sign-in'
const redirect = () => `${location.origin}${import.meta.env.BASE_URL}`

/** Sends the browser to the issuer; it comes back with a code. Rejects where the issuer cannot be reached. */
export async function goToIssuer(oidc: Oidc): Promise<void> {
  const server = await discover(oidc)
  if (!server.authorization_endpoint) throw new Error('The issuer has no authorization endpoint.')
  const pending: Pending = {
    state: oauth.generateRandomState(),
    nonce: oauth.generateRandomNonce(),
    verifier: oauth.generateRandomCodeVerifier(),
    address: location.pathname + location.search,
  }
  sessionStorage.setItem(PENDING, JSON.stringify(pending))
  const address = new URL(server.authorization_endpoint)
  const query = {
    client_id: oidc.client_id,
    redirect_uri: redirect(),
    response_type: 'code',
    scope: oidc.scopes.join(' '),
    state: pending.state,
    nonce: pending.nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(pending.verifier),
    code_challenge_method: 'S256',
  }
  for (const [name, value] of Object.entries(query)) address.searchParams.set(name, value)
  location.assign(address)
}

/** Whether the browser has just come back from the issuer. */
export const isBack = () => {
  const query = new URLSearchParams(location.search)
  return (
    query.has('state') &&
    (query.has('code') || query.has('error')) &&
    sessionStorage.getItem(PENDING) !== null
  )
}

/** Takes the token for the code that the browser has come back with, and shows the place from before. Rejects where the issuer refuses. */
export async function finishSignIn(oidc: Oidc): Promise<void> {
  const pending: Pending = JSON.parse(sessionStorage.getItem(PENDING) ?? '{}')
  sessionStorage.removeItem(PENDING)
  const address = new URL(location.href)
  history.replaceState(null, '', pending.address)
  const server = await discover(oidc)
  const client = { client_id: oidc.client_id }
  const parameters = oauth.validateAuthResponse(server, client, address, pending.state)
  const answer = await oauth.authorizationCodeGrantRequest(
    server,
    client,
    oauth.None(),
    parameters,
    redirect(),
    pending.verifier,
    insecure(oidc),
  )
  const tokens = await oauth.processAuthorizationCodeResponse(server, client, answer, {
    expectedNonce: pending.nonce,
    requireIdToken: true,
  })
  setToken(tokens.access_token)
}

async function discover(oidc: Oidc): Promise<oauth.AuthorizationServer> {
  const issuer = new URL(oidc.issuer)
  const answer = await oauth.discoveryRequest(issuer, { algorithm: 'oidc', ...insecure(oidc) })
  return oauth.processDiscoveryResponse(issuer, answer)
}

/** The configuration takes an issuer without TLS on this machine only, for trials. */
const insecure = ({ issuer }: Oidc) =>
  issuer.startsWith('http:') ? { [oauth.allowInsecureRequests]: true } : {}
