/** The feed of changes of a server: as a stream that survives its server, or by long polls. */
import { setTimeout as delay } from 'node:timers/promises'
import { createParser, type EventSourceMessage } from 'eventsource-parser'
import type { components } from '../generated/openapi.d.ts'
import { type Api, ApiError, isTransient } from './api-client.ts'
import { CliError } from './exit-codes.ts'

export type Change = components['schemas']['Change']

const CHANGES = '/api/hyperfleet/v1/changes'

/** The pauses between attempts to reach a server that is away: longer each time, up to five seconds. */
export class Backoff {
  #failures = 0

  /** Waits before the next attempt, as long as the error says or the attempts before suggest; less at the deadline. */
  async wait(error: CliError, deadline = Infinity): Promise<void> {
    const own = Math.min(200 * 2 ** this.#failures++, 5000)
    const pause = (error instanceof ApiError && error.retryMs) || own
    await delay(Math.max(0, Math.min(pause, deadline - Date.now())))
  }

  reset(): void {
    this.#failures = 0
  }
}

export interface Query {
  kind?: string
  search?: string
  fields?: 'name'[]
}

/** One page of changes after a token; waits for the first up to `waitS` seconds. Without a token, the present place. */
export async function readChanges(api: Api, query: Query, since: string | undefined, waitS = 0) {
  const { data } = await api.GET(CHANGES, {
    params: {
      query: {
        ...query,
        ...(since !== undefined && { since }),
        ...(since !== undefined && waitS > 0 && { wait: `${waitS}s` }),
      },
    },
  })
  const { items, next } = data as components['schemas']['ChangeList']
  return { items, next }
}

/**
 * Hands on each change after a token, without one from now on, until `take` returns false. When the stream ends or the server
 * is away, it is opened again after the last event. `lost` is told when changes cannot be told any more; it goes on from then.
 */
export async function follow(
  api: Api,
  query: Query,
  since: string | undefined,
  take: (change: Change) => boolean | undefined,
  lost: (error: CliError) => void,
): Promise<void> {
  const backoff = new Backoff()
  let token = since
  for (;;) {
    try {
      token ??= (await readChanges(api, query, undefined)).next
      for await (const { id, event, data } of events(api, query, token ?? '')) {
        backoff.reset()
        if (event !== 'bookmark' && take(JSON.parse(data) as Change) === false) return
        token = id ?? token
      }
      await delay(200)
    } catch (error) {
      if (error instanceof ApiError && error.status === 410 && token !== since) {
        lost(error)
        token = undefined
      } else if (isTransient(error)) await backoff.wait(error)
      else throw error
    }
  }
}

/** The events of one stream, until it ends. Throws a CliError that is transient where the connection is lost. */
async function* events(api: Api, query: Query, token: string): AsyncGenerator<EventSourceMessage> {
  const { data } = await api.GET(CHANGES, {
    params: { query, header: { 'Last-Event-ID': token } },
    headers: { Accept: 'text/event-stream' },
    parseAs: 'stream',
  })
  const found: EventSourceMessage[] = []
  const parser = createParser({ onEvent: (event) => found.push(event) })
  try {
    for await (const text of (data as unknown as ReadableStream).pipeThrough(new TextDecoderStream())) {
      parser.feed(text)
      yield* found.splice(0)
    }
  } catch (error) {
    throw new CliError(`the stream has ended: ${(error as Error).message}`, 'unavailable')
  }
}
