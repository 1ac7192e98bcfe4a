import { createHash } from 'node:crypto'
import { SearchError } from './search-error.ts'

/** Where a walk stands: the total at its start, and the order's values of the last resource seen. */
export interface Position {
  total: string
  last: string[]
}

/**
 * A cursor for a position in the walk that `walk` names: its route, scope, search and order. The digest finds
 * out cursors that were altered or come from another walk; it keeps nothing secret, for there is nothing in a cursor
 * that its caller could not ask for.
 */
export function writeCursor({ total, last }: Position, walk: unknown[]): string {
  const content = [total, ...last]
  return Buffer.from(JSON.stringify([digest(content, walk), ...content])).toString('base64url')
}

/** The position that a cursor stands for, of so many keys. Throws a SearchError when it is none of this walk. */
export function readCursor(cursor: string, walk: unknown[], keys: number): Position {
  try {
    const bytes = Buffer.from(cursor, 'base64url')
    const [claimed, total, ...last] = JSON.parse(bytes.toString())
    // Decoding passes over what does not belong there.
    const isWhole = bytes.toString('base64url') === cursor
    const isOne =
      /^\d{1,18}$/.test(total) &&
      last.length === keys &&
      last.every((value: unknown) => typeof value === 'string')
    if (isWhole && isOne && claimed === digest([total, ...last], walk)) return { total, last }
  } catch {
    // Not even JSON.
  }
  throw new SearchError(
    'cursor',
    'is not a cursor of this list with this search and order; begin with an empty one',
  )
}

function digest(content: unknown[], walk: unknown[]): string {
  return createHash('sha256')
    .update(JSON.stringify([walk, content]))
    .digest('base64url')
    .slice(0, 22)
}
