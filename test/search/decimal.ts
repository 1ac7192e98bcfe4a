/** A decimal number: digits times ten to the exponent, without zeros at the end of the digits. */
export interface Decimal {
  digits: bigint
  exponent: number
}

/** A decimal number as it stands in JSON or in SQL. */
export function decimalOf(text: string): Decimal {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? []
  if (!whole) throw new Error(`${text} is not a decimal number`)
  return reduced(BigInt(sign + whole + fraction), Number(exponent) - fraction.length)
}

function reduced(digits: bigint, exponent: number): Decimal {
  if (digits === 0n) return { digits, exponent: 0 }
  const [, kept = '', zeros = ''] = /^(-?\d*?)(0*)$/.exec(String(digits)) ?? []
  return { digits: BigInt(kept), exponent: exponent + zeros.length }
}

/** Less than, equal to or greater than 0 as the first is to the second. */
export function compareDecimals(one: Decimal, other: Decimal): number {
  const least = Math.min(one.exponent, other.exponent)
  const scaled = ({ digits, exponent }: Decimal) => digits * 10n ** BigInt(exponent - least)
  const [a, b] = [scaled(one), scaled(other)]
  return a < b ? -1 : a > b ? 1 : 0
}

/** A number of no sign without an exponent. */
export function plain({ digits, exponent }: Decimal): string {
  if (exponent >= 0) return `${digits}${'0'.repeat(exponent)}`
  const padded = String(digits).padStart(1 - exponent, '0')
  return `${padded.slice(0, exponent)}.${padded.slice(exponent)}`
}
