import { setTimeout as sleep } from 'node:timers/promises'
import type { Database } from '../db/database.ts'
import { within } from '../lib/timeout.ts'
import { Problem } from '../problem.ts'
import { ChangeTokens } from './change-token.ts'
import { type Change, ChangeWatcher } from './change-watcher.ts'

/** The time between two rounds while there are watchers: where this server writes nothing, and at least. */
const PAUSE_MS = 250
const MIN_PAUSE_MS = 20
/** The first and the longest time between two looks whether writers have ended. */
const WRITER_PAUSES_MS = [2, 50] as const
/** How many entries a round reads at a time. */
const BATCH = 500
/** How old the position may be that a list answers with, and how long a list waits for a newer one. */
const MAX_AGE_MS = 1000
const LIST_PATIENCE_MS = 50
/** How many former positions are remembered, for lists of a replica. */
const MAX_FORMER = 100

/** A position in the feed: every entry up to it was committed at a time (of `performance`), and none will be added. */
export interface Position {
  at: number
  position: number
  tokens: ChangeTokens
}

/**
 * The end of the feed of changes, as this server knows it, and the requests that watch it. However many they are, the database is
 * asked once for all of them, in rounds. A round finds how far the feed can be read (sql/functions/changes/change_bound.sql), waits for
 * the writers that have not ended, and reads the entries up to there.
 */
export class ChangeFeed {
  private readonly database: Database
  private readonly watchers = new Set<ChangeWatcher>()
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
  private polling: Promise<void> | undefined
  private isWoken = false
  private stopPause: (() => void) | undefined
  private isEnded = false

  constructor(database: Database) {
    this.database = database
  }

  /** Whether tokens are those of the feed as it was at the last round. */
  isCurrent(tokens: ChangeTokens): boolean {
    return tokens === this.feed?.tokens
  }

  /** How many requests watch. */
  get watching(): number {
    return this.watchers.size
  }

  /** The seconds since the last round ended, while there are watchers; else 0. */
  get lag(): number {
    return this.watching && this.known ? (performance.now() - this.roundAt) / 1000 : 0
  }

  /**
   * Registers a request that watches; to be closed with `unwatch`. It gets the entries that are visible to it after every position that
   * `reached`, called afterwards, resolves with.
   */
  watch(tenancy: string | null, kind: string | undefined): ChangeWatcher {
    const watcher = new ChangeWatcher(tenancy, kind)
    if (this.isEnded) watcher.end()
    this.watchers.add(watcher)
    return watcher
  }

  unwatch(watcher: ChangeWatcher) {
    this.watchers.delete(watcher)
    if (!this.watchers.size) this.wake()
  }

  /** Begins a round now rather than after the pause: this server has written. */
  wake() {
    this.isWoken = true
    this.stopPause?.()
  }

  /** Begins the rounds that go on while there are watchers. */
  poll() {
    this.polling ??= this.pollOn().finally(() => {
      this.polling = undefined
    })
  }

  /** Ends all watches, also those to come. */
  end() {
    this.isEnded = true
    for (const watcher of this.watchers) watcher.end()
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
   * writers. Undefined where there is none, since the database does not answer. `onReplica` is the time before which all is on the
   * replica that may be asked.
   */
  async tokenForList(onReplica = Number.POSITIVE_INFINITY): Promise<string | undefined> {
    const isOld = performance.now() - this.roundAt > MAX_AGE_MS
    // One list waits for the round that it has begun; the others take what there is.
    if (isOld && !this.running && !this.following) {
      const round = this.reached().catch(() => undefined)
      await within(LIST_PATIENCE_MS, round, undefined)
    }
    const all = this.known ? [...this.former, this.known] : []
    const known = all.findLast(({ at }) => at <= onReplica)
    return known?.tokens.write(known.position)
  }

  private async pollOn() {
    while (this.watchers.size && !this.isEnded) {
      await sleep(MIN_PAUSE_MS)
      if (!this.isWoken) await this.pause()
      this.isWoken = false
      if (!this.watchers.size || this.isEnded) return
      // A failure is known to the metrics of the database; requests that wait are answered at the end of their time.
      await this.reached().catch(() => {})
    }
  }

  /** Waits for the rest of the time between two rounds, or until a wake. */
  private async pause() {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, PAUSE_MS - MIN_PAUSE_MS)
      this.stopPause = () => {
        clearTimeout(timer)
        resolve()
      }
    })
    this.stopPause = undefined
  }

  /** Reads up to the present bound, once its writers have ended. */
  private async round(): Promise<void> {
    const watchers = [...this.watchers]
    const { feed, bound, writers } = await this.database.one('get_change_bound', { known: this.bound })
    const tokens = this.follow(feed, bound)
    const [first, longest] = WRITER_PAUSES_MS
    for (let left = writers, pause: number = first; left.length; pause = Math.min(2 * pause, longest)) {
      await sleep(pause)
      left = (await this.database.one('list_change_writers', { among: left })).writers
    }
    if (!this.known || (bound !== this.bound && !watchers.length)) {
      const { position } = await this.database.one('get_change_position', { bound })
      this.know(Number(position), tokens)
    } else if (bound !== this.bound) await this.hand(watchers, this.known, bound)
    this.bound = bound
    this.roundAt = performance.now()
  }

  /** Gives the entries after a position, up to a bound, to those watchers that they are visible to. */
  private async hand(watchers: ChangeWatcher[], { position, tokens }: Position, bound: string) {
    const tenancies = [...new Set(watchers.map(({ tenancy }) => tenancy))]
    const scopes = `[${tenancies.map((tenancy) => tenancy ?? 'null').join()}]`
    for (let since = position; ; ) {
      const page = { since: String(since), until: bound, size: BATCH, scopes }
      const rows = await this.database.all('list_new_changes', page)
      since = Number(rows.at(-1)?.seq ?? since)
      this.know(since, tokens)
      for (const watcher of watchers) {
        const scope = String(tenancies.indexOf(watcher.tenancy) + 1)
        watcher.take(rows.filter(({ visible }) => visible.includes(scope)).map(changeOf))
      }
      if (rows.length < BATCH) return
    }
  }

  private know(position: number, tokens: ChangeTokens) {
    if (this.known?.position === position) return
    if (this.known) this.former.push(this.known)
    if (this.former.length > MAX_FORMER) this.former.shift()
    this.known = { at: performance.now(), position, tokens }
  }

  /**
   * The tokens of the feed. Another feed than before, or the same with fewer numbers drawn, is another database, or an older state of
   * it: what was known of it is void.
   */
  private follow(digest: string, bound: string): ChangeTokens {
    if (this.feed?.digest === digest && Number(bound) >= Number(this.bound)) return this.feed.tokens
    if (this.feed) for (const watcher of this.watchers) watcher.end()
    this.feed = { digest, tokens: new ChangeTokens(digest) }
    this.bound = null
    this.known = undefined
    this.former = []
    return this.feed.tokens
  }
}

const changeOf = ({ seq, kind, body }: { seq: string; kind: string; body: string }): Change => ({
  position: Number(seq),
  kind,
  body,
})

/** The refusal of a token from which changes would be missing. */
export const goneToken = () =>
  new Problem(
    'GON-001',
    'The token is older than the changes that are kept, or of another database: list the resources again, and go on from the token of the list',
  )
