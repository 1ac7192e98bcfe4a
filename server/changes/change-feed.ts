import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises'
import type { Database } from '../db/database.ts'
import { Signal } from '../lib/signal.ts'
import { within } from '../lib/timeout.ts'
import { Problem } from '../problem.ts'
import { type Entry, eventsOf } from './change-entry.ts'
import { asSeen } from './change-pages.ts'
import { ChangeTokens, type Position } from './change-token.ts'
import type { ChangeView } from './change-view.ts'
import type { Batch, Watcher } from './change-watcher.ts'

/** The time between two rounds while there are watchers: where this server writes nothing, and at least. */
const PAUSE_MS = 250
const MIN_PAUSE_MS = 20
/** How many watchers there may be for each millisecond of the pause: what they are handed takes a bounded share of the time. */
const WATCHERS_PER_MS = 10
/** How many watchers are handed entries before other requests have their turn. */
const HANDED_AT_ONCE = 50
/** The first and the longest time between two looks whether writers have ended. */
const WRITER_PAUSES_MS = [2, 50] as const
/** How many entries a round reads at a time. */
const BATCH = 500
/** How old the position may be that a list answers with, and how long a list waits for a newer one. */
const MAX_AGE_MS = 1000
const LIST_PATIENCE_MS = 50
const FIRST_LIST_PATIENCE_MS = 1000
/** How many former positions are remembered, for lists of a replica. */
const MAX_FORMER = 100
/** After how many seconds a request may try again that was one too many. */
const RETRY_AFTER_S = 5
/** The longest time between two ticks of watchers. */
const MAX_TICK_MS = 1000

/**
 * The end of the feed of changes, as this server knows it, and the requests that watch it. However many they are, the database is
 * asked once for all of them, in rounds. A round finds how far the feed can be read (sql/functions/changes/change_bound.sql), waits for
 * the writers that have not ended, and reads the entries up to there; and the resources that entries are told with, once for each view.
 */
export class ChangeFeed {
  /** How long a stream may be silent before it is sent something, in milliseconds. */
  heartbeat: number
  /** How many readers of streams were cut, since they were too slow. */
  cut = 0
  private readonly database: Database
  private readonly maxWatchers: number
  /** All requests that watch, and those among them that are handed what rounds find. */
  private readonly watchers = new Set<Watcher>()
  private readonly live = new Set<Watcher>()
  private feed: { digest: string; tokens: ChangeTokens } | undefined
  /** The bound of the last round; null before there was one. */
  private bound: string | null = null
  /** The position of the last round, and those before it, oldest first. */
  private known: Position | undefined
  private former: Position[] = []
  /** When the last round ended. */
  private roundAt = Number.NEGATIVE_INFINITY
  private running: Promise<void> | undefined
  private following: Promise<Position> | undefined
  private isPolling = false
  private ticking: NodeJS.Timeout | undefined
  private isWoken = false
  private readonly woken = new Signal()
  private isEnded = false

  /** At most `maxWatchers` requests watch; `heartbeat` is the time after which a silent stream is sent something. */
  constructor(database: Database, { maxWatchers, heartbeat }: { maxWatchers: number; heartbeat: number }) {
    this.database = database
    this.maxWatchers = maxWatchers
    this.heartbeat = heartbeat
  }

  /** Whether tokens are those of the feed as it was at the last round. */
  isCurrent(tokens: ChangeTokens): boolean {
    return tokens === this.feed?.tokens
  }

  /** The position of the last round; undefined where none is known. */
  get latest(): Position | undefined {
    return this.known
  }

  /** How many requests watch. */
  get watching(): number {
    return this.watchers.size
  }

  /** The seconds since the last round ended, while rounds are handed to watchers; else 0. */
  get lag(): number {
    return this.live.size && this.known ? (performance.now() - this.roundAt) / 1000 : 0
  }

