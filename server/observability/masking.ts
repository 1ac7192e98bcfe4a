const HIDDEN = '***'

/** The least length of a password that is masked. A shorter one is part of many words: masking would garble the log, and is no protection. */
const SHORTEST = 4

/** Passwords that this process knows: as they are, as they stand in a URL, and as they stand in JSON. */
const secrets = new Set<string>()

/** From here on, `masked` and `maskedLine` hide the password of a database. */
export function keepSecret({ password, url }: { password?: string; url?: string }) {
  // Not by the rules of URLs: of one that breaks them, too, nobody must see the password.
  const [, inUrl] = /:\/\/[^:@]*:(.*)@/.exec(url ?? '') ?? []
  const inQuery = [...(url ?? '').matchAll(/[?&]\w*password=([^&]*)/g)].map(([, secret]) => secret)
  for (const secret of [password, inUrl, ...inQuery]) {
    if (!secret || secret.length < SHORTEST) continue
    for (const form of [secret, decoded(secret), encodeURIComponent(secret)]) {
      secrets.add(form).add(JSON.stringify(form).slice(1, -1))
    }
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** A text without passwords and tokens: those that are known, and those that look like it. */
export const masked = (text: string): string => withoutSecrets(withoutLookalikes(text))

/** What the server itself says in each line: a password that is an ordinary word must not make it unreadable. */
const ours = new Set(['level', 'timestamp', 'component', 'version', 'hostname', 'method', 'path'])

/** A line of the log, which is JSON and stays JSON, without passwords and tokens. */
export function maskedLine(line: string): string {
  const text = withoutLookalikes(line)
  if (!hasSecret(text)) return text
  const hide = (name: string, value: unknown) =>
    typeof value === 'string' && !ours.has(name) ? withoutSecrets(value) : value
  return `${JSON.stringify(JSON.parse(text, hide))}\n`
}

/** Bearer tokens, JSON Web Tokens, and passwords in URLs; none of the patterns reaches over the end of a JSON string. */
function withoutLookalikes(text: string): string {
  // Most lines have none of these, and looking for words is much cheaper than looking for patterns.
  let result = text
  if (text.includes('eyJ')) result = result.replace(/eyJ[\w-]{4,}(\.[\w-]*){0,4}/g, HIDDEN)
  if (/bearer/i.test(text)) result = result.replace(/\b(bearer\s+)[\w.~+/=-]+/gi, `$1${HIDDEN}`)
  if (text.includes('://')) result = result.replace(/[^\s"\\]+/g, withoutUrlPassword)
  if (text.includes('password=')) result = result.replace(/(\b\w*password=)[^\s&"\\]+/g, `$1${HIDDEN}`)
  return result
}

/**
 * A word without the password of a URL in it: what is after the user and before the last @. A single expression for
 * it would look at all that follows once for each `://`, and callers send words of 60 KB.
 */
function withoutUrlPassword(word: string): string {
  const end = word.lastIndexOf('@')
  const user = /[^/:@]*/y
  for (let at = word.indexOf('://'); at >= 0 && at < end; at = word.indexOf('://', user.lastIndex)) {
    user.lastIndex = at + 3
    user.test(word)
    const from = user.lastIndex + 1
    if (word[from - 1] === ':' && from <= end) return `${word.slice(0, from)}${HIDDEN}${word.slice(end)}`
  }
  return word
}

function hasSecret(text: string): boolean {
  for (const secret of secrets) if (text.includes(secret)) return true
  return false
}

function withoutSecrets(text: string): string {
  let result = text
  for (const secret of secrets) result = result.replaceAll(secret, HIDDEN)
  return result
}
