/** Issuers of tokens: real keys, and a real server that hands out the public ones. */
import { generateKeyPairSync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { FastifyBaseLogger } from 'fastify'
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose'
import { pino } from 'pino'
import type { Test } from 'tap'
import type { Answer } from './application.ts'
import type { Scope } from './processes.ts'

const tls = new URL('data/tls/', import.meta.url)

/** The authority of the certificate that key servers have when they speak TLS. */
export const authorityFile = fileURLToPath(new URL('ca.pem', tls))

/** A server of a key set, on a port of its own. */
export interface KeyServer {
  url: string
  /** How often it has been asked. */
  reads: number
  /** What it answers; the keys unless a test sets something else. */
  answer: (response: ServerResponse) => void
  start(): Promise<void>
  stop(): Promise<void>
}

/** An issuer with keys, by their ids. */
export interface TestIssuer extends KeyServer {
  keys: Map<string, { alg: string; publicJwk: JWK; privateKey: CryptoKey }>
  addKey(kid: string, alg?: 'RS256' | 'ES256'): Promise<void>
  /** The set that it hands out. */
  set(): { keys: JWK[] }
  /** A token signed with a key; `undefined` leaves out one of its usual claims. */
  token(kid: string, claims?: JWTPayload, header?: object): Promise<string>
}

/** Seconds since 1970, some seconds from now. */
export const inSeconds = (seconds: number) => Math.floor(Date.now() / 1000) + seconds

/** Makes an issuer with a key `first` (RS256), which ends with the test. */
export async function createIssuer(t: Scope, { secure = false } = {}): Promise<TestIssuer> {
  const keys: TestIssuer['keys'] = new Map()
  const set = () => ({ keys: [...keys.values()].map(({ publicJwk }) => publicJwk) })
  const server = await serveKeys(t, () => JSON.stringify(set()), secure)
  const issuer: TestIssuer = Object.assign(server, {
    keys,
    set,
    async addKey(kid: string, alg: 'RS256' | 'ES256' = 'RS256') {
      const { publicKey, privateKey } = await generateKeyPair(alg)
      keys.set(kid, { alg, privateKey, publicJwk: { ...(await exportJWK(publicKey)), kid, use: 'sig' } })
    },
    token(kid: string, claims: JWTPayload = {}, header: object = {}) {
      const key = keys.get(kid)
      if (!key) throw new Error(`the issuer has no key ${kid}`)
      const usual = { iss: server.url, email: 'me@example.com', exp: inSeconds(300) }
      return new SignJWT({ ...usual, ...claims })
        .setProtectedHeader({ alg: key.alg, kid, ...header })
        .sign(key.privateKey)
    },
  })
  await issuer.addKey('first')
  return issuer
}

/** The settings with which a server takes the tokens of issuers. */
export const trusting = (...configs: object[]) => ({
  HYPERFLEET_SERVER_JWT_ENABLED: 'true',
  HYPERFLEET_SERVER_JWT_CONFIGS: JSON.stringify(configs),
})

/** The header of a token. */
export const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

/** Asserts a refusal for want of a good token. */
export function refuses(t: Test, answer: Answer, code: string, detail: string | RegExp, message = code) {
  t.match(answer, { status: 401, body: { code: `HYPERFLEET-${code}`, detail } }, message)
  t.match(answer.headers['www-authenticate'], /^Bearer realm="hyperfleet-api"/, message)
  t.match(answer.headers['x-request-id'], /./, message)
  t.equal(answer.headers['retry-after'], undefined, message)
}

/** A log that is kept. */
export function keptLog() {
  const lines: string[] = []
  const stream = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk))
      done()
    },
  })
  const logger = pino({ messageKey: 'message' }, stream) as unknown as FastifyBaseLogger
  return { logger, lines, warnings: () => lines.filter((line) => JSON.parse(line).level === 40) }
}

/** Public keys with which no token can be checked here. */
export async function unusableKeys(): Promise<JWK[]> {
  const publicJwk = async (alg: string, options = {}) =>
    exportJWK((await generateKeyPair(alg, { extractable: true, ...options })).publicKey)
  const short = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'jwk' }) as JWK
  const rsa = await publicJwk('RS256')
  return [
    { ...(await publicJwk('EdDSA')), kid: 'ed25519' },
    { ...(await publicJwk('ES384')), kid: 'curve' },
    { ...rsa, alg: 'PS256', kid: 'algorithm' },
    { ...rsa, use: 'enc', kid: 'use' },
    { ...rsa, key_ops: ['encrypt'], kid: 'operations' },
    { ...rsa, n: '', kid: 'no number' },
    { kty: 'RSA', e: 'AQAB', alg: 'RS256', kid: 'half a key' },
    { ...short, alg: 'RS256', kid: 'short' },
    { kty: 'unknown', kid: 'type' },
  ]
}

/** Serves a text as a key set, on a port of its own, which ends with the test. */
export async function serveKeys(t: Scope, body: () => string, secure = false): Promise<KeyServer> {
  const listener = (_request: unknown, response: ServerResponse) => {
    state.reads++
    state.answer(response)
  }
  const server = secure
    ? createSecureServer(
        { cert: readFileSync(new URL('server.pem', tls)), key: readFileSync(new URL('server.key', tls)) },
        listener,
      )
    : createServer(listener)
  let port = 0
  const state: KeyServer = {
    url: '',
    reads: 0,
    answer: (response) => response.setHeader('content-type', 'application/json').end(body()),
    start: () => new Promise((resolve) => server.listen(port, '127.0.0.1', resolve)),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  await state.start()
  port = (server.address() as AddressInfo).port
  state.url = `${secure ? 'https' : 'http'}://127.0.0.1:${port}/keys`
  t.teardown(() => state.stop())
  return state
}