  /** Registers a request that watches; to be closed with `close`. Throws SVC-001 where there are too many. */
  open(watcher: Watcher) {
    if (this.watchers.size >= this.maxWatchers)
      throw new Problem(
        'SVC-001',
        `${this.maxWatchers} requests watch changes here already: try again later`,
        {
          headers: { 'retry-after': String(RETRY_AFTER_S) },
        },
      )
    this.watchers.add(watcher)
    if (this.isEnded) watcher.end()
    this.ticking ??= setInterval(() => this.tick(), Math.min(MAX_TICK_MS, this.heartbeat)).unref()
  }

  close(watcher: Watcher) {
    this.leave(watcher)
    this.watchers.delete(watcher)
    if (this.watchers.size) return
    clearInterval(this.ticking)
    this.ticking = undefined
  }

  /**
   * Has rounds hand the entries after its place to an open watcher, until `leave` or its `miss`. Returns false where its place is not the position of
   * the last round: it must read pages up to there first, and then try again.
   */
  join(watcher: Watcher): boolean {
    const { position, id } = watcher.place
    if (id !== undefined || position !== this.known?.position) return false
    this.live.add(watcher)
    if (!this.isPolling) this.poll()
    return true
  }

  leave(watcher: Watcher) {
    if (this.live.delete(watcher) && !this.live.size) this.wake()
  }

  /** Begins a round now rather than after the pause: this server has written. */
  wake() {
    this.isWoken = true
    this.woken.give()
  }

  /** Ends all watches, also those to come. */
  end() {
    this.isEnded = true
    for (const watcher of [...this.watchers]) watcher.end()
    this.wake()
  }

  /** The position of a round that begins after the call: everything committed before is at or below it. Rejects as the database does. */
  reached(): Promise<Position> {
    this.following ??= (this.running ?? Promise.resolve())
      .catch(() => {})
      .then(() => {
        this.following = undefined
        this.running = this.round().finally(() => {
          this.running = undefined
        })
        return this.running
      })
      .then(() => this.known as Position)
    return this.following
  }

  /**
   * The token of a position that a list which is read after the call is not before; the list may be later. It waits only shortly for
   * writers, and not for a connection. Undefined where there is none, since the database does not answer in time. `onReplica` is the time before which all is on the
   * replica that may be asked.
   */
  async tokenForList(onReplica = Number.POSITIVE_INFINITY): Promise<string | undefined> {
    const isOld = performance.now() - this.roundAt > MAX_AGE_MS
    // The first lists have no older token to fall back on. Later, one list waits for the round that it has begun; others take what there is.
    const waits = this.known ? isOld && !this.running && !this.following : true
    if (waits && !this.database.isBusy) {
      const round = this.reached().catch(() => undefined)
      await within(this.known ? LIST_PATIENCE_MS : FIRST_LIST_PATIENCE_MS, round, undefined)
    }
    const all = this.known ? [...this.former, this.known] : []
    const known = all.findLast(({ at }) => at <= onReplica)
    return known?.tokens.write({ position: known.position })
  }

  private tick() {
    const now = performance.now()
    for (const watcher of [...this.watchers]) watcher.tick(now)
  }

  private async poll() {
    this.isPolling = true
    while (this.live.size && !this.isEnded) {
      const least = Math.max(MIN_PAUSE_MS, this.live.size / WATCHERS_PER_MS)
      await sleep(least)
      if (!this.isWoken) await this.woken.next(Math.max(0, PAUSE_MS - least))
      this.isWoken = false
      if (!this.live.size || this.isEnded) break
      // A failure is known to the metrics of the database; requests that wait are answered at the end of their time.
      await this.reached().catch(() => {})
    }
    this.isPolling = false
  }

