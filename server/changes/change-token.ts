import { createCipheriv, createDecipheriv, createHash } from 'node:crypto'

const ALGORITHM = 'aes-256-ecb'

/** A token is one block: the position, and as many bytes of zero. */
const HALF = 8

/**
 * The tokens of one feed: positions in it, encrypted under a key of the feed. A token says nothing of how much others write, and one of
 * another feed is recognized, since its block does not end in zeros.
 */
export class ChangeTokens {
  private readonly key: Buffer

  /** `feed` is the digest of the feed (sql/functions/changes/change_bound.sql). */
  constructor(feed: string) {
    this.key = createHash('sha256').update(feed).digest()
  }

  /** The token of a position. */
  write(position: number): string {
    const block = Buffer.alloc(2 * HALF)
    block.writeBigUInt64BE(BigInt(position))
    const cipher = createCipheriv(ALGORITHM, this.key, null).setAutoPadding(false)
    return cipher.update(block).toString('base64url')
  }

  /** The position of a token; undefined where it is none of this feed. */
  read(token: string): number | undefined {
    const bytes = Buffer.from(token, 'base64url')
    if (bytes.length !== 2 * HALF) return undefined
    const block = createDecipheriv(ALGORITHM, this.key, null).setAutoPadding(false).update(bytes)
    const position = Number(block.readBigUInt64BE())
    return block.readBigUInt64BE(HALF) === 0n && Number.isSafeInteger(position) ? position : undefined
  }
}
