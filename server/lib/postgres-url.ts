/** Connection URLs of PostgreSQL, read as libpq reads them. */

/** A rule that a URL breaks, as the end of a sentence that begins with its setting, and a hint. */
export interface UrlFault {
  rule: string
  hint: string
}

/** Whether the URL is that of the database, or of its replica. */
type Role = 'database' | 'replica'

/** The TLS settings of a URL. `isOn` is its `ssl`, where it has no `sslmode`. */
export interface UrlTls {
  mode?: 'disable' | 'require' | 'verify-ca' | 'verify-full' | undefined
  isOn?: boolean | undefined
  rootCert?: string | undefined
  cert?: string | undefined
  key?: string | undefined
  keyPassword?: string | undefined
}

/** `sslmode`; a fallback of libpq to no TLS is not followed, and `no-verify` is of node-postgres. */
const MODES: Record<string, NonNullable<UrlTls['mode']>> = {
  disable: 'disable',
  allow: 'require',
  prefer: 'require',
  require: 'require',
  'no-verify': 'require',
  'verify-ca': 'verify-ca',
  'verify-full': 'verify-full',
}

/** `ssl`, of JDBC and of node-postgres. */
const SWITCHES: Record<string, boolean> = {
  true: true,
  '1': true,
  false: false,
  '0': false,
  'no-verify': true,
}

const FILES = ['sslrootcert', 'sslcert', 'sslkey'] as const

/** How TLS is begun: by a word of the protocol of PostgreSQL, or at once. */
const NEGOTIATIONS = ['postgres', 'direct']

/** Parameters that are handed on as they are, by their names in libpq. */
const PASSED = ['host', 'port', 'user', 'password', 'options', 'application_name']

/** Parameters that ask for nothing that is not done anyway, with these values; with any value where there is no list. */
const SATISFIED: Record<string, string[] | undefined> = {
  channel_binding: ['disable', 'prefer'],
  client_encoding: ['auto', 'utf8', 'UTF8', 'utf-8', 'UTF-8'],
  connect_timeout: undefined,
  fallback_application_name: undefined,
  gssencmode: ['disable', 'prefer'],
  keepalives: ['1'],
  keepalives_count: undefined,
  keepalives_idle: undefined,
  keepalives_interval: undefined,
  sslcompression: ['0'],
  sslsni: ['1'],
  tcp_user_timeout: undefined,
  uselibpqcompat: undefined,
}

/** `target_session_attrs`: each new session is checked for those that its role needs. */
const SESSIONS: Record<Role, string[]> = {
  database: ['any', 'read-write', 'primary'],
  replica: ['any', 'read-only', 'standby', 'prefer-standby'],
}

