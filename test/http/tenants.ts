/**
 * A model of a service with tenants, over test/sql/model.ts, which is that of reports and conditions: which resources there
 * are, which caller sees them, and what becomes of a write. Ids, tags and the times of creations are told to it.
 */
import { isDeepStrictEqual } from 'node:util'
import { base } from '../application.ts'
import { aggregate, complete, type Outcome, type Report, type Resource, receive } from '../sql/model.ts'

export type Members = Record<string, unknown>
export type Kind = 'Cluster' | 'NodePool' | 'Site' | 'Hall'

/** The kinds: where they are, and which resources they can have references to. Null: no adapter reconciles the kind. */
export const kinds: Record<
  Kind,
  { plural: string; parent?: Kind; required: string[] | null; reference?: string }
> = {
  Cluster: { plural: 'clusters', required: ['validation'], reference: 'peers' },
  NodePool: { plural: 'nodepools', parent: 'Cluster', required: [] },
  Site: { plural: 'sites', required: null, reference: 'near' },
  Hall: { plural: 'halls', parent: 'Site', required: ['validation'], reference: 'beside' },
}

/** Who sends a request. A caller sees the resources whose tenancy has all of its own; one with `{}` sees all. */
export interface Caller {
  name: string
  tenancy: Record<string, string>
  headers: Record<string, string>
}

/** A resource as the service has it. */
export interface Held {
  id: string
  kind: Kind
  owner: Held | undefined
  name: string
  labels: Record<string, string>
  spec: Members
  /** The targets of its references, by id. */
  targets: Held[]
  tenancy: Record<string, string>
  created_time: string
  state: Resource
  /** Its entity tag; undefined where a write without an answer about it may have changed it. */
  tag: string | undefined
  /** A tag that it had. */
  oldTag?: string
}

/** A first answer to a create with an idempotency key. */
export interface Kept {
  path: string
  key: string
  sent: string
  text: string
  tag: string
  by: Caller
}

/** What a create or a patch says of a resource; references are those of the one type of its kind. */
export interface Change {
  labels?: Record<string, string>
  spec?: Members
  targets?: { id: string }[]
}

const creator = 'system@hyperfleet.local'
const REF = '2026-03-10T08:00:00.000000Z'

/** The path of a resource. */
export const hrefOf = ({ id, kind }: Pick<Held, 'id' | 'kind'>) => `${base}/${kinds[kind].plural}/${id}`

/** What callers see of a resource, times apart. */
export function bodyOf(held: Held): Members {
  const { id, kind, owner, name, labels, spec, targets, tenancy, state } = held
  const linked = (to: Held) => ({ id: to.id, kind: to.kind, href: hrefOf(to) })
  return {
    kind,
    id,
    href: hrefOf(held),
    name,
    ...(owner && { owner_references: linked(owner) }),
    ...(targets.length && { references: { [kinds[kind].reference ?? '']: targets.map(linked) } }),
    tenancy,
    labels,
    spec,
    generation: state.generation,
    created_by: creator,
    updated_by: creator,
    ...(state.deleted && { deleted_by: creator }),
    status: { conditions: state.conditions },
  }
}

/** Whether a caller sees a resource: its tenancy has all of the caller's. */
export const sees = ({ tenancy }: Caller, held: Pick<Held, 'tenancy'>) =>
  Object.entries(tenancy).every(([key, value]) => held.tenancy[key] === value)

/** A resource with the conditions that follow. */
const aggregated = (kind: Kind, state: Resource): Resource => ({
  ...state,
  conditions: kinds[kind].required ? aggregate(state) : [],
})

const byId = (one: Held, other: Held) => (one.id < other.id ? -1 : 1)

export class Tenants {
  held: Held[] = []
  /** Resources that are no more. */
  gone: Held[] = []
  kept = new Map<string, Kept>()
  /** The ids, names and marks that each caller may be told. */
  readonly known: Map<Caller, Set<string>>
  constructor(callers: Caller[]) {
    this.known = new Map(callers.map((caller) => [caller, new Set()]))
  }

  /** The resource with an id, where the caller sees it. */
  find = (id: string, caller: Caller) => this.held.find((each) => each.id === id && sees(caller, each))
  seenBy = (caller: Caller) => this.held.filter((each) => sees(caller, each))
  childrenOf = (held: Held) => this.held.filter(({ owner }) => owner === held)

  /** Root names are unique within one tenancy, the names of children under their parent. */
  nameIsTaken(kind: Kind, owner: Held | undefined, name: string, { tenancy }: Caller): boolean {
    return this.held.some(
      (each) =>
        each.kind === kind &&
        each.owner === owner &&
        each.name === name &&
        !each.state.deleted &&
        (owner || isDeepStrictEqual(each.tenancy, tenancy)),
    )
  }

  /** Why a resource of a kind cannot refer to these: a message for each rule that one of them breaks. */
  violations(targets: { id: string }[], kind: Kind, caller: Caller, self?: Held): string[] {
    return targets.flatMap(({ id }, index) => {
      // A target beyond the tenancy of the caller that the resource has already was set by a caller of a larger one.
      const target = this.find(id, caller) ?? self?.targets.find((each) => each.id === id)
      const isFound = target?.kind === kind
      const named = `${kind} with id='${id}'`
      return [
        ...(targets.findIndex((each) => each.id === id) < index ? ['must not be repeated'] : []),
        ...(id === self?.id ? ['must not be the resource itself'] : []),
        ...(isFound ? [] : [`${named} not found`]),
        ...(isFound && target.state.deleted ? [`${named} is marked for deletion`] : []),
      ]
    })
  }

