import { EvaluationError } from './cel-errors.ts'

/**
 * A value of an expression: JSON values as they are (a number is a double, an object a map), `bigint` for an int, and the
 * classes below for types that JSON does not have.
 */
export type Value =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | Uint
  | Timestamp
  | Duration
  | TypeName
  | Optional
  | MapValue
  | readonly Value[]
  | { readonly [key: string]: Value }

/** An unsigned integer of 64 bits. */
export class Uint {
  readonly value: bigint
  constructor(value: bigint) {
    this.value = value
  }
}

/** An instant between the years 1 and 9999, and the offset from UTC in minutes with which it was written. */
export class Timestamp {
  /** Since 1970 in UTC. */
  readonly nanoseconds: bigint
  readonly offset: number
  constructor(nanoseconds: bigint, offset: number) {
    this.nanoseconds = nanoseconds
    this.offset = offset
  }
}

export class Duration {
  readonly nanoseconds: bigint
  constructor(nanoseconds: bigint) {
    this.nanoseconds = nanoseconds
  }
}

/** A type as a value: the result of `type`, and the value of the names `int` or `string`. */
export class TypeName {
  readonly name: string
  constructor(name: string) {
    this.name = name
  }
}

/** A value that may be absent: `undefined` then. */
export class Optional {
  readonly value: Value | undefined
  constructor(value: Value | undefined) {
    this.value = value
  }
}

export const NONE = new Optional(undefined)

/** A map that an expression made: its keys may be of any scalar type, in the order in which they were written. */
export class MapValue {
  private readonly entries = new Map<Value, readonly [key: Value, value: Value]>()

  /** Throws an EvaluationError for a key that is no scalar. */
  set(key: Value, value: Value): void {
    this.entries.set(comparable(key), [key, value])
  }

  get(key: Value): Value | undefined {
    return this.entries.get(comparable(key))?.[1]
  }

  get size(): number {
    return this.entries.size
  }

  keys(): Value[] {
    return Array.from(this.entries.values(), ([key]) => key)
  }
}

/** One value of JavaScript for all keys that are equal: 1, 1u and 1.0 are. */
function comparable(key: Value): Value {
  if (typeof key === 'number') return Number.isInteger(key) ? BigInt(key) : key
  if (key instanceof Uint) return key.value
  if (typeof key !== 'object' || key === null) return key
  throw new EvaluationError('unsupported key type')
}

/** Whether a value is of a type by which members and elements are read. */
export const isKey = (value: Value): boolean =>
  typeof value === 'string' || (value !== null && typeof value !== 'object') || value instanceof Uint

/** A map: an object of the data, or one made by an expression. */
export type MapLike = MapValue | { readonly [key: string]: Value }

/** The name of the type of a value, as `type` returns it. */
export function typeOf(value: Value): string {
  switch (typeof value) {
    case 'string':
      return 'string'
    case 'number':
      return 'double'
    case 'boolean':
      return 'bool'
    case 'bigint':
      return 'int'
  }
  if (value === null) return 'null_type'
  if (Array.isArray(value)) return 'list'
  if (Object.getPrototypeOf(value) === Object.prototype) return 'map'
  if (value instanceof Uint) return 'uint'
  if (value instanceof Timestamp) return 'google.protobuf.Timestamp'
  if (value instanceof Duration) return 'google.protobuf.Duration'
  if (value instanceof Uint8Array) return 'bytes'
  if (value instanceof TypeName) return 'type'
  if (value instanceof Optional) return 'optional_type'
  return 'map'
}

export const isList = (value: Value): value is readonly Value[] => Array.isArray(value)

export const isMap = (value: Value): value is MapLike => typeOf(value) === 'map'

/** The value of a key, or undefined. Only the own members of an object are keys. */
export function valueAt(map: MapLike, key: Value): Value | undefined {
  if (map instanceof MapValue) return map.get(key)
  return typeof key === 'string' && Object.hasOwn(map, key) ? map[key] : undefined
}

/** The names of objects with many: an expression may ask for them again and again. */
const knownNames = new WeakMap<object, string[]>()
const MANY = 64

function namesOf(object: { readonly [key: string]: Value }): string[] {
  const known = knownNames.get(object)
  if (known) return known
  const names = Object.keys(object)
  if (names.length > MANY) knownNames.set(object, names)
  return names
}

export const keysOf = (map: MapLike): readonly Value[] =>
  map instanceof MapValue ? map.keys() : namesOf(map)

export const sizeOf = (map: MapLike): number => (map instanceof MapValue ? map.size : namesOf(map).length)
