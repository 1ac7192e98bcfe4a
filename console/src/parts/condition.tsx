import { Label } from '@patternfly/react-core'
import type { Condition, Resource } from '../api/types.ts'

const LOOKS = { True: 'success', False: 'danger', Unknown: 'warning' } as const

/** The status of a condition, in colour and in words. */
export function StatusLabel({ status, title }: { status: string | undefined; title?: string | undefined }) {
  if (!status) return <span>–</span>
  return (
    <Label status={LOOKS[status as keyof typeof LOOKS] ?? 'info'} isCompact title={title}>
      {status}
    </Label>
  )
}

/** The state of a resource in one word: deleting, reconciled or not. */
export function StateLabel({ resource }: { resource: Partial<Resource> }) {
  if (resource.deleted_time)
    return (
      <Label status="warning" isCompact>
        Deleting
      </Label>
    )
  const condition = conditionOf(resource, 'Reconciled')
  if (!condition) return <span>–</span>
  const isTrue = condition.status === 'True'
  return (
    <Label status={isTrue ? 'success' : 'danger'} isCompact title={condition.message}>
      {isTrue ? 'Ready' : 'Not ready'}
    </Label>
  )
}

/** The condition of a type, where the resource has it. */
export const conditionOf = (resource: Partial<Resource>, type: string): Condition | undefined =>
  resource.status?.conditions.find((condition) => condition.type === type)
