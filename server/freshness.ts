import type { Queries } from '../generated/sql.ts'

/** What a server said of itself, and when it was asked (on the clock of `performance`). */
export interface Sample {
  at: number
  said: Queries['get_wal_position']['row']
}

/** Of a replica that is away for long, the newest of what it has missed. */
const MAX_MISSED = 1000

/**
 * How fresh a replica is. What counts is what it has replayed of what the database had written at a known moment: an
 * idle database is nothing to lag behind, and a replica that has lost its primary falls behind as soon as there is more.
 */
export class Freshness {
  /** Why the replica must not be used; undefined when it may, until `usableUntil`. */
  fault: string | undefined = 'has not been asked yet'
  usableUntil = Number.NEGATIVE_INFINITY
  /** Everything committed before is on the replica. */
  private caughtUpAt = Number.NEGATIVE_INFINITY
  /** What the database had written, that the replica is not known to have: oldest first. */
  private missed: { at: number; position: bigint }[] = []
  private database: Sample | undefined
  private readonly maxLag: number

  constructor(maxLag: number) {
    this.maxLag = maxLag
  }

  /** Takes in what both have said last; undefined is a server that cannot be asked. */
  update(database: Sample | undefined, replica: Sample | undefined) {
    if (database) {
      this.missed.push({ at: database.at, position: BigInt(database.said.position) })
      this.missed.splice(0, this.missed.length - MAX_MISSED)
      this.database = database
    }
    const isOwn = replica && this.database && isOf(this.database, replica)
    if (isOwn) this.catchUp(BigInt(replica.said.position))
    // Nothing new can be missed of a database that cannot be asked.
    const behind = (this.database?.at ?? Number.POSITIVE_INFINITY) - this.caughtUpAt
    if (!replica) this.fault = 'does not answer'
    else if (!replica.said.migrated) this.fault = 'has no schema'
    else if (database && !isOwn) this.fault = 'is no replica of the database'
    else if (behind > this.maxLag) this.fault = 'is too far behind'
    else this.fault = undefined
    if (this.fault) this.usableUntil = Number.NEGATIVE_INFINITY
    else this.usableUntil = database ? this.caughtUpAt + this.maxLag : Number.POSITIVE_INFINITY
  }

  /** How many seconds the replica is behind at most; 0 when it had all at the last look. */
  lag(now: number): number {
    const hasAll = !this.missed.length && this.fault === undefined
    return hasAll ? 0 : (now - this.caughtUpAt) / 1000
  }

  private catchUp(position: bigint) {
    const last = this.missed.findLastIndex((sample) => sample.position <= position)
    const [replayed] = this.missed.splice(0, last + 1).slice(-1)
    if (replayed) this.caughtUpAt = replayed.at
  }
}

/** Whether this is a standby of the database, or the database itself by another address. */
const isOf = ({ said: database }: Sample, { said: replica }: Sample) =>
  replica.cluster === database.cluster && (replica.standby || replica.started === database.started)
