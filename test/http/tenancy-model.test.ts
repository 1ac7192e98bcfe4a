/**
 * Random requests of callers of several tenants to two servers of one database, held against a model (tenants.ts): the status
 * and the visible members of each answer, and no id, name or mark in it that its caller may not be told. RUNS= says how many
 * requests, SEED= which. Some writes are made as a dry run first, which has the same answer.
 */
import { isDeepStrictEqual } from 'node:util'
import t, { type Test } from 'tap'
import { type Answer, type Application, application } from '../application.ts'
import { generator, printable, seed, tried } from '../random.ts'
import { type Report, sameConditions } from '../sql/model.ts'
import { rehearsed } from './rehearsal.ts'
import {
  bodyOf,
  type Caller,
  type Change,
  type Held,
  hrefOf,
  ids,
  type Kept,
  type Kind,
  kinds,
  type Members,
  marksIn,
  sees,
  Tenants,
} from './tenants.ts'

const RUNS = Number(process.env.RUNS ?? 10_000)
/** How many resources there are at most, about. */
const MANY = 60
const NOBODY = '019ad2a5-7d3c-7cc0-8f2e-3c1f5e0a9b11'

const env = {
  HYPERFLEET_ENTITIES: JSON.stringify([
    {
      kind: 'Cluster',
      required_adapters: ['validation'],
      references: [{ ref_type: 'peers', target_kind: 'Cluster' }],
    },
    { kind: 'Site', plural: 'sites', references: [{ ref_type: 'near', target_kind: 'Site' }] },
    {
      kind: 'Hall',
      plural: 'halls',
      parent_kind: 'Site',
      on_parent_delete: 'cascade',
      required_adapters: ['validation'],
      references: [{ ref_type: 'beside', target_kind: 'Hall' }],
    },
  ]),
  HYPERFLEET_CLUSTER_ADAPTERS: '["validation"]',
  HYPERFLEET_SERVER_TENANT_ENABLED: 'true',
  HYPERFLEET_SERVER_TENANT_SYSTEM_HEADER: 'X-HyperFleet-System',
  HYPERFLEET_SERVER_TENANT_DIMENSIONS: JSON.stringify([
    { key: 'org', header: 'X-HyperFleet-Org', required: true },
    { key: 'project', header: 'X-HyperFleet-Project' },
  ]),
}

const tenant = (org: string, project?: string): Caller => ({
  name: [org, project].filter(Boolean).join('/'),
  tenancy: { org, ...(project && { project }) },
  headers: { 'x-hyperfleet-org': org, ...(project && { 'x-hyperfleet-project': project }) },
})
const system: Caller = { name: 'system', tenancy: {}, headers: { 'x-hyperfleet-system': 'true' } }
const callers = [tenant('a'), tenant('a', 'p'), tenant('a', 'q'), tenant('b'), system]

type Call = Application['call']

/** A refusal: its status and its code, and its detail where that must not depend on what there is of others. */
type Refusal = [status: number, code: string, detail?: string]

const missing = (kind: string, id: string): Refusal => [404, 'NTF-001', `${kind} with id='${id}' not found`]

/** What a path names: a resource that may not be there, and its parent in a nested path. */
interface Place {
  path: string
  id: string
  kind: Kind
  held: Held | undefined
  /** The parent that a nested path names; undefined in a flat one. */
  owner: { id: string; kind: Kind } | undefined
  isAnyKind: boolean
}

/** What a list is asked for, and what it has by the model. */
interface Asked {
  path: string
  kind: string
  parameters: Record<string, string>
  /** How the caller is told that the parent of a nested list is not there. */
  absent: Refusal | undefined
  matches: (held: Held) => boolean
  compare: (one: Held, other: Held) => number
}

/** A walk by cursor that has begun. */
interface Walk {
  asked: Asked
  caller: Caller
  cursor: string
  total: number
  last: Held
}

function same(actual: unknown, expected: unknown, what: string) {
  if (!isDeepStrictEqual(actual, expected))
    throw new Error(`${what}: ${JSON.stringify(actual)}\nbut the model: ${JSON.stringify(expected)}`)
}

/** A body is what the model says, times of the clock apart. */
function sameBody(actual: Members, expected: Members, what: string) {
  const { created_time: _, updated_time: __, deleted_time, status: was, ...rest } = actual
  const { status: should, ...others } = expected
  same(rest, others, what)
  same(deleted_time !== undefined, 'deleted_by' in expected, `${what}: whether it is marked`)
  sameStates((was as Held['state']).conditions, (should as Held['state']).conditions, what)
}

function sameStates(
  actual: Held['state']['conditions'],
  conditions: Held['state']['conditions'],
  what: string,
) {
  const expected = conditions.map((each) => ({
    ...each,
    created_time: undefined,
    last_updated_time: undefined,
    last_transition_time: undefined,
  }))
  if (!sameConditions(actual, expected as never)) same(actual, expected, `${what}: conditions`)
}

