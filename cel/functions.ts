import { RE2JS } from 're2js'
import { EvaluationError } from './cel-errors.ts'
import {
  Duration,
  isList,
  isMap,
  NONE,
  Optional,
  sizeOf,
  Timestamp,
  TypeName,
  typeOf,
  Uint,
  type Value,
} from './cel-values.ts'
import type { Evaluation } from './evaluation.ts'
import {
  durationFrom,
  durationText,
  PART_METHODS,
  partOf,
  secondsOf,
  timestampAt,
  timestampFrom,
  timestampText,
} from './instants.ts'
import { dig, jsonText } from './json-functions.ts'
import { intOf, uintOf } from './operators.ts'
import { type Signature, type Type, typeFrom, typesFrom } from './static-types.ts'

/** The implementation of a function, for arguments of the types of its signature; may throw an EvaluationError. */
type Run = (args: never, evaluation: Evaluation) => Value

export interface Overload extends Signature {
  run(args: Value[], evaluation: Evaluation): Value
}

/**
 * All functions with their overloads, in the order of cel-go: the first one that fits decides a type that is not known. The name of a method begins with a dot, and its first parameter is the receiver.
 */
export const functions = new Map<string, Overload[]>()

function define(name: string, signature: string, run: Run): void {
  const [parameters = '', result = ''] = signature.split('->')
  const overload = {
    parameters: typesFrom(parameters),
    result: typeFrom(result),
    run: run as unknown as Overload['run'],
  }
  functions.set(name, [...(functions.get(name) ?? []), overload])
}

/** Whether a value is of a type, as far as it can be seen without looking into it. */
export function hasType(value: Value, { name }: Type): boolean {
  return name === 'dyn' || name.startsWith('?') || typeOf(value) === name
}

for (const name of ['size', '.size']) {
  define(name, 'bytes -> int', ([bytes]: [Uint8Array]) => BigInt(bytes.length))
  define(name, 'list(A) -> int', ([list]: [Value[]]) => BigInt(list.length))
  define(name, 'map(A, B) -> int', ([map]: [Value], evaluation) => {
    if (!isMap(map)) return 0n
    const size = sizeOf(map)
    evaluation.charge(size / 20)
    return BigInt(size)
  })
  define(name, 'string -> int', ([text]: [string], evaluation) => {
    if (!/[\ud800-\udbff]/.test(text)) return BigInt(text.length)
    evaluation.charge(text.length / 20)
    let size = 0
    for (const _ of text) size++
    return BigInt(size)
  })
}

define('type', 'A -> type(A)', ([value]: [Value]) => new TypeName(typeOf(value)))
define('dyn', 'A -> dyn', ([value]: [Value]) => value)

