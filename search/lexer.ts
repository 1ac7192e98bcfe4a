import { SearchError } from './search-error.ts'

export interface Token {
  kind: 'string' | 'word' | 'operator' | 'end'
  /** The value of a string without its quotes and escapes, a word or an operator as written. */
  text: string
  position: number
}

const pattern =
  /\s*(?:(?<string>'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.)*"|`(?:[^`\\]|\\.)*`)|(?<word>[\w./-]+)|(?<operator>=))/suy

/** Cuts a search into tokens; the last one is of the kind `end`. Throws a SearchError where it cannot. */
export function tokenize(search: string): Token[] {
  const tokens: Token[] = []
  const nul = search.indexOf('\0')
  if (nul >= 0) throw new SearchError('search', 'unexpected NUL', nul)
  pattern.lastIndex = 0
  for (let at = 0; search.slice(at).trim(); at = pattern.lastIndex) {
    const match = pattern.exec(search)
    const position = at + (search.slice(at).length - search.slice(at).trimStart().length)
    if (!match?.groups) {
      const opened = /['"`]/.test(search[position] ?? '')
      throw new SearchError(
        'search',
        opened ? 'a string is not closed' : `unexpected ${search[position]}`,
        position,
      )
    }
    const { string, word, operator } = match.groups
    if (string !== undefined) tokens.push({ kind: 'string', text: unquote(string), position })
    else if (word !== undefined) tokens.push({ kind: 'word', text: word, position })
    else tokens.push({ kind: 'operator', text: operator ?? '', position })
  }
  return [...tokens, { kind: 'end', text: 'the end', position: search.length }]
}

const unquote = (quoted: string) =>
  quoted
    .slice(1, -1)
    .replace(/\\(.)|''/gsu, (pair, escaped?: string) => escaped ?? (pair === "''" ? "'" : pair))