function sameViolations({ body }: Answer, expected: string[]) {
  const messages = body.errors.map(({ message }: { message: string }) => message)
  same(messages.sort(), [...expected].sort(), 'the violations')
}

const by = (name: string) => (a: Members, b: Members) => ((a[name] as string) < (b[name] as string) ? -1 : 1)
/** A report as it is answered. */
const shown = ({ observed_time: _, ...report }: Report): Members => report
const newestFirst = (a: Held, b: Held) =>
  (a.created_time === b.created_time ? a.id < b.id : a.created_time < b.created_time) ? 1 : -1
const byName = (a: Held, b: Held) => ((a.name === b.name ? a.id < b.id : a.name < b.name) ? -1 : 1)

/** The random requests of all callers, and the model of what they have made. */
class Requests {
  readonly #servers: { call: Call; rehearsed: Call }[]
  readonly #random: (below: number) => number
  readonly #tenants = new Tenants(callers)
  readonly answers: Record<string, number> = {}
  /** The last requests, for the message of a failure. */
  readonly log: string[] = []
  #walks: Walk[] = []
  #names = 0
  #sent = 0

  constructor(servers: Call[], random: (below: number) => number) {
    this.#servers = servers.map((call) => ({ call, rehearsed: rehearsed(call) }))
    this.#random = random
  }

