import { given, type Problem } from './explain.ts'
import type { Origin } from './origin.ts'
import { type Config, configSchema } from './schema.ts'
import { isTorn } from './secrets.ts'
import { environmentName, type SettingSchema } from './settings.ts'
import { milliseconds } from './units.ts'

type Issuer = Config['server']['jwt']['configs'][number]

/** What is wrong with settings that are right each on its own. */
export function checkTogether(config: Config, origin: Origin): Problem[] {
  return [
    ...checkCertificates(config, origin),
    ...checkIssuers(config, origin),
    ...checkOrigins(config, origin),
    ...checkDatabaseUrl(config, origin),
  ]
}

/** What is wrong with the settings of a server: other commands take no tokens and have no requests. */
export function checkServing(config: Config, origin: Origin): Problem[] {
  return [...checkTokens(config, origin), ...checkTimeouts(config, origin)]
}

const variable = (key: string) => environmentName(key.split('.'))

function checkTokens({ server: { jwt } }: Config, origin: Origin): Problem[] {
  if (!jwt.enabled || jwt.configs.length) return []
  const [keys, example] = [
    ['server.jwt.enabled', 'server.jwt.configs'],
    configSchema.properties.server.properties.jwt.properties.configs.examples[0],
  ]
  return [
    {
      keys,
      line:
        `JWT is on (server.jwt.enabled, from ${origin('server.jwt.enabled')}) and server.jwt.configs names no issuer: ` +
        `set ${variable('server.jwt.configs')} to a list like ${JSON.stringify(example)}, ` +
        `or turn it off with ${variable('server.jwt.enabled')}=false`,
    },
  ]
}

/** The inner limit must end first, so that it can still be told of. */
function checkTimeouts({ database, server: { timeouts } }: Config, origin: Origin): Problem[] {
  const nested = [
    ['database.pool.statement_timeout', database.pool.statement_timeout],
    ['server.timeouts.request', timeouts.request],
    ['server.timeouts.write', timeouts.write],
  ] as const
  return nested.slice(1).flatMap(([outer, limit], index) => {
    const [inner, time] = nested[index] ?? [outer, limit]
    if (milliseconds(time) < milliseconds(limit)) return []
    const line =
      `${inner} ${given(inner, time, origin)} must be shorter than ${outer} ${given(outer, limit, origin)}: ` +
      `set ${variable(inner)} or ${variable(outer)}`
    return [{ keys: [inner, outer], line }]
  })
}

function checkCertificates(config: Config, origin: Origin): Problem[] {
  return (['server', 'health', 'metrics'] as const).flatMap((listener) => {
    const { tls } = config[listener]
    const enabled = `${listener}.tls.enabled`
    const missing = (['cert_file', 'key_file'] as const).filter((name) => tls.enabled && !tls[name])
    return missing.map((name) => {
      const key = `${listener}.tls.${name}`
      const line =
        `${key} must be set, since ${enabled} is true (from ${origin(enabled)}): ` +
        `set ${variable(key)}, or ${variable(enabled)}=false`
      return { keys: [key, enabled], line }
    })
  })
}

function checkIssuers({ server: { jwt } }: Config, origin: Origin): Problem[] {
  const lines = jwt.configs.flatMap((issuer, index) => {
    const key = `server.jwt.configs[${index}]`
    const isRepeated = jwt.configs.findIndex(({ issuer_url }) => issuer_url === issuer.issuer_url) !== index
    return [
      ...checkIssuer(key, issuer, origin),
      ...(isRepeated
        ? [
            `${key}.issuer_url must not be there twice ${shown(key, 'issuer_url', issuer, origin)}: leave one out`,
          ]
        : []),
    ]
  })
  return lines.map((line) => ({ keys: ['server.jwt.configs'], line }))
}

function checkIssuer(key: string, issuer: Issuer, origin: Origin): string[] {
  const { jwk_cert_url, jwk_cert_file, jwk_cert_ca_file } = issuer
  const lines: string[] = []
  if (!jwk_cert_url === !jwk_cert_file) {
    const has = jwk_cert_url ? 'both' : 'neither'
    lines.push(`${key} must have one of jwk_cert_url and jwk_cert_file (it has ${has}, from ${origin(key)})`)
  }
  if (jwk_cert_ca_file && !jwk_cert_url) {
    lines.push(
      `${key}.jwk_cert_ca_file must not be set without jwk_cert_url ` +
        `${given(`${key}.jwk_cert_ca_file`, jwk_cert_ca_file, origin)}: keys in a file need no authority`,
    )
  }
  for (const name of ['issuer_url', 'jwk_cert_url'] as const) {
    const url = issuer[name]
    if (url === undefined || isTrustworthy(url)) continue
    lines.push(
      `${key}.${name} must be an https URL, or an http one on localhost, 127.0.0.0/8 or [::1] ` +
        `${shown(key, name, issuer, origin)}: write it like https://sso.example.com/realms/fleet`,
    )
  }
  return lines
}

function shown(key: string, name: 'issuer_url' | 'jwk_cert_url', issuer: Issuer, origin: Origin): string {
  const schema = configSchema.properties.server.properties.jwt.properties.configs.items.properties[name]
  return given(`${key}.${name}`, issuer[name], origin, schema)
}

/** Whether nobody on the way can put another answer in the place of the one from there. */
function isTrustworthy(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, hostname } = new URL(text)
  if (protocol === 'https:') return true
  return protocol === 'http:' && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname)
}

function checkOrigins({ server: { cors } }: Config, origin: Origin): Problem[] {
  return cors.origins.flatMap((text, index) => {
    if (isOrigin(text)) return []
    const key = `server.cors.origins[${index}]`
    const line =
      `${key} must be * or an origin as browsers send it, a scheme, a host and a port that is not the scheme's own ` +
      `${given(key, text, origin, secretUrl)}: write it like https://console.example.com`
    return [{ keys: ['server.cors.origins'], line }]
  })
}

/** In an origin, user and password are out of place; but if they are there, they are not shown. */
const secretUrl = { type: 'string', description: '', 'x-secret': 'url' } satisfies SettingSchema

function isOrigin(text: string): boolean {
  if (text === '*') return true
  if (!/^[a-z][a-z\d+.-]*:\/\/[^/?#@*\s]+$/i.test(text) || !URL.canParse(text)) return false
  // For the schemes that it knows, a URL says how a browser would write it.
  const { origin } = new URL(text)
  return origin === 'null' || origin === text
}

function checkDatabaseUrl({ database: { url } }: Config, origin: Origin): Problem[] {
  if (!url) return []
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  const isRight = parsed && /^postgres(ql)?:$/.test(parsed.protocol) && !isTorn(parsed)
  if (isRight) return []
  const line =
    `database.url must be a URL of postgres:// or postgresql:// ` +
    `${given('database.url', url, origin, secretUrl)}: write it like postgres://user:password@host:5432/name, ` +
    'with %40 for @ in a password, %2F for / and %23 for #'
  return [{ keys: ['database.url'], line }]
}
