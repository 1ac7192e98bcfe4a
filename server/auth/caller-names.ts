import type { Config } from '../config/schema.ts'
import { tokenInvalid } from './refusals.ts'

/** The caller where authentication is off; no token and no header may name it. */
export const SYSTEM = 'system@hyperfleet.local'

const MAX_BYTES = 256

/** Makes the name that is stored of one that an issuer uses; throws AUT-002 where it is that of another issuer's caller. */
export type Qualify = (name: string, source: string) => string

/**
 * How the names of the callers of one configured issuer, by its index, are stored: with its `identity_prefix`, which is
 * by default empty for a single issuer, and `issuer_url` and `#` for each of several.
 *
 * A name belongs to the issuer with the longest prefix that it begins with, in any case of letters: issuers with
 * different prefixes cannot name the same caller.
 */
export function qualifier(configs: Config['server']['jwt']['configs'], index: number): Qualify {
  const prefixes = configs.map(
    ({ identity_prefix, issuer_url }) => identity_prefix ?? (configs.length > 1 ? `${issuer_url}#` : ''),
  )
  const { [index]: prefix = '' } = prefixes
  const own = prefix.toLowerCase()
  const longer = prefixes
    .map((other) => other.toLowerCase())
    .filter((other) => other.length > own.length && other.startsWith(own))
  return (name, source) => {
    const qualified = prefix + name
    const caller = qualified.toLowerCase()
    if (caller === SYSTEM) throw tokenInvalid(`${source} is the system itself`)
    if (longer.some((other) => caller.startsWith(other))) {
      throw tokenInvalid(`${source} is a name of another issuer`)
    }
    return qualified
  }
}

/**
 * A name as a token or a header has it: 1–256 bytes of UTF-8 that show in full, and not that of the system. Throws
 * AUT-002 for anything else; `source` says in its text where the name comes from, `otherwise` why it is no text.
 */
export function checkName(value: unknown, source: string, otherwise: string): string {
  if (typeof value !== 'string' || !value.isWellFormed()) throw tokenInvalid(`${source} ${otherwise}`)
  if (!value.trim()) throw tokenInvalid(`${source} is empty`)
  if (Buffer.byteLength(value) > MAX_BYTES) throw tokenInvalid(`${source} has more than ${MAX_BYTES} bytes`)
  if (/\p{Cc}/u.test(value)) throw tokenInvalid(`${source} has control characters`)
  // They are invisible, or change the order of visible characters: one name would look like another.
  if (/\p{Cf}/u.test(value)) throw tokenInvalid(`${source} has format characters`)
  if (/[\p{Zl}\p{Zp}]/u.test(value)) throw tokenInvalid(`${source} has line separators`)
  if (value.trim() !== value) throw tokenInvalid(`${source} begins or ends with a blank`)
  if (value.toLowerCase() === SYSTEM) throw tokenInvalid(`${source} is the system itself`)
  return value
}
