import { Gauge, type Registry } from 'prom-client'
import type { Queries } from '../../generated/sql.ts'
import type { Database } from '../db/database.ts'
import { within } from '../lib/timeout.ts'

type Count = Queries['count_unreconciled']['row']

/** However often and by however many the metrics are asked for, the database is asked once in this time. */
const MAX_AGE_MS = 15_000

/**
 * The gauges of resources that wait for their adapters, and of how many adapters these are. Returns what brings them up to date, which ends within
 * `patience` ms, whatever the database does.
 *
 * When the database does not answer, the gauges are absent: what it would say now is not known, and an old
 * number would look like a new one. An answer that comes late is there for who asks next.
 */
export function pendingGauges(
  registry: Registry,
  database: Database,
  { threshold, patience, maxAge = MAX_AGE_MS }: { threshold: string; patience: number; maxAge?: number },
): () => Promise<void> {
  const gauge = (name: string, help: string) =>
    new Gauge({ name, help, labelNames: ['resource_type', 'is_delete'], registers: [registry] })
  const pending = gauge(
    'hyperfleet_api_resource_pending_reconciliation',
    'Resources that are not reconciled.',
  )
  const stuck = gauge(
    'hyperfleet_api_resource_pending_reconciliation_stuck',
    'Resources that have not been reconciled for longer than the threshold.',
  )
  const longest = gauge(
    'hyperfleet_api_resource_pending_reconciliation_stuck_duration_seconds',
    'The longest time for which a stuck resource has not been reconciled; 0 when none is stuck.',
  )
  const required = new Gauge({
    name: 'hyperfleet_api_required_adapters',
    help: 'Adapters that must report on a resource before it is reconciled.',
    labelNames: ['resource_type'],
    registers: [registry],
  })
  const show = (counts: Count[]) => {
    for (const each of [pending, stuck, longest, required]) each.reset()
    for (const { kind, is_delete, ...count } of counts) {
      const resource_type = kind.toLowerCase()
      const labels = { resource_type, is_delete: String(is_delete) }
      required.set({ resource_type }, count.required_adapters)
      pending.set(labels, count.pending)
      stuck.set(labels, count.stuck)
      longest.set(labels, count.stuck_seconds)
    }
  }

  let asked = Number.NEGATIVE_INFINITY
  let answer: Promise<void> | undefined
  return async () => {
    if (performance.now() - asked >= maxAge && !answer) {
      asked = performance.now()
      answer = database
        .all('count_unreconciled', { threshold })
        .then(show, () => show([]))
        .finally(() => {
          answer = undefined
        })
    }
    const isInTime =
      !answer ||
      (await within(
        patience,
        answer.then(() => true),
        false,
      ))
    if (!isInTime) show([])
  }
}
