import type { FastifyReply } from 'fastify'
import { statusFields } from '../search/fields.ts'
import { select } from '../search/selection.ts'
import { writeMapped } from '../server/conditions/condition-mapping.ts'
import { type Bound, bounded } from '../server/http/bounded-list.ts'
import { startDryRun } from '../server/http/dry-run.ts'
import { withToken } from '../server/http/list-token.ts'
import { textOf } from '../server/http/request-body.ts'
import type { Handler } from './handler.ts'

type Request = Parameters<Handler<'putClusterStatuses'>>[0]

/** One page of the reports on a resource. */
export const list: Handler<'getClusterStatuses'> = async (request, reply) => {
  const { target, query } = request
  const { page = 1, size } = query
  // They are those of one resource.
  const selection = { ...select(query, statusFields), unindexed: false }
  const read = (bound: Bound) =>
    request.database.list('list_adapter_statuses', { ...target, ...bound, page, size }, selection)
  const { body } = await withToken(request, reply, () => bounded(request, 'refuse', read))
  return body
}

/** Takes a report. */
export const put: Handler<'putClusterStatuses'> = (request, reply) =>
  take(request, reply, request.server.settings.reports.put_status)

/** Takes a report from an older client. */
export const create: Handler<'postClusterStatuses'> = (request, reply) => take(request, reply, 201)

/** Explains a resource as it would be after a report; nothing is kept. */
export const preview: Handler<'previewClusterReport'> = async (request, reply) => {
  startDryRun(request, reply)
  const { database, server, target } = request
  const report = { ...reportOf(request), maps: true }
  const { discarded, body } = await database.transaction(async (statements) => {
    const { discarded, inputs } = await statements.one('report_status', report)
    if (discarded !== null) return { discarded, body: undefined }
    const evaluated = server.mapping.evaluate(inputs, database.isKept)
    await server.mapping.store(statements, evaluated, false)
    const results = JSON.stringify(evaluated.flatMap(({ results }) => results))
    const [explained] = await statements.finish('explain_remaining', { ...target, results })
    return { discarded, body: explained?.body }
  })
  if (body === undefined) reply.code(204)
  if (discarded !== null) reply.header('hyperfleet-discarded', discarded)
  return body
}

/** Takes a report, answered with `status` when it is stored, and with 204 and the reason when it is discarded. */
async function take(request: Request, reply: FastifyReply, status: number): Promise<string | undefined> {
  const { row } = await writeMapped(request, (statements, maps) =>
    statements.one('report_status', { ...reportOf(request), maps }),
  )
  const { discarded, body } = row
  if (discarded === null) {
    reply.code(status)
    return body ?? ''
  }
  reply.code(204).header('hyperfleet-discarded', discarded)
  return undefined
}

/** A report, and the limits of its time. */
function reportOf(request: Pick<Request, 'server' | 'target' | 'json'>) {
  const { max_clock_skew, max_age = null } = request.server.settings.reports
  return { ...request.target, report: textOf(request), max_clock_skew, max_age }
}
