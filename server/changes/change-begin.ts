import { within } from '../lib/timeout.ts'
import type { ChangeFeed } from './change-feed.ts'
import { beforeState, goneToken } from './change-pages.ts'
import type { Place, Position } from './change-token.ts'

/** How long a request waits for a round of its own, which waits for writers that are open. */
const PATIENCE_MS = 5000

/**
 * The place that a request begins at, and a position of the feed that is not before it. `since` is a token, `start`, or undefined for what comes from
 * now on. The position has all that was committed before the request; where writers are open for long, it is the last one that was known before them.
 * Rejects with GON-001 where the token is none of this feed, and as the database does.
 */
export async function begin(
  feed: ChangeFeed,
  since: string | undefined,
): Promise<{ known: Position; place: Place }> {
  const reached = feed.reached()
  // It may not be waited for.
  reached.catch(() => {})
  let known = (await within(PATIENCE_MS, reached, undefined)) ?? feed.latest ?? (await reached)
  if (since === undefined) return { known, place: { position: known.position } }
  if (since === 'start') return { known, place: beforeState(known.position) }
  let place = known.tokens.read(since)
  if (!isUpTo(known, place)) {
    // Another server may have been further before the writers were open.
    known = await reached
    place = known.tokens.read(since)
  }
  if (!isUpTo(known, place)) throw goneToken()
  return { known, place }
}

const isUpTo = ({ position }: Position, place: Place | undefined): place is Place =>
  place !== undefined && place.position <= position
