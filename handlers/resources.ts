import type { FastifyReply, FastifyRequest } from 'fastify'
import { writeCursor } from '../search/cursor.ts'
import { resourceFields } from '../search/fields.ts'
import {
  isWhole,
  type ListQuery,
  queryOf,
  type Selection,
  scoped,
  select,
  selectWalk,
} from '../search/selection.ts'
import { writeMapped } from '../server/conditions/condition-mapping.ts'
import { bytesIn } from '../server/config/units.ts'
import { type Bound, bounded } from '../server/http/bounded-list.ts'
import { tagOf } from '../server/http/compression.ts'
import { headerOf, idempotencyKey } from '../server/http/headers.ts'
import { withToken } from '../server/http/list-token.ts'
import { mediaTypeOf, textOf } from '../server/http/request-body.ts'
import type { Target } from '../server/http/routing/target.ts'
import { audit } from '../server/observability/audit-log.ts'
import { ANY_KIND } from '../server/openapi/kinds.ts'
import { refuseByRules, writePatched } from '../server/validation/patched-spec.ts'
import type { Handler } from './handler.ts'

/** One page of a collection, or one step of a walk through it by cursor. */
export const list: Handler<'getClusters'> = (request, reply) =>
  withToken(request, reply, () => page(request, request.query))

/** The same list, with the request in the body. */
export const search: Handler<'searchClusters'> = (request, reply) => {
  const { default_size: size } = request.server.settings.lists
  const query = { size, ...(request.query as object), ...given(request.body) }
  return withToken(request, reply, () => page(request, query))
}

/** The members of a body that count: null and an empty text are absent, but an empty cursor begins a walk. */
const given = (body: object): ListQuery =>
  Object.fromEntries(
    Object.entries(body).filter(([name, value]) => value !== null && (value !== '' || name === 'cursor')),
  )

/** The parameters of a page. */
interface PageQuery extends ListQuery {
  page?: number
  size: number
  fields?: string[]
}

async function page(request: FastifyRequest & { target: Target }, query: PageQuery): Promise<string> {
  const { lists, target } = request
  const { owner_id, tenancy, tenant } = target
  const kind = target.kind || null
  const { page = 1, size, fields = null, cursor } = query
  const read = (selection: Selection, bound: Bound, known: string | null) => {
    const whole = isWhole(selection, owner_id)
    const parameters = { ...target, kind, page, size, fields, whole, known, ...bound }
    return lists.list(queryOf(selection, owner_id, page === 1), parameters, scoped(selection, parameters))
  }
  if (cursor === undefined) {
    const selection = select(query, resourceFields)
    return (await bounded(request, 'refuse', (bound) => read(selection, bound, null))).body
  }
  // A path of any kind has cursors of its own, and so has a tenancy.
  const scope = [kind, owner_id, ...(tenant ? [tenancy] : []), ...(request.kind ? [ANY_KIND.name] : [])]
  const walk = selectWalk({ ...query, cursor }, resourceFields, scope)
  const known = walk.position?.total ?? null
  const { body, total, last } = await bounded(request, 'cut', (bound) => read(walk, bound, known))
  return last ? `{"next_cursor":"${writeCursor({ total, last }, walk.bounds)}",${body.slice(1)}` : body
}

/** One resource, or some of its members; 304 without a body when the caller has this version already. */
export const get: Handler<'getClusterById'> = async (request, reply) => {
  const { fields = null } = request.query
  const if_none_match = headerOf(request, 'if-none-match')
  const parameters = { ...request.target, if_none_match, fields }
  const { body, version, coding } = await request.database.one('get_resource', parameters)
  // A 304 has the tag of the form that the caller has; that of a body follows from whether it is compressed.
  const held = body === null && request.server.settings.server.compression ? coding : null
  reply.header('etag', tagOf(version, held))
  if (body === null) reply.code(304)
  return body ?? undefined
}

/** Why the conditions of a resource are as they are. */
export const explain: Handler<'explainCluster'> = async ({ server, database, target }) => {
  const results = await server.mapping.results(database, target)
  return (await database.one('explain_resource', { ...target, results: JSON.stringify(results) })).body
}