define('bool', 'bool -> bool', ([value]: [boolean]) => value)
define('bool', 'string -> bool', ([text]: [string]) => {
  if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(text)) return true
  if (['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(text)) return false
  throw conversionError('string', 'bool')
})

define('bytes', 'bytes -> bytes', ([value]: [Uint8Array]) => value)
define('bytes', 'string -> bytes', ([text]: [string], evaluation) => {
  evaluation.charge(text.length / 10)
  return Buffer.from(text)
})

define('double', 'double -> double', ([value]: [number]) => value)
define('double', 'int -> double', ([value]: [bigint]) => Number(value))
define('double', 'string -> double', ([text]: [string]) => doubleFrom(text))
define('double', 'uint -> double', ([value]: [Uint]) => Number(value.value))

define('int', 'int -> int', ([value]: [bigint]) => value)
define('int', 'double -> int', ([value]: [number]) => {
  // cel-go refuses both ends of the range, which a double may stand for.
  if (!(Math.abs(value) < 2 ** 63)) throw new EvaluationError('integer overflow')
  return BigInt(Math.trunc(value))
})
define('int', 'duration -> int', ([value]: [Duration]) => value.nanoseconds)
define('int', 'string -> int', ([text]: [string]) => {
  const value = /^[+-]?\d{1,40}$/.test(text) ? BigInt(text.replace('+', '')) : undefined
  if (value === undefined || BigInt.asIntN(64, value) !== value) throw conversionError('string', 'int')
  return value
})
define('int', 'timestamp -> int', ([value]: [Timestamp]) => secondsOf(value))
define('int', 'uint -> int', ([value]: [Uint]) => intOf(value.value))

define('uint', 'uint -> uint', ([value]: [Uint]) => value)
define('uint', 'double -> uint', ([value]: [number]) => {
  if (!(value >= 0 && value < 2 ** 64)) throw new EvaluationError('unsigned integer overflow')
  return new Uint(BigInt(Math.trunc(value)))
})
define('uint', 'int -> uint', ([value]: [bigint]) => uintOf(value))
define('uint', 'string -> uint', ([text]: [string]) => {
  const value = /^\d{1,40}$/.test(text) ? BigInt(text) : undefined
  if (value === undefined || BigInt.asUintN(64, value) !== value) throw conversionError('string', 'uint')
  return new Uint(value)
})

define('string', 'string -> string', ([text]: [string]) => text)
define('string', 'bool -> string', ([value]: [boolean]) => String(value))
define('string', 'bytes -> string', ([bytes]: [Uint8Array], evaluation) => {
  evaluation.charge(bytes.length / 10)
  try {
    return decoder.decode(bytes)
  } catch {
    throw new EvaluationError('invalid UTF-8')
  }
})
define('string', 'double -> string', ([value]: [number]) => doubleText(value))
define('string', 'duration -> string', ([value]: [Duration]) => durationText(value))
define('string', 'int -> string', ([value]: [bigint]) => String(value))
define('string', 'timestamp -> string', ([value]: [Timestamp]) => timestampText(value))
define('string', 'uint -> string', ([value]: [Uint]) => String(value.value))

define('timestamp', 'timestamp -> timestamp', ([value]: [Timestamp]) => value)
define('timestamp', 'int -> timestamp', ([seconds]: [bigint]) => timestampAt(seconds * 1_000_000_000n))
define('timestamp', 'string -> timestamp', ([text]: [string]) => timestampFrom(text))
define('duration', 'duration -> duration', ([value]: [Duration]) => value)
define('duration', 'string -> duration', ([text]: [string]) => durationFrom(text))

for (const method of PART_METHODS) {
  define(`.${method}`, 'timestamp -> int', ([time]: [Timestamp]) => partOf(method, time))
  define(`.${method}`, 'timestamp, string -> int', ([time, zone]: [Timestamp, string], evaluation) => {
    evaluation.charge(10)
    return partOf(method, time, zone)
  })
}
for (const [method, nanoseconds] of [
  ['.getHours', 3_600_000_000_000n],
  ['.getMinutes', 60_000_000_000n],
  ['.getSeconds', 1_000_000_000n],
  ['.getMilliseconds', 1_000_000n],
] as const)
  define(method, 'duration -> int', ([value]: [Duration]) => value.nanoseconds / nanoseconds)

define('.contains', 'string, string -> bool', ([text, part]: [string, string], evaluation) => {
  evaluation.charge(Math.ceil(text.length / 10) * Math.ceil(part.length / 10))
  return text.includes(part)
})
define('.startsWith', 'string, string -> bool', ([text, part]: [string, string], evaluation) => {
  evaluation.charge(part.length / 10)
  return text.startsWith(part)
})
define('.endsWith', 'string, string -> bool', ([text, part]: [string, string], evaluation) => {
  evaluation.charge(part.length / 10)
  return text.endsWith(part)
})
for (const name of ['matches', '.matches'])
  define(name, 'string, string -> bool', ([text, written]: [string, string], evaluation) => {
    const factor = Math.ceil((text.length + 1) / 10)
    const length = Math.ceil(written.length / 4)
    evaluation.charge(factor * length)
    const pattern = patternOf(written)
    // A repeated part is short in the pattern, but not in the program of the engine.
    const repeated = Math.ceil(pattern.programSize() / 20)
    evaluation.charge(factor * Math.max(0, repeated - length))
    return pattern.test(text)
  })

define('optional.none', '-> optional(A)', () => NONE)
define('optional.of', 'A -> optional(A)', ([value]: [Value]) => new Optional(value))
define('optional.ofNonZeroValue', 'A -> optional(A)', ([value]: [Value]) =>
  isZero(value) ? NONE : new Optional(value),
)
define('optional.unwrap', 'list(optional(A)) -> list(A)', unwrap)
define('.unwrapOpt', 'list(optional(A)) -> list(A)', unwrap)
define('.hasValue', 'optional(A) -> bool', ([optional]: [Optional]) => optional.value !== undefined)
define('.value', 'optional(A) -> A', ([{ value }]: [Optional]) => {
  if (value === undefined) throw new EvaluationError('optional without a value')
  return value
})
// Their arguments are evaluated only when they are needed: by the compiler.
define('.or', 'optional(A), optional(A) -> optional(A)', () => NONE)
define('.orValue', 'optional(A), A -> A', () => null)
define('.first', 'list(A) -> optional(A)', ([list]: [Value[]]) =>
  list.length ? new Optional(list[0]) : NONE,
)
define('.last', 'list(A) -> optional(A)', ([list]: [Value[]]) =>
  list.length ? new Optional(list.at(-1)) : NONE,
)

define('toJson', 'dyn -> string', ([value]: [Value], evaluation) => jsonText(value, evaluation))
define('dig', 'dyn, string -> dyn', ([value, path]: [Value, string], evaluation) =>
  dig(value, path, evaluation),
)

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

const conversionError = (from: string, to: string) =>
  new EvaluationError(`conversion from ${from} to ${to} failed`)

function unwrap([list]: [Value[]]): Value {
  return list.flatMap((each) => {
    if (!(each instanceof Optional)) throw new EvaluationError('not an optional')
    return each.value === undefined ? [] : [each.value]
  })
}

/** Whether a value is that of its type which stands for nothing. */
function isZero(value: Value): boolean {
  if (value === null || value === false || value === 0 || value === 0n || value === '') return true
  if (isList(value) || value instanceof Uint8Array) return value.length === 0
  if (value instanceof Uint) return value.value === 0n
  if (value instanceof Duration) return value.nanoseconds === 0n
  if (value instanceof Timestamp) return timestampText(value) === '0001-01-01T00:00:00Z'
  return isMap(value) && sizeOf(value) === 0
}

const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/
const hexadecimal = /^([+-]?)0x([0-9a-f]*)(?:\.([0-9a-f]*))?p([+-]?\d{1,6})$/

/** The double that a text is, as Go reads it: also hexadecimal, infinite, and with underscores. */
function doubleFrom(text: string): number {
  const lower = text.toLowerCase()
  const special = /^([+-]?)(inf|infinity|nan)$/.exec(lower)
  if (special?.[2] === 'nan') return Number.NaN
  if (special) return special[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  const plain = lower.length <= 400 ? lower.replace(/(?<=\d)_(?=\d)/g, '') : ''
  const [, sign, whole = '', fraction = '', power] = hexadecimal.exec(plain) ?? []
  let value = Number.NaN
  if (whole || fraction) {
    const digits = Number.parseInt(whole + fraction, 16)
    value = (sign === '-' ? -1 : 1) * digits * 2 ** (Number(power) - 4 * fraction.length)
  } else if (decimal.test(plain)) value = Number(plain)
  if (!Number.isFinite(value)) throw conversionError('string', 'double')
  return value
}

/** A double as Go prints it by %g: with an exponent from seven digits on, and below 0.0001. */
export function doubleText(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf'
  const [digits = '', exponent = '0'] = value.toExponential().split('e')
  const power = Number(exponent)
  // At these powers JavaScript writes no exponent either.
  if (power >= -4 && power < 6) return Object.is(value, -0) ? '-0' : String(value)
  return `${Object.is(value, -0) ? '-' : ''}${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`
}

const patterns = new Map<string, RE2JS>()
const MAX_PATTERNS = 500

/** A pattern of RE2, compiled once; throws an EvaluationError for an invalid one. */
function patternOf(pattern: string): RE2JS {
  const known = patterns.get(pattern)
  if (known) return known
  let compiled: RE2JS
  try {
    compiled = RE2JS.compile(pattern)
  } catch {
    throw new EvaluationError('invalid regular expression')
  }
  if (patterns.size >= MAX_PATTERNS) patterns.clear()
  patterns.set(pattern, compiled)
  return compiled
}
