import { EvaluationError } from './cel-errors.ts'
import { Duration, Timestamp } from './cel-values.ts'

const SECOND = 1_000_000_000n
const MINUTE = 60n * SECOND
const MILLISECOND = 1_000_000n
const FIRST = BigInt(Date.parse('0001-01-01T00:00:00Z')) * MILLISECOND
const END = BigInt(Date.parse('9999-12-31T23:59:59Z') + 1000) * MILLISECOND

/** A timestamp; throws an EvaluationError outside the years 1 to 9999. */
export function timestampAt(nanoseconds: bigint, offset = 0): Timestamp {
  if (nanoseconds < FIRST || nanoseconds >= END) throw new EvaluationError('timestamp overflow')
  return new Timestamp(nanoseconds, offset)
}

/** A duration; throws an EvaluationError beyond 292 years, which 64 bits of nanoseconds are. */
export function durationOf(nanoseconds: bigint): Duration {
  if (BigInt.asIntN(64, nanoseconds) !== nanoseconds) throw new EvaluationError('duration overflow')
  return new Duration(nanoseconds)
}

const rfc3339 = /^(\d{4}-\d\d-\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:Z|([+-])(\d\d):(\d\d))$/

/** The timestamp of a text of RFC 3339; digits beyond nanoseconds are cut. Throws an EvaluationError for another text. */
export function timestampFrom(text: string): Timestamp {
  const [match, date = '', hour, minute, second, fraction = '', sign, hours = '0', minutes = '0'] =
    rfc3339.exec(text) ?? []
  const milliseconds = Date.parse(`${date}T${hour}:${minute}:${second}Z`)
  // The engine counts 30 February as a day of March, and 24:00 as the next day.
  if (!match || Number(hour) > 23 || Number(hours) > 23 || Number(minutes) > 59 || Number.isNaN(milliseconds))
    throw new EvaluationError('invalid timestamp')
  if (new Date(milliseconds).toISOString().slice(0, 10) !== date)
    throw new EvaluationError('invalid timestamp')
  const offset = (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes))
  const local = BigInt(milliseconds) * MILLISECOND + BigInt(fraction.slice(0, 9).padEnd(9, '0'))
  return timestampAt(local - BigInt(offset) * MINUTE, offset)
}

