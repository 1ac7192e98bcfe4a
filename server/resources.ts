import type { FastifyReply, FastifyRequest } from 'fastify'
import type pg from 'pg'
import type { Queries } from '../generated/sql.ts'
import { writeCursor } from '../search/cursor.ts'
import { resourceFields, statusFields } from '../search/fields.ts'
import { type ListQuery, type Selection, select, selectWalk } from '../search/selection.ts'
import { bytesIn } from './config/units.ts'
import type { Statements } from './db/database.ts'
import { Problem } from './http/problems.ts'
import { mediaTypeOf } from './http/request-body.ts'
import { refuse } from './validation/ajv.ts'
import type { Check } from './validation/spec-schemas/compile.ts'
import { toViolations } from './validation/violations.ts'

/** What a path names: all resources of a kind, or those of one parent. */
interface Collection {
  kind: string
  /** The parent's id in a nested path, null in a flat one. */
  owner_id: string | null
}

/** What a path names: one resource. */
interface Named extends Collection {
  id: string
}

/** The cluster that a path names. */
export const clusterAt = ({ cluster_id }: { cluster_id: string }): Named => ({
  kind: 'Cluster',
  owner_id: null,
  id: cluster_id,
})

/** The node pool that a path names, nested or flat. */
export const nodePoolAt = ({
  cluster_id,
  nodepool_id,
}: {
  cluster_id?: string
  nodepool_id: string
}): Named => ({
  kind: 'NodePool',
  owner_id: cluster_id ?? null,
  id: nodepool_id,
})

type Page = ListQuery & { page?: number; size: number; fields?: string[] }

/** One page of a collection, or one step of a walk through it by cursor. */
export async function listResources(
  request: FastifyRequest,
  collection: Collection,
  query: Page,
): Promise<string> {
  const { page = 1, size, fields = null, cursor } = query
  const { lists } = request
  const whole = collection.owner_id === null && query.search === undefined
  const parameters = { ...collection, page, size, fields, whole }
  // The children of one parent are found by an index, whatever the search.
  const narrowed = <Each extends Selection>(selection: Each) =>
    collection.owner_id === null ? selection : { ...selection, unindexed: false }
  if (cursor === undefined) {
    const selection = narrowed(select(query, resourceFields))
    const { body } = await bounded(request, 'refuse', (bound) =>
      lists.list('list_resources', { ...parameters, ...bound, known: null }, selection),
    )
    return body
  }
  const walk = selectWalk({ ...query, cursor }, resourceFields, [collection.kind, collection.owner_id])
  const known = walk.position?.total ?? null
  const { body, total, last } = await bounded(request, 'cut', (bound) =>
    lists.list('list_resources', { ...parameters, ...bound, known }, narrowed(walk)),
  )
  return last ? `{"next_cursor":"${writeCursor({ total, last }, walk.bounds)}",${body.slice(1)}` : body
}

/** Up to this size, a list takes no room of its own (FastifyInstance.reserve): most are read by one statement. */
const UNRESERVED_BYTES = 1024 * 1024
/** How much larger a list may be at each further try. */
const STEP = 4

/**
 * Reads a list within `lists.max_bytes`. `beyond` is what becomes of a larger one, as in the function bounded_items; `read`
 * reads it within a bound. One that turns out to be larger than the bound is read again within a larger one, with room
 * reserved for that; throws a 503 where there is none.
 */
