/**
 * Random sequences of all operations, held against a model of the whole service: each answer, and after each step
 * everything there is. Each write is made as a dry run first, which has the same answer and changes nothing; in one test, each is made in a batch. RUNS= says how many sequences, SEED= which; one that fails is made short.
 */
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { type Answer, type Application, base } from '../application.ts'
import { printable, seed, tried } from '../random.ts'
import { served } from '../service.ts'
import { explanationFault, unnamed } from '../sql/explanation.ts'
import { type Condition, type Report, sameConditions } from '../sql/model.ts'
import { batched } from './batching.ts'
import { rehearsed } from './rehearsal.ts'
import { bodyOf, type Held, hrefOf, type Kind, type Members, type Patch, Service } from './service.ts'

const RUNS = Number(process.env.RUNS ?? 6)
const MAX_COMMANDS = 60
const NOBODY = '019ad2a5-7d3c-7cc0-8f2e-3c1f5e0a9b11'

type Call = Application['call']
type Precondition = 'none' | 'current' | 'weak' | 'any' | 'among' | 'old'
/** A resource that a command is about, and how its path names it. */
interface Target {
  pick: number | Held
  path: 'flat' | 'nested' | 'wrong parent'
}

function same(actual: unknown, expected: unknown, what: string) {
  if (!isDeepStrictEqual(actual, expected))
    throw new Error(`${what}: ${JSON.stringify(actual)}\nbut the model: ${JSON.stringify(expected)}`)
}

/** A body is what the model says; where the model has no message, the server may have any. */
function sameBody(actual: Members, expected: Members, what: string) {
  const { status: was, ...rest } = actual as { status: { conditions: Condition[] } }
  const { status: should, ...others } = expected as typeof was & { status: { conditions: Condition[] } }
  same(rest, others, what)
  if (!sameConditions(was.conditions, should.conditions)) same(was, should, what)
}

function refused({ status, body, text }: Answer, expected: number, code: string) {
  if (status !== expected || body?.code !== `HYPERFLEET-${code}`)
    throw new Error(`${status} ${text}\nbut the model: ${expected} ${code}`)
}

/** A command: what it does to the server and to the model, and how it is shown. */
abstract class Command<Choices> implements fc.AsyncCommand<Service, Call, true> {
  readonly choices: Choices
  constructor(choices: Choices) {
    this.choices = choices
  }
  check = async () => true
  toString = () => `${this.constructor.name} ${JSON.stringify(this.choices)}`
  abstract act(service: Service, call: Call): Promise<void>

  async run(service: Service, call: Call) {
    await this.act(service, call)
    await compare(service, call)
  }
}

/** Everything there is, as the model says: each list whole, each resource under its tag, all reports. */
async function compare(service: Service, call: Call) {
  for (const kind of ['Cluster', 'NodePool'] as const) {
    const expected = service.of(kind).sort(newestFirst)
    const { body } = await call('GET', `${kind === 'Cluster' ? 'clusters' : 'nodepools'}?size=500`)
    same(ids(body.items), ids(expected), `all of kind ${kind}`)
    same(body.total, expected.length, `the total of kind ${kind}`)
    for (const [index, held] of expected.entries()) sameBody(body.items[index], bodyOf(held), 'in the list')
  }
  for (const held of service.held) {
    const { body, headers } = await call('GET', hrefOf(held))
    sameBody(body, bodyOf(held), 'the resource')
    const tag = String(headers.etag)
    if (isDeepStrictEqual(body, held.seen)) same(tag, held.tags.at(-1), 'the tag of what did not change')
    else if (held.tags.includes(tag)) throw new Error(`${tag} was the tag of something else`)
    else held.tags.push(tag)
    held.seen = body
    const reports = await call('GET', `${hrefOf(held)}/statuses?size=500`)
    same(reports.body.items, held.state.reports.map(shown).sort(by('adapter')), 'the reports')
    const explanation = (await call('GET', `${hrefOf(held)}/explain`)).body
    same(explanation.generation, held.state.generation, 'the generation that is explained')
    same(
      explanationFault(explanation.conditions, body.status.conditions, held.state),
      undefined,
      'the explanation',
    )
    same(unnamed(explanation.sentences, explanation.conditions), [], 'adapters that the sentences leave out')
  }
}

