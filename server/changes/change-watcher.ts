/** An entry of the feed: its position, its kind, and its JSON without the token. */
export interface Change {
  position: number
  kind: string
  body: string
}

/** How many entries a watcher keeps at most: a page of the feed at its largest. */
export const MAX_KEPT = 1000

/** The entries that one request waits for. */
export class ChangeWatcher {
  /** The caller's tenancy as JSON (within_tenancy); null where there is none and nothing is visible. */
  readonly tenancy: string | null
  private readonly kind: string | undefined
  private kept: Change[] = []
  /** Only entries after it are kept; undefined until it is known. */
  private after: number | undefined
  private notify: (() => void) | undefined
  private isEnded = false

  /** Without a kind, entries of all kinds. */
  constructor(tenancy: string | null, kind: string | undefined) {
    this.tenancy = tenancy
    this.kind = kind
  }

  /** Takes the next entries that are visible to the caller. Beyond MAX_KEPT, the later ones are left out: the request reads them by a token. */
  take(changes: Change[]) {
    const { after = Number.NEGATIVE_INFINITY } = this
    for (const change of changes) {
      if (this.after !== undefined && this.kept.length >= MAX_KEPT) break
      if (change.position > after && (this.kind === undefined || change.kind === this.kind))
        this.kept.push(change)
    }
    if (this.kept.length) this.notify?.()
  }

  /** Ends the wait, with the entries that there are. */
  end() {
    this.isEnded = true
    this.notify?.()
  }

  /** Waits up to `ms` milliseconds for entries after a position, or until the watch ends. Resolves with none then. */
  async next(after: number, ms: number): Promise<Change[]> {
    this.after = after
    this.kept = this.kept.filter(({ position }) => position > after)
    if (!this.kept.length && !this.isEnded && ms > 0) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms)
        this.notify = () => {
          clearTimeout(timer)
          resolve()
        }
      })
      this.notify = undefined
    }
    return this.kept
  }
}
