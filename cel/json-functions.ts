import { EvaluationError } from './cel-errors.ts'
import {
  Duration,
  isList,
  keysOf,
  type MapLike,
  Optional,
  sizeOf,
  Timestamp,
  TypeName,
  Uint,
  type Value,
  valueAt,
} from './cel-values.ts'
import type { Evaluation } from './evaluation.ts'
import { durationText, timestampText } from './instants.ts'
import { compareTexts, elementOf } from './operators.ts'

/** How long the text of toJson may be, in bytes. */
export const MAX_JSON_BYTES = 1024 * 1024

/**
 * The text of a value as JSON, without blanks, the members of a map in the order of their names. A timestamp and a
 * duration are the texts that `string` gives, bytes are base64, an absent optional is null. Throws an EvaluationError for
 * a number that JSON has not, and for a text beyond MAX_JSON_BYTES.
 */
export function jsonText(value: Value, evaluation: Evaluation): string {
  const parts: string[] = []
  let bytes = 0
  const write = (part: string) => {
    const length = Buffer.byteLength(part)
    bytes += length
    evaluation.charge(length / 1000)
    if (bytes > MAX_JSON_BYTES) throw new EvaluationError('toJson: more than 1 MiB')
    parts.push(part)
  }
  const writeAll = (brackets: string, values: readonly (readonly [label: string, value: Value])[]): void => {
    write(brackets.charAt(0))
    values.forEach(([label, each], index) => {
      write((index ? ',' : '') + label)
      writeValue(each)
    })
    write(brackets.charAt(1))
  }
  const writeValue = (each: Value): void => {
    evaluation.charge(0.01)
    const scalar = scalarText(each)
    if (scalar !== undefined) write(scalar)
    else if (isList(each))
      writeAll(
        '[]',
        each.map((element) => ['', element]),
      )
    else if (each instanceof Optional) writeValue(each.value ?? null)
    else {
      evaluation.charge(sizeOf(each as MapLike) / 20)
      writeAll('{}', membersOf(each as MapLike))
    }
  }
  writeValue(value)
  return parts.join('')
}

/** The members of a map with their names as JSON, in the order of the names. */
function membersOf(map: MapLike): [label: string, value: Value][] {
  return keysOf(map)
    .map((key): [string, Value] => [keyText(key), valueAt(map, key) as Value])
    .sort(([one], [other]) => compareTexts(one, other))
    .map(([name, member]) => [`${stringText(name)}:`, member])
}

/** The text of a value that is no list, map or optional, or undefined. */
function scalarText(value: Value): string | undefined {
  if (value === null || typeof value === 'boolean' || typeof value === 'bigint') return String(value)
  if (typeof value === 'string') return stringText(value)
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new EvaluationError('toJson: a number that JSON has not')
    return Object.is(value, -0) ? '-0' : String(value)
  }
  if (value instanceof Uint) return String(value.value)
  if (value instanceof Timestamp) return stringText(timestampText(value))
  if (value instanceof Duration) return stringText(durationText(value))
  if (value instanceof Uint8Array) return stringText(Buffer.from(value).toString('base64'))
  if (value instanceof TypeName) return stringText(value.name)
  return undefined
}

/** A text as the Go implementation of the API writes it: characters of HTML markup are escaped. */
const stringText = (value: string): string =>
  JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

const keyText = (key: Value): string => (typeof key === 'string' ? key : String(scalarText(key)))

/**
 * The value at a path of names and indices between dots, or null when there is none. Blanks around a part and empty parts
 * do not count.
 */
export function dig(value: Value, path: string, evaluation: Evaluation): Value {
  evaluation.charge(path.length / 10)
  let found: Value | undefined = value
  for (const part of path.split('.').map((each) => each.trim())) {
    if (!part) continue
    if (isList(found)) found = /^[+-]?\d{1,40}$/.test(part) ? found[Number(part)] : undefined
    else found = elementOf(found, part)
    if (found === undefined) return null
  }
  return found
}
