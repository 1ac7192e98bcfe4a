import { isFieldLike } from './fields.ts'
import { type Token, tokenize } from './lexer.ts'
import { SearchError } from './search-error.ts'
import type { Expression, Literal, Operator, Path } from './tree.ts'

export const MAX_NESTING = 32
export const MAX_VALUES = 1000

/** The operator of lower precedence comes first. */
const JOINTS = ['or', 'and'] as const
const FLIPPED: Record<Operator, Operator> = {
  '=': '=',
  '!=': '!=',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
}

/**
 * Parses a search. Parentheses bind strongest, then comparisons, `not`, `and`, `or`.
 * Throws a SearchError with the position of the unexpected token and the expected ones.
 */
export function parseSearch(search: string): Expression {
  const tokens = tokenize(search)
  let at = 0
  let nesting = 0

  const peek = (): Token => {
    const token = tokens[at] as Token
    if (token.kind === 'error') throw token.error
    return token
  }
  /** Takes the next token if it is this symbol. */
  const takes = (...symbols: string[]): string | undefined => {
    const token = peek()
    if (token.kind !== 'symbol' || !symbols.includes(token.text)) return undefined
    at++
    return token.text
  }
  const must = (symbol: string, expected = symbol) => {
    if (!takes(symbol)) throw expectation(expected, peek())
  }

  const joined = (level: number): Expression => {
    const joint = JOINTS[level]
    if (!joint) return negated()
    const terms = [joined(level + 1)]
    while (takes(joint)) terms.push(joined(level + 1))
    return terms.length > 1 ? { type: joint, terms } : (terms[0] as Expression)
  }

  const nested = (inner: () => Expression): Expression => {
    if (++nesting > MAX_NESTING) {
      throw new SearchError('search', `must not nest deeper than ${MAX_NESTING}`, tokens[at - 1]?.position)
    }
    const expression = inner()
    nesting--
    return expression
  }

  const negated = (): Expression => {
    if (takes('not')) return nested(() => ({ type: 'not', term: negated() }))
    if (!takes('(')) return comparison()
    return nested(() => {
      const expression = joined(0)
      must(')', 'and, or, or )')
      return expression
    })
  }

  const comparison = (): Expression => {
    if (peek().kind === 'literal') {
      const value = literal()
      const operator = comparator()
      return { type: 'compare', field: path(), operator: FLIPPED[operator], value }
    }
    const field = path()
    if (takes('is')) {
      const negated = takes('not') !== undefined
      must('null')
      return { type: 'null', field, negated }
    }
    const negated = takes('not') !== undefined
    const word = takes('like', 'ilike', 'in', 'between')
    if (word === 'in') return { type: 'in', field, negated, values: list() }
    if (word === 'between') {
      const low = literal()
      must('and')
      return { type: 'between', field, negated, low, high: literal() }
    }
    if (word) return { type: 'like', field, negated, insensitive: word === 'ilike', pattern: literal() }
    if (negated) throw expectation('like, ilike, in or between', peek())
    return { type: 'compare', field, operator: comparator(), value: literal() }
  }

  const comparator = (): Operator => {
    const operator = takes(...Object.keys(FLIPPED))
    if (!operator)
      throw expectation(
        'an operator (= == != <> < <= > >=, [not] like, ilike, in, between, or is [not] null)',
        peek(),
      )
    return operator as Operator
  }

  const path = (): Path => {
    const token = peek()
    if (token.kind !== 'path') throw expectation('a field', token)
    at++
    return token.path
  }

  const literal = (): Literal => {
    const token = peek()
    if (token.kind !== 'literal') {
      const isField = token.kind === 'path' && isFieldLike(token.path)
      const hints: Record<string, string> = {
        path: isField
          ? ' (it is a field; a field is compared with a value)'
          : ' (put texts in quotes; in a URL, + is a space, and %2B a +)',
        symbol: token.text === 'null' ? ' (write is null, or is not null)' : '',
      }
      const hint = hints[token.kind] ?? ''
      throw expectation('a value', token, hint)
    }
    at++
    return token.literal
  }

  const list = (): Literal[] => {
    const { position } = peek()
    const closing = { '[': ']', '(': ')' }[takes('[', '(') ?? '']
    if (!closing) throw expectation("a list such as ('a', 'b')", peek())
    const values = [literal()]
    while (takes(',')) values.push(literal())
    must(closing, `, or ${closing}`)
    if (values.length <= MAX_VALUES) return values
    throw new SearchError('search', `a list must not have more than ${MAX_VALUES} values`, position)
  }

  const expression = joined(0)
  must('end', 'and, or, or the end')
  return expression
}

/** Parses a path that names a field. Throws a SearchError of the parameter when the text is none, or has more than one. */
export function parsePath(text: string, parameter: string): Path {
  const [token, end] = tokenize(text)
  if (token?.kind === 'path' && end?.kind === 'symbol' && end.text === 'end') return token.path
  throw new SearchError(
    parameter,
    "must be a field such as labels.region, spec.region or labels['a.example/b']",
  )
}

function expectation(expected: string, token: Token, hint = ''): SearchError {
  const found = token.kind === 'symbol' && token.text === 'end' ? 'the end' : token.text.slice(0, 40)
  return new SearchError('search', `expected ${expected}, not ${found}${hint}`, token.position)
}
