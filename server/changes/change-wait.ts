import type { Statements } from '../db/database.ts'
import { Signal } from '../lib/signal.ts'
import type { ChangeFeed } from './change-feed.ts'
import { goneToken, type Page, readPage } from './change-pages.ts'
import type { Place, Position } from './change-token.ts'
import type { ChangeView } from './change-view.ts'
import type { Batch, Watcher } from './change-watcher.ts'

/** A request that is answered with one page, as soon as there is one. */
export class ChangeWait implements Watcher {
  readonly view: ChangeView
  place: Place
  private readonly feed: ChangeFeed
  private readonly size: number
  private found: Page | undefined
  private isEnded = false
  private readonly news = new Signal()

  /** `size` is how many entries the page has at the most. */
  constructor(feed: ChangeFeed, view: ChangeView, place: Place, size: number) {
    this.feed = feed
    this.view = view
    this.place = place
    this.size = size
  }

  take({ position, entries }: Batch) {
    this.place = { position }
    if (!entries.length) return
    const some = entries.slice(0, this.size)
    const next = some.length < entries.length ? some.at(-1)?.place : undefined
    this.found = { entries: some, next: next ?? this.place, isLast: next === undefined }
    this.feed.leave(this)
    this.news.give()
  }

  miss() {
    this.news.give()
  }

  end() {
    this.isEnded = true
    this.news.give()
  }

  tick() {}

  /**
   * The entries after its place. Where there are none, it waits for some up to `ms` milliseconds, or until it is ended; the page has none
   * then. `known` is a position of the feed that the request has reached. Rejects as `readPage` does, and with SVC-001 where too many watch.
   */
  async page(statements: Statements, known: Position, ms: number): Promise<Page> {
    const end = performance.now() + ms
    const { tokens } = known
    let position = known.position
    const read = async () => {
      const page = await readPage(statements, this.view, this.place, { position, tokens }, this.size)
      this.place = page.next
      return page
    }
    let page = await read()
    // After the present state, changes follow.
    while (!page.entries.length && !page.isLast) page = await read()
    if (page.entries.length || ms <= 0) return page
    this.feed.open(this)
    try {
      while (!page.entries.length && !this.isEnded && performance.now() < end) {
        if (this.feed.join(this)) {
          await this.news.next(end - performance.now())
          this.feed.leave(this)
        }
        if (!this.feed.isCurrent(tokens)) throw goneToken()
        position = this.feed.latest?.position ?? position
        const isUpToDate = this.isEnded || this.place.position === position
        page = this.found ?? (isUpToDate ? { ...page, next: this.place } : await read())
      }
      return page
    } finally {
      this.feed.close(this)
    }
  }
}