  /** Makes one request, and compares its answer. */
  async step(): Promise<void> {
    const caller = this.#pick(callers)
    const isFull = this.#tenants.held.length > MANY
    const place = () => this.#place(this.#resource(caller))
    const marked = () => this.#place(this.#pick(this.#tenants.held.filter(({ state }) => state.deleted)))
    const steps: [number, () => Promise<void>][] = [
      [isFull ? 3 : 14, () => this.#create(caller)],
      [3, () => this.#repeat(caller)],
      [12, () => this.#patch(caller, place())],
      [isFull ? 14 : 8, () => this.#delete(caller, place())],
      [isFull ? 8 : 3, () => this.#forceDelete(caller, this.#chance(3) ? place() : marked())],
      [10, () => this.#report(caller, this.#chance(3) ? marked() : place())],
      [4, () => this.#preview(caller, this.#chance(2) ? marked() : place())],
      [12, () => this.#get(caller, place())],
      [6, () => this.#explain(caller, place())],
      [6, () => this.#reports(caller, place())],
      [14, () => this.#list(caller)],
      [5, () => this.#beginWalk(caller)],
      [5, () => this.#continueWalk(caller)],
    ]
    let at = this.#random(steps.reduce((sum, [weight]) => sum + weight, 0))
    for (const [weight, step] of steps) {
      at -= weight
      if (at < 0) return step()
    }
  }

  /** Compares all that each caller sees. */
  async compareAll(): Promise<void> {
    for (const caller of callers) {
      const { body } = await this.#ask(caller, 'GET', 'resources?size=500')
      const expected = this.#tenants.seenBy(caller).sort(newestFirst)
      same(ids(body.items), ids(expected), `all that ${caller.name} sees`)
      same(body.total, expected.length, `the total of ${caller.name}`)
      for (const [index, held] of expected.entries()) sameBody(body.items[index], bodyOf(held), 'in the list')
    }
  }

  #chance = (one: number) => this.#random(one) === 0
  #pick = <Thing>(things: readonly Thing[]): Thing => things[this.#random(things.length || 1)] as Thing
  /** A name, or another text that nothing else has. */
  #mark = () => `t-${++this.#names}`

  /** Sends a request to the servers in turn. `learn` tells the model of the answer, before it is searched for what the caller may not be told. */
  async #ask(
    caller: Caller,
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
    learn: (answer: Answer) => void = () => {},
  ): Promise<Answer> {
    const isRehearsed = method !== 'GET' && !path.endsWith('/explain') && this.#chance(5)
    const server = this.#servers[this.#sent++ % this.#servers.length] as { call: Call; rehearsed: Call }
    const sent = JSON.stringify([path, body ?? null, headers])
    this.log.push(`${caller.name} ${method} ${sent}${isRehearsed ? ' after a dry run' : ''}`)
    if (this.log.length > 5) this.log.shift()
    const call = isRehearsed ? server.rehearsed : server.call
    const answer = await call(method, path, body, { ...caller.headers, ...headers })
    this.answers[answer.status] = (this.answers[answer.status] ?? 0) + 1
    learn(answer)
    const cursor = Buffer.from(answer.body?.next_cursor ?? '', 'base64url').toString()
    const known = this.#tenants.known.get(caller)
    const told = marksIn(`${answer.text} ${JSON.stringify(answer.headers)} ${cursor}`)
    const leaked = told.filter((each) => !known?.has(each) && !sent.includes(each))
    if (leaked.length) throw new Error(`${caller.name} is told of ${leaked}: ${answer.text}`)
    return answer
  }

  /** A request whose answer is a refusal. */
  async #refused(
    caller: Caller,
    method: string,
    path: string,
    body: unknown,
    headers: Record<string, string>,
    [expected, code, detail]: Refusal,
  ): Promise<Answer> {
    const answer = await this.#ask(caller, method, path, body, headers)
    if (answer.status !== expected || answer.body?.code !== `HYPERFLEET-${code}`)
      throw new Error(`${answer.status} ${answer.text}\nbut the model: ${expected} ${code}`)
    if (detail) same(answer.body.detail, detail, 'the detail')
    return answer
  }

  /** A resource, seen by the caller or not, there or not. */
  #resource(caller: Caller): Held | undefined {
    const { held, gone } = this.#tenants
    if (this.#chance(12)) return this.#pick(gone.slice(-20))
    return this.#pick(this.#chance(3) ? held : this.#tenants.seenBy(caller))
  }

  /** A path of a resource: flat, nested below its parent or another one, or of any kind. */
  #place(held: Held | undefined): Place {
    const kind = held?.kind ?? this.#pick(Object.keys(kinds) as Kind[])
    const id = held?.id ?? NOBODY
    const isThere = held && this.#tenants.held.includes(held)
    const found = { id, kind, held: isThere ? held : undefined, owner: undefined, isAnyKind: false }
    const { plural, parent } = kinds[kind]
    if (this.#chance(4)) return { ...found, path: `resources/${id}`, isAnyKind: true }
    if (!parent || this.#chance(2)) return { ...found, path: `${plural}/${id}` }
    const owners = this.#tenants.held.filter((each) => each.kind === parent)
    const owner = {
      kind: parent,
      id: (this.#chance(4) ? this.#pick(owners)?.id : held?.owner?.id) ?? NOBODY,
    }
    return { ...found, owner, path: `${kinds[parent].plural}/${owner.id}/${plural}/${id}` }
  }

  /** The resource of a path, where the caller sees it. */
  #found(caller: Caller, { held, owner }: Place): Held | undefined {
    const isBelow = !owner || owner.id === held?.owner?.id
    return held && isBelow && sees(caller, held) ? held : undefined
  }

  /** How a caller is told that the resource of a path is not there: the parent of a nested path first. */
  #absent(caller: Caller, { id, kind, owner, isAnyKind }: Place): Refusal {
    if (isAnyKind) return missing('Resource', id)
    return owner && this.#tenants.find(owner.id, caller)?.kind !== owner.kind
      ? missing(owner.kind, owner.id)
      : missing(kind, id)
  }

  /** How a system caller is refused to change a resource; undefined for the other callers. */
  #refusal(caller: Caller, place: Place): Refusal | undefined {
    if (caller !== system) return undefined
    const { held, owner, isAnyKind } = place
    const isThere = isAnyKind ? held : !owner || this.#tenants.find(owner.id, caller)
    return isThere ? [403, 'AUZ-001'] : this.#absent(caller, place)
  }

  /** A precondition, and whether it holds. */
  #precondition(held: Held | undefined, header: string) {
    const { tag, oldTag } = held ?? {}
    const choices: [Record<string, string>, boolean][] = [
      [{}, true],
      [{}, true],
      [{ [header]: '*' }, true],
      [{ [header]: oldTag ?? '"0"' }, false],
      ...(tag ? [[{ [header]: tag }, true] as [Record<string, string>, boolean]] : []),
    ]
    const [headers, holds] = this.#pick(choices)
    return { headers, holds }
  }

  #tag(held: Held, answer: Answer) {
    const tag = String(answer.headers.etag)
    if (held.tag !== undefined && held.tag !== tag) held.oldTag = held.tag
    held.tag = tag
  }

  /** Targets for references of a kind, most of them seen by the caller. */
  #targets(caller: Caller, kind: Kind): { id: string; kind: Kind }[] {
    const { held, gone } = this.#tenants
    const all = this.#chance(4) ? [...held, ...gone.slice(-3)] : this.#tenants.seenBy(caller)
    const ofKind = all.filter((each) => each.kind === kind && (!each.state.deleted || this.#chance(4)))
    return Array.from({ length: this.#random(3) }, () => ({
      id: this.#pick(ofKind)?.id ?? NOBODY,
      kind,
    }))
  }

  /** New labels, spec or references, as a body has them and as the model does. */
  #change(caller: Caller, kind: Kind): { body: Members; change: Change } {
    const { reference } = kinds[kind]
    const change: Change = {
      spec: { mark: this.#mark(), size: this.#random(3) },
      labels: { env: this.#pick(['x', 'y']), mark: this.#mark() },
    }
    if (!reference || this.#chance(2)) return { body: { ...change }, change }
    const targets = this.#targets(caller, kind)
    return { body: { ...change, references: { [reference]: targets } }, change: { ...change, targets } }
  }

  async #create(caller: Caller): Promise<void> {
    const kind = this.#pick(Object.keys(kinds) as Kind[])
    const { parent, plural } = kinds[kind]
    const others = this.#tenants.held.filter((each) => each.kind === kind)
    const name = this.#chance(3) ? (this.#pick(others)?.name ?? this.#mark()) : this.#mark()
    const { body, change } = this.#change(caller, kind)
    const sent = JSON.stringify({ kind, name, ...body })
    const owners = this.#tenants.seenBy(caller).filter((each) => each.kind === parent)
    const owner = this.#chance(4) ? this.#resource(caller) : this.#pick(owners)
    const isRight = owner && owner.kind === parent
    const path = parent
      ? `${kinds[parent].plural}/${isRight ? owner.id : NOBODY}/${plural}`
      : this.#chance(3)
        ? 'resources'
        : plural
    const key = this.#chance(3) ? `key-${this.#random(20)}` : undefined
    await this.#createAt(caller, path, key, sent, {
      kind,
      name,
      change,
      owner: parent ? (isRight ? owner.id : NOBODY) : undefined,
    })
  }

  async #createAt(
    caller: Caller,
    path: string,
    key: string | undefined,
    sent: string,
    {
      kind,
      name,
      change,
      owner: ownerId,
    }: { kind: Kind; name: string; change: Change; owner?: string | undefined },
  ): Promise<void> {
    const headers: Record<string, string> = key === undefined ? {} : { 'idempotency-key': key }
    const refused = (status: number, code: string, detail?: string) =>
      this.#refused(caller, 'POST', path, sent, headers, [status, code, detail])
    const owner = ownerId === undefined ? undefined : this.#tenants.find(ownerId, caller)
    const orphan = ownerId !== undefined && !owner ? missing(kinds[kind].parent ?? '', ownerId) : undefined
    if (caller === system) return void (await refused(...(orphan ?? ([403, 'AUZ-001'] as Refusal))))
    const scope = JSON.stringify([caller.tenancy, path, key])
    const kept = key === undefined ? undefined : this.#tenants.kept.get(scope)
    if (kept && kept.sent !== sent) return void (await refused(422, 'VAL-000'))
    if (kept) {
      const answer = await this.#ask(caller, 'POST', path, sent, headers)
      same([answer.status, answer.text, answer.headers.etag], [201, kept.text, kept.tag], 'the first answer')
      return
    }
    if (orphan) return void (await refused(...orphan))
    if (owner?.state.deleted) return void (await refused(409, 'CNF-003'))
    const violations = this.#tenants.violations(change.targets ?? [], kind, caller)
    if (violations.length) return sameViolations(await refused(400, 'VAL-000'), violations)
    if (this.#tenants.nameIsTaken(kind, owner, name, caller)) return void (await refused(409, 'CNF-001'))
    await this.#ask(caller, 'POST', path, sent, headers, (answer) => {
      same(answer.status, 201, answer.text)
      const { id, created_time } = answer.body
      const tag = String(answer.headers.etag)
      const held = this.#tenants.create(kind, owner, name, change, caller, { id, created_time, tag })
      sameBody(answer.body, bodyOf(held), 'the created')
      same(answer.headers.location, hrefOf(held), 'its location')
      if (key !== undefined)
        this.#tenants.kept.set(scope, { path, key, sent, text: answer.text, tag, by: caller })
    })
  }

  /** A create with a key once more, by the same caller or by another one. */
  async #repeat(caller: Caller): Promise<void> {
    const kept: Kept | undefined = this.#pick([...this.#tenants.kept.values()])
    if (!kept) return
    const { kind, name, spec, labels, references } = JSON.parse(kept.sent)
    const targets = Object.values(references ?? {})[0] as Change['targets']
    const segments = kept.path.split('/')
    await this.#createAt(this.#chance(2) ? kept.by : caller, kept.path, kept.key, kept.sent, {
      kind,
      name,
      change: { spec, labels, ...(targets && { targets }) },
      owner: segments.length > 1 ? segments[1] : undefined,
    })
  }

  async #patch(caller: Caller, place: Place): Promise<void> {
    const { kind, path } = place
    const held = this.#found(caller, place)
    const whole = this.#change(caller, kind)
    const without = this.#pick(['spec', 'labels', 'none'])
    const kept = (members: object) =>
      Object.fromEntries(Object.entries(members).filter(([name]) => name !== without))
    const [body, change] = [kept(whole.body), kept(whole.change) as Change]
    // A merge is one of the same members here, all of which are sent.
    const isMerge = this.#chance(2)
    const condition = this.#precondition(held, 'if-match')
    const headers = {
      'content-type': isMerge ? 'application/merge-patch+json' : 'application/json',
      ...condition.headers,
    }
    const refused = (reason: Refusal) => this.#refused(caller, 'PATCH', path, body, headers, reason)
    const refusal = this.#refusal(caller, place)
    if (refusal) return void (await refused(refusal))
    if (!held) return void (await refused(this.#absent(caller, place)))
    if (!condition.holds) return void (await refused([412, 'CNF-002']))
    if (held.state.deleted) return void (await refused([409, 'CNF-003']))
    const violations = this.#tenants.violations(change.targets ?? [], kind, caller, held)
    if (violations.length) return sameViolations(await refused([400, 'VAL-000']), violations)
    await this.#ask(caller, 'PATCH', path, body, headers, (answer) => {
      same(answer.status, 200, answer.text)
      this.#tenants.patch(held, change)
      sameBody(answer.body, bodyOf(held), 'the changed')
      this.#tag(held, answer)
    })
  }

  async #delete(caller: Caller, place: Place): Promise<void> {
    const { path } = place
    const held = this.#found(caller, place)
    const { headers, holds } = this.#precondition(held, 'if-match')
    const refused = (reason: Refusal) => this.#refused(caller, 'DELETE', path, undefined, headers, reason)
    const refusal = this.#refusal(caller, place)
    if (refusal) return void (await refused(refusal))
    if (!held) return void (await refused(this.#absent(caller, place)))
    if (!holds) return void (await refused([412, 'CNF-002']))
    const referencers = held.state.deleted ? [] : this.#tenants.referencers(held)
    if (referencers.length) {
      const { body } = await refused([409, 'CNF-003'])
      const seen = referencers.filter((each) => sees(caller, each))
      const named = [...body.detail.matchAll(/\w+ "[^"]*"/g)].map(([text]) => text)
      const expected = new Set(seen.map(({ kind, name }) => `${kind} "${name}"`))
      same(named.sort(), [...expected].sort(), 'the referencers that are named')
      const hasOthers = /resources beyond the tenancy of the caller refer to it/.test(body.detail)
      same(hasOthers, seen.length < referencers.length, 'whether there are others')
      return
    }
    const answer = await this.#ask(caller, 'DELETE', path, undefined, headers)
    same(answer.status, 202, answer.text)
    sameBody(answer.body, this.#tenants.delete(held), 'the marked')
    this.#tag(held, answer)
  }

  async #forceDelete(caller: Caller, place: Place): Promise<void> {
    const path = `${place.path}/force-delete`
    const held = this.#found(caller, place)
    const { headers, holds } = this.#precondition(held, 'if-match')
    const body = { reason: 'a test' }
    const refusal: Refusal | undefined =
      this.#refusal(caller, place) ??
      (!held
        ? this.#absent(caller, place)
        : !holds
          ? [412, 'CNF-002']
          : !held.state.deleted
            ? [409, 'CNF-003']
            : undefined)
    if (refusal) return void (await this.#refused(caller, 'POST', path, body, headers, refusal))
    const answer = await this.#ask(caller, 'POST', path, body, headers)
    same(answer.status, 204, answer.text)
    this.#tenants.force(held as Held)
  }

  /** A random report on a resource. */
  #reportOn(held: Held | undefined): Report {
    const generation = held?.state.generation ?? 1
    const isFinal = held?.state.deleted && !this.#chance(3)
    const type = (type: string, status: string) => ({ type, status: status as 'True' })
    return {
      adapter: this.#pick(['validation', 'validation', 'other']),
      observed_generation: Math.max(1, generation + this.#pick([0, 0, 0, 0, -1, 1])),
      observed_time: `2026-03-10T08:${10 + this.#random(40)}:00.000000Z`,
      conditions: [
        type('Available', this.#pick(['True', 'True', 'False', 'Unknown'])),
        type('Applied', 'True'),
        type('Health', 'True'),
        ...(isFinal ? [type('Finalized', 'True')] : []),
      ],
      data: { mark: this.#mark() },
    }
  }

  async #report(caller: Caller, place: Place): Promise<void> {
    const { path, kind, isAnyKind } = place
    const held = this.#found(caller, place)
    const report = this.#reportOn(held)
    const isPost = !isAnyKind && ['Cluster', 'NodePool'].includes(kind) && this.#chance(3)
    const method = isPost ? 'POST' : 'PUT'
    const at = `${path}/statuses`
    if (!held) return void (await this.#refused(caller, method, at, report, {}, this.#absent(caller, place)))
    const { outcome, state } = this.#tenants.preview(held, report)
    const isTaken = outcome === 'stored' || outcome === 'same'
    if (isTaken) this.#tenants.tellMarks(held, JSON.stringify(report))
    const answer = await this.#ask(caller, method, at, report)
    if (!isTaken) {
      same([answer.status, answer.headers['hyperfleet-discarded']], [204, outcome], 'a discarded report')
      return
    }
    same(answer.status, isPost ? 201 : 200, answer.text)
    const stored = state.reports.find(({ adapter }) => adapter === report.adapter) as Report
    same(answer.body, shown(stored), 'the report')
    this.#tenants.report(held, state)
  }

  async #preview(caller: Caller, place: Place): Promise<void> {
    const path = `${place.path}/explain`
    const held = this.#found(caller, place)
    const report = this.#reportOn(held)
    if (!held)
      return void (await this.#refused(caller, 'POST', path, report, {}, this.#absent(caller, place)))
    const { outcome, state, isGone } = this.#tenants.preview(held, report)
    const answer = await this.#ask(caller, 'POST', path, report)
    const isTaken = outcome === 'stored' || outcome === 'same'
    same(answer.headers['hyperfleet-discarded'], isTaken ? undefined : outcome, 'whether it is discarded')
    same(answer.status, isTaken && !isGone ? 200 : 204, answer.text)
    if (answer.status === 200) this.#explained(answer, state)
  }

  #explained({ body }: Answer, { generation, conditions }: Held['state']) {
    same(body.generation, generation, 'the generation that is explained')
    const states = (conditions: { type: string; status: string }[]) =>
      conditions.map(({ type, status }) => ({ type, status }))
    same(states(body.conditions), states(conditions), 'the conditions that are explained')
  }

  async #get(caller: Caller, place: Place): Promise<void> {
    const { path } = place
    const held = this.#found(caller, place)
    const fields = this.#pick([[], [], ['name', 'tenancy'], ['labels'], ['spec', 'status']])
    const at = fields.length ? `${path}?fields=${fields}` : path
    const { headers, holds } = this.#precondition(held, 'if-none-match')
    if (!held)
      return void (await this.#refused(caller, 'GET', at, undefined, headers, this.#absent(caller, place)))
    const answer = await this.#ask(caller, 'GET', at, undefined, headers)
    if (held.tag) same(answer.headers.etag, held.tag, 'the tag of what did not change')
    this.#tag(held, answer)
    const isKnown = holds && headers['if-none-match'] !== undefined
    same(answer.status, isKnown ? 304 : 200, answer.text)
    if (isKnown) return
    if (!fields.length) return sameBody(answer.body, bodyOf(held), 'the resource')
    const { status, ...rest } = bodyOf(held)
    const asked = Object.entries(rest).filter(([name]) => name === 'id' || fields.includes(name))
    const { status: _, ...members } = answer.body
    same(members, Object.fromEntries(asked), 'the members asked for')
  }

  async #explain(caller: Caller, place: Place): Promise<void> {
    const path = `${place.path}/explain`
    const held = this.#found(caller, place)
    if (!held)
      return void (await this.#refused(caller, 'GET', path, undefined, {}, this.#absent(caller, place)))
    const answer = await this.#ask(caller, 'GET', path)
    same(answer.status, 200, answer.text)
    this.#explained(answer, held.state)
  }

  async #reports(caller: Caller, place: Place): Promise<void> {
    const held = this.#found(caller, place)
    const [query, matches] = this.#pick<[string, (report: Report) => boolean]>([
      ['', () => true],
      ["?search=adapter='other'", ({ adapter }) => adapter === 'other'],
    ])
    const path = `${place.path}/statuses${query}`
    if (!held)
      return void (await this.#refused(caller, 'GET', path, undefined, {}, this.#absent(caller, place)))
    const { body } = await this.#ask(caller, 'GET', path)
    const expected = held.state.reports.filter(matches).map(shown).sort(by('adapter'))
    same(body.items, expected, 'the reports')
    same(body.total, expected.length, 'their total')
  }

  /** A search, and what it matches; it may name what the caller does not see. */
  #search(caller: Caller): [string, (held: Held) => boolean] {
    const about = this.#resource(caller)
    const { id = NOBODY, name = 't-0' } = about ?? {}
    const [label, mark] = [about?.labels.mark ?? 't-0', about?.spec.mark ?? 't-0']
    const reconciled = ({ state }: Held) => state.conditions.find(({ type }) => type === 'Reconciled')?.status
    return this.#pick<[string, (held: Held) => boolean]>([
      ['', () => true],
      [`name = '${name}'`, (held) => held.name === name],
      [`name like '${name.slice(0, 3)}%'`, (held) => held.name.startsWith(name.slice(0, 3))],
      [`id = '${id}'`, (held) => held.id === id],
      [`owner_id = '${id}'`, ({ owner }) => owner?.id === id],
      [`labels.mark = '${label}'`, (held) => held.labels.mark === label],
      [`spec.mark = '${mark}' or name = '${name}'`, (held) => held.spec.mark === mark || held.name === name],
      ["labels.env = 'x'", (held) => held.labels.env === 'x'],
      ["not labels.env = 'x' or name like 't-%'", () => true],
      ["status.conditions.Reconciled = 'True'", (held) => reconciled(held) === 'True'],
      [
        "status.conditions.Reconciled = 'False' and deleted_time is null",
        (held) => reconciled(held) === 'False' && !held.state.deleted,
      ],
      ['deleted_time is not null', ({ state }) => state.deleted],
      ['generation > 1', ({ state }) => state.generation > 1],
      [`references.peers = '${id}'`, (held) => held.kind === 'Cluster' && ids(held.targets).includes(id)],
    ])
  }

