import { type Token, tokenize } from './lexer.ts'
import { SearchError } from './search-error.ts'

/** `field = 'value'`, with where the field stands. */
interface Comparison {
  field: string
  value: string
  position: number
}

/** Parses `field = 'value' and …`. Throws a SearchError with the position of what it does not understand. */
export function parseSearch(search: string): Comparison[] {
  const tokens = tokenize(search)
  const comparisons: Comparison[] = []
  let at = 0
  const take = (kind: Token['kind'], what: string, text?: string): Token => {
    const token = tokens[at++] as Token
    if (token.kind !== kind || (text && token.text.toLowerCase() !== text)) {
      const hint = token.kind === 'word' && kind === 'string' ? ' (put values in quotes)' : ''
      throw new SearchError('search', `expected ${what}, not ${token.text}${hint}`, token.position)
    }
    return token
  }
  do {
    const field = take('word', 'a field')
    take('operator', '=')
    const value = take('string', 'a value in quotes')
    comparisons.push({ field: field.text, value: value.text, position: field.position })
  } while (tokens[at]?.kind !== 'end' && take('word', 'and', 'and'))
  return comparisons
}