const ids = (items: { id: string }[]) => items.map(({ id }) => id)
const by = (name: string) => (a: Members, b: Members) => ((a[name] as string) < (b[name] as string) ? -1 : 1)
const newestFirst = (a: Held, b: Held) =>
  a.created_time === b.created_time ? (a.id < b.id ? 1 : -1) : a.created_time < b.created_time ? 1 : -1
/** A report as it is answered. */
const shown = ({ observed_time: _, ...report }: Report): Members => report

/** The resource that is picked, if it is there, and what names it. */
function picked(service: Service, pick: number | Held) {
  const nobody = { id: NOBODY, kind: 'Cluster' as Kind }
  const others = [nobody, ...service.gone.slice(-1)]
  // One in eight is not there.
  const found =
    typeof pick !== 'number' ? pick : pick % 8 ? service.held[pick % (service.held.length || 1)] : undefined
  if (found) return { held: found, id: found.id, kind: found.state.kind }
  return { held: undefined, ...(others[(Number(pick) >> 3) % others.length] ?? nobody) }
}

/** The resource that a command is about, if there is one, and its path. */
function find(service: Service, { pick, path }: Target) {
  const { held, id, kind } = picked(service, pick)
  const isFlat = path === 'flat' || kind === 'Cluster'
  const owner =
    path === 'wrong parent' ? service.of('Cluster').find((each) => each !== held?.owner)?.id : held?.owner?.id
  const nested = `${base}/clusters/${owner ?? NOBODY}/nodepools/${id}`
  const found = isFlat || (owner && owner === held?.owner?.id) ? held : undefined
  return {
    held: found,
    path: isFlat ? `${base}/${kind === 'Cluster' ? 'clusters' : 'nodepools'}/${id}` : nested,
    kind,
  }
}

/** The header of a precondition, and whether it holds. */
function precondition(held: Held | undefined, choice: Precondition) {
  const tag = held?.tags.at(-1) ?? '"1"'
  const old = held?.tags.at(-2)
  const value = {
    none: '',
    current: tag,
    weak: `W/${tag}`,
    any: '*',
    among: `"x", ${tag} , "y"`,
    old: old ?? '"0"',
  }[choice]
  return { value, holds: choice !== 'old' }
}

const ifMatch = (value: string): Record<string, string> => (value ? { 'if-match': value } : {})

class Create extends Command<{ pick: number; sent: Members; isPool: boolean; key: number | null }> {
  async act(service: Service, call: Call) {
    const { pick, sent, isPool, key } = this.choices
    const kind = isPool ? 'NodePool' : 'Cluster'
    const owners = service.of('Cluster')
    const owner = isPool ? owners[pick % (owners.length + 1)] : undefined
    const path = isPool ? `clusters/${owner?.id ?? NOBODY}/nodepools` : 'clusters'
    const text = JSON.stringify({ kind, ...sent })
    // Keys outlive the resources of a run.
    const headers: Record<string, string> =
      key === null ? {} : { 'idempotency-key': `${service.mark}-${key}` }
    const answer = await call('POST', path, text, headers)
    const scope = `${path} ${key}`
    const kept = key === null ? undefined : service.kept.get(scope)
    if (kept && kept.sent !== text) return refused(answer, 422, 'VAL-000')
    if (kept)
      return same(
        [answer.status, answer.body, answer.headers.etag],
        [201, kept.body, kept.tag],
        'the first answer',
      )
    if (isPool && !owner) return refused(answer, 404, 'NTF-001')
    if (owner?.state.deleted) return refused(answer, 409, 'CNF-003')
    if (service.nameIsTaken(kind, owner, sent.name as string)) return refused(answer, 409, 'CNF-001')
    same(answer.status, 201, answer.text)
    const held = service.create(kind, owner, sent, answer.body)
    sameBody(answer.body, bodyOf(held), 'the created')
    same(answer.headers.location, hrefOf(held), 'its location')
    if (key !== null)
      service.kept.set(scope, { sent: text, body: answer.body, tag: String(answer.headers.etag) })
  }
}