  /** A list: of a kind, of any kind, or of the children of one parent; searched, and in one of two orders. */
  #asked(caller: Caller): Asked {
    const kind = this.#pick(Object.keys(kinds) as Kind[])
    const { plural, parent, reference } = kinds[kind]
    const [search, matches] = this.#search(caller)
    const isByName = this.#chance(3)
    const asked = {
      parameters: { ...(search && { search }), ...(isByName && { order: 'name' }) },
      absent: undefined,
      compare: isByName ? byName : newestFirst,
    }
    if (parent && this.#chance(2)) {
      const owner = this.#chance(3)
        ? this.#resource(caller)
        : this.#pick(this.#tenants.seenBy(caller).filter((each) => each.kind === parent))
      const id = owner?.kind === parent ? owner.id : NOBODY
      return {
        ...asked,
        kind,
        path: `${kinds[parent].plural}/${id}/${plural}`,
        absent: this.#tenants.find(id, caller) ? undefined : missing(parent, id),
        matches: (held) => held.kind === kind && held.owner?.id === id && matches(held),
      }
    }
    const ofKind = (held: Held) => held.kind === kind && matches(held)
    if (this.#chance(2)) return { ...asked, kind, path: plural, matches: ofKind }
    if (this.#chance(3)) return { ...asked, kind: 'Resource', path: 'resources', matches }
    const parameters = { ...asked.parameters, kind }
    if (!reference || this.#chance(2))
      return { ...asked, kind, parameters, path: 'resources', matches: ofKind }
    const target = this.#resource(caller)?.id ?? NOBODY
    return {
      ...asked,
      kind,
      parameters: { ...parameters, ref_type: reference, ref_target_id: target },
      path: 'resources',
      matches: (held) => ofKind(held) && ids(held.targets).includes(target),
    }
  }

  #expected = (caller: Caller, { matches, compare }: Asked) =>
    this.#tenants.seenBy(caller).filter(matches).sort(compare)

  async #list(caller: Caller): Promise<void> {
    const asked = this.#asked(caller)
    const [page, size] = [1 + this.#random(3), this.#pick([1, 3, 10, 100])]
    const fields = this.#pick(['', '', 'id,name', 'tenancy'])
    const parameters = { ...asked.parameters, page: `${page}`, size: `${size}`, ...(fields && { fields }) }
    const path = `${asked.path}?${new URLSearchParams(parameters)}`
    if (asked.absent) return void (await this.#refused(caller, 'GET', path, undefined, {}, asked.absent))
    const { body } = await this.#ask(caller, 'GET', path)
    const all = this.#expected(caller, asked)
    const items = all.slice((page - 1) * size, page * size)
    same(
      [body.kind, body.total, body.size, ids(body.items)],
      [`${asked.kind}List`, all.length, items.length, ids(items)],
      'the list',
    )
    if (!fields)
      for (const [index, held] of items.entries()) sameBody(body.items[index], bodyOf(held), 'an item')
  }

  async #beginWalk(caller: Caller): Promise<void> {
    const asked = this.#asked(caller)
    if (asked.absent) return
    await this.#walk(caller, asked, undefined)
  }

  /** The next page of a walk that has begun, with what there is by now; to another caller its cursor is none. */
  async #continueWalk(caller: Caller): Promise<void> {
    const walk = this.#walks.splice(this.#random(this.#walks.length || 1), 1)[0]
    if (!walk) return
    const { asked, cursor } = walk
    if (this.#chance(3) && walk.caller !== caller) {
      const path = `${asked.path}?${new URLSearchParams({ ...asked.parameters, cursor })}`
      await this.#refused(caller, 'GET', path, undefined, {}, [400, 'VAL-005'])
    }
    const [, id = ''] = asked.path.split('/')
    if (id && !this.#tenants.find(id, walk.caller)) return
    await this.#walk(walk.caller, asked, walk)
  }

  async #walk(caller: Caller, asked: Asked, walk: Walk | undefined): Promise<void> {
    const size = this.#pick([1, 2, 5])
    const parameters = { ...asked.parameters, size: `${size}`, cursor: walk?.cursor ?? '' }
    const { body } = await this.#ask(caller, 'GET', `${asked.path}?${new URLSearchParams(parameters)}`)
    const all = this.#expected(caller, asked)
    const rest = walk ? all.filter((held) => held !== walk.last && asked.compare(walk.last, held) < 0) : all
    const total = walk?.total ?? all.length
    same([body.total, ids(body.items ?? [])], [total, ids(rest.slice(0, size))], 'the walk')
    same('next_cursor' in body, rest.length > size, 'whether there is more')
    const last = rest[size - 1]
    if (last && body.next_cursor)
      this.#walks = [...this.#walks.slice(-9), { asked, caller, cursor: body.next_cursor, total, last }]
  }
}

/** A set of rules of authorization, and what it denies. */
interface RuleSet {
  rules: object[]
  denies(caller: Record<string, string>, method: string, path: string): boolean
}

const allowed = { name: 'others', effect: 'allow', verbs: ['*'], kinds: ['*'] }
const projectOf = (caller: Record<string, string>) => caller['x-hyperfleet-project']
const ruleSets: [RuleSet, RuleSet] = [
  {
    rules: [
      {
        name: 'no-removal-in-projects',
        effect: 'deny',
        verbs: ['force-delete', 'delete'],
        kinds: ['*'],
        when: 'has(tenancy.project)',
      },
      allowed,
    ],
    denies: (caller, method, path) =>
      projectOf(caller) !== undefined && (method === 'DELETE' || path.includes('/force-delete')),
  },
  {
    rules: [
      { name: 'system-only-reads', effect: 'deny', verbs: ['report'], kinds: ['*'], when: 'caller.system' },
      {
        name: 'b-lists-no-halls',
        effect: 'deny',
        verbs: ['list'],
        kinds: ['Hall'],
        when: "tenancy.?org.orValue('') == 'b'",
      },
      allowed,
    ],
    denies: (caller, method, path) =>
      ('x-hyperfleet-system' in caller && /^P/.test(method) && /\/statuses(\?|$)/.test(path)) ||
      (caller['x-hyperfleet-org'] === 'b' &&
        method === 'GET' &&
        /^((sites\/[^/]+\/)?halls|resources)(\?|$)/.test(path) &&
        !(/^resources/.test(path) && /[?&]kind=(?!Hall)/.test(path))),
  },
]

/** A server with a set of rules: what they deny is denied, and then asked of another server that has other rules. */
const ruled =
  (call: Call, { denies }: RuleSet, other: Call): Call =>
  async (method, path, body, headers = {}) => {
    const answer = await call(method, path, body, headers)
    if (!denies(headers, method, path)) return answer
    same([answer.status, answer.body.code], [403, 'HYPERFLEET-AUZ-001'], `${method} ${path} by the rules`)
    return other(method, path, body, headers)
  }

async function requests(t: Test, hasRowSecurity: boolean) {
  const settings = { ...env, HYPERFLEET_SERVER_TENANT_ROW_SECURITY: String(hasRowSecurity) }
  const withRules = ({ rules }: RuleSet) => ({
    ...settings,
    HYPERFLEET_SERVER_AUTHORIZATION_RULES: JSON.stringify(rules),
  })
  const first = await application(t, withRules(ruleSets[0]))
  const second = await application(t, withRules(ruleSets[1]), first.url)
  // On a busy machine the first connection of a server can take longer than a request may wait for it.
  for (const { call } of [first, second])
    while ((await call('GET', 'clusters', undefined, system.headers)).status === 503);
  t.comment(`SEED=${seed}`)
  const servers = [ruled(first.call, ruleSets[0], second.call), ruled(second.call, ruleSets[1], first.call)]
  const all = new Requests(servers, generator(seed + Number(hasRowSecurity)))
  let count = 0
  try {
    for (; count < RUNS / 2; count++) {
      await all.step()
      if (count % 250 === 249) await all.compareAll()
    }
    await all.compareAll()
  } catch (error) {
    t.comment(printable(`${all.log.join('\n')}\n${error}`).slice(0, 8000))
    t.fail(`request ${count} of SEED=${seed}, ${hasRowSecurity ? 'with' : 'without'} row-level security`)
  }
  tried(t, 'requests of tenants', { count, answers: all.answers })
  t.strictSame(await first.database.all('list_inconsistencies', {}), [], 'all is consistent')
}

// Side by side: while one waits for the database, the other one works.
t.test('any requests, with row-level security and by the predicate alone', (t) =>
  Promise.all([requests(t, true), requests(t, false)]),
)
