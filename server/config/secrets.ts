import { isTree } from './file.ts'
import { isPostgres, isTorn } from './formats.ts'
import { root, type SettingSchema } from './settings.ts'

/** What stands in the place of a secret. */
export const hidden = '***'

/** A copy of settings, or of what was meant to be, in which secrets are hidden, as the schema says. */
export function redacted<Value>(value: Value, schema?: SettingSchema): Value
export function redacted(value: unknown, schema = root): unknown {
  if (value === undefined || !holdsSecret(schema)) return value
  const { items, properties } = schema
  if (items && Array.isArray(value)) return value.map((item) => redacted(item, items))
  if (properties && isTree(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [name, redacted(member, properties[name])]),
    )
  }
  return schema['x-secret'] === 'url' && typeof value === 'string' ? withoutPassword(value) : hidden
}

/** Whether what fits a schema has a secret in it. What does not fit may have one anywhere. */
function holdsSecret({ 'x-secret': secret, items, properties = {} }: SettingSchema): boolean {
  return secret !== undefined || Object.values({ ...properties, ...(items && { items }) }).some(holdsSecret)
}

/** A URL without its passwords; of what may have one in a place of its own, nothing. Any origin (`*`) has none. */
function withoutPassword(url: string): string {
  if (url === '*') return url
  if (!URL.canParse(url)) return hidden
  const parsed = new URL(url)
  // Unescaped, a / ? or # in a password ends the host, and the rest of the password seems to be something else.
  if (isTorn(parsed)) return hidden
  // Where nobody logs in by a name, the name may be a token.
  if (parsed.username && !isPostgres(parsed)) return hidden
  const secrets = ['password', 'sslpassword'].filter((name) => parsed.searchParams.has(name))
  if (!parsed.password && !secrets.length) return url
  if (parsed.password) parsed.password = hidden
  for (const name of secrets) parsed.searchParams.set(name, hidden)
  return parsed.href
}

/** Of a name that nobody knows, what is safe to show: in `--database-password:secret`, a value hangs on it. */
export const bareName = (name: string) => name.split(/[:=\s]/)[0] ?? ''
