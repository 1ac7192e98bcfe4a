import { createContext, useContext } from 'react'
import type { Kind } from '../../api/document.ts'
import type { Explanation, Resource } from '../../api/types.ts'

/** The resource that a page shows. */
interface Subject {
  kind: Kind
  resource: Resource
  /** Its entity tag. */
  tag: string | undefined
  explanation: Explanation | undefined
  /** The number of changes that the feed has told of it: the occasion to read again. */
  changes: number
  /** Reads it again at once. */
  again(): void
}

export const SubjectContext = createContext<Subject | undefined>(undefined)

/** The resource that the page shows. */
export function useSubject(): Subject {
  const subject = useContext(SubjectContext)
  if (!subject) throw new Error('The resource is used outside of its page.')
  return subject
}
