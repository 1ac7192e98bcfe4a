import type { Vocabulary } from './vocabulary.ts'

/** Words that may stand at the caret in the place of the word that has been begun there. */
export interface Completion {
  /** Where the begun word begins. */
  from: number
  words: string[]
}

const OPERATORS = ['=', '!=', 'in (', 'like', 'is null', 'is not null', '<', '>']
const JOINTS = ['and', 'or']
const MOST = 12
const COMPARING =
  /([\w./[\]'-]+)\s*(?:=|==|!=|<>|<=?|>=?|\b(?:not\s+)?i?like)\s*$|([\w./[\]'-]+)\s+(?:not\s+)?in\s*\([^)]*$/i
const AFTER_FIELD = /(?:^|[\s(])([\w./[\]'-]+)\s+$/
const AFTER_VALUE = /(?:'(?:[^']|'')*'|\b\d[\w.]*|\btrue|\bfalse|\bnull|\))\s+$/i

/** The completions of a search at the caret. They help to write it; the server decides what it means. */
export function complete(search: string, caret: number, { fields, values }: Vocabulary): Completion {
  const before = search.slice(0, caret)
  const begun = /'(?:[^']|'')*$|[\w./-]*$/.exec(before)?.[0] ?? ''
  const isOpenText = begun.startsWith("'") && (before.split("'").length - 1) % 2 === 1
  const word = begun.startsWith("'") && !isOpenText ? '' : begun
  const from = caret - word.length
  const ahead = before.slice(0, from)
  const pick = (words: Iterable<string>) => ({ from, words: matching([...words], word) })
  const [, one, several] = COMPARING.exec(ahead) ?? []
  const compared = one ?? several
  if (compared) return pick(values.get(compared) ?? [])
  if (AFTER_VALUE.test(ahead)) return pick(JOINTS)
  const [, name] = AFTER_FIELD.exec(ahead) ?? []
  if (name && fields.includes(name)) return pick(OPERATORS)
  return pick(fields)
}

/** The words that begin with what has been typed, then those that have it elsewhere. */
function matching(words: string[], typed: string): string[] {
  const small = typed.toLowerCase()
  const begins = words.filter((word) => word.toLowerCase().startsWith(small))
  const holds = words.filter((word) => !begins.includes(word) && word.toLowerCase().includes(small))
  const found = [...begins, ...holds].slice(0, MOST)
  return found.length === 1 && found[0] === typed ? [] : found
}

/** The search for what a person has typed: a single word finds names with it, all else is a search as it is. */
export function searchOf(typed: string): string | undefined {
  const text = typed.trim()
  if (!text) return undefined
  return /^[a-z0-9-]+$/.test(text) ? `name like '%${text}%'` : text
}
