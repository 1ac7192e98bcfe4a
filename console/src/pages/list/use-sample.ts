import type { Kind } from '../../api/document.ts'
import type { Page, Resource } from '../../api/types.ts'
import { useAnswer } from '../../api/use-answer.ts'
import { useServer } from '../../app/context.ts'

const SAMPLE_SIZE = 50
const NONE: Partial<Resource>[] = []

/** The newest resources of a kind, from which labels, members of specs and conditions are learned for completions. */
export function useSample(kind: Kind): Partial<Resource>[] {
  const { document } = useServer()
  const query = { size: SAMPLE_SIZE, fields: 'labels,spec,status.conditions.type,status.conditions.reason' }
  const { answer } = useAnswer<Page<Partial<Resource>>>(
    document.call('resources.list', kind.name, [], { query }),
  )
  return answer?.body.items ?? NONE
}
