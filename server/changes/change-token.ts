import { createCipheriv, createDecipheriv, createHash } from 'node:crypto'

const ALGORITHM = 'aes-256-cbc'
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

  constructor(feed: string) {
    this.feed = feed
    this.key = createHash('sha256').update(feed).digest()
  }

  /** The token of a place. */
  write({ position, id }: Place): string {
    const bytes = Buffer.alloc(id === undefined ? BLOCK : 2 * BLOCK)
    bytes.writeBigUInt64BE(BigInt(position))
    if (id !== undefined) {
      bytes.writeBigUInt64BE(1n, HALF)
      bytes.write(id.replaceAll('-', ''), BLOCK, 'hex')
    }
    const cipher = createCipheriv(ALGORITHM, this.key, VECTOR).setAutoPadding(false)
    return cipher.update(bytes).toString('base64url')
  }

  /** The place of a token; undefined where it is none of this feed. */
  read(token: string): Place | undefined {
    const encrypted = Buffer.from(token, 'base64url')
    if (encrypted.length !== BLOCK && encrypted.length !== 2 * BLOCK) return undefined
    const decipher = createDecipheriv(ALGORITHM, this.key, VECTOR).setAutoPadding(false)
    const bytes = decipher.update(encrypted)
    const position = Number(bytes.readBigUInt64BE())
    const blocks = bytes.readBigUInt64BE(HALF) + 1n
    if (blocks !== BigInt(bytes.length / BLOCK) || !Number.isSafeInteger(position)) return undefined
    return blocks === 1n ? { position } : { position, id: uuidOf(bytes.toString('hex', BLOCK)) }
  }
}

const uuidOf = (hex: string) => hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, '$1-$2-$3-$4-$5')