/** A create with a key, once more: the first answer, whatever has become of the resource. */
class Repeat extends Command<{ pick: number }> {
  async act(service: Service, call: Call) {
    const all = [...service.kept]
    const [scope = '', first] = all[this.choices.pick % (all.length || 1)] ?? []
    if (!first) return
    const [path = '', key] = scope.split(' ')
    const answer = await call('POST', path, first.sent, { 'idempotency-key': `${service.mark}-${key}` })
    const seen = [answer.status, answer.body, answer.headers.etag]
    same(seen, [201, first.body, first.tag], 'the first answer')
  }
}

class Change extends Command<{
  target: Target
  patch: Patch
  isMerge: boolean
  at: 'none' | 'current' | 'other'
  match: Precondition
}> {
  async act(service: Service, call: Call) {
    const { target, patch, isMerge, at, match } = this.choices
    const { held, path } = find(service, target)
    const { value, holds } = precondition(held, match)
    const now = held?.state.generation ?? 1
    const sent = { ...patch, ...(at !== 'none' && { generation: at === 'current' ? now : now + 1 }) }
    const type = isMerge ? 'application/merge-patch+json' : 'application/json'
    const answer = await call('PATCH', path, sent, { 'content-type': type, ...ifMatch(value) })
    if (!('spec' in patch) && (!('labels' in patch) || (patch.labels === null && !isMerge)))
      return refused(answer, 400, 'VAL-005')
    if (!held) return refused(answer, 404, 'NTF-001')
    if (!holds) return refused(answer, 412, 'CNF-002')
    if (held.state.deleted) return refused(answer, 409, 'CNF-003')
    if (at === 'other') return refused(answer, 409, 'CNF-002')
    same(answer.status, 200, answer.text)
    const before = held.updated_time
    service.change(held, service.patched(held, patch, isMerge), answer.body.updated_time)
    if (answer.body.updated_time < before) throw new Error('updated_time ran backwards')
    sameBody(answer.body, bodyOf(held), 'the changed')
  }
}

class Delete extends Command<{ target: Target; match: Precondition }> {
  async act(service: Service, call: Call) {
    const { held, path } = find(service, this.choices.target)
    const { value, holds } = precondition(held, this.choices.match)
    const answer = await call('DELETE', path, undefined, ifMatch(value))
    if (!held) return refused(answer, 404, 'NTF-001')
    if (!holds) return refused(answer, 412, 'CNF-002')
    same(answer.status, 202, answer.text)
    const times = new Map([[held.id, answer.body.updated_time as string]])
    for (const child of service.of('NodePool', held)) {
      const { body } = await call('GET', hrefOf(child))
      times.set(child.id, body.updated_time ?? answer.body.updated_time)
    }
    const expected = service.delete(held, ({ id }) => times.get(id) ?? '')
    sameBody(answer.body, expected, 'the marked')
  }
}

class ForceDelete extends Command<{ target: Target; match: Precondition }> {
  async act(service: Service, call: Call) {
    const { held, path } = find(service, this.choices.target)
    const { value, holds } = precondition(held, this.choices.match)
    const answer = await call('POST', `${path}/force-delete`, { reason: 'a test' }, ifMatch(value))
    if (!held) return refused(answer, 404, 'NTF-001')
    if (!holds) return refused(answer, 412, 'CNF-002')
    if (!held.state.deleted) return refused(answer, 409, 'CNF-003')
    same(answer.status, 204, answer.text)
    service.force(held)
  }
}

class Tell extends Command<{
  target: Target
  isPost: boolean
  ahead: number
  report: Omit<Report, 'observed_generation'>
}> {
  async act(service: Service, call: Call) {
    const { target, isPost, ahead, report } = this.choices
    const { held, path } = find(service, target)
    const sent = { ...report, observed_generation: Math.max(1, (held?.state.generation ?? 1) + ahead) }
    const answer = await call(isPost ? 'POST' : 'PUT', `${path}/statuses`, sent)
    if (!held) return refused(answer, 404, 'NTF-001')
    const { outcome, stored } = service.report(held, sent)
    if (outcome !== 'stored' && outcome !== 'same')
      return same(
        [answer.status, answer.headers['hyperfleet-discarded']],
        [204, outcome],
        'a discarded report',
      )
    same(answer.status, isPost ? 201 : 200, answer.text)
    same(answer.body, shown(stored as Report), 'the report')
  }
}

