import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyBaseLogger } from 'fastify'
import { createLocalJWKSet, errors, type FlattenedJWSInput, type JWK, type JWSHeaderParameters } from 'jose'
import { type KeySource, KeysUnavailable } from './keys.ts'
import { sortKeys } from './usable-keys.ts'

type LocalKeys = ReturnType<typeof createLocalJWKSet>

const REFRESH_MS = 5 * 60_000
/** How many of the keys that are left out are named in the log. */
const MAX_NAMED = 10
/** The least time between two readings, so that invented key ids do not become requests to the issuer. */
const PAUSE_MS = 1000

/** A source with its part of the keys, as last read. */
interface Part {
  source: KeySource
  text: string
  usable: JWK[]
  leftOut: string
}

/**
 * The keys of one issuer, from one source or several together. Those of each source are kept until a reading brings
 * others, however long that takes: an issuer that is away for a while locks no caller out.
 *
 * jose's createRemoteJWKSet is not used: its pause counts from readings that succeeded only, so that each unknown
 * key id would be a request to an issuer that is away, and it does not tell when the keys have changed.
 */
export class KeySet {
  /** Rises when other keys have been read: tokens that were verified before must be verified again. */
  version = 0
  private readonly parts: Part[]
  private readonly logger: Pick<FastifyBaseLogger, 'warn'>
  private keys: LocalKeys | undefined
  private reading: Promise<void> | undefined
  private ended = Number.NEGATIVE_INFINITY
  private failure: KeysUnavailable | undefined
  private timer: NodeJS.Timeout | undefined
  private isClosed = false

  constructor(sources: KeySource[], logger: Pick<FastifyBaseLogger, 'warn'>) {
    this.parts = sources.map((source) => ({ source, text: '', usable: [], leftOut: '' }))
    this.logger = logger
  }

  /**
   * The key for a token, by its algorithm and key id; when there is none, the keys are read once more.
   *
   * Throws the error of jose when no key fits or several do, and KeysUnavailable when that cannot be known.
   */
  async find(header: JWSHeaderParameters, token: FlattenedJWSInput) {
    const known = await this.pick(header, token)
    if (known) return known
    await this.renew()
    const read = await this.pick(header, token)
    if (read) return read
    throw new errors.JWKSNoMatchingKey()
  }

  /** Reads the keys, at most about once a second; callers share a reading. Throws KeysUnavailable, keeping the keys. */
  renew(): Promise<void> {
    this.reading ??= this.read()
      .catch((failure: KeysUnavailable) => {
        this.warn(failure)
        throw failure
      })
      .finally(() => {
        this.reading = undefined
      })
    return this.reading
  }

  /** Reads the keys again and again, every few minutes, until the set is closed. */
  refresh(everyMs = REFRESH_MS): void {
    this.timer = setInterval(() => this.renew().catch(() => {}), everyMs).unref()
  }

  /** The keys as they were last read, without those that are of no use. */
  get members(): JWK[] {
    return this.keys?.jwks().keys ?? []
  }

  async close(): Promise<void> {
    this.isClosed = true
    clearInterval(this.timer)
    await Promise.all(this.parts.map(({ source }) => source.close()))
  }

  /**
   * Reads the keys once, and leaves it to the caller to say so when they cannot be read: throws KeysUnavailable, of the first source
   * that failed, once the others have been read. A set with which no token could be checked counts as one that cannot be read.
   */
  async read(): Promise<void> {
    const wait = this.ended + PAUSE_MS - performance.now()
    if (wait > 0) {
      if (this.failure) throw this.failure
      // Not refused: the key may be newer than the reading.
      await sleep(wait, undefined, { ref: false })
    }
    const readings = await Promise.all(this.parts.map((part) => this.readPart(part)))
    this.failure = readings.find((reading) => reading instanceof KeysUnavailable)
    if (readings.includes(true)) {
      this.keys = createLocalJWKSet({ keys: this.parts.flatMap(({ usable }) => usable) })
      this.version++
    }
    this.ended = performance.now()
    if (this.failure) throw this.failure
  }

  /** Whether a source has other keys than before; the failure when it cannot be read. */
  private async readPart(part: Part): Promise<boolean | KeysUnavailable> {
    const { source } = part
    try {
      const text = await source.read()
      if (text === part.text) return false
      const { usable, leftOut } = await sortKeys(text, source.isOwn)
      this.tellLeftOut(part, leftOut)
      Object.assign(part, { text, usable })
      return true
    } catch (cause) {
      return Object.assign(new KeysUnavailable('the keys cannot be read', { cause }), { source })
    }
  }

  /** Says in the log that a source cannot be read. */
  warn({ cause, source }: KeysUnavailable) {
    if (this.isClosed) return
    const kept = this.keys ? 'those read before stay in force' : 'no token can be checked until they can'
    this.logger.warn(
      { reason: (cause as Error).message },
      `the keys of an issuer cannot be read from ${source?.name}; ${kept}`,
    )
  }

  /** Warns of keys that are left out, once for as long as they are the same. */
  private tellLeftOut(part: Part, keys: string[]) {
    const sorted = keys.toSorted()
    const text = sorted.join()
    if (text !== part.leftOut && text)
      this.logger.warn(
        { reason: [...sorted.slice(0, MAX_NAMED), ...(sorted[MAX_NAMED] ? ['…'] : [])].join(', ') },
        `${keys.length} keys of an issuer are of no use and left out, read from ${part.source.name}; the others are in force`,
      )
    part.leftOut = text
  }

  /** The key that fits, undefined when none does. */
  private async pick(header: JWSHeaderParameters, token: FlattenedJWSInput) {
    try {
      return await this.keys?.(header, token)
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey) return undefined
      if (error instanceof errors.JWKSMultipleMatchingKeys) throw error
      throw new KeysUnavailable('a key of the issuer is of no use', { cause: error })
    }
  }
}
