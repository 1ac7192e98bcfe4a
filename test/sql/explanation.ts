/**
 * A model of explanations, beside that of the conditions (model.ts): for which adapters a condition waits, and in which state
 * they are.
 */
import { isDeepStrictEqual } from 'node:util'
import type { Condition, Report, Resource } from './model.ts'
import { successfulType } from './model.ts'

interface Awaited {
  adapter: string
  state: string
  observed_generation?: number
  last_report_time?: string
  reason?: string
  message?: string
}

export interface Explained {
  type: string
  status: string
  since: string
  because: string
  waiting_for: Awaited[]
}

const find = (report: Report | undefined, type: string) =>
  report?.conditions.find((each) => each.type === type)

/** The state of one required adapter, and whether that confirms the resource. */
function judge({ generation, deleted }: Resource, report: Report | undefined) {
  const available = find(report, 'Available')?.status ?? 'Unknown'
  const isFinal = find(report, 'Finalized')?.status === 'True'
  if (!report) return { state: 'silent', isMet: false, isUsable: false, isAvailable: false, at: 0 }
  const at = report.observed_generation
  const isUsable = at <= generation && (available !== 'Unknown' || (deleted && isFinal))
  const facts = { isUsable, isAvailable: available === 'True', at }
  if (at > generation) return { state: 'future', isMet: false, ...facts }
  if (at < generation) return { state: 'stale', isMet: false, ...facts }
  if (deleted) return { state: isFinal ? 'unavailable' : 'not_finalized', isMet: isFinal, ...facts }
  if (available === 'Unknown') return { state: 'unknown', isMet: false, ...facts }
  return { state: 'unavailable', isMet: available === 'True', ...facts }
}

/** The adapters that a condition of a resource waits for. */
function awaited(resource: Resource, { type, status }: Condition): Awaited[] {
  const judged = [...new Set(resource.required)].sort().map((adapter) => {
    const report = resource.reports.find((each) => each.adapter === adapter)
    return { adapter, report, ...judge(resource, report) }
  })
  const highest = Math.max(...judged.flatMap(({ isUsable, at }) => (isUsable ? at : [])))
  const holds = (each: (typeof judged)[number]) => {
    if (type === 'Reconciled' || type === 'Ready') return !each.isMet
    if (status === 'True') return false
    if (type !== 'LastKnownReconciled' && type !== 'Available') return successfulType(each.adapter) === type
    return !each.isUsable || !each.isAvailable || each.at < highest
  }
  return judged.filter(holds).map(({ adapter, state, report }) => {
    const { reason, message } = find(report, 'Available') ?? {}
    return {
      adapter,
      state,
      ...(report && {
        observed_generation: report.observed_generation,
        last_report_time: report.observed_time,
      }),
      ...(reason !== undefined && { reason }),
      ...(message !== undefined && { message }),
    }
  })
}

/** The first difference between an explanation and the conditions that it explains; undefined where there is none. */
export function explanationFault(
  explained: Explained[],
  conditions: Condition[],
  resource: Resource,
): string | undefined {
  if (explained.length !== conditions.length) return `${explained.length} of ${conditions.length} conditions`
  for (const [index, condition] of conditions.entries()) {
    const { type, status, since, because, waiting_for } = explained[index] as Explained
    const seen = [type, status, since, because]
    const why = [condition.reason, condition.message].filter((each) => each !== undefined).join(': ')
    const expected = [condition.type, condition.status, condition.last_transition_time, why]
    if (!isDeepStrictEqual(seen, expected))
      return `${JSON.stringify(seen)} is not ${JSON.stringify(expected)}`
    const adapters = awaited(resource, condition)
    if (!isDeepStrictEqual(waiting_for, adapters))
      return `${type} waits for ${JSON.stringify(waiting_for)}, not ${JSON.stringify(adapters)}`
    if (type === 'Reconciled' && status === 'True' && adapters.length) return `${type} is True and waits`
  }
  return undefined
}

/** The adapters that the sentences do not name, each with the generation and the time of its report. */
export function unnamed(sentences: string[], explained: Explained[]): string[] {
  const waiting = explained.find(({ type }) => type === 'Reconciled')?.waiting_for ?? []
  return waiting.flatMap(({ adapter, observed_generation, last_report_time }) => {
    const own = sentences.find((sentence) => sentence.startsWith(`Adapter ${adapter} `)) ?? ''
    const isNamed =
      /generation \d/.test(own) &&
      (observed_generation === undefined || own.includes(`generation ${observed_generation}`)) &&
      /\d{4}-\d\d-\d\dT/.test(own) &&
      own.includes(last_report_time ?? '')
    return isNamed ? [] : [adapter]
  })
}
