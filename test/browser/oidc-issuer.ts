/** An issuer of OpenID Connect that signs in whoever comes: code flow with PKCE (RFC 7636), which it insists on. */
import { createHash, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { inSeconds } from '../issuers.ts'
import type { Scope } from '../processes.ts'

const CLIENT = 'hyperfleet-console'

/** Starts an issuer, which ends with the test. `refuse` makes it turn people away. */
export async function startOidcIssuer(t: Scope) {
  const { publicKey, privateKey } = await generateKeyPair('RS256')
  const key = { ...(await exportJWK(publicKey)), kid: 'first', alg: 'RS256', use: 'sig' }
  const codes = new Map<string, { challenge: string; nonce: string }>()
  const issuer = { url: '', client_id: CLIENT, refuse: false, exchanged: 0 }

  const sign = (claims: object) =>
    new SignJWT({
      ...claims,
      iss: issuer.url,
      sub: 'me',
      email: 'me@example.com',
      exp: inSeconds(300),
      iat: inSeconds(0),
    })
      .setProtectedHeader({ alg: 'RS256', kid: 'first' })
      .sign(privateKey)

  const authorize = (query: URLSearchParams) => {
    const back = new URL(query.get('redirect_uri') ?? '')
    back.searchParams.set('state', query.get('state') ?? '')
    const [challenge, nonce] = [query.get('code_challenge'), query.get('nonce')]
    if (issuer.refuse || !challenge || !nonce || query.get('code_challenge_method') !== 'S256') {
      back.searchParams.set('error', 'access_denied')
    } else {
      const code = randomUUID()
      codes.set(code, { challenge, nonce })
      back.searchParams.set('code', code)
    }
    return back.href
  }

  const exchange = async (form: URLSearchParams) => {
    const code = form.get('code') ?? ''
    const known = codes.get(code)
    codes.delete(code)
    const proof = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url')
    if (!known || known.challenge !== proof || form.get('client_id') !== CLIENT) return undefined
    issuer.exchanged++
    return {
      token_type: 'Bearer',
      access_token: await sign({}),
      id_token: await sign({ aud: CLIENT, nonce: known.nonce }),
    }
  }

  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', issuer.url)
    const tell = (status: number, body: object) =>
      response
        .writeHead(status, { 'content-type': 'application/json', 'access-control-allow-origin': '*' })
        .end(JSON.stringify(body))
    if (pathname === '/authorize') response.writeHead(302, { location: authorize(searchParams) }).end()
    else if (pathname === '/keys') tell(200, { keys: [key] })
    else if (pathname === '/token') {
      const tokens = await exchange(new URLSearchParams(await bodyOf(request)))
      tell(tokens ? 200 : 400, tokens ?? { error: 'invalid_grant' })
    } else
      tell(200, {
        issuer: issuer.url,
        authorization_endpoint: `${issuer.url}/authorize`,
        token_endpoint: `${issuer.url}/token`,
        jwks_uri: `${issuer.url}/keys`,
        response_types_supported: ['code'],
        code_challenge_methods_supported: ['S256'],
      })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  issuer.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return issuer
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}
