import type { Resource } from '../../api/types.ts'

/** A resource as a person writes it: texts that may not be right yet. */
export interface Draft {
  name: string
  labels: string
  spec: string
  references: string
}

/** The draft of a new resource. */
export const emptyDraft: Draft = { name: '', labels: '', spec: '{}', references: '' }

/** The draft of a resource that there is. */
export const draftOf = ({ name, labels, spec, references = {} }: Resource): Draft => ({
  name,
  labels: Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join('\n'),
  spec: JSON.stringify(spec, null, 2),
  references: JSON.stringify(references, null, 2),
})

export type Members = Pick<Resource, 'labels' | 'spec' | 'references'>

/** The members of a draft. Throws a SyntaxError that names the part which is not JSON. */
export function membersOf({ labels, spec, references }: Draft, hasReferences: boolean): Members {
  const lines = labels.split('\n').map((line) => line.trim())
  const pairs = lines.filter(Boolean).map((line) => {
    const [key = '', ...value] = line.split('=')
    return [key.trim(), value.join('=').trim()] as const
  })
  return {
    labels: Object.fromEntries(pairs),
    spec: parse('spec', spec) as Members['spec'],
    ...(hasReferences &&
      references.trim() && {
        references: parse('references', references) as NonNullable<Members['references']>,
      }),
  }
}

function parse(part: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new SyntaxError(`${part} is not JSON: ${(error as Error).message}`)
  }
}

/** The members that differ from those of the resource: a write of the others would undo what somebody else has changed meanwhile. */
export const changedMembers = (
  members: Members,
  { labels, spec, references = {} }: Resource,
): Partial<Members> =>
  Object.fromEntries(
    Object.entries(members).filter(([name, value]) => !isEqual(value, { labels, spec, references }[name])),
  )

function isEqual(one: unknown, other: unknown): boolean {
  if (typeof one !== 'object' || typeof other !== 'object' || !one || !other) return one === other
  const [own, others] = [Object.entries(one), Object.entries(other)]
  const isSameForm = Array.isArray(one) === Array.isArray(other) && own.length === others.length
  return isSameForm && own.every(([name, value]) => name in other && isEqual(value, other[name as never]))
}
