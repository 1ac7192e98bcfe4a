import type { FastifyReply } from 'fastify'
import { statusFields } from '../search/fields.ts'
import { select } from '../search/selection.ts'
import { bounded } from '../server/http/bounded-list.ts'
import { textOf } from '../server/http/request-body.ts'
import type { Handler } from './handler.ts'

type Request = Parameters<Handler<'putClusterStatuses'>>[0]

/** One page of the reports on a resource. */
export const list: Handler<'getClusterStatuses'> = async (request) => {
  const { target, query } = request
  const { page = 1, size } = query
  // They are those of one resource.
  const selection = { ...select(query, statusFields), unindexed: false }
  const { body } = await bounded(request, 'refuse', (bound) =>
    request.database.list('list_adapter_statuses', { ...target, ...bound, page, size }, selection),
  )
  return body
}

/** Takes a report. */
export const put: Handler<'putClusterStatuses'> = (request, reply) =>
  take(request, reply, request.server.settings.reports.put_status)

/** Takes a report from an older client. */
export const create: Handler<'postClusterStatuses'> = (request, reply) => take(request, reply, 201)

/** Takes a report, answered with `status` when it is stored, and with 204 and the reason when it is discarded. */
async function take(request: Request, reply: FastifyReply, status: number): Promise<string | undefined> {
  const { max_clock_skew, max_age = null } = request.server.settings.reports
  const { discarded, body } = await request.database.one('report_status', {
    ...request.target,
    report: textOf(request),
    max_clock_skew,
    max_age,
  })
  if (discarded === null) {
    reply.code(status)
    return body ?? ''
  }
  reply.code(204).header('hyperfleet-discarded', discarded)
  return undefined
}
