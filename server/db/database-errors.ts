/** The database cannot be reached, or has no connection to spare: a transient failure. */
export class DatabaseUnavailable extends Error {}

/** The database cannot be reached: no connection to it can be made, or the one that was used is lost. */
export class DatabaseAway extends DatabaseUnavailable {}

/**
 * A connection was made, and how the server or the session is set up forbids its use: it is read-only, say. `faults` are
 * the rules that it breaks, for the operator.
 */
export class SessionUnfit extends DatabaseAway {
  readonly faults: string[]
  /** Whether the server is a standby, which may be promoted soon. */
  readonly isStandby: boolean

  constructor(faults: string[], isStandby = false) {
    super(`the database is set up otherwise than the rules need: ${faults.join('; ')}`)
    this.faults = faults
    this.isStandby = isStandby
  }
}

/** Nobody waits for the result any more: the client has closed the connection, or was answered that it took too long. */
export class RequestAborted extends Error {}
