import type { FastifyReply, FastifyRequest } from 'fastify'
import { compileSelection, type ListQuery } from '../search/compile.ts'
import { resourceFields, statusFields } from '../search/fields.ts'

/** What a path names: all resources of a kind, or those of one parent. */
export interface Collection {
  kind: string
  /** The parent's id in a nested path, null in a flat one. */
  owner_id: string | null
}

/** What a path names: one resource. */
export interface Named extends Collection {
  id: string
}

type Page = ListQuery & { page: number; size: number }

/** One page of a collection. */
export async function listResources(
  { server }: FastifyRequest,
  collection: Collection,
  query: Page,
): Promise<string> {
  const scope = collection.owner_id === null ? undefined : 'resource.owner_id = owner.id'
  const counted = scope === undefined && query.search === undefined
  const selection = compileSelection(query, resourceFields, scope)
  const { page, size } = query
  return (await server.database.list('list_resources', { ...collection, page, size, counted }, selection))
    .body
}

/** One resource. */
export async function getResource({ server }: FastifyRequest, named: Named): Promise<string> {
  return (await server.database.one('get_resource', named)).body
}

/** Creates a resource, answered with 201 and where it is. */
export async function createResource(
  request: FastifyRequest,
  reply: FastifyReply,
  collection: Collection,
): Promise<string> {
  const { server, caller } = request
  const { body, href } = await server.database.one('create_resource', {
    ...collection,
    body: textOf(request),
    caller,
  })
  reply.code(201).header('location', href)
  return body
}

/** One page of the reports on a resource. */
export async function listReports({ server }: FastifyRequest, named: Named, query: Page): Promise<string> {
  const { page, size } = query
  const selection = compileSelection(query, statusFields)
  return (await server.database.list('list_adapter_statuses', { ...named, page, size }, selection)).body
}

/** Takes a report, answered with `status` when it is stored, and with 204 and the reason when it is discarded. */
export async function report(
  request: FastifyRequest,
  reply: FastifyReply,
  named: Named,
  status: 200 | 201,
): Promise<string | undefined> {
  const { max_clock_skew, max_age = null } = request.server.settings.reports
  const { discarded, body } = await request.server.database.one('report_status', {
    ...named,
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

/** The body as it was sent: parsed and written again, its numbers could be others. */
const textOf = ({ json }: FastifyRequest): string => json?.text ?? ''
