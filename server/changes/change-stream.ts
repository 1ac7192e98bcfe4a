import type { ServerResponse } from 'node:http'
import type { Statements } from '../db/database.ts'
import { Signal } from '../lib/signal.ts'
import { bookmark, eventsOf } from './change-entry.ts'
import type { ChangeFeed } from './change-feed.ts'
import { type Page, readPage } from './change-pages.ts'
import type { Place, Position } from './change-token.ts'
import type { ChangeView } from './change-view.ts'
import type { Batch, Watcher } from './change-watcher.ts'

/** How many entries are read at a time until a stream has caught up. */
const PAGE = 500
/** How many bytes may be unsent when there is more to send: the reader is cut then, and goes on from its last token. */
const MAX_UNSENT_BYTES = 1024 * 1024
/** How long a reader waits before it opens the stream again, in milliseconds. */
const RETRY_MS = 1000

/**
 * A stream of entries to one reader (the media type text/event-stream). It ends with a bookmark when the server shuts down, when the time of
 * the caller's token is over, when the reader is too slow, and when the database fails; and without one when the feed is another one.
 */
export class ChangeStream implements Watcher {
  readonly view: ChangeView
  place: Place
  private readonly feed: ChangeFeed
  private readonly known: Position
  private readonly response: ServerResponse
  private readonly expires: number
  /** The place of the last token that was sent. */
  private told: Place | undefined
  /** When something was sent, as a time of `performance`; before its head, nothing is. */
  private sentAt = Number.POSITIVE_INFINITY
  private isEnded = false
  private readonly news = new Signal()

  /**
   * `place` is where the reader is, `known` a position of the feed that its request has reached, and `expires` the end of the caller's token, in
   * milliseconds since 1970.
   */
  constructor(
    feed: ChangeFeed,
    view: ChangeView,
    place: Place,
    { known, response, expires }: { known: Position; response: ServerResponse; expires: number },
  ) {
    this.feed = feed
    this.view = view
    this.place = place
    this.known = known
    this.response = response
    this.expires = expires
  }

  take(batch: Batch) {
    if (batch.entries.length && this.response.writableLength > MAX_UNSENT_BYTES) {
      this.feed.cut++
      return this.end()
    }
    this.place = { position: batch.position }
    if (!batch.entries.length) return
    this.send(batch.events)
    this.told = batch.entries.at(-1)?.place
  }

  miss() {
    this.news.give()
  }

  end() {
    this.isEnded = true
    this.feed.leave(this)
    this.news.give()
  }

  tick(now: number) {
    if (Date.now() >= this.expires) this.end()
    else if (now - this.sentAt >= this.feed.heartbeat && !this.response.writableNeedDrain) this.beat()
  }

  /**
   * Sends the first page, and whatever follows until the stream ends. `begin` is called before anything is sent. Rejects as `readPage`
   * does, with SVC-001 where too many watch, and as the database does; after `begin`, the stream has ended then.
   */
  async run(statements: Statements, begin: () => void): Promise<void> {
    this.feed.open(this)
    this.response.once('close', () => this.end())
    try {
      const first = await this.read(statements)
      begin()
      this.send(`retry: ${RETRY_MS}\n\n`)
      await this.follow(statements, first).finally(() => this.finish())
    } finally {
      this.feed.close(this)
    }
  }

  private read(statements: Statements): Promise<Page> {
    const position = this.feed.latest?.position ?? this.known.position
    return readPage(statements, this.view, this.place, { ...this.known, position }, PAGE)
  }

  /** Sends pages until there is no more, and then what rounds find; again and again. */
  private async follow(statements: Statements, first: Page): Promise<void> {
    for (let page = first; !this.isEnded && this.isCurrent; page = await this.read(statements)) {
      await this.sendPage(page)
      // A reader that goes away before the first entry has a token, too.
      if (!this.told) this.mark()
      if (!page.isLast) continue
      while (!this.isEnded && this.isCurrent && this.feed.join(this)) await this.news.next()
      if (!this.isCurrent) return
    }
  }

  private async sendPage({ entries, next }: Page) {
    const wasState = this.place.id !== undefined
    this.place = next
    if (entries.length) {
      this.send(eventsOf(entries, this.known.tokens))
      this.told = entries.at(-1)?.place
    }
    // The present state has been told.
    if (wasState && next.id === undefined) this.mark()
    if (this.response.writableNeedDrain && !this.isEnded) {
      this.response.once('drain', () => this.news.give())
      await this.news.next()
    }
  }

  /** Whether the feed is still the one that its tokens are of. */
  private get isCurrent(): boolean {
    return this.feed.isCurrent(this.known.tokens)
  }

  /** Shows that the stream is alive; where the reader has no token of its place, by one. */
  private beat() {
    if (this.isTold) this.send(':\n\n')
    else this.mark()
  }

  private get isTold(): boolean {
    return this.told?.position === this.place.position && this.told?.id === this.place.id
  }

  private mark() {
    this.send(bookmark(this.place, this.known.tokens))
    this.told = this.place
  }

  private send(text: string | Buffer) {
    if (this.response.writable) this.response.write(text)
    this.sentAt = performance.now()
  }

  private finish() {
    this.isEnded = true
    if (this.isCurrent) this.mark()
    this.response.end()
  }
}
