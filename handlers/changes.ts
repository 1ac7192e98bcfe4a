import { begin } from '../server/changes/change-begin.ts'
import { entryJson } from '../server/changes/change-entry.ts'
import { ChangeStream } from '../server/changes/change-stream.ts'
import { viewOf } from '../server/changes/change-view.ts'
import { ChangeWait } from '../server/changes/change-wait.ts'
import { acceptsEvents, beginEvents } from '../server/changes/event-stream.ts'
import { milliseconds } from '../server/config/units.ts'
import { RequestAborted } from '../server/db/database-errors.ts'
import { headerOf } from '../server/http/headers.ts'
import { refuse } from '../server/validation/violations.ts'
import type { Handler } from './handler.ts'

/** The changes after a token: a page of them, or a stream. */
export const list: Handler<'getChanges'> = (request, reply) =>
  acceptsEvents(request, reply) ? stream(request, reply) : page(request, reply)

/** Where there are no changes yet, it waits for some as long as the request says. */
const page: Handler<'getChanges'> = async (request, reply) => {
  const { server, query, scope, database } = request
  const { since, limit = 100, wait = '0s' } = query
  const view = viewOf(scope, query)
  request.extend(milliseconds(wait))
  const { known, place } = await begin(server.changes, since)
  const waiting = new ChangeWait(server.changes, view, place, limit)
  const abort = () => waiting.end()
  reply.raw.once('close', abort)
  try {
    const { entries, next } = await waiting.page(database, known, milliseconds(wait))
    if (reply.raw.closed) throw new RequestAborted('aborted while it waited for changes')
    const items = entries.map((entry) => entryJson(entry, known.tokens))
    return `{"kind":"ChangeList","items":[${items}],"next":"${known.tokens.write(next)}"}`
  } finally {
    reply.raw.off('close', abort)
  }
}

const stream: Handler<'getChanges'> = async (request, reply) => {
  const { server, query, scope, database, expires } = request
  refuse(
    (['limit', 'wait'] as const)
      .filter((name) => query[name] !== undefined)
      .map((field) => ({
        field,
        message: 'must not be given for a stream of events',
        constraint: 'excludes',
      })),
  )
  const view = viewOf(scope, query)
  const { known, place } = await begin(server.changes, headerOf(request, 'last-event-id') || query.since)
  if (request.method === 'HEAD') {
    beginEvents(request, reply)
    reply.raw.end()
    return undefined
  }
  const events = new ChangeStream(server.changes, view, place, { known, response: reply.raw, expires })
  await events
    .run(database, () => beginEvents(request, reply))
    .catch((error) => {
      // The reader has a token to go on from, and is told the problem then.
      if (!request.isStream) throw error
      if (!(error instanceof RequestAborted))
        request.log.warn({ err: error }, 'a stream of changes was ended')
    })
  return undefined
}
