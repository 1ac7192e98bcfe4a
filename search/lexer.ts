import { numberOf, secondsOf, timeOf } from './literals.ts'
import { SearchError } from './search-error.ts'
import type { Literal, Path } from './tree.ts'

export type Token =
  | { kind: 'literal'; literal: Literal; text: string; position: number }
  | { kind: 'path'; path: Path; text: string; position: number }
  /** A keyword in lower case, an operator, a bracket, a comma, or `end`. */
  | { kind: 'symbol'; text: string; position: number }
  /** From here on the search cannot be cut; the error is thrown when the parser gets here. */
  | { kind: 'error'; error: SearchError; text: string; position: number }

const KEYWORDS = new Set(['and', 'or', 'not', 'in', 'like', 'ilike', 'between', 'is', 'null'])
const SYNONYMS: Record<string, string> = { '==': '=', '<>': '!=' }
const HINTS: Record<string, string> = { '&': ', write and', '|': ', write or', '!': ', write not' }

const quoted = /'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*"|`(?:[^`\\]|\\.|``)*`/suy
const now = /now\s*\(\s*\)(?:\s*-\s*(\w*))?/iy
const date = /\d{4}-\d\d-\d\d[\w:.+-]*/y
const number = /-?\d[\w.]*(?:(?<=[\d.][eE])[+-]\w*)?/y
const name = /[A-Za-z_]\w*/y
const member = /\.(\w+)/y
const labelKey = /\.([\w./-]+)/y
const bracket = new RegExp(`\\[(${quoted.source})\\]`, 'suy')
const symbol = /==|!=|<>|<=|>=|[=<>()[\],]/y
const space = /\s*/y

/**
 * Cuts a search into tokens; the last one is the symbol `end`, or an error. Takes time in proportion to the length
 * of the search.
 */
export function tokenize(search: string): Token[] {
  const lexer = new Lexer(search)
  const tokens: Token[] = []
  for (;;) {
    const token = lexer.next()
    tokens.push(token)
    if (token.kind === 'error' || (token.kind === 'symbol' && token.text === 'end')) return tokens
  }
}

class Lexer {
  private readonly search: string
  private at = 0
  /** The beginning of the token: its index, and its position in characters, which may take two places each. */
  private start = 0
  private position = 0

  constructor(search: string) {
    this.search = search
  }

  next(): Token {
    this.take(space)
    for (; this.start < this.at; this.start++) if (!isSecondHalf(this.search, this.start)) this.position++
    try {
      return this.at < this.search.length ? this.token() : this.symbol('end')
    } catch (error) {
      if (!(error instanceof SearchError)) throw error
      return { kind: 'error', error, text: '', position: this.position }
    }
  }

  private token(): Token {
    const string = this.take(quoted)?.[0]
    if (string !== undefined) return this.literal({ type: 'string', value: unquote(this.storable(string)) })
    const moment = this.take(now)
    if (moment) {
      const value = moment[0].includes('-') ? secondsOf(moment[1] ?? '') : { type: 'now' as const, ago: 0 }
      return this.literal(value, 'a time; write now(), or now() - 10s, 30m, 2h, 7d, up to 36500d')
    }
    const day = this.take(date)?.[0]
    if (day)
      return this.literal(
        timeOf(day),
        'a time such as 2026-01-31 or 2026-01-31T12:00:00Z (in a URL, %2B stands for +)',
      )
    const digits = this.take(number)?.[0]
    if (digits)
      return this.literal(
        numberOf(digits),
        'a number (with k, M, G, T, P, E or Ki … Ei if it has a suffix, and an exponent up to 400); put texts in quotes',
      )
    const word = this.take(name)?.[0]
    if (word !== undefined) return this.word(word)
    const sign = this.take(symbol)?.[0]
    if (sign) return this.symbol(SYNONYMS[sign] ?? sign)
    throw this.unexpected()
  }

  /** A keyword, true or false, or the first step of a path. */
  private word(word: string): Token {
    const lower = word.toLowerCase()
    if (this.search[this.at] !== '.') {
      if (KEYWORDS.has(lower)) return this.symbol(lower)
      if (lower === 'true' || lower === 'false')
        return this.literal({ type: 'boolean', value: lower === 'true' })
    }
    const steps = [word]
    for (;;) {
      const inner = this.take(word === 'labels' && steps.length === 1 ? labelKey : member)?.[1]
      const key = inner === undefined ? this.take(bracket)?.[1] : undefined
      if (inner !== undefined) steps.push(inner)
      else if (key !== undefined) steps.push(unquote(this.storable(key)))
      else break
    }
    const { text, position } = this
    if (this.search[this.at] === '.')
      throw new SearchError('search', `expected a name after ${text}.`, position)
    if (this.search[this.at] === '[') {
      throw new SearchError('search', `expected a name in quotes and ] after ${text}[`, position)
    }
    return { kind: 'path', path: { steps, text, position }, text, position }
  }

  private literal(value: object | undefined, expected = ''): Token {
    const { text, position } = this
    if (!value) throw new SearchError('search', `${text.slice(0, 40)} is not ${expected}`, position)
    return { kind: 'literal', literal: { ...value, text, position } as Literal, text, position }
  }

  private symbol(text: string): Token {
    return { kind: 'symbol', text, position: this.position }
  }

  private unexpected(): SearchError {
    const character = String.fromCodePoint(this.search.codePointAt(this.at) ?? 0)
    if (/['"`]/.test(character)) return new SearchError('search', 'a string is not closed', this.position)
    const shown = character === '\0' ? 'NUL' : character
    return new SearchError('search', `unexpected ${shown}${HINTS[character] ?? ''}`, this.position)
  }

  /** The text; throws a SearchError for a NUL, which PostgreSQL cannot store. */
  private storable(text: string): string {
    const nul = this.text.indexOf('\0')
    if (nul < 0) return text
    throw new SearchError('search', 'unexpected NUL', this.position + [...this.text.slice(0, nul)].length)
  }

  /** The match of a pattern at the current position, which moves behind it. */
  private take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.at
    const match = pattern.exec(this.search) ?? undefined
    if (match) this.at = pattern.lastIndex
    return match
  }

  /** The part of this token that has been read. */
  private get text(): string {
    return this.search.slice(this.start, this.at)
  }
}

/** Whether a place holds the second half of a character beyond the 16 bits of one place. */
const isSecondHalf = (text: string, index: number) => (text.charCodeAt(index) & 0xfc00) === 0xdc00

/** A doubled quote is one; a backslash escapes quotes and itself, and else stays (it may escape % in a pattern). */
function unquote(text: string): string {
  const quote = text[0] ?? ''
  return text
    .slice(1, -1)
    .replace(/\\(['"`\\])|(['"`])\2/g, (pair, escaped?: string, doubled?: string) =>
      escaped !== undefined ? escaped : doubled === quote ? quote : pair,
    )
}
