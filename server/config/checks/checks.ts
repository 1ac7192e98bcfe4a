import { checkAccessRules } from '../../auth/authorization/access-rule-checks.ts'
import { faultsOf, hasSeveralHosts, postgresUrl, tlsOf } from '../../lib/postgres-url.ts'
import type { Kinds } from '../../openapi/kinds.ts'
import { checkEntities } from '../entities/entity-checks.ts'
import { given, type Problem } from '../explain.ts'
import { type Config, configSchema } from '../schema.ts'
import { environmentName } from '../settings.ts'
import type { Origin } from '../sources.ts'
import { milliseconds } from '../units.ts'
import { checkTenants } from './tenant-checks.ts'

type Issuer = Config['server']['jwt']['configs'][number]

/** What is wrong with settings that are right each on its own; `isDoubtful` as for checkEntities. */
export function checkTogether(
  config: Config,
  own: Kinds,
  origin: Origin,
  isDoubtful: (name: string) => boolean,
): Problem[] {
  return [
    ...checkCertificates(config, origin),
    ...checkUrl('database.url', config, origin),
    ...checkUrl('database.read_url', config, origin),
    ...checkIssuers(config, origin),
    ...checkTenants(config, origin),
    ...checkEntities(config, own, origin, isDoubtful),
    ...checkAccessRules(config, own, origin, isDoubtful),
  ]
}

/** What is wrong with the settings of a server: other commands take no tokens and have no requests. */
export function checkServing(config: Config, origin: Origin): Problem[] {
  return [...checkTokens(config, origin), ...checkTimeouts(config, origin), ...checkSignIn(config, origin)]
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

/** Nobody signs in at an issuer without a client, or by a client without an issuer. */
function checkSignIn({ console: { oidc } }: Config, origin: Origin): Problem[] {
  const keys = ['console.oidc.issuer', 'console.oidc.client_id']
  const [set, missing] = oidc.issuer ? keys : keys.toReversed()
  if (!set || !missing || Boolean(oidc.issuer) === Boolean(oidc.client_id)) return []
  const line = `${set} (from ${origin(set)}) needs ${missing}: set ${variable(missing)}, or neither`
  return [{ keys, line }]
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

/** A URL of the database must ask for one thing, and the settings beside it for no other. */
function checkUrl(
  key: 'database.url' | 'database.read_url',
  { database }: Config,
  origin: Origin,
): Problem[] {
  const isReplica = key === 'database.read_url'
  const text = isReplica ? database.read_url : database.url
  if (!text) return []
  const where = given(key, text, origin, configSchema.properties.database.properties.url)
  const problem = (rule: string, hint: string, ...others: string[]) => ({
    keys: [key, ...others],
    line: `${key} ${rule} ${where}: ${hint}`,
  })
  if (hasSeveralHosts(text)) {
    const hint =
      'take the name that leads to the one in charge, or that of a proxy: each new session is checked, as target_session_attrs would have it'
    return [problem('must name one host', hint)]
  }
  const url = postgresUrl(text)
  if (!url) return []
  const faults = faultsOf(url, isReplica ? 'replica' : 'database')
  if (faults.length) return faults.map(({ rule, hint }) => problem(rule, hint))
  // What the URL of the replica says goes before; what it does not say is as for the database.
  if (isReplica) return []
  const { mode, isOn, rootCert, cert } = tlsOf(url)
  const isSet = (name: 'mode' | 'root_cert_file') => origin(`database.ssl.${name}`) !== 'the defaults'
  const clash = (name: 'mode' | 'root_cert_file') => {
    const other = `database.ssl.${name}`
    const its = given(other, database.ssl[name], origin)
    return problem(`must not ask for other TLS than ${other} ${its}`, 'leave one of the two out', other)
  }
  const asked = database.ssl.mode
  const isOther = mode ? mode !== asked : isOn !== undefined && isOn !== (asked !== 'disable')
  const clashes: Problem[] = isSet('mode') && isOther ? [clash('mode')] : []
  if (rootCert && isSet('root_cert_file') && rootCert !== database.ssl.root_cert_file)
    clashes.push(clash('root_cert_file'))
  const file = rootCert ? 'sslrootcert' : cert ? 'sslcert' : undefined
  if (file && !mode && !isOn && asked === 'disable')
    clashes.push(problem(`must have sslmode beside ${file}`, 'add sslmode=verify-full'))
  return clashes
}

function checkIssuers({ server: { jwt } }: Config, origin: Origin): Problem[] {
  const lines = jwt.configs.flatMap((issuer, index) => {
    const key = `server.jwt.configs[${index}]`
    const first = jwt.configs.findIndex(({ issuer_url }) => issuer_url === issuer.issuer_url)
    const repeated =
      `${key}.issuer_url must not be there twice ` +
      `(it is that of server.jwt.configs[${first}], from ${origin(key)}): leave one out`
    const tokenHeaders = ['authorization', ...jwt.configs.map(({ header }) => header.toLowerCase())]
    const { identity_header = '' } = issuer
    const exposed =
      `${key}.identity_header must not be a header that tokens come in ` +
      `${given(`${key}.identity_header`, identity_header, origin)}: a token would be written down as who calls`
    return [
      ...checkIssuer(key, issuer, origin),
      ...(first === index ? [] : [repeated]),
      ...(tokenHeaders.includes(identity_header.toLowerCase()) ? [exposed] : []),
    ]
  })
  return lines.map((line) => ({ keys: ['server.jwt.configs'], line }))
}

function checkIssuer(key: string, issuer: Issuer, origin: Origin): string[] {
  const { jwk_cert_url, jwk_cert_file, jwk_cert_ca_file } = issuer
  const lines: string[] = []
  if (!jwk_cert_url && !jwk_cert_file)
    lines.push(`${key} must have jwk_cert_url or jwk_cert_file (it has neither, from ${origin(key)})`)
  if (jwk_cert_ca_file && !jwk_cert_url) {
    lines.push(
      `${key}.jwk_cert_ca_file must not be set without jwk_cert_url ` +
        `${given(`${key}.jwk_cert_ca_file`, jwk_cert_ca_file, origin)}: keys in a file need no authority`,
    )
  }
  return lines
}
