import type { Kind } from '../../api/document.ts'
import type { Page } from '../../api/types.ts'
import { useAnswer } from '../../api/use-answer.ts'
import { useServer } from '../../app/context.ts'

/** How many resources of a kind match a search; undefined until the server has answered. */
export function useTotal(kind: Kind, search: string | undefined) {
  const { document } = useServer()
  const query = { search, size: 1, fields: 'id' }
  const { answer, error } = useAnswer<Page<unknown>>(
    document.call('resources.list', kind.name, [], { query }),
  )
  return { total: answer?.body.total, error }
}
