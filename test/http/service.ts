/**
 * A model of the whole service, beside test/sql/model.ts, which is that of reports and conditions: which resources
 * there are, what becomes of a request, and what lists hold. Times and ids that the server makes up are told to it.
 */
import { isDeepStrictEqual } from 'node:util'
import { base } from '../application.ts'
import { aggregate, complete, type Outcome, type Report, type Resource, receive } from '../sql/model.ts'

export type Members = Record<string, unknown>
type Labels = Record<string, string>
export type Kind = 'Cluster' | 'NodePool'

/** A resource as the service keeps it. */
export interface Held {
  id: string
  owner: Held | undefined
  name: string
  labels: Labels
  spec: Members
  created_time: string
  updated_time: string
  deleted_time?: string
  state: Resource
  /** All entity tags it has had, the present one last, and what was seen under that. */
  tags: string[]
  seen?: Members
}

export interface Patch {
  spec?: Members
  labels?: Record<string, string | null> | null
  generation?: number
}

const plurals = { Cluster: 'clusters', NodePool: 'nodepools' }
const caller = 'system@hyperfleet.local'

export const hrefOf = ({ id, state }: Pick<Held, 'id' | 'state'>) => `${base}/${plurals[state.kind]}/${id}`

/** What clients see of a resource. */
export function bodyOf(held: Held): Members {
  const { id, owner, name, labels, spec, created_time, updated_time, deleted_time, state } = held
  return {
    kind: state.kind,
    id,
    href: hrefOf(held),
    name,
    ...(owner && { owner_references: { id: owner.id, kind: 'Cluster', href: hrefOf(owner) } }),
    tenancy: {},
    labels,
    spec,
    generation: state.generation,
    created_time,
    updated_time,
    created_by: caller,
    updated_by: caller,
    ...(deleted_time && { deleted_time, deleted_by: caller }),
    status: { conditions: state.conditions },
  }
}

/** A JSON merge patch (RFC 7396). */
function merged(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch
  const result: Members = isObject(target) ? { ...target } : {}
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete result[name]
    else result[name] = merged(result[name], value)
  }
  return result
}

const isObject = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export class Service {
  held: Held[] = []
  /** Ids that were and are no more. */
  gone: { id: string; kind: Kind }[] = []
  /** First answers, by key and what it is a key for. */
  kept = new Map<string, { sent: string; body: Members; tag: string }>()

  /** `mark` begins the keys that are sent, so that no other test has used them. */
  readonly required: Record<Kind, string[]>
  readonly mark: string
  constructor(required: Record<Kind, string[]>, mark: string) {
    this.required = required
    this.mark = mark
  }

  of = (kind: Kind, owner?: Held) =>
    this.held.filter((each) => each.state.kind === kind && (!owner || each.owner === owner))

  nameIsTaken(kind: Kind, owner: Held | undefined, name: string): boolean {
    return this.held.some(
      (each) => each.state.kind === kind && each.owner === owner && each.name === name && !each.state.deleted,
    )
  }

  create(kind: Kind, owner: Held | undefined, sent: Members, { id, created_time }: Labels): Held {
    const time = created_time as string
    const state: Resource = {
      kind,
      generation: 1,
      ref: time,
      deleted: false,
      hasChildren: false,
      required: this.required[kind],
      reports: [],
      conditions: [],
    }
    const held: Held = {
      id: id as string,
      owner,
      name: sent.name as string,
      labels: (sent.labels ?? {}) as Labels,
      spec: sent.spec as Members,
      created_time: time,
      updated_time: time,
      state: { ...state, conditions: aggregate(state) },
      tags: [],
    }
    this.held.push(held)
    return held
  }

  /** What a patch would make of spec and labels. */
  patched(held: Held, patch: Patch, isMerge: boolean): Pick<Held, 'spec' | 'labels'> {
    if (!isMerge)
      return { spec: patch.spec ?? held.spec, labels: (patch.labels as Labels | undefined) ?? held.labels }
    const labels = patch.labels === null ? {} : merged(held.labels, patch.labels ?? {})
    return { spec: merged(held.spec, patch.spec ?? {}) as Members, labels: labels as Labels }
  }

  /** Changes spec and labels at a time; nothing happens where they stay what they are. */
  change(held: Held, next: Pick<Held, 'spec' | 'labels'>, time: string): void {
    const spec = !isDeepStrictEqual(next.spec, held.spec)
    if (!spec && isDeepStrictEqual(next.labels, held.labels)) return
    Object.assign(held, next, { updated_time: time })
    if (spec) this.#begin(held, time, {})
  }

  /** Marks a resource and its children. `timeOf` tells the time of each mark. Returns what is seen of it, though it may be gone. */
  delete(held: Held, timeOf: (held: Held) => string): Members {
    if (held.state.deleted) return bodyOf(held)
    for (const each of [held, ...this.#children(held)]) {
      if (each.state.deleted) continue
      each.updated_time = timeOf(each)
      each.deleted_time = each.updated_time
      this.#begin(each, each.updated_time, { deleted: true })
    }
    for (const child of this.#children(held)) this.#settle(child)
    this.#settle(held)
    return bodyOf(held)
  }

  /** Takes a report. Returns what became of it, and the report as it is stored. */
  report(held: Held, report: Report): { outcome: Outcome; stored: Report | undefined } {
    const { outcome, resource } = receive(this.#state(held), report)
    held.state = resource
    const stored = resource.reports.find(({ adapter }) => adapter === report.adapter)
    if (outcome === 'stored' || outcome === 'same') this.#settle(held)
    return { outcome, stored }
  }

  /** Removes a resource and its children. */
  force(held: Held): void {
    for (const child of this.#children(held)) this.#drop(child)
    this.#drop(held)
    if (held.owner) this.#settle(held.owner)
  }

  #children = (held: Held) => this.held.filter(({ owner }) => owner === held)

  #state = (held: Held): Resource => ({ ...held.state, hasChildren: this.#children(held).length > 0 })

  #begin(held: Held, ref: string, more: Partial<Resource>) {
    const state = { ...this.#state(held), ...more, ref, generation: held.state.generation + 1 }
    held.state = { ...state, conditions: aggregate(state) }
  }

  /** A marked resource that is complete goes, and its parent, if that waited only for it. */
  #settle(held: Held) {
    if (!this.held.includes(held) || !complete(this.#state(held))) return
    this.#drop(held)
    if (held.owner) this.#settle(held.owner)
  }

  #drop(held: Held) {
    this.held = this.held.filter((each) => each !== held)
    this.gone.push({ id: held.id, kind: held.state.kind })
  }
}
