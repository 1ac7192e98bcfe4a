/** The database cannot be reached, or has no connection to spare: a transient failure. */
export class DatabaseUnavailable extends Error {}

/** The database cannot be reached: no connection to it can be made, or the one that was used is lost. */
export class DatabaseAway extends DatabaseUnavailable {}

/** Nobody waits for the result any more: the client has closed the connection, or was answered that it took too long. */
export class RequestAborted extends Error {}
