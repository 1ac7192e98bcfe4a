/** A decimal number, exactly. */
export interface Decimal {
  isNegative: boolean
  /** Its digits without zeros before and after them; none when it is zero. */
  digits: string
  /** The power of ten that the last digit counts. */
  exponent: number
}

/** The decimal number that a text is, in the form of JSON. That of an infinite number is larger than any double. */
export function decimalOf(text: string): Decimal {
  const [, sign, whole = '', fraction = '', power = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([-+]?\d+))?$/.exec(text.replace('Infinity', '1e400')) ?? []
  const all = whole + fraction
  let [first, end] = [0, all.length]
  while (all[first] === '0') first++
  while (end > first && all[end - 1] === '0') end--
  const digits = all.slice(first, end)
  const exponent = Number(power) - fraction.length + all.length - end
  return digits ? { isNegative: sign === '-', digits, exponent } : { isNegative: false, digits, exponent: 0 }
}

/** One text for each number, however it was written. */
export const decimalText = ({ isNegative, digits, exponent }: Decimal): string =>
  `${isNegative ? '-' : ''}${digits}e${exponent}`

/** Negative when one is smaller than another, 0 when they are equal, else positive. */
export function compareDecimals(one: Decimal, other: Decimal): number {
  if (signOf(one) !== signOf(other)) return signOf(one) - signOf(other)
  const [small, large] = one.isNegative ? [other, one] : [one, other]
  const magnitude = (each: Decimal) => each.digits.length + each.exponent
  if (magnitude(small) !== magnitude(large)) return magnitude(small) - magnitude(large)
  if (small.digits === large.digits) return 0
  // From the same place on, digits compare as texts.
  return small.digits < large.digits ? -1 : 1
}

const signOf = ({ isNegative, digits }: Decimal) => (digits ? (isNegative ? -1 : 1) : 0)

/** Whether a number has nothing after its point. */
export const isWhole = ({ exponent }: Decimal): boolean => exponent >= 0

/** How many digits are divided at a time, so that a division takes time in proportion to them. */
const PART = 15

/** Whether a number is a whole multiple of another, which is not zero. */
export function isMultiple({ digits, exponent }: Decimal, of: Decimal): boolean {
  if (!digits) return true
  const shift = exponent - of.exponent
  // The last digit is not 0.
  if (shift < 0) return false
  const divisor = BigInt(of.digits)
  let rest = 0n
  for (let at = 0; at < digits.length; at += PART) {
    const part = digits.slice(at, at + PART)
    rest = (rest * 10n ** BigInt(part.length) + BigInt(part)) % divisor
  }
  return (rest * 10n ** BigInt(shift)) % divisor === 0n
}
