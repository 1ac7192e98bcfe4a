import type { Literal } from './tree.ts'

type Value<Type extends Literal['type']> = Omit<Extract<Literal, { type: Type }>, 'text' | 'position'>

/** Powers of 1000 and of 1024, as Kubernetes writes quantities. */
const SUFFIXES = ['', 'k', 'M', 'G', 'T', 'P', 'E']
/** Beyond all numbers that a spec can hold. */
const MAX_EXPONENT = 400
const SECONDS: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400 }
const MAX_AGO = 100 * 365 * 86_400

/** A number with its exponent and suffix applied, exactly: 1.5k is 1500, 4Ki 4096. Undefined for any other text. */
export function numberOf(text: string): Value<'number'> | undefined {
  const [, sign = '', whole, fraction = '', exponent = '0', suffix = ''] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,4}))?([kMGTPE]?|[KMGTPE]i)$/.exec(text) ?? []
  if (whole === undefined) return undefined
  const isBinary = suffix.endsWith('i')
  const power = SUFFIXES.indexOf(isBinary ? (suffix[0]?.replace('K', 'k') ?? '') : suffix)
  const digits = BigInt(whole + fraction) * (isBinary ? 1024n ** BigInt(power) : 1n)
  const shift = Number(exponent) - fraction.length + (isBinary ? 0 : 3 * power)
  if (Math.abs(Number(exponent)) > MAX_EXPONENT) return undefined
  return { type: 'number', value: `${sign}${digits}${shift ? `e${shift}` : ''}` }
}

/** Whether a text is an id as it is written in answers. */
export const isUuid = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text)

/** A date (its first moment, in UTC) or a moment in RFC 3339. Undefined for any other text. */
export function timeOf(text: string): Value<'time'> | undefined {
  const [, date, time = '00:00:00', fraction = '', zone = 'Z'] =
    /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d))?$/.exec(text.toUpperCase()) ?? []
  if (date === undefined) return undefined
  const local = new Date(`${date}T${time}Z`)
  const moment = new Date(`${date}T${time}${zone}`)
  // Date takes February 30 for March 2, and 24:00 for the next day.
  const exists = !Number.isNaN(moment.getTime()) && local.toISOString() === `${date}T${time}.000Z`
  if (!exists || moment.getUTCFullYear() < 1 || moment.getUTCFullYear() > 9999) return undefined
  return { type: 'time', value: moment.toISOString().replace('.000Z', `${fraction.slice(0, 10)}Z`) }
}

/** The moment that is 10s, 30m, 2h or 7d ago. Undefined for any other text, or more than a hundred years. */
export function secondsOf(text: string): Value<'now'> | undefined {
  const [, count, unit = ''] = /^(\d{1,10})([smhd])$/i.exec(text) ?? []
  const ago = Number(count) * (SECONDS[unit.toLowerCase()] ?? Number.NaN)
  return ago <= MAX_AGO ? { type: 'now', ago } : undefined
}
