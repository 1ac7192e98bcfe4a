/** JSON Merge Patch (RFC 7396). */
import { isDeepStrictEqual } from 'node:util'
import { isObject } from './manifests.ts'

/** A value after a merge patch. */
export function merged(target: unknown, patch: unknown): unknown {
  if (!isPlain(patch)) return patch
  const result: Record<string, unknown> = isPlain(target) ? { ...target } : {}
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key]
    else result[key] = merged(result[key], value)
  }
  return result
}

/** The merge patch that makes one object of another, or none where no merge patch can: nulls cannot be set. */
export function mergePatch(from: Record<string, unknown>, to: Record<string, unknown>) {
  const patch = changes(from, to)
  return isDeepStrictEqual(merged(from, patch), to) ? patch : undefined
}

function changes(from: Record<string, unknown>, to: Record<string, unknown>): Record<string, unknown> {
  const patch: Record<string, unknown> = {}
  for (const key of Object.keys(from)) if (!Object.hasOwn(to, key)) patch[key] = null
  for (const [key, value] of Object.entries(to)) {
    const former = from[key]
    if (isDeepStrictEqual(former, value)) continue
    patch[key] = isPlain(former) && isPlain(value) ? changes(former, value) : value
  }
  return patch
}

/** An object of JSON; a number that is kept as its text is none. */
const isPlain = (value: unknown): value is Record<string, unknown> =>
  isObject(value) && Object.getPrototypeOf(value) === Object.prototype
