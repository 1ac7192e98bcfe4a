/** Where a set of keys is read from, again and again. */
export interface KeySource {
  /** For the log: without possible secrets. */
  name: string
  /** Whether a set with a private key is refused. That of a URL only its issuer could mend. */
  isOwn: boolean
  /** The JSON Web Key Set, as text. */
  read(): Promise<string>
  close(): Promise<void>
}

/** The keys, or possible new keys, could not be read: a transient failure. `source` is the source that could not be read. */
export class KeysUnavailable extends Error {
  source?: KeySource
}
