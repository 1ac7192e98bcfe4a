import { RE2JS } from 're2js'
import { hasSeveralHosts, postgresUrl } from '../lib/postgres-url.ts'
import { bytesIn, isDelay, isDuration, isPeriod, isSize } from './units.ts'

/** A rule on texts that the schema names as `format`, in words, and how to write what fits it. */
interface Format {
  isRight(text: string): boolean
  what: string
  hint: string
}

/** What a text of PostgreSQL, and a string of Node, can hold for certain. */
const LARGEST_LIST = '256MiB'

export const formats: Record<string, Format> = {
  duration: { isRight: isDuration, what: 'a duration', hint: 'write it like 500ms, 10s or 5m, up to 24d' },
  period: { isRight: isPeriod, what: 'a duration', hint: 'write it like 12h or 30d, up to 36500d' },
  delay: { isRight: isDelay, what: 'a delay', hint: 'write it like 0s, 500ms or 10s' },
  size: { isRight: isSize, what: 'a size', hint: 'write it like 512KiB or 1MiB' },
  'list-size': {
    isRight: (text) => isSize(text) && bytesIn(text) <= bytesIn(LARGEST_LIST),
    what: `a size up to ${LARGEST_LIST}`,
    hint: 'write it like 512KiB or 16MiB',
  },
  header: {
    isRight: (text) => /^[\w!#$%&'*+.^`|~-]+$/.test(text) && !OF_HTTP.has(text.toLowerCase()),
    what: 'the name of a header that callers may fill',
    hint: 'write it like X-Identity',
  },
  'identity-prefix': {
    isRight: (text) => /^[\x21-\x7e]*$/.test(text),
    what: 'a text of printable ASCII characters without blanks',
    hint: 'write it like robots: or https://sso.example.com/realms/fleet#',
  },
  regexp: {
    isRight: isPattern,
    what: 'a regular expression (RE2)',
    hint: 'it has no look-ahead and no back-references',
  },
  origin: {
    isRight: isOrigin,
    what: "* or an origin as browsers send it, a scheme, a host and a port that is not the scheme's own",
    hint: 'write it like https://console.example.com',
  },
  'trusted-url': {
    isRight: isTrusted,
    what: 'an https URL, or an http one on localhost, 127.0.0.0/8 or [::1], without user and password',
    hint: 'write it like https://sso.example.com/realms/fleet',
  },
  'postgres-url': {
    // A URL of several hosts is refused with a word of its own.
    isRight: (text) => hasSeveralHosts(text) || isWhole(postgresUrl(text)),
    what: 'a URL of postgres:// or postgresql://',
    hint:
      'write it like postgres://user:password@host:5432/name, ' +
      'with %40 for @ in a password, %2F for / and %23 for #',
  },
}

/** Headers with a meaning of their own, which say nothing of who calls. */
const OF_HTTP = new Set(
  'connection content-length content-type expect host te transfer-encoding upgrade'.split(' '),
)

function isPattern(text: string): boolean {
  try {
    RE2JS.compile(text)
    return true
  } catch {
    return false
  }
}

function isOrigin(text: string): boolean {
  if (text === '*') return true
  if (!/^[a-z][a-z\d+.-]*:\/\/[^/?#@*\s]+$/i.test(text) || !URL.canParse(text)) return false
  // For the schemes that it knows, a URL says how a browser would write it.
  const { origin } = new URL(text)
  return origin === 'null' || origin === text
}

/** Whether nobody on the way can put another answer in the place of the one from there. */
function isTrusted(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, hostname, username, password } = new URL(text)
  // With these, fetch asks nobody.
  if (username || password) return false
  if (protocol === 'https:') return true
  return protocol === 'http:' && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname)
}

export const isPostgres = ({ protocol }: URL) => /^postgres(ql)?:$/.test(protocol)

/** Whether a URL seems to be cut by a character of its password. */
export const isTorn = ({ pathname, search, hash }: URL) => /[@#]/.test(pathname + search + hash)

const isWhole = (url: URL | undefined) => url !== undefined && !isTorn(url)
