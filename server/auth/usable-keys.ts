import { createLocalJWKSet, type JWK } from 'jose'

/** The algorithms that tokens may be signed with. */
export const ALGORITHMS = ['RS256', 'ES256']

/** The members of a JSON Web Key Set. */
export interface SortedKeys {
  /** Those with which a token can be checked. */
  usable: JWK[]
  /** Each of the others in words: its id, and why it is left out. Nothing else of a key is in them. */
  leftOut: string[]
}

/**
 * Sorts the keys of a set (JSON text), so that one that is of no use cannot stand in the way of another: jose tries
 * all that fit, and gives up at the first that it cannot use.
 *
 * Throws when no token could be checked with the set, and, where `isOwn`, when one of its keys is not public.
 */
export async function sortKeys(text: string, isOwn: boolean): Promise<SortedKeys> {
  const members = membersOf(text)
  if (!members.length) throw new Error('it has no keys')
  if (isOwn && members.some((member) => isKey(member) && !isPublic(member)))
    throw new Error('not all its keys are public')
  const usable: JWK[] = []
  const leftOut: string[] = []
  for (const member of members) {
    const fault = await faultOf(member)
    if (fault === undefined) usable.push(member as JWK)
    else leftOut.push(`${nameOf(member)} (${fault})`)
  }
  if (!usable.length) throw new Error(`it has no key for ${ALGORITHMS.join(' or ')}`)
  return { usable, leftOut }
}

/** The message of JSON.parse would quote its input, which may be another document, and secret. */
function membersOf(text: string): unknown[] {
  let set: { keys?: unknown } | null
  try {
    set = JSON.parse(text)
  } catch {
    throw new Error('it is not JSON')
  }
  if (!Array.isArray(set?.keys)) throw new Error('it has no list of keys')
  return set.keys
}

const isKey = (member: unknown): member is JWK =>
  typeof member === 'object' && member !== null && !Array.isArray(member)

const isPublic = ({ d, k }: JWK) => d === undefined && k === undefined

/** Why no token can be checked with a key; undefined when one can. */
async function faultOf(key: unknown): Promise<string | undefined> {
  if (!isKey(key)) return 'not an object'
  const [fault] = RULES.find(([, isKept]) => !isKept(key)) ?? []
  if (fault) return fault
  const find = createLocalJWKSet({ keys: [key] })
  for (const alg of ALGORITHMS) {
    const found = await find({ alg }).catch(() => undefined)
    if (!found) continue
    // jose refuses a shorter one only when it checks a token with it.
    const { modulusLength = MIN_BITS } = found.algorithm as { modulusLength?: number }
    return modulusLength < MIN_BITS ? `fewer than ${MIN_BITS} bits` : undefined
  }
  return 'not a valid key'
}

const MIN_BITS = 2048

/** The requirements of a usable key, each with the message for a key that does not meet it. */
const RULES: [fault: string, isKept: (key: JWK) => boolean][] = [
  ['not public', isPublic],
  ['kty is neither RSA nor EC', ({ kty }) => kty === 'RSA' || kty === 'EC'],
  ['crv is not P-256', ({ kty, crv }) => kty !== 'EC' || crv === 'P-256'],
  ['use is not sig', ({ use }) => use === undefined || use === 'sig'],
  [`alg is neither ${ALGORITHMS.join(' nor ')}`, ({ alg }) => alg === undefined || ALGORITHMS.includes(alg)],
  ['key_ops are not [verify]', ({ key_ops }) => key_ops === undefined || String(key_ops) === 'verify'],
]

/** How much of an id is told. */
const MAX_ID = 64

function nameOf(member: unknown): string {
  const kid = isKey(member) ? member.kid : undefined
  return typeof kid === 'string' ? JSON.stringify(kid.slice(0, MAX_ID)) : 'without an id'
}
