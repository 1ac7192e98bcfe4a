import type { Entry } from './change-entry.ts'
import type { Place } from './change-token.ts'
import type { ChangeView } from './change-view.ts'

/** The entries of one view that a round of the feed has found. */
export interface Batch {
  /** The position of the feed after it. */
  position: number
  entries: Entry[]
  /** The same as events of a stream, made when first asked for. */
  readonly events: Buffer
}

/** A request that watches the feed, as the feed knows it. */
export interface Watcher {
  readonly view: ChangeView
  /** The place of the last entry that it has; the feed hands it later ones only where this is its own position (ChangeFeed.join). */
  readonly place: Place
  /** Takes the entries after its place; there may be none, and the position has moved. */
  take(batch: Batch): void
  /** The feed hands it nothing any more: it reads pages from its place on. */
  miss(): void
  /** The server shuts down. */
  end(): void
  /** Called about once a second while it watches; `now` is the time of `performance`. */
  tick(now: number): void
}