async function bounded<Row extends { body: string | null }>(
  { server }: FastifyRequest,
  beyond: 'cut' | 'refuse',
  read: (bound: { max_bytes: number; beyond: string }) => Promise<Row>,
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

/** One resource, or some of its members; 304 without a body when the caller has this version already. */
export async function getResource(
  request: FastifyRequest,
  reply: FastifyReply,
  named: Named,
  { fields = null }: { fields?: string[] | null },
): Promise<string | undefined> {
  const if_none_match = headerOf(request, 'if-none-match')
  const parameters = { ...named, if_none_match, fields }
  const { body, version } = await request.database.one('get_resource', parameters)
  tag(reply, version)
  if (body === null) reply.code(304)
  return body ?? undefined
}

/** Creates a resource, answered with 201 and where it is. */
export async function createResource(
  request: FastifyRequest,
  reply: FastifyReply,
  collection: Collection,
): Promise<string> {
  const { server, database, caller } = request
  const { body, href, version, started } = await database.one('create_resource', {
    ...collection,
    body: textOf(request),
    caller,
    key: idempotencyKey(request),
    key_ttl: server.settings.idempotency.ttl,
  })
  if (started) server.metrics.reconciliationStarted(collection.kind, false)
  tag(reply.code(201).header('location', href), version)
  return body
}

/**
 * The Idempotency-Key as it is kept: of two issuers with the same name for a caller, each has keys of its own, whatever
 * is set now or was set before. No header has a line feed.
 */
function idempotencyKey(request: FastifyRequest): string | null {
  const key = headerOf(request, 'idempotency-key')
  return key === null || !request.issuer ? key : `${request.issuer}\n${key}`
}

/** Changes spec and labels, as the media type of the body says. */
export async function patchResource(
  request: FastifyRequest,
  reply: FastifyReply,
  named: Named,
): Promise<string> {
  const { server, database, caller } = request
  const is_merge = mediaTypeOf(request) === 'application/merge-patch+json'
  const patch = {
    ...named,
    patch: textOf(request),
    if_match: headerOf(request, 'if-match'),
    max_bytes: bytesIn(server.settings.server.body_limit),
  }
  const write = (at: number | null) => database.one('patch_resource', { ...patch, is_merge, caller, at })
  const check = server.specSchemas.get(named.kind)?.check
  const mergesSpec = is_merge && check && Object.hasOwn(request.body as object, 'spec')
  const { body, version, started } = await (mergesSpec
    ? writeMerged(database, patch, check, write)
    : write(null))
  if (started) server.metrics.reconciliationStarted(named.kind, false)
  tag(reply, version)
  return body
}

/** How often a merge is tried while others change the spec. */
const MERGES = 3

/**
 * Merges into a spec that must fit a schema. What it would be is read and checked first, and then written if the
 * generation, and so the spec, is still the one it was read at; else all that is done again.
 */
async function writeMerged<Written>(
  database: Statements,
  patch: Queries['get_merged_spec']['parameters'],
  check: Check,
  write: (at: number) => Promise<Written>,
): Promise<Written> {
  for (let merge = 1; merge <= MERGES; merge++) {
    const { spec, generation } = await database.one('get_merged_spec', patch)
    const errors = check(JSON.parse(spec))
    refuse(toViolations(errors.map((error) => ({ ...error, instancePath: `/spec${error.instancePath}` }))))
    try {
      return await write(generation)
    } catch (error) {
      // A generation that the caller named is looked at once more, and refused there.
      if ((error as pg.DatabaseError).code !== OTHER_GENERATION) throw error
    }
  }
  throw new Problem('SVC-001', 'Others change the spec at the same moment')
}

/** The SQLSTATE of patch_resource where the resource is not at the generation that the patch names. */
const OTHER_GENERATION = 'HF411'

/** Marks a resource for deletion, answered with 202. */
export async function deleteResource(
  request: FastifyRequest,
  reply: FastifyReply,
  named: Named,
): Promise<string> {
  const { database, caller } = request
  const if_match = headerOf(request, 'if-match')
  const parameters = { ...named, caller, if_match }
  const { body, version, started } = await database.one('delete_resource', parameters)
  for (const kind of started) request.server.metrics.reconciliationStarted(kind, true)
  tag(reply.code(202), version)
  return body
}

/** Removes a marked resource and its descendants, answered with 204; the log keeps who did it and why. */
export async function forceDeleteResource(
  request: FastifyRequest<{ Body: { reason: string } }>,
  reply: FastifyReply,
  named: Named,
): Promise<undefined> {
  const if_match = headerOf(request, 'if-match')
  const { removed } = await request.database.one('force_delete_resource', { ...named, if_match })
  // A log that keeps only errors keeps this, too.
  const log = request.log.level === 'silent' ? request.log : request.log.child({}, { level: 'warn' })
  log.warn(
    {
      audit: 'force-delete',
      resource_type: named.kind.toLowerCase(),
      resource_id: named.id,
      caller: request.caller,
      ...(request.issuer && { issuer: request.issuer }),
      reason: request.body.reason,
      removed: JSON.parse(removed),
    },
    'a resource was removed by force',
  )
  reply.code(204)
  return undefined
}

/** One page of the reports on a resource. */
export async function listReports(request: FastifyRequest, named: Named, query: Page): Promise<string> {
  const { page = 1, size } = query
  // They are those of one resource.
  const selection = { ...select(query, statusFields), unindexed: false }
  const { body } = await bounded(request, 'refuse', (bound) =>
    request.database.list('list_adapter_statuses', { ...named, ...bound, page, size }, selection),
  )
  return body
}

/**
 * Takes a report, answered with `status` (that of `reports.put_status` unless given) when it is stored, and with 204 and the
 * reason when it is discarded.
 */
export async function report(
  request: FastifyRequest,
  reply: FastifyReply,
  named: Named,
  status?: number,
): Promise<string | undefined> {
  const { max_clock_skew, max_age = null, put_status } = request.server.settings.reports
  const { discarded, body } = await request.database.one('report_status', {
    ...named,
    report: textOf(request),
    max_clock_skew,
    max_age,
  })
  if (discarded === null) {
    reply.code(status ?? put_status)
    return body ?? ''
  }
  reply.code(204).header('hyperfleet-discarded', discarded)
  return undefined
}

/** The entity tag of a resource: strong, and another one after every visible change. */
const tag = (reply: FastifyReply, version: number) => reply.header('etag', `"${version}"`)

/** The body as it was sent: parsed and written again, its numbers could be others. */
const textOf = ({ json }: Pick<FastifyRequest, 'json'>): string => json?.text ?? ''

function headerOf({ headers }: Pick<FastifyRequest, 'headers'>, name: string): string | null {
  const value = headers[name]
  return value === undefined ? null : String(value)
}