/** All required adapters say the same, as they do in the end. */
class TellAll extends Command<{ target: Target; isFinal: boolean; minute: number }> {
  async act(service: Service, call: Call) {
    const { target, isFinal, minute } = this.choices
    const { held } = find(service, target)
    for (const adapter of held?.state.required ?? []) {
      const report = {
        adapter,
        observed_time: `2026-03-10T08:${minute}:00.000000Z`,
        conditions: ['Available', 'Applied', 'Health', ...(isFinal ? ['Finalized'] : [])].map((type) => ({
          type,
          status: 'True' as const,
        })),
      }
      await new Tell({ target, isPost: false, ahead: 0, report }).act(service, call)
      // Where the others had said so before, it goes with the first.
      if (held && !service.held.includes(held)) return
    }
  }
}

/** A cluster with a node pool comes to its end: it is marked, and then each has its reports, or goes by force. */
class Retire extends Command<{ pick: number; isClusterFirst: boolean; forced: boolean[] }> {
  async act(service: Service, call: Call) {
    const { pick, isClusterFirst, forced } = this.choices
    const clusters = service.of('Cluster')
    const index = pick % (clusters.length || 1)
    const cluster = clusters[index]
    if (!cluster) return
    const of = (held: Held): Target => ({ pick: held, path: 'nested' })
    const tell = (held: Held) =>
      new TellAll({ target: of(held), isFinal: true, minute: 20 }).run(service, call)
    await new Create({ pick: index, isPool: true, key: null, sent: { name: 'last', spec: {} } }).act(
      service,
      call,
    )
    await new Delete({ target: of(cluster), match: 'none' }).run(service, call)
    if (isClusterFirst && service.held.includes(cluster)) await tell(cluster)
    for (const [each, pool] of service.of('NodePool', cluster).entries()) {
      if (forced[each % forced.length])
        await new ForceDelete({ target: of(pool), match: 'none' }).run(service, call)
      else await tell(pool)
    }
    if (service.held.includes(cluster)) await tell(cluster)
  }
}

class Read extends Command<{ target: Target; match: Precondition; fields: string[] }> {
  async act(service: Service, call: Call) {
    const { target, match, fields } = this.choices
    const { held, path } = find(service, target)
    const { value, holds } = precondition(held, match)
    const headers: Record<string, string> = value ? { 'if-none-match': value } : {}
    const answer = await call('GET', fields.length ? `${path}?fields=${fields}` : path, undefined, headers)
    if (!held) return refused(answer, 404, 'NTF-001')
    same(answer.headers.etag, held.tags.at(-1), 'the tag')
    if (holds && value) return same(answer.status, 304, answer.text)
    const whole = Object.entries(held.seen ?? {})
    const asked = fields.length ? whole.filter(([name]) => name === 'id' || fields.includes(name)) : whole
    same(answer.body, Object.fromEntries(asked), 'the members asked for')
  }
}

const status = (held: Held, type: string) => held.state.conditions.find((each) => each.type === type)?.status
const searches: [string, (held: Held) => boolean][] = [
  ['', () => true],
  ["labels.env = 'a'", ({ labels }) => labels.env === 'a'],
  ["not labels.env = 'a'", ({ labels }) => labels.env !== 'a'],
  ["labels.env != 'a'", ({ labels }) => labels.env !== undefined && labels.env !== 'a'],
  [
    "labels.env in ('a', 'b') and name = 'one'",
    ({ labels, name }) => ['a', 'b'].includes(labels.env ?? '') && name === 'one',
  ],
  ['labels.env is null', ({ labels }) => labels.env === undefined],
  ["status.conditions.Ready = 'True'", (held) => status(held, 'Ready') === 'True'],
  [
    "status.conditions.Reconciled = 'False' and deleted_time is null",
    (held) => status(held, 'Reconciled') === 'False' && !held.deleted_time,
  ],
  [
    "status.conditions.LastKnownReconciled = 'True' or name = 'two'",
    (held) => status(held, 'Available') === 'True' || held.name === 'two',
  ],
  ["status.conditions.ASuccessful != 'True'", (held) => status(held, 'ASuccessful') === 'False'],
  ['generation > 1', ({ state }) => state.generation > 1],
  ['spec.a = 1', ({ spec }) => spec.a === 1],
  ['deleted_time is not null', ({ deleted_time }) => deleted_time !== undefined],
]
const orders = [
  '',
  'name',
  'name desc',
  'created_time asc',
  'id',
  'generation desc,name',
  'deleted_time desc',
  'updated_time',
]
const steady = ['', 'name', 'name desc', 'created_time asc', 'id', 'created_by,name desc']

