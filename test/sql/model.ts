/**
 * A model of the rules in docs/architecture.md: what becomes of a report, and which conditions follow. Pure, and a transcription of
 * its tables, so that it can be held against the SQL. It knows nothing of validation (400, 404) or of removal,
 * except that `complete` says when the record would be removed.
 *
 * Times are `2026-03-10T08:10:00.123456Z` with exactly six digits, so they compare as text. A condition without
 * `message` has one that the rules do not prescribe; only in `<Adapter>Successful` is it really absent.
 */
import { isDeepStrictEqual } from 'node:util'

type Why = { reason?: string; message?: string }
type Status = 'True' | 'False' | 'Unknown'

export interface Report {
  adapter: string
  observed_generation: number
  observed_time: string
  conditions: (Why & { type: string; status: Status; last_transition_time?: string })[]
  data?: unknown
  metadata?: unknown
  created_time?: string
  last_report_time?: string
}

export interface Condition extends Why {
  type: string
  status: 'True' | 'False'
  observed_generation: number
  created_time: string
  last_updated_time: string
  last_transition_time: string
}

export interface Resource {
  kind: 'Cluster' | 'NodePool'
  generation: number
  ref: string
  deleted: boolean
  hasChildren: boolean
  required: string[]
  reports: Report[]
  conditions: Condition[]
}

export type Outcome = 'stored' | 'same' | 'future-generation' | 'stale-generation' | 'stale-time' | 'unknown'

const conditionOf = (report: Report, type: string) => report.conditions.find((c) => c.type === type)
const finalized = (report: Report) => conditionOf(report, 'Finalized')?.status === 'True'
const availability = (report: Report) => conditionOf(report, 'Available')?.status ?? 'Unknown'
const oldest = (reports: Report[]) => reports.map((r) => r.observed_time).sort()[0]
const list = (names: string[]) => `[${[...names].sort().join(', ')}]`
const at = (reports: Report[], generation: number) =>
  reports.filter((r) => r.observed_generation === generation)

/** The usable reports, in the order in which their adapters are required. */
function usableReports(resource: Resource): Report[] {
  const usable = (r: Report) =>
    r.observed_generation <= resource.generation &&
    (availability(r) !== 'Unknown' || (resource.deleted && finalized(r)))
  return resource.required.flatMap((adapter) =>
    resource.reports.filter((r) => r.adapter === adapter && usable(r)),
  )
}

/** The required adapters that keep *met* from being so (for want of a report that says what it should). */
function missingAdapters(resource: Resource): string[] {
  const current = at(usableReports(resource), resource.generation)
  const says = (r: Report) => (resource.deleted ? finalized(r) : availability(r) === 'True')
  return resource.required.filter((adapter) => !current.some((r) => r.adapter === adapter && says(r)))
}

/** Whether the record goes. */
export function complete(resource: Resource): boolean {
  return resource.deleted && !resource.hasChildren && missingAdapters(resource).length === 0
}

/** The times of a condition; `changed` is the time of a transition, if there is one now. */
function times(
  before: Condition | undefined,
  status: Status,
  ref: string,
  updated: string,
  changed = updated,
) {
  return {
    created_time: before?.created_time ?? ref,
    last_updated_time: updated,
    last_transition_time: before?.status === status ? before.last_transition_time : changed,
  }
}

/** Does every required adapter confirm the current generation? */
function reconciled(resource: Resource, previous: Condition | undefined): Condition {
  const { generation, ref, deleted, hasChildren, required } = resource
  const usable = usableReports(resource)
  const updated = oldest(at(usable, generation)) ?? ref
  const missing = missingAdapters(resource)
  const met = required.length > 0 && missing.length === 0
  const status = met && !(deleted && hasChildren) ? 'True' : 'False'

  let why: Why
  if (required.length === 0) why = { reason: 'NoRequiredAdapters' }
  else if (status === 'True') why = { reason: 'ReconciledAll' }
  else if (met) why = { reason: 'ReconciledWaitingForChildren' }
  else {
    const wanted = deleted ? 'Finalized=True' : 'Available=True'
    const reporting = list(usable.map((r) => r.adapter))
    const message = `Required adapters not reporting ${wanted}: ${list(missing)}. Currently reporting: ${reporting}`
    why = { reason: 'ReconciledMissingAdapters', message }
  }

  const fellWithChange = previous?.status === 'True' && previous.observed_generation < generation
  return {
    type: 'Reconciled',
    status,
    ...why,
    observed_generation: generation,
    ...times(previous, status, ref, updated, fellWithChange ? ref : updated),
  }
}

