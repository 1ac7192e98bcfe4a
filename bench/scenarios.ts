/** What clients do, each with the statement that the server makes of it. */
import { type Queries, queries } from '../generated/sql.ts'
import { resourceFields } from '../search/fields.ts'
import { isWhole, type ListQuery, queryOf, scoped, select, selected } from '../search/selection.ts'
import { configSchema } from '../server/config/schema.ts'
import { bytesIn } from '../server/config/units.ts'
import { ALL_TENANTS } from '../server/db/scope.ts'
import { ADAPTERS } from './fleet.ts'
import { idOf, type Request, type Value } from './requests.ts'

export interface Scenario {
  name: string
  requests: Request[]
  /** SQL that makes the fleet ready, once. */
  prepare?: string[]
  /** SQL before each run. */
  before?: string[]
  /** Whether it can be done to each cluster once only in a run. */
  once?: boolean
  /** Whether it is also measured with long specs, and at fixed rates. */
  sizes?: boolean
  rates?: boolean
}

const AN_ID = idOf('{id}')
const EACH = idOf('{each}')
const Cluster = { kind: 'Cluster', owner_kind: null, owner_id: null, ...ALL_TENANTS }
const poller = `status.conditions.Reconciled = 'False' and status.conditions.Reconciled.last_updated_time < now() - 10s`

/** The scenarios for a fleet whose specs are like this one. */
export function scenariosOf(spec: object): Scenario[] {
  const get = request(
    'GET',
    `/clusters/${AN_ID}`,
    statement('get_resource', { ...Cluster, id: AN_ID, if_none_match: null, fields: null }),
  )
  const sent = new Date(Date.now() - 30_000).toISOString()
  const past = new Date(Date.now() - 3_600_000).toISOString()
  const again = report(AN_ID, ADAPTERS[0], sent, 'as ever')
  const changed = report(AN_ID, ADAPTERS[0], '{time}', '{n}')
  const last = ADAPTERS.at(-1)
  const label = patch({ labels: { 'example.com/touched': '{n}' } })
  return [
    { name: 'GET by id', requests: [get], sizes: true, rates: true },
    { name: 'list of 10', requests: [list({ size: 10 })], sizes: true, rates: true },
    { name: 'list of 100', requests: [list({ size: 100 })] },
    { name: "poller's search, 200 matches", requests: [list({ size: 20, search: poller })] },
    {
      name: 'report, new',
      requests: [report(EACH, last, '{time}', '{n}')],
      before: [`delete from adapter_statuses where adapter = '${last}'`],
      once: true,
    },
    { name: 'report, changed', requests: [changed], sizes: true, rates: true },
    {
      name: 'report, unchanged but for its time',
      requests: [report(AN_ID, ADAPTERS[0], '{time}', 'as ever')],
      prepare: [stored(again)],
    },
    { name: 'report, identical', requests: [again], prepare: [stored(again)] },
    {
      name: 'report, discarded',
      requests: [report(AN_ID, ADAPTERS[0], past, 'late')],
      prepare: [stored(again)],
    },
    { name: 'create', requests: [create(spec)], sizes: true, rates: true },
    { name: 'patch', requests: [patch({ spec: { ...spec, replicas: '{n}' } })] },
    { name: 'delete', requests: [remove(EACH)], once: true, ...undeleted },
    {
      name: 'mix',
      requests: [
        { ...list({ size: 20, page: '{page}' }), share: 45 },
        { ...list({ size: 20, search: poller }), share: 45 },
        { ...changed, share: 8 },
        { ...label, share: 2 },
      ],
      rates: true,
    },
  ]
}

const request = (
  method: Request['method'],
  path: string,
  statement: Request['statement'],
  body?: string,
): Request => ({
  method,
  path,
  statement,
  share: 100,
  ...(body !== undefined && { body }),
})

const statement = <Query extends keyof Queries>(
  query: Query,
  parameters: Record<keyof Queries[Query]['parameters'], Value>,
) => ({
  text: queries[query].text,
  values: queries[query].parameters.map((name) => parameters[name as keyof typeof parameters]),
})

function list({ page = 1, size, ...query }: { page?: number | '{page}'; size: number } & ListQuery): Request {
  const selection = scoped(select(query, resourceFields), Cluster)
  const whole = isWhole(selection, Cluster.owner_id)
  // The parameters of the one are among those of the other.
  const { text, values } = statement(queryOf(selection, Cluster.owner_id, page === 1) as 'list_resources', {
    ...Cluster,
    page,
    size,
    fields: null,
    whole,
    known: null,
    max_bytes: 1024 * 1024,
    beyond: 'none',
  })
  const search = query.search === undefined ? '' : `&search=${encodeURIComponent(query.search)}`
  const all = selected(text, values, selection)
  const asked = request('GET', `/clusters?size=${size}&page=${page}${search}`, all as Request['statement'])
  return { ...asked, isSearch: !whole }
}

/** A report that all is well; `attempt` is in its data. */
function report(id: string, adapter: string | undefined, observed_time: string, attempt: string): Request {
  const conditions = ['Available', 'Applied', 'Health'].map((type) => ({ type, status: 'True' }))
  const body = JSON.stringify({
    adapter,
    observed_generation: 1,
    observed_time,
    conditions,
    data: { attempt },
  })
  const max_clock_skew = configSchema.properties.reports.properties.max_clock_skew.default
  const parameters = { ...Cluster, id, report: body, max_clock_skew, max_age: null, maps: false }
  return request('PUT', `/clusters/${id}/statuses`, statement('report_status', parameters), body)
}

/** SQL that has a report stored on each cluster. */
const stored = ({ body }: Request) =>
  `select report_status('Cluster', null, id::text, '${body}', '5m', null, '{}')
   from resources where kind = 'Cluster' and unreconciled_since is null`

function create(spec: object): Request {
  const body = JSON.stringify({ kind: 'Cluster', name: 'bench-{run}-{n}', labels: { tier: 'bench' }, spec })
  const key_ttl = configSchema.properties.idempotency.properties.ttl.default
  const parameters = {
    ...Cluster,
    body,
    caller: 'bench@example.com',
    key: null,
    key_ttl,
    scope: 'Cluster',
    maps: false,
  }
  return request('POST', '/clusters', statement('create_resource', parameters), body)
}

function patch(change: object): Request {
  const body = JSON.stringify(change)
  const parameters = {
    ...Cluster,
    id: AN_ID,
    patch: body,
    is_merge: false,
    caller: 'bench@example.com',
    if_match: null,
    max_bytes: bytesIn(configSchema.properties.server.properties.body_limit.default),
    at: null,
    maps: false,
  }
  return request('PATCH', `/clusters/${AN_ID}`, statement('patch_resource', parameters), body)
}

function remove(id: string): Request {
  const parameters = { ...Cluster, id, caller: 'bench@example.com', if_match: null, maps: false }
  return request('DELETE', `/clusters/${id}`, statement('delete_resource', parameters))
}

/** What makes a fleet as it was before its clusters were marked for deletion. */
const undeleted = {
  prepare: [
    `create table bench_resources as
     select id, generation, generation_time, conditions, states, unreconciled_since from resources`,
  ],
  before: [
    `update resources set
       deleted_time = null, deleted_by = null, generation = seeded.generation, generation_time = seeded.generation_time,
       conditions = seeded.conditions, states = seeded.states, unreconciled_since = seeded.unreconciled_since
     from bench_resources as seeded
     where resources.id = seeded.id and resources.deleted_time is not null`,
    'vacuum resources',
  ],
}
