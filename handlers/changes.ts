import { goneToken } from '../server/changes/change-feed.ts'
import type { Change } from '../server/changes/change-watcher.ts'
import { milliseconds } from '../server/config/units.ts'
import { RequestAborted } from '../server/db/database-errors.ts'
import type { Handler } from './handler.ts'

/** The changes after a token; where there are none, it waits for some as long as the request says. */
export const list: Handler<'getChanges'> = async (request, reply) => {
  const { server, query, scope } = request
  const { tenancy } = scope
  const { since, kind, limit = 100, wait = '0s' } = query
  const end = performance.now() + milliseconds(wait)
  request.extend(milliseconds(wait))
  const watcher = server.changes.watch(tenancy, kind)
  const abort = () => watcher.end()
  reply.raw.once('close', abort)
  try {
    const { position, tokens } = await server.changes.reached()
    const after = since === undefined ? position : tokens.read(since)
    if (after === undefined || after > position) throw goneToken()
    const answer = (changes: Pick<Change, 'position' | 'body'>[]) => {
      const items = changes.slice(0, limit)
      const last = items.at(-1)?.position ?? position
      // A page that is not full has everything up to the position.
      const next = items.length === limit ? last : Math.max(last, position)
      const bodies = items.map((item) => `{"token":"${tokens.write(item.position)}",${item.body.slice(1)}`)
      return `{"kind":"ChangeList","items":[${bodies}],"next":"${tokens.write(next)}"}`
    }
    const page = { since: String(after), until: String(position), kind: kind ?? null, size: limit, tenancy }
    const { floor, seqs, bodies } = await request.database.one('list_changes', page)
    if (after < Number(floor)) throw goneToken()
    const found = seqs.map((seq, index) => ({ position: Number(seq), body: bodies[index] ?? '' }))
    if (found.length || end <= performance.now()) return answer(found)
    server.changes.poll()
    const changes = await watcher.next(position, end - performance.now())
    if (reply.raw.closed) throw new RequestAborted('aborted while it waited for changes')
    if (!server.changes.isCurrent(tokens)) throw goneToken()
    return answer(changes)
  } finally {
    reply.raw.off('close', abort)
    server.changes.unwatch(watcher)
  }
}
