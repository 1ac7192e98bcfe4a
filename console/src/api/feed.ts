import { EventSourceParserStream } from 'eventsource-parser/stream'
import { addressOf, CallFailed, failureOf } from './client.ts'
import { authorization } from './session.ts'
import type { Change } from './types.ts'

/** The time before a stream that has ended is opened again. */
const RETRY_MS = 1000

interface Following {
  kind?: string | undefined
  search?: string | undefined
  fields?: string | undefined
  /** The token after which changes are told; without it, from now on. */
  since?: string | undefined
  /** The state of the stream, for the person at the screen. */
  onState?(state: FeedState): void
  onChange(change: Change): void
  /** The changes after the token are no longer kept: what is shown must be read again. */
  onLost(): void
}

export type FeedState = 'connecting' | 'live' | 'lost'

/**
 * Follows the feed of changes (`GET /changes`) until the signal is aborted. A stream that ends is opened again after the last
 * event. By `fetch`, for `EventSource` sends no token.
 */
export async function follow(path: string, following: Following, signal: AbortSignal): Promise<void> {
  const { kind, search, fields, onChange, onLost, onState } = following
  let last = following.since
  while (!signal.aborted) {
    onState?.('connecting')
    try {
      const address = addressOf({ method: 'GET', path, query: { kind, search, fields, since: last } })
      const answer = await fetch(address, {
        headers: { Accept: 'text/event-stream', ...authorization() },
        signal,
      })
      if (!answer.ok || !answer.body) throw await failureOf(answer)
      onState?.('live')
      const events = answer.body
        .pipeThrough(new TextDecoderStream())
        .pipeThrough(new EventSourceParserStream())
      // Not by `for await`, which Safari does not know for streams.
      const reader = events.getReader()
      for (let next = await reader.read(); !next.done; next = await reader.read()) {
        const { id, event, data } = next.value
        if (id) last = id
        if (event !== 'bookmark') onChange(JSON.parse(data))
      }
    } catch (error) {
      if (signal.aborted) return
      if (error instanceof CallFailed && error.status === 410) return onLost()
      if (error instanceof CallFailed && error.status >= 400 && error.status < 500 && error.status !== 429) {
        onState?.('lost')
        return
      }
      onState?.('lost')
    }
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
  }
}