/** The order of a list: nulls last, ties by id in the direction of the key before it. */
function ordered(items: Held[], order: string): Held[] {
  const keys = (order || 'created_time desc').split(',').map((key) => key.split(' '))
  keys.push(['id', keys.at(-1)?.[1] ?? 'asc'])
  return [...items].sort((a, b) => {
    for (const [name = '', direction] of keys) {
      const [x, y] = [bodyOf(a)[name], bodyOf(b)[name]] as [string | undefined, string | undefined]
      if (x === y) continue
      if (x === undefined || y === undefined) return x === undefined ? 1 : -1
      return x < y === (direction !== 'desc') ? -1 : 1
    }
    return 0
  })
}

/** What a list is asked for. */
interface Asked {
  isPool: boolean
  /** Which cluster's node pools; null for those of all. */
  pick: number | null
  search: number
  order: string
  size: number
}

function ask(service: Service, { isPool, pick, search, order, size }: Asked) {
  const owners = service.of('Cluster')
  const owner = pick === null ? undefined : owners[pick % (owners.length + 1)]
  const isNested = isPool && pick !== null
  const [text, matches] = searches[search] ?? ['', () => true]
  const parameters = new URLSearchParams({
    size: String(size),
    ...(text && { search: text }),
    ...(order && { order }),
  })
  const all = isPool ? service.of('NodePool', isNested ? owner : undefined) : service.of('Cluster')
  return {
    path: isNested ? `clusters/${owner?.id ?? NOBODY}/nodepools` : isPool ? 'nodepools' : 'clusters',
    isThere: !isNested || owner !== undefined,
    parameters,
    expected: ids(ordered(all.filter(matches), order)),
  }
}

class List extends Command<Asked & { page: number }> {
  async act(service: Service, call: Call) {
    const { page, size } = this.choices
    const { path, isThere, parameters, expected } = ask(service, this.choices)
    const answer = await call('GET', `${path}?${parameters}&page=${page}`)
    if (!isThere) return refused(answer, 404, 'NTF-001')
    const { items, ...rest } = answer.body
    const shownIds = expected.slice((page - 1) * size, page * size)
    same(ids(items), shownIds, 'the page')
    const kind = this.choices.isPool ? 'NodePoolList' : 'ClusterList'
    same(rest, { kind, page, size: shownIds.length, total: expected.length }, 'the list')
  }
}

class Walk extends Command<Asked> {
  async act(service: Service, call: Call) {
    const { path, isThere, parameters, expected } = ask(service, this.choices)
    const walked: string[] = []
    for (let cursor: string | undefined = ''; cursor !== undefined; ) {
      const answer = await call('GET', `${path}?${parameters}&cursor=${encodeURIComponent(cursor)}`)
      if (!isThere) return refused(answer, 404, 'NTF-001')
      same([answer.status, answer.body.total], [200, expected.length], answer.text)
      walked.push(...ids(answer.body.items))
      if (walked.length > expected.length) break
      cursor = answer.body.next_cursor
    }
    same(walked, expected, 'the walk')
  }
}

class ListReports extends Command<{
  target: Target
  size: number
  page: number
  isDescending: boolean
  adapter: string
}> {
  async act(service: Service, call: Call) {
    const { target, size, page, isDescending, adapter } = this.choices
    const { held, path } = find(service, target)
    const search = adapter && `adapter = '${adapter}'`
    const parameters = { size: `${size}`, page: `${page}`, search, order: isDescending ? 'adapter desc' : '' }
    const answer = await call('GET', `${path}/statuses?${new URLSearchParams(parameters)}`)
    if (!held) return refused(answer, 404, 'NTF-001')
    const all = held.state.reports
      .map(shown)
      .sort(by('adapter'))
      .filter((each) => !adapter || each.adapter === adapter)
    if (isDescending) all.reverse()
    const items = all.slice((page - 1) * size, page * size)
    same(
      answer.body,
      { kind: 'AdapterStatusList', page, size: items.length, total: all.length, items },
      'the reports',
    )
  }
}

