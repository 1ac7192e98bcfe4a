import { randomUUID } from 'node:crypto'
import { compareDecimals, type Decimal, decimalOf } from './decimals.ts'

/** A number that is not the one that its double is written as: JSON.parse would make another of it. */
export class WrittenNumber extends Number {
  readonly text: string
  readonly decimal: Decimal

  constructor(text: string) {
    super(text)
    this.text = text
    this.decimal = decimalOf(text)
  }

  /** In a sentence it is the text as written, in calculations the nearest double. */
  [Symbol.toPrimitive](hint: string): string | number {
    return hint === 'number' ? super.valueOf() : this.text
  }
}

/** A number by its text in the form of JSON: as it was written where its double is another. */
export function numberOf(text: string): number | WrittenNumber {
  const double = Number(text)
  // Up to fifteen digits, a double is written as they were. A number beyond all doubles is not stored anyway.
  if (text.length <= MAX_EXACT || !Number.isFinite(double)) return double
  const written = new WrittenNumber(text)
  if (double === 0 && written.decimal.digits) return double
  return compareDecimals(written.decimal, decimalOf(String(double))) ? written : double
}

const MAX_EXACT = 15

/** The numbers of objects and arrays that parseWritten has made, by the names of members and the indexes of items. */
const known = new WeakMap<object, Map<string, WrittenNumber>>()

/** The members or items of an object or array whose doubles are not the numbers that were written. */
export const writtenIn = (container: object): Iterable<WrittenNumber> => known.get(container)?.values() ?? []

/** The exact value of a number in a parsed text, by the object or array that it is in, and its name or index there. */
export function exactNumber(
  value: number,
  container: object | undefined,
  key: string | number,
): number | WrittenNumber {
  return (container && known.get(container)?.get(String(key))) ?? value
}

/** Matches possible numbers with too many digits for a double; a match within a text costs time only. */
const LONG = /[\d.]{16}/
const TOKENS = /"[^"\\]*(?:\\[\s\S][^"\\]*)*"|-?\d[\d.eE+-]*/g

/** NUL before a number: no text that is stored has it. */
const MARK = '\\u0000'

/** As JSON.parse; of a number whose digits a double does not have, `exactNumber` knows the text as well. */
export function parseWritten(text: string): unknown {
  const value: unknown = JSON.parse(text)
  if (!LONG.test(text)) return value
  const numbers: (number | WrittenNumber)[] = []
  const marked = text.replace(TOKENS, (token) => {
    if (token.startsWith('"')) return token
    const number = numberOf(token)
    return number instanceof WrittenNumber ? `"${MARK}${numbers.push(number) - 1}"` : token
  })
  if (!numbers.length) return value
  // Parsed alike, so that of several members with one name the same one is left.
  const pending: [value: unknown, marked: unknown][] = [[value, JSON.parse(marked)]]
  for (let pair = pending.pop(); pair; pair = pending.pop()) {
    const [each, twin] = pair as [Record<string, unknown>, Record<string, unknown>]
    for (const key of Object.keys(each)) {
      const [inner, other] = [each[key], twin[key]]
      if (typeof inner === 'object' && inner !== null) pending.push([inner, other])
      if (typeof inner !== 'number' || typeof other !== 'string') continue
      const number = numbers[Number(other.slice(1))]
      if (number instanceof WrittenNumber) remember(each, key, number)
    }
  }
  return value
}

function remember(container: object, key: string, number: WrittenNumber) {
  const numbers = known.get(container) ?? new Map<string, WrittenNumber>()
  known.set(container, numbers.set(key, number))
}

/** As JSON.stringify, with the digits of numbers that a double does not have. */
export function jsonOf(value: unknown): string {
  const texts: string[] = []
  const mark = randomUUID()
  const json = JSON.stringify(value, (_key, each) =>
    each instanceof WrittenNumber ? `${mark}${texts.push(each.text) - 1}` : each,
  )
  return texts.length
    ? json.replace(new RegExp(`"${mark}(\\d+)"`, 'g'), (_all, index) => texts[index] ?? '')
    : json
}