  /** Reads up to the present bound, once its writers have ended. */
  private async round(): Promise<void> {
    const asked = this.bound
    const { feed, bound, writers } = await this.database.one('get_change_bound', { known: asked })
    const tokens = this.follow(feed, bound)
    // The writers are those of a bound that was known, which is void.
    if (this.bound !== asked) return this.round()
    const [first, longest] = WRITER_PAUSES_MS
    for (let left = writers, pause: number = first; left.length; pause = Math.min(2 * pause, longest)) {
      await sleep(pause)
      left = (await this.database.one('list_change_writers', { among: left })).writers
    }
    if (!this.known || (bound !== this.bound && !this.live.size)) {
      const { position } = await this.database.one('get_change_position', { bound })
      await this.advance(Number(position), tokens)
    } else if (bound !== this.bound) await this.hand(this.known, bound)
    this.bound = bound
    this.roundAt = performance.now()
  }

  /** Gives the entries after a position, up to a bound, to those watchers that they are visible to. */
  private async hand({ position, tokens }: Position, bound: string) {
    for (let since = position; ; ) {
      const views = new Map([...this.live].map(({ view }) => [view.key, view]))
      const tenancies = [...new Set([...views.values()].map(({ tenancy }) => tenancy))]
      const scopes = `[${tenancies.map((tenancy) => tenancy ?? 'null').join()}]`
      const page = { since: String(since), until: bound, size: BATCH, scopes }
      const found = await this.database.all('list_new_changes', page)
      const rows = found.map(({ seq, ...row }) => ({ ...row, place: { position: Number(seq) } }))
      since = rows.at(-1)?.place.position ?? since
      const batches = new Map<string, Batch>()
      for (const view of views.values()) {
        const scope = String(tenancies.indexOf(view.tenancy) + 1)
        const seen = rows.filter(
          ({ kind, visible }) => visible.includes(scope) && (view.kind === null || kind === view.kind),
        )
        const entries = await this.asSeen(view, seen)
        if (entries) batches.set(view.key, batchOf(since, entries, tokens))
      }
      await this.advance(since, tokens, batches)
      if (rows.length < BATCH) return
    }
  }

  /** Undefined where they cannot be read for all at once: too large, or the statement has failed. Each request then reads pages by itself. */
  private async asSeen(view: ChangeView, rows: Parameters<typeof asSeen>[2]) {
    const entries = await asSeen(this.database, view, rows).catch(() => undefined)
    return entries?.length === rows.length ? entries : undefined
  }

  /** Makes a position the known one, and hands the batches out. A watcher whose view has none, since it has joined meanwhile, misses its entries. */
  private async advance(position: number, tokens: ChangeTokens, batches = new Map<string, Batch>()) {
    if (this.known?.position === position) return
    if (this.known) this.former.push(this.known)
    if (this.former.length > MAX_FORMER) this.former.shift()
    this.known = { at: performance.now(), position, tokens }
    // A watcher that joins meanwhile has read up to the position that is known now.
    for (const [index, watcher] of [...this.live].entries()) {
      if (index % HANDED_AT_ONCE === HANDED_AT_ONCE - 1) await turn()
      if (!this.live.has(watcher)) continue
      const batch = batches.get(watcher.view.key)
      if (batch) watcher.take(batch)
      else this.drop(watcher)
    }
  }

  private drop(watcher: Watcher) {
    this.live.delete(watcher)
    watcher.miss()
  }

  /**
   * The tokens of the feed. Another feed than before, or the same with fewer numbers drawn, is another database, or an older state of
   * it: what was known of it is void.
   */
  private follow(digest: string, bound: string): ChangeTokens {
    if (this.feed?.digest === digest && Number(bound) >= Number(this.bound)) return this.feed.tokens
    this.feed = { digest, tokens: new ChangeTokens(digest) }
    this.bound = null
    this.known = undefined
    this.former = []
    for (const watcher of [...this.live]) this.drop(watcher)
    return this.feed.tokens
  }
}

function batchOf(position: number, entries: Entry[], tokens: ChangeTokens): Batch {
  let events: Buffer | undefined
  return {
    position,
    entries,
    get events() {
      events ??= eventsOf(entries, tokens)
      return events
    },
  }
}
