import { type Cipher, createCipheriv, createDecipheriv, createHash } from 'node:crypto'

const BLOCK = 16
/** The first block of a token: the position, and as many bytes that say whether there is another block. */
const HALF = 8
/** Tokens need not differ from one another where they stand for the same place. */
const VECTOR = Buffer.alloc(BLOCK)

/** A place in the feed, from which it can be read on. */
export interface Place {
  /** The number of the last entry that has been told. */
  position: number
  /** While the present state is told: the id of the last resource. Changes follow after it, from `position` on. */
  id?: string
}

/** A position in the feed: every entry up to it was committed at a time (of `performance`), and none will be added. */
export interface Position {
  at: number
  position: number
  tokens: ChangeTokens
}

/** Before all ids: no resource has it. */
export const NIL = '00000000-0000-0000-0000-000000000000'

/**
 * The tokens of one feed: places in it, encrypted under a key of the feed. A token says nothing of how much others write, and one of
 * another feed is recognized by its first block.
 */
export class ChangeTokens {
  /** The digest of the feed (sql/functions/changes/feed_digest.sql). */
  readonly feed: string
  private readonly key: Buffer
  /** Encrypts single blocks. One for all tokens: to make a cipher takes ten times as long as to use it. */
  private readonly cipher: Cipher

  constructor(feed: string) {
    this.feed = feed
    this.key = createHash('sha256').update(feed).digest()
    this.cipher = createCipheriv('aes-256-ecb', this.key, null).setAutoPadding(false)
  }

  /** The token of a place. */
  write({ position, id }: Place): string {
    const block = Buffer.alloc(BLOCK)
    block.writeBigUInt64BE(BigInt(position))
    if (id === undefined) return this.cipher.update(block).toString('base64url')
    block.writeBigUInt64BE(1n, HALF)
    const first = this.cipher.update(block)
    // Chained, as `read` has it (CBC).
    const chained = Buffer.from(id.replaceAll('-', ''), 'hex').map(
      (byte, index) => byte ^ (first[index] ?? 0),
    )
    return Buffer.concat([first, this.cipher.update(chained)]).toString('base64url')
  }

  /** The place of a token; undefined where it is none of this feed. */
  read(token: string): Place | undefined {
    const encrypted = Buffer.from(token, 'base64url')
    if (encrypted.length !== BLOCK && encrypted.length !== 2 * BLOCK) return undefined
    const decipher = createDecipheriv('aes-256-cbc', this.key, VECTOR).setAutoPadding(false)
    const bytes = decipher.update(encrypted)
    const position = Number(bytes.readBigUInt64BE())
    const blocks = bytes.readBigUInt64BE(HALF) + 1n
    if (blocks !== BigInt(bytes.length / BLOCK) || !Number.isSafeInteger(position)) return undefined
    return blocks === 1n ? { position } : { position, id: uuidOf(bytes.toString('hex', BLOCK)) }
  }
}

const uuidOf = (hex: string) => hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, '$1-$2-$3-$4-$5')