  /** Creates a resource, below its parent where it has one; `told` is what the server made up. Returns it. */
  create(
    kind: Kind,
    owner: Held | undefined,
    name: string,
    change: Change,
    caller: Caller,
    told: Pick<Held, 'id' | 'created_time' | 'tag'>,
  ): Held {
    const state: Resource = {
      kind: kind as 'Cluster',
      generation: 1,
      ref: REF,
      deleted: false,
      hasChildren: false,
      required: kinds[kind].required ?? [],
      reports: [],
      conditions: [],
    }
    const held: Held = {
      ...told,
      kind,
      owner,
      name,
      labels: change.labels ?? {},
      spec: change.spec ?? {},
      targets: this.#targets(change.targets ?? []),
      tenancy: owner?.tenancy ?? caller.tenancy,
      state: aggregated(kind, state),
    }
    this.held.push(held)
    this.#tell(held)
    return held
  }

  /** Changes what a patch names; a new generation begins where the spec or the targets change. */
  patch(held: Held, change: Change): void {
    const { spec = held.spec, labels = held.labels } = change
    const targets = change.targets ? this.#targets(change.targets) : held.targets
    const begins = !isDeepStrictEqual([spec, ids(targets)], [held.spec, ids(held.targets)])
    Object.assign(held, { spec, labels, targets })
    if (begins) this.#begin(held, false)
    this.#tell(held)
  }

  /** The resources that keep one from being deleted: those that refer to it or to what would be marked with it. */
  referencers(held: Held): Held[] {
    const marked = [held, ...this.childrenOf(held).filter(({ state }) => !state.deleted)]
    return this.held.filter(
      (source) =>
        !marked.includes(source) &&
        !source.state.deleted &&
        source.targets.some((target) => marked.includes(target)),
    )
  }

  /** Marks a resource and its children; those that nothing holds go at once. Returns what is seen of the marked one. */
  delete(held: Held): Members {
    if (held.state.deleted) return bodyOf(held)
    for (const each of [held, ...this.childrenOf(held)]) if (!each.state.deleted) this.#begin(each, true)
    for (const child of this.childrenOf(held)) this.#remove(child)
    const body = bodyOf(held)
    this.#remove(held)
    return body
  }

  /** Removes a resource and its children. */
  force(held: Held): void {
    for (const each of [...this.childrenOf(held), held]) this.#drop(each)
    if (held.owner) this.#remove(held.owner)
  }

  /** What becomes of a report, the state after it, and whether the resource then goes; nothing is kept. */
  preview(held: Held, report: Report): { outcome: Outcome; state: Resource; isGone: boolean } {
    const { outcome, resource } = receive(this.#state(held), report)
    const state = kinds[held.kind].required ? resource : { ...resource, conditions: [] }
    return { outcome, state, isGone: complete(this.#state(held, state)) }
  }

  /** Takes a report that is stored; `state` is the one after it (preview). */
  report(held: Held, state: Resource): void {
    held.state = state
    held.tag = undefined
    this.#remove(held)
  }

  #targets = (targets: { id: string }[]) =>
    targets.map(({ id }) => this.held.find((each) => each.id === id) as Held).sort(byId)

  #state = (held: Held, state = held.state): Resource => ({
    ...state,
    hasChildren: this.childrenOf(held).length > 0,
  })

  #begin(held: Held, deleted: boolean) {
    held.state = aggregated(held.kind, {
      ...this.#state(held),
      deleted,
      generation: held.state.generation + 1,
    })
    held.tag = undefined
  }

  /** A marked resource that is complete goes, and its parent, if that waited only for it. */
  #remove(held: Held) {
    if (!this.held.includes(held) || !complete(this.#state(held))) return
    this.#drop(held)
    if (held.owner) this.#remove(held.owner)
  }

  #drop(held: Held) {
    this.held = this.held.filter((each) => each !== held)
    this.gone.push(held)
  }

  /**
   * Those who see a resource may be told what it has. The targets of its references are those that their writer sees; the
   * others who see the resource are told the ids of these, and nothing more of them.
   */
  #tell(held: Held) {
    const told = [
      held.id,
      held.name,
      ...ids(held.targets),
      ...marksIn(JSON.stringify([held.spec, held.labels])),
    ]
    for (const [caller, known] of this.known) if (sees(caller, held)) for (const each of told) known.add(each)
  }

  /** Those who see a resource may be told the marks of its reports. */
  tellMarks(held: Held, text: string): void {
    for (const [caller, known] of this.known)
      if (sees(caller, held)) for (const each of marksIn(text)) known.add(each)
  }
}

/** The ids of resources, in their order. */
export const ids = (items: { id: string }[]) => items.map(({ id }) => id)

const MARKS = /\b[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}\b|\bt-\d+\b/g

/** The ids of resources in a text, and the names and marks, which begin with `t-`. */
export const marksIn = (text: string): string[] => text.match(MARKS) ?? []