/** Is there a generation that all required adapters have confirmed? */
function lastKnownReconciled(resource: Resource, previous: Condition | undefined): Condition {
  const { ref, required } = resource
  const usable = usableReports(resource)
  const generations = usable.map((r) => r.observed_generation)
  // On a marked resource, an Unknown of a usable report counts as False.
  const down = usable.filter((r) => availability(r) !== 'True')
  const wasTrue = previous?.status === 'True'
  const reported = required.length > 0 && usable.length === required.length
  const all = reported && down.length === 0
  const mixed = new Set(generations).size > 1

  const decide = () => {
    if (!reported) return false // 1
    if (all && !mixed) return true // 2
    if (all) return wasTrue // 3
    if (!wasTrue) return false // 4
    if (!mixed) return false // 5
    if (at(down, previous.observed_generation).length > 0) return false // 6
    return true // 7
  }
  const isTrue = decide()
  const status = isTrue ? 'True' : 'False'

  let generation = previous?.observed_generation ?? 1 // kept, else 1
  if (isTrue && !mixed) generation = generations[0] ?? generation
  else if (!isTrue && usable.length > 0) generation = Math.max(...generations)

  let updated = previous?.last_updated_time ?? ref // kept, else ref
  if (all && !mixed) updated = oldest(usable) ?? updated
  else if (!isTrue && at(down, generation).length > 0) updated = oldest(at(usable, generation)) ?? updated
  else if (required.length === 0) updated = ref

  let reason = 'AdaptersNotAtSameGeneration'
  if (required.length === 0) reason = 'NoRequiredAdapters'
  else if (isTrue) reason = 'AllAdaptersReconciled'
  else if (!reported) reason = 'AdaptersMissingReports'
  else if (down.length > 0) reason = 'AdapterReportedNotAvailable'

  return {
    type: 'LastKnownReconciled',
    status,
    reason,
    observed_generation: generation,
    ...times(previous, status, ref, updated),
  }
}

/** The name `my-adapter` gives `MyAdapterSuccessful`. */
export function successfulType(adapter: string): string {
  const parts = adapter.split('-').map((part) => part.charAt(0).toUpperCase() + part.slice(1))
  return `${parts.join('')}Successful`
}

/** One condition for each required adapter with a usable report. */
function successful(report: Report, ref: string, previous: Condition | undefined): Condition {
  const available = conditionOf(report, 'Available')
  const status = available?.status === 'True' ? 'True' : 'False'
  return {
    type: successfulType(report.adapter),
    status,
    ...(available?.reason !== undefined && { reason: available.reason }),
    ...(available?.message !== undefined && { message: available.message }),
    observed_generation: report.observed_generation,
    ...times(previous, status, ref, report.observed_time),
  }
}

/** A condition under its older name. */
function older(type: 'Available' | 'Ready', newer: Condition, resource: Resource): Condition {
  const why = (reason: string, message: string) => ({ ...newer, type, reason, message })
  if (resource.required.length === 0) return { ...newer, type, observed_generation: 0 }
  if (usableReports(resource).length === 0)
    return { ...why('AwaitingAdapters', 'Waiting for adapters to report status'), observed_generation: 0 }
  if (newer.status === 'False') return { ...newer, type }
  if (type === 'Available') return why('ResourceAvailable', `${resource.kind} is accessible`)
  return why('ResourceReady', 'All adapters report ready at current generation')
}

/** All conditions, in order. */
export function aggregate(resource: Resource): Condition[] {
  const previous = (type: string) => resource.conditions.find((c) => c.type === type)
  const current = reconciled(resource, previous('Reconciled'))
  const lastKnown = lastKnownReconciled(resource, previous('LastKnownReconciled'))
  return [
    older('Available', lastKnown, resource),
    older('Ready', current, resource),
    current,
    lastKnown,
    ...usableReports(resource).map((r) => successful(r, resource.ref, previous(successfulType(r.adapter)))),
  ]
}

/** What makes two reports equal. */
function content(report: Report) {
  const { observed_generation, observed_time, conditions, data = {}, metadata } = report
  const byType = new Map(conditions.map((c) => [c.type, [c.status, c.reason, c.message]]))
  return { observed_generation, observed_time, byType, data, metadata }
}

/** A well-formed report arrives. */
export function receive(resource: Resource, report: Report): { outcome: Outcome; resource: Resource } {
  const stored = resource.reports.find((r) => r.adapter === report.adapter)
  const answer = (outcome: Outcome) => ({ outcome, resource })
  const finalizes = resource.deleted && finalized(report)
  const unknown = availability(report) === 'Unknown'

  if (report.observed_generation > resource.generation) return answer('future-generation')
  if (stored) {
    if (report.observed_generation < stored.observed_generation) return answer('stale-generation')
    const sameGeneration = report.observed_generation === stored.observed_generation
    if (sameGeneration && report.observed_time < stored.observed_time) return answer('stale-time')
    if (unknown && !finalizes) return answer('unknown')
    if (isDeepStrictEqual(content(report), content(stored))) return answer('same')
  }

  const kept: Report = {
    ...report,
    data: report.data ?? {},
    created_time: stored?.created_time ?? stored?.observed_time ?? report.observed_time,
    last_report_time: report.observed_time,
    conditions: report.conditions.map((condition) => {
      const before = stored && conditionOf(stored, condition.type)
      const carried = before?.status === condition.status ? before.last_transition_time : undefined
      return { ...condition, last_transition_time: carried ?? report.observed_time }
    }),
  }
  const reports = [...resource.reports.filter((r) => r !== stored), kept]
  const next = { ...resource, reports }
  const conditions = unknown && !finalizes ? resource.conditions : aggregate(next)
  return { outcome: 'stored', resource: { ...next, conditions } }
}

/** Whether conditions are what the model says; messages that it does not prescribe are not compared. */
export function sameConditions(actual: Condition[], expected: Condition[]): boolean {
  const agrees = (each: Condition, index: number) =>
    Object.entries(each).every(
      ([member, value]) => value === undefined || actual[index]?.[member as keyof Condition] === value,
    )
  return actual.length === expected.length && expected.every(agrees)
}