/** A timestamp in RFC 3339 with the offset with which it was written, and no more digits than it needs. */
export function timestampText({ nanoseconds, offset }: Timestamp): string {
  const local = nanoseconds + BigInt(offset) * MINUTE
  const seconds = floorDivide(local, SECOND)
  const fraction = String(local - seconds * SECOND)
    .padStart(9, '0')
    .replace(/0+$/, '')
  const time = new Date(Number(seconds) * 1000).toISOString().slice(0, 19) + (fraction && `.${fraction}`)
  if (!offset) return `${time}Z`
  const minutes = Math.abs(offset)
  const two = (number: number) => String(number).padStart(2, '0')
  return `${time}${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
}

export const secondsOf = ({ nanoseconds }: Timestamp): bigint => floorDivide(nanoseconds, SECOND)

const UNITS: Record<string, bigint> = {
  ns: 1n,
  us: 1000n,
  µs: 1000n,
  μs: 1000n,
  ms: MILLISECOND,
  s: SECOND,
  m: MINUTE,
  h: 60n * MINUTE,
}
const part = /(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)/y

/** The duration of a text such as `1h30m` or `-1.5s`; throws an EvaluationError for another text. */
export function durationFrom(text: string): Duration {
  const [, sign = '', parts = ''] = /^([+-]?)(.*)$/s.exec(text) ?? []
  let nanoseconds = 0n
  let at = 0
  while (parts !== '0' && (at < parts.length || at === 0)) {
    part.lastIndex = at
    const [match, whole = '', fraction = '', unit = ''] = part.exec(parts) ?? []
    if (!match || !(whole || fraction) || parts.length > 200) throw new EvaluationError('invalid duration')
    const size = UNITS[unit] ?? 0n
    nanoseconds += BigInt(whole || 0) * size + (BigInt(fraction || 0) * size) / 10n ** BigInt(fraction.length)
    at = part.lastIndex
  }
  if (sign === '-') nanoseconds = -nanoseconds
  if (BigInt.asIntN(64, nanoseconds) !== nanoseconds) throw new EvaluationError('invalid duration')
  return new Duration(nanoseconds)
}

/** A duration as seconds: `5400s`, `0.0015s`. */
export function durationText({ nanoseconds }: Duration): string {
  // The digits of a double, as cel-go writes them.
  const seconds = Number(nanoseconds / SECOND) + Number(nanoseconds % SECOND) / 1e9
  const [digits = '', exponent] = String(seconds).split('e-')
  if (exponent === undefined) return `${digits}s`
  const [, sign = '', figures = ''] = /^(-?)(.*)$/.exec(digits.replace('.', '')) ?? []
  return `${sign}0.${'0'.repeat(Number(exponent) - 1)}${figures}s`
}

const PARTS: Record<string, (local: Date) => number> = {
  getFullYear: (local) => local.getUTCFullYear(),
  getMonth: (local) => local.getUTCMonth(),
  getDate: (local) => local.getUTCDate(),
  getDayOfMonth: (local) => local.getUTCDate() - 1,
  getDayOfWeek: (local) => local.getUTCDay(),
  getDayOfYear: (local) =>
    Math.floor((local.getTime() - Date.UTC(local.getUTCFullYear(), 0, 1)) / (24 * 3600 * 1000)),
  getHours: (local) => local.getUTCHours(),
  getMinutes: (local) => local.getUTCMinutes(),
  getSeconds: (local) => local.getUTCSeconds(),
  getMilliseconds: (local) => local.getUTCMilliseconds(),
}

/** The methods that return a part of a timestamp. */
export const PART_METHODS = Object.keys(PARTS)

/** A part of a timestamp, in UTC or another zone; throws an EvaluationError for a zone that there is not. */
export function partOf(method: string, { nanoseconds }: Timestamp, zone?: string): bigint {
  const milliseconds = Number(floorDivide(nanoseconds, MILLISECOND))
  const offset = zone === undefined ? 0 : zoneOffset(zone, milliseconds)
  return BigInt(PARTS[method]?.(new Date(milliseconds + offset)) ?? 0)
}

/** The offset of a zone from UTC in milliseconds: of a name such as Europe/Berlin, or of hours and minutes. */
function zoneOffset(zone: string, milliseconds: number): number {
  const [match, sign, hours, minutes] = /^([+-]?)(\d{1,2}):(\d{1,2})$/.exec(zone) ?? []
  if (match) {
    if (Number(hours) > 23 || Number(minutes) > 59) throw new EvaluationError('unknown time zone')
    return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000
  }
  const whole = Math.floor(milliseconds / 1000) * 1000
  const parts = Object.fromEntries(
    clockOf(zone)
      .formatToParts(whole)
      .map(({ type, value }) => [type, Number(value)]),
  )
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts
  const local = new Date(0)
  local.setUTCFullYear(year, month - 1, day)
  local.setUTCHours(hour, minute, second)
  return local.getTime() - whole
}

const clocks = new Map<string, Intl.DateTimeFormat>()

/** The clock of a zone. As in a database of zones, the case of a name counts. */
function clockOf(zone: string): Intl.DateTimeFormat {
  const known = clocks.get(zone)
  if (known) return known
  if (zone !== '' && !/^[A-Z][\w/+-]*$/.test(zone)) throw new EvaluationError('unknown time zone')
  let clock: Intl.DateTimeFormat
  try {
    clock = new Intl.DateTimeFormat('en-US', {
      timeZone: zone || 'UTC',
      calendar: 'iso8601',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
  } catch {
    throw new EvaluationError('unknown time zone')
  }
  const { timeZone } = clock.resolvedOptions()
  if (zone && timeZone !== zone && timeZone.toLowerCase() === zone.toLowerCase())
    throw new EvaluationError('unknown time zone')
  if (clocks.size < 600) clocks.set(zone, clock)
  return clock
}

function floorDivide(one: bigint, other: bigint): bigint {
  const quotient = one / other
  return one % other < 0n ? quotient - 1n : quotient
}
