import type { JWTPayload } from 'jose'
import type { Test } from 'tap'
import { parse } from 'yaml'
import { type Answer, type Application, application } from '../application.ts'
import { bearer, createIssuer, keptLog, trusting } from '../issuers.ts'

/** The kinds of these tests: those of the document, and a root kind with children. */
export const entities = [
  { kind: 'Cluster', required_adapters: ['dns', 'validation'] },
  { kind: 'NodePool', required_adapters: [] },
  { kind: 'Shelf', plural: 'shelves' },
  { kind: 'Box', plural: 'boxes', parent_kind: 'Shelf', on_parent_delete: 'restrict' },
]

export const environment = (rules: string) => ({
  HYPERFLEET_ENTITIES: JSON.stringify(entities),
  HYPERFLEET_CLUSTER_ADAPTERS: '["dns","validation"]',
  HYPERFLEET_NODEPOOL_ADAPTERS: '[]',
  HYPERFLEET_SERVER_AUTHORIZATION_RULES: JSON.stringify(parse(rules)),
})

/** Sends a request as the caller of some claims. */
export type Call = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<Answer>

/** A server with rules of authorization and an issuer of tokens. */
export interface Ruled extends Application {
  /** The calls of a caller with these claims in its token. */
  as(claims: JWTPayload): Promise<Call>
  /** The lines of the log, parsed. */
  log(): Record<string, unknown>[]
}

/** Starts a server with rules, as YAML, on a database of its own or on the one given. */
export async function ruled(
  t: Test,
  rules: string,
  env: Record<string, string> = {},
  url?: string,
): Promise<Ruled> {
  const issuer = await createIssuer(t)
  const { logger, lines } = keptLog()
  const trust = trusting({ issuer_url: issuer.url, jwk_cert_url: issuer.url })
  const app = await application(t, { ...environment(rules), ...trust, ...env }, url, logger)
  return {
    ...app,
    async as(claims) {
      const headers = bearer(await issuer.token('first', claims))
      return (method, path, body, more = {}) => app.call(method, path, body, { ...headers, ...more })
    },
    log: () => lines.map((line) => JSON.parse(line)),
  }
}

let names = 0
/** The body of a create, with a name of its own. */
export const fresh = (kind: string, more: object = {}) => ({ kind, name: `r-${++names}`, spec: {}, ...more })

/** The status and the code of an answer without the prefix. */
export const outcome = ({ status, body }: Answer): string =>
  status < 400 ? String(status) : `${status} ${String(body.code).replace('HYPERFLEET-', '')}`
