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

/** The keys are not known, or whether there is a new one is not: a passing failure. `source` is the one that could not be read. */
export class KeysUnavailable extends Error {
  source?: KeySource
}