/** Creates a resource, answered with 201 and where it is. */
export const create: Handler<'postCluster'> = async (request, reply) => {
  const { server, caller, target } = request
  const { kind, owner_id } = target
  refuseByRules(server.specSchemas.get(kind), request.body.spec)
  const key = idempotencyKey(request)
  const key_ttl = server.settings.idempotency.ttl
  // A path of any kind has keys of its own.
  const scope = request.kind ? ANY_KIND.name : kind
  const create = { ...target, body: textOf(request), caller, key, key_ttl, scope }
  const { row, stored } = await writeMapped(
    request,
    (statements, maps) => statements.one('create_resource', { ...create, maps }),
    { key: key === null ? undefined : { caller, scope, owner_id, key } },
  )
  const { href, started } = row
  const { body, version } = latest(row, stored, row.id)
  if (started) countStarted(request, [kind], false)
  tag(reply.code(201).header('location', href), version)
  return body
}

/** Changes spec and labels, as the media type of the body says. */
export const patch: Handler<'patchClusterById'> = async (request, reply) => {
  const { server, database, caller, target } = request
  const is_merge = mediaTypeOf(request) === 'application/merge-patch+json'
  const change = {
    ...target,
    patch: textOf(request),
    is_merge,
    if_match: headerOf(request, 'if-match'),
    max_bytes: bytesIn(server.settings.server.body_limit),
  }
  const write = async (at: number | null) => {
    const { row, stored } = await writeMapped(request, (statements, maps) =>
      statements.one('patch_resource', { ...change, caller, at, maps }),
    )
    return { ...row, ...latest(row, stored, target.id) }
  }
  const schema = server.specSchemas.get(target.kind)
  const { body, version, started } = await writePatched(database, change, request.body, schema, write)
  if (started) countStarted(request, [target.kind], false)
  tag(reply, version)
  return body
}

/** Marks a resource for deletion, answered with 202. */
export const remove: Handler<'deleteClusterById'> = async (request, reply) => {
  const { caller, target } = request
  const if_match = headerOf(request, 'if-match')
  const { row, stored } = await writeMapped(
    request,
    (statements, maps) => statements.one('delete_resource', { ...target, caller, if_match, maps }),
    { isDelete: true },
  )
  const { body, version } = latest(row, stored, target.id)
  countStarted(request, row.started, true)
  tag(reply.code(202), version)
  return body
}

/** Removes a marked resource and its descendants, answered with 204; the log keeps the caller and the reason. */
export const forceDelete: Handler<'forceDeleteCluster'> = async (request, reply) => {
  const { caller, target } = request
  const { reason } = request.body
  const command = { ...target, caller, reason, if_match: headerOf(request, 'if-match') }
  const { removed } = await request.database.one('force_delete_resource', command)
  request.database.whenKept(() => logRemoval(request, removed))
  reply.code(204)
  return undefined
}

/** Counts the generations that a request has begun, by the kinds of their resources. */
function countStarted({ server, database }: FastifyRequest, kinds: string[], isDelete: boolean) {
  database.whenKept(() => {
    for (const kind of kinds) server.counters.reconciliationStarted(kind, isDelete)
  })
}

/** Writes to the log who removed a resource by force, why, and the resources that went with it. */
function logRemoval(request: Parameters<typeof forceDelete>[0], removed: string) {
  const { target } = request
  audit(
    request,
    {
      audit: 'force-delete',
      resource_type: target.kind.toLowerCase(),
      resource_id: target.id,
      reason: request.body.reason,
      removed: JSON.parse(removed),
    },
    'a resource was removed by force',
  )
}

/** A resource as a write has left it, or as its mapped conditions have. */
const latest = (
  row: { body: string; version: number },
  stored: { id: string; body: string | null; version: number | null }[],
  id: string,
): { body: string; version: number } => {
  const mapped = stored.find((each) => each.id === id)
  return mapped?.body && mapped.version ? { body: mapped.body, version: mapped.version } : row
}

/** The entity tag of a resource: strong, and another one after every visible change. */
const tag = (reply: FastifyReply, version: number) => reply.header('etag', tagOf(version, null))