const labels = fc.record(
  { env: fc.constantFrom('a', 'b', ''), 'x.io/tier': fc.constant('1') },
  { requiredKeys: [], noNullPrototype: true },
)
const leaf = fc.constantFrom<unknown>(1, 2, 'a', null, [], [1, null], true)
const spec = fc.dictionary(
  fc.constantFrom('a', 'b'),
  fc.oneof(leaf, fc.dictionary(fc.constantFrom('a', 'b'), leaf, { noNullPrototype: true })),
  { noNullPrototype: true },
)
const pick = fc.nat(1000)
const target = fc.record<Target>({
  pick,
  path: fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom('flat' as const, 'nested' as const) },
    { weight: 1, arbitrary: fc.constant('wrong parent' as const) },
  ),
})
const match = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Precondition>('none') },
  { weight: 2, arbitrary: fc.constantFrom<Precondition>('current', 'weak', 'any', 'among', 'old') },
)
const create = fc.record({
  pick,
  isPool: fc.boolean(),
  key: fc.oneof(fc.constant(null), fc.nat(2)),
  sent: fc.record(
    { name: fc.constantFrom('one', 'two', 'three'), labels, spec },
    { requiredKeys: ['name', 'spec'], noNullPrototype: true },
  ),
})
const conditionStatus = fc.constantFrom(
  'True' as const,
  'True' as const,
  'False' as const,
  'Unknown' as const,
)
const tell = fc
  .record({
    target,
    isPost: fc.boolean(),
    ahead: fc.constantFrom(0, 0, 0, 0, -1, 1),
    adapter: fc.constantFrom('a', 'a', 'b-c', 'b-c', 'other'),
    minute: fc.integer({ min: 10, max: 15 }),
    available: conditionStatus,
    applied: conditionStatus,
    finalized: fc.constantFrom('', '', 'True', 'True', 'False'),
    why: fc.record(
      { reason: fc.constantFrom('Because', ''), message: fc.constantFrom('so', 'not so') },
      { requiredKeys: [], noNullPrototype: true },
    ),
    more: fc.record({ data: spec, metadata: spec }, { requiredKeys: [], noNullPrototype: true }),
  })
  .map(({ target, isPost, ahead, adapter, minute, available, applied, finalized, why, more }) => ({
    target,
    isPost,
    ahead,
    report: {
      adapter,
      observed_time: `2026-03-10T08:${minute}:00.000000Z`,
      conditions: [
        { type: 'Available', status: available, ...why },
        { type: 'Applied', status: applied },
        { type: 'Health', status: 'True' as const },
        ...(finalized ? [{ type: 'Finalized', status: finalized as 'True' | 'False' }] : []),
      ],
      ...more,
    },
  }))
const asked = {
  isPool: fc.boolean(),
  pick: fc.oneof(fc.constant(null), pick),
  search: fc.nat(searches.length - 1),
  size: fc.integer({ min: 1, max: 3 }),
}
const mergedLabels = fc.oneof(
  fc.constant(null),
  fc.dictionary(fc.constantFrom('env', 'x.io/tier'), fc.constantFrom('a', 'b', null), {
    noNullPrototype: true,
  }),
)
const change = (isMerge: boolean) =>
  fc.record({
    target,
    match,
    isMerge: fc.constant(isMerge),
    at: fc.constantFrom('none' as const, 'none' as const, 'current' as const, 'other' as const),
    patch: fc.record<Patch>(
      {
        spec: spec as fc.Arbitrary<Members>,
        labels: (isMerge ? mergedLabels : fc.oneof(labels, fc.constant(null))) as never,
      },
      { requiredKeys: [], noNullPrototype: true } as never,
    ),
  })

