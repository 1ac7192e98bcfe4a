import type { Queries } from '../../generated/sql.ts'

/** What a server said of itself, and when it was asked (on the clock of `performance`). */
export interface Sample {
  at: number
  said: Queries['get_wal_position']['row']
}

/**
 * How fresh a replica is. What counts is what it has replayed of what the database had written at a known moment: an
 * idle database is nothing to lag behind, and a database that cannot be asked makes nothing fresher.
 */
export class Freshness {
  /** Why the replica must not be used; undefined when it may, until `usableUntil`. */
  fault: string | undefined = 'has not been asked yet'
  usableUntil = Number.NEGATIVE_INFINITY
  /** Whether the replica answers, and is of this database, however old what it has may be. */
  isLastResort = false
  /** Everything committed before is on the replica. */
  caughtUpAt = Number.NEGATIVE_INFINITY
  /** What the database had written within `maxLag`, that the replica is not known to have: oldest first. */
  private missed: { at: number; position: bigint }[] = []
  private database: Sample | undefined
  private readonly maxLag: number

  constructor(maxLag: number) {
    this.maxLag = maxLag
  }

  /** Takes in what both have said last, or why a server has not said anything. */
  update(database: Sample | Error, replica: Sample | Error) {
    if (!(database instanceof Error) && database.said.position) {
      this.missed.push({ at: database.at, position: BigInt(database.said.position) })
      const isOld = ({ at }: { at: number }) => at < database.at - this.maxLag
      this.missed.splice(0, this.missed.findLastIndex(isOld) + 1)
      this.database = database
    }
    this.isLastResort = !(replica instanceof Error) && isRelated(this.database, replica)
    this.fault = this.faultOf(database, replica)
    this.usableUntil = this.fault ? Number.NEGATIVE_INFINITY : this.caughtUpAt + this.maxLag
  }

  /** How many seconds the replica is behind at most; 0 when it had all at the last look. */
  lag(now: number): number {
    const hasAll = !this.missed.length && this.fault === undefined
    return hasAll ? 0 : (now - this.caughtUpAt) / 1000
  }

  private faultOf(database: Sample | Error, replica: Sample | Error): string | undefined {
    if (replica instanceof Error) return `cannot be read: ${replica.message}`
    if (!this.isLastResort || !isOf(this.database, replica)) return 'is no replica of the database'
    if (!replica.said.position) return 'does not say how far it is'
    this.catchUp(BigInt(replica.said.position))
    if (replica.at - this.caughtUpAt <= this.maxLag) return undefined
    if (database instanceof Error)
      return `may be too far behind: the database cannot be asked: ${database.message}`
    return 'is too far behind'
  }

  private catchUp(position: bigint) {
    const last = this.missed.findLastIndex((sample) => sample.position <= position)
    const [replayed] = this.missed.splice(0, last + 1).slice(-1)
    if (replayed) this.caughtUpAt = replayed.at
  }
}

/** Whether the two are one database, on whichever server. */
const isRelated = (database: Sample | undefined, { said: replica }: Sample) =>
  replica.cluster === database?.said.cluster && replica.database === database.said.database

/** Whether this is a standby, or the very server of the database by another address. */
const isOf = (database: Sample | undefined, { said: replica }: Sample) =>
  replica.standby || replica.started === database?.said.started
