import type { FastifyRequest } from 'fastify'
import { bytesIn } from '../config/units.ts'

/** Up to this size, a list takes no room of its own (FastifyInstance.reserve): most are read by one statement. */
const UNRESERVED_BYTES = 1024 * 1024
/** How much larger a list may be at each further try. */
const STEP = 4

/** The bytes that the items of a list may have, and the fate of a larger list (bounded_items). */
export interface Bound {
  max_bytes: number
  beyond: string
}

/**
 * Reads a list within `lists.max_bytes`. `beyond` says whether a larger one is cut or refused, as in the function bounded_items; `read`
 * reads it within a bound. One that turns out to be larger than the bound is read again within a larger one, with room
 * reserved for that; throws a 503 where there is none.
 */
export async function bounded<Row extends { body: string | null }>(
  { server }: FastifyRequest,
  beyond: 'cut' | 'refuse',
  read: (bound: Bound) => Promise<Row>,
): Promise<Row & { body: string }> {
  const limit = bytesIn(server.settings.lists.max_bytes)
  for (let bound = UNRESERVED_BYTES; ; bound *= STEP) {
    const max_bytes = Math.min(bound, limit)
    const release = bound > UNRESERVED_BYTES ? server.reserve(max_bytes) : undefined
    try {
      const row = await read({ max_bytes, beyond: bound < limit ? 'none' : beyond })
      if (hasBody(row)) return row
    } finally {
      release?.()
    }
  }
}

const hasBody = <Row extends { body: string | null }>(row: Row): row is Row & { body: string } =>
  row.body !== null