const twice = <Thing>(thing: Thing) => [thing, thing]
const commands = fc.commands<Service, Call, true>(
  [
    ...twice(create.map((choices) => new Create(choices))),
    fc.record({ pick }).map((choices) => new Repeat(choices)),
    change(false).map((choices) => new Change(choices)),
    change(true).map((choices) => new Change(choices)),
    fc.record({ target, match }).map((choices) => new Delete(choices)),
    fc.record({ target, match }).map((choices) => new ForceDelete(choices)),
    ...twice(tell.map((choices) => new Tell(choices))),
    ...twice(
      fc
        .record({ target, isFinal: fc.boolean(), minute: fc.integer({ min: 15, max: 20 }) })
        .map((choices) => new TellAll(choices)),
    ),
    fc
      .record({
        pick,
        isClusterFirst: fc.boolean(),
        forced: fc.array(fc.boolean(), { minLength: 1, maxLength: 3 }),
      })
      .map((choices) => new Retire(choices)),
    fc
      .record({
        target,
        match,
        fields: fc.subarray(['name', 'labels', 'spec', 'generation', 'status', 'deleted_time']),
      })
      .map((choices) => new Read(choices)),
    fc
      .record({ ...asked, order: fc.constantFrom(...orders), page: fc.integer({ min: 1, max: 3 }) })
      .map((choices) => new List(choices)),
    fc.record({ ...asked, order: fc.constantFrom(...steady) }).map((choices) => new Walk(choices)),
    fc
      .record({
        target,
        size: fc.integer({ min: 1, max: 3 }),
        page: fc.integer({ min: 1, max: 2 }),
        isDescending: fc.boolean(),
        adapter: fc.constantFrom('', 'a', 'b-c'),
      })
      .map((choices) => new ListReports(choices)),
  ],
  { maxCommands: MAX_COMMANDS, size: 'max' },
)

/** Removes what a sequence has left. */
async function clear(call: Call) {
  const { body } = await call('GET', 'clusters?size=500')
  for (const { href } of body.items as { href: string }[]) {
    await call('DELETE', href)
    await call('POST', `${href}/force-delete`, { reason: 'the next test' })
  }
}

async function sequences(
  t: Test,
  required: Record<Kind, string[]>,
  { way = (call: Call) => call, numRuns = RUNS } = {},
) {
  const { call, memory } = await served(t, {
    HYPERFLEET_CLUSTER_ADAPTERS: JSON.stringify(required.Cluster),
    HYPERFLEET_NODEPOOL_ADAPTERS: JSON.stringify(required.NodePool),
  })
  t.comment(`SEED=${seed}`)
  let runs = 0
  const done: Record<string, number> = {}
  const counted: Call = async (method, path, body, headers) => {
    const answer = await call(method, path, body, headers)
    done[answer.status] = (done[answer.status] ?? 0) + 1
    return answer
  }
  const property = fc.asyncProperty(commands, async (sequence) => {
    await clear(call)
    const service = new Service(required, `run-${runs++}`)
    for (const [isPool, name] of [
      [false, 'one'],
      [false, 'two'],
      [true, 'one'],
      [true, 'two'],
    ] as const)
      await new Create({ pick: 0, isPool, key: null, sent: { name, spec: {} } }).run(service, call)
    await fc.asyncModelRun(() => ({ model: service, real: rehearsed(way(counted)) }), sequence)
  })
  const { failed, counterexample, errorInstance } = await fc.check(property, { seed, numRuns })
  if (failed) t.comment(printable(`${String(counterexample)} ${errorInstance}`).slice(0, 8000))
  t.comment(`memory ${JSON.stringify(memory)}`)
  tried(t, 'sequences', { count: runs, answers: done })
  t.notOk(failed, `${runs} sequences`)
}

t.test('any sequence, with two adapters for clusters and one for node pools', (t) =>
  sequences(t, { Cluster: ['a', 'b-c'], NodePool: ['a'] }),
)
t.test('any sequence, with no adapter for node pools', (t) => sequences(t, { Cluster: ['a'], NodePool: [] }))
t.test('any sequence, with no adapter at all', (t) => sequences(t, { Cluster: [], NodePool: [] }))
t.test('any sequence, each write in a batch', (t) =>
  sequences(t, { Cluster: ['a', 'b-c'], NodePool: ['a'] }, { way: batched, numRuns: Math.ceil(RUNS / 2) }),
)