const AUTHORITY = /^(postgres(?:ql)?:\/\/)([^/?#]*)(.*)$/is

/** Whether a URL lists several hosts, with or without ports. */
export function hasSeveralHosts(text: string): boolean {
  const [, , authority = ''] = AUTHORITY.exec(text) ?? []
  const query = URL.canParse(text) ? new URL(text).searchParams : new URLSearchParams()
  const named = [authority.slice(authority.lastIndexOf('@') + 1), query.get('host'), query.get('hostaddr')]
  return named.some((hosts) => hosts?.includes(','))
}

/**
 * A URL of PostgreSQL; undefined of a text that is none. libpq takes a user without a host
 * (`postgres://user@/name?host=/run/postgresql`), which the URLs of the web do not: it is given the host that libpq means.
 */
export function postgresUrl(text: string): URL | undefined {
  const [, scheme, authority = '', rest = ''] = AUTHORITY.exec(text) ?? []
  if (!scheme) return undefined
  const whole = /@(:\d*)?$/.test(authority)
    ? scheme + authority.replace(/@(?=(:\d*)?$)/, '@localhost') + rest
    : text
  return URL.canParse(whole) ? new URL(whole) : undefined
}

/** The faults of a URL: unknown parameters, and those that contradict each other. */
export function faultsOf(url: URL, role: Role): UrlFault[] {
  const given = url.searchParams
  const faults: UrlFault[] = []
  const add = (rule: string, hint: string) => faults.push({ rule, hint })
  for (const name of new Set(given.keys())) {
    const values = new Set(given.getAll(name))
    if (values.size > 1) add(`must have ${name} once`, 'leave the others out')
    const known: Record<string, string[] | undefined> = {
      ...SATISFIED,
      sslmode: Object.keys(MODES),
      ssl: Object.keys(SWITCHES),
      sslnegotiation: NEGOTIATIONS,
      target_session_attrs: SESSIONS[role],
    }
    if ([...PASSED, ...FILES, 'dbname', 'sslpassword'].includes(name)) continue
    if (!Object.hasOwn(known, name)) {
      add(`must not have the parameter ${name}`, 'it is not one that the server can follow: leave it out')
      continue
    }
    const allowed = known[name]
    const wrong = [...values].find((value) => allowed && !allowed.includes(value))
    if (wrong === undefined) continue
    const elsewhere = name === 'target_session_attrs' ? `, or put it into ${OTHER[role]}` : ''
    add(
      `must have ${name} of ${allowed?.join(', ')}`,
      `${wrong} is not one that the server can follow${elsewhere}`,
    )
  }
  return [...faults, ...tlsFaults(given)]
}

const OTHER: Record<Role, string> = { database: 'database.read_url', replica: 'database.url' }

function tlsFaults(given: URLSearchParams): UrlFault[] {
  const [mode, ssl] = [given.get('sslmode'), given.get('ssl')]
  const faults: UrlFault[] = []
  const clash = (one: string, other: string, hint = 'leave one out') =>
    faults.push({ rule: `must not have both ${one} and ${other}`, hint })
  const files = FILES.filter((name) => given.has(name))
  const isChecked = mode?.startsWith('verify-') || given.has('sslrootcert')
  if (mode && ssl && SWITCHES[ssl] !== (mode !== 'disable')) clash(`ssl=${ssl}`, `sslmode=${mode}`)
  else if (ssl === 'no-verify' && isChecked) clash('ssl=no-verify', mode ? `sslmode=${mode}` : 'sslrootcert')
  if (mode === 'no-verify' && given.has('sslrootcert')) clash('sslmode=no-verify', 'sslrootcert')
  const off =
    mode === 'disable' ? 'sslmode=disable' : SWITCHES[ssl ?? ''] === false ? `ssl=${ssl}` : undefined
  if (off && files[0]) clash(off, files.join(', '), 'leave one out: without TLS no certificate is looked at')
  if (off && given.get('sslnegotiation') === 'direct') clash(off, 'sslnegotiation=direct')
  if (given.has('sslcert') !== given.has('sslkey')) {
    const [one, other] = given.has('sslcert') ? ['sslcert', 'sslkey'] : ['sslkey', 'sslcert']
    faults.push({
      rule: `must have ${other} beside ${one}`,
      hint: 'a certificate of the client needs its key',
    })
  }
  if (given.get('sslrootcert') === 'system' && mode && mode !== 'verify-full')
    clash('sslrootcert=system', `sslmode=${mode}`, 'use sslmode=verify-full')
  return faults
}

/** The TLS settings of a URL without faults. */
export function tlsOf(url: URL): UrlTls {
  const value = (name: string) => url.searchParams.get(name) ?? undefined
  const [asked, ssl, rootCert] = [value('sslmode'), value('ssl'), value('sslrootcert')]
  // libpq: a certificate authority makes verify-ca of require, and that of the system takes no less than verify-full.
  const isCheckedBy =
    rootCert !== undefined &&
    (asked ?? (SWITCHES[ssl ?? ''] ? 'require' : undefined)) === 'require' &&
    ssl !== 'no-verify'
  const mode =
    rootCert === 'system'
      ? 'verify-full'
      : isCheckedBy
        ? 'verify-ca'
        : asked !== undefined
          ? MODES[asked]
          : undefined
  return {
    mode: mode ?? (ssl === 'no-verify' ? 'require' : undefined),
    isOn: ssl === undefined ? undefined : SWITCHES[ssl],
    rootCert: rootCert === 'system' ? undefined : rootCert,
    cert: value('sslcert'),
    key: value('sslkey'),
    keyPassword: value('sslpassword'),
  }
}

/** The URL as the driver takes it: host, user and database; TLS is configured separately. */
export function driverUrl(url: URL): string {
  const plain = new URL(url)
  const name = plain.searchParams.get('dbname')
  if (name) plain.pathname = encodeURI(name)
  for (const each of [...plain.searchParams.keys()])
    if (!PASSED.includes(each)) plain.searchParams.delete(each)
  return plain.href
}
