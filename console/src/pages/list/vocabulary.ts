import type { ApiDocument, Kind } from '../../api/document.ts'
import type { Resource } from '../../api/types.ts'

/** What a search can name: fields, and the values that were seen of some. */
export interface Vocabulary {
  fields: string[]
  values: Map<string, Set<string>>
}

/** A member of a spec that can be written after a dot. */
const DOTTED = /^\w+$/
const MAX_DEPTH = 3

/** The fields of a kind by the document, and the labels, conditions and members of specs of some of its resources. */
export function vocabularyOf(document: ApiDocument, kind: Kind, seen: Partial<Resource>[]): Vocabulary {
  const properties = document.schema(kind.name)?.properties ?? {}
  const scalars = Object.entries(properties).filter(([, { type }]) => type === 'string' || type === 'integer')
  const values = new Map<string, Set<string>>()
  const learn = (field: string, value: string) => {
    const known = values.get(field) ?? new Set()
    values.set(field, known.add(value))
  }
  for (const { labels = {}, spec = {}, status } of seen) {
    for (const [key, value] of Object.entries(labels)) learn(`labels.${key}`, quoted(value))
    learnMembers('spec', spec, learn)
    for (const { type, reason } of status?.conditions ?? []) {
      for (const word of ['True', 'False']) learn(`status.conditions.${type}`, quoted(word))
      if (reason) learn(`status.conditions.${type}.reason`, quoted(reason))
    }
  }
  const own = [...scalars.map(([name]) => name), ...(kind.parent_kind ? ['owner_id', 'owner_kind'] : [])]
  return { fields: [...own, ...values.keys()].sort(), values }
}

/** A text as a search has it. */
export const quoted = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`

function learnMembers(path: string, value: object, learn: (field: string, value: string) => void, depth = 0) {
  for (const [name, member] of Object.entries(value)) {
    const field = DOTTED.test(name) ? `${path}.${name}` : `${path}[${quoted(name)}]`
    if (typeof member === 'string') learn(field, quoted(member))
    else if (typeof member === 'number' || typeof member === 'boolean') learn(field, String(member))
    else if (member && !Array.isArray(member) && depth < MAX_DEPTH)
      learnMembers(field, member, learn, depth + 1)
  }
}
