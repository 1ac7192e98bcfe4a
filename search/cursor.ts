import { createHash } from 'node:crypto'
import { areValues, type Key } from './order.ts'
import { SearchError } from './search-error.ts'

/** Where a walk stands: the total at its start, and the order's values of the last resource seen. */
export interface Position {
  total: string
  last: string[]
}

/**
 * A cursor for a position in the walk that `walk` identifies: its scope, search and order. The digest detects
 * cursors that were altered or come from another walk; it is no secret, since a cursor contains nothing
 * that its caller could not read otherwise.
 */
export function writeCursor({ total, last }: Position, walk: unknown[]): string {
  const content = [total, ...last]
  return Buffer.from(JSON.stringify([digest(content, walk), ...content])).toString('base64url')
}

/** The position that a cursor stands for, of a walk with these keys. Throws a SearchError when it is none. */
export function readCursor(cursor: string, walk: unknown[], keys: Key[]): Position {
  const [claimed, total, ...last] = decode(cursor)
  const isCount = typeof total === 'string' && /^\d{1,18}$/.test(total)
  if (isCount && areValues(last, keys) && claimed === digest([total, ...last], walk)) return { total, last }
  throw new SearchError(
    'cursor',
    'is not a cursor of this list with this search and order; begin with an empty one',
  )
}

function decode(cursor: string): unknown[] {
  const bytes = Buffer.from(cursor, 'base64url')
  // Decoding ignores invalid characters.
  if (bytes.toString('base64url') !== cursor) return []
  try {
    return [JSON.parse(bytes.toString())].flat()
  } catch {
    return []
  }
}

function digest(content: unknown[], walk: unknown[]): string {
  return createHash('sha256')
    .update(JSON.stringify([walk, content]))
    .digest('base64url')
    .slice(0, 22)
}
