import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyBaseLogger } from 'fastify'
import type { Config } from '../config/schema.ts'
import type { Database } from '../db/database.ts'

/** The time between two looks at the partitions; they change once a day. */
const PAUSE_MS = 600_000

/**
 * Makes the partitions of the feed and of the history in advance, and drops those that are no longer kept (sql/functions/changes/rotate_changes.sql), until it
 * is closed. Where the database does not answer, the next turn does it.
 */
export function startRetention(
  { retention, history_retention }: Config['changes'],
  database: Database,
  logger: FastifyBaseLogger,
): { close(): Promise<void> } {
  const closing = new AbortController()
  const { signal } = closing
  const turning = (async () => {
    while (!signal.aborted) {
      await database
        .one('rotate_changes', { retention, history_retention })
        .catch((err) => logger.warn({ err }, 'the partitions of the feed of changes could not be changed'))
      await sleep(PAUSE_MS, undefined, { ref: false, signal }).catch(() => {})
    }
  })()
  return {
    async close() {
      closing.abort()
      await turning
    },
  }
}
