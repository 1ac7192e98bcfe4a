import { ExpressionError } from '../cel-errors.ts'
import { Uint, type Value } from '../cel-values.ts'
import { bytesOf, stringOf, type Token, tokenize } from './tokenizer.ts'

/** How long an expression may be, in characters. */
export const MAX_LENGTH = 32_768

/** How deep parentheses, brackets and arguments may nest. */
export const MAX_DEPTH = 250

export type Operator =
  | '+'
  | '-'
  | '*'
  | '/'
  | '%'
  | '=='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | 'in'
  | '!'
  | 'negate'
export type Macro = 'all' | 'exists' | 'exists_one' | 'map' | 'filter' | 'optMap' | 'optFlatMap'

/** A tree of an expression. `position` is the index in the text that an error names. */
export type Node = { position: number } & (
  | { kind: 'literal'; value: Value }
  | { kind: 'name'; name: string }
  | { kind: 'select'; operand: Node; field: string; optional: boolean }
  | { kind: 'has'; operand: Node; field: string }
  | { kind: 'index'; operand: Node; index: Node; optional: boolean }
  | { kind: 'call'; name: string; receiver?: Node; args: Node[] }
  | { kind: 'operator'; operator: Operator; operands: Node[] }
  | { kind: 'logical'; operator: '&&' | '||'; terms: Node[] }
  | { kind: 'conditional'; condition: Node; then: Node; otherwise: Node }
  | { kind: 'list'; elements: { value: Node; optional: boolean }[] }
  | { kind: 'map'; entries: { key: Node; value: Node; optional: boolean }[] }
  | { kind: 'macro'; macro: Macro; range: Node; variable: string; filter?: Node; body: Node }
)

const RESERVED = new Set(
  'as break const continue else for function if import let loop package namespace return var void while'.split(
    ' ',
  ),
)
const WORDS = new Set(['true', 'false', 'null', 'in'])
/** The operators between two operands, those that bind most loosely first. */
const LEVELS = [
  ['==', '!=', '<', '<=', '>', '>=', 'in'],
  ['+', '-'],
  ['*', '/', '%'],
] as const

/** The tree of an expression; macros are distinguished from calls. Throws an ExpressionError for a text that cannot be parsed. */
export function parseExpression(text: string): Node {
  if (text.length > MAX_LENGTH)
    throw new ExpressionError(`more than ${MAX_LENGTH} characters`, text, MAX_LENGTH)
  return new Parser(text).parse()
}

class Parser {
  private readonly text: string
  private readonly tokens: Token[]
  private at = 0
  private depth = 0

  constructor(text: string) {
    this.text = text
    this.tokens = tokenize(text)
  }

  parse(): Node {
    const tree = this.expression()
    if (this.token.kind !== 'end') throw this.unexpected('the end')
    return tree
  }

  private get token(): Token {
    return this.tokens[this.at] as Token
  }

  private is(text: string, ahead = 0): boolean {
    const token = this.tokens[this.at + ahead]
    return token?.text === text && (token.kind === 'symbol' || (token.kind === 'name' && WORDS.has(text)))
  }

  private take(text: string): boolean {
    const taken = this.is(text)
    if (taken) this.at++
    return taken
  }

  private expect(text: string): void {
    if (!this.take(text)) throw this.unexpected(text)
  }

  private unexpected(expected: string): ExpressionError {
    const { text, position } = this.token
    return new ExpressionError(`unexpected ${text}, expected ${expected}`, this.text, position)
  }

  private error(reason: string, { position }: { position: number }): ExpressionError {
    return new ExpressionError(reason, this.text, position)
  }

  private expression(): Node {
    if (++this.depth > MAX_DEPTH) throw this.error(`more than ${MAX_DEPTH} levels`, this.token)
    const condition = this.logical('||')
    const { position } = this.token
    let tree = condition
    if (this.take('?')) {
      const then = this.logical('||')
      this.expect(':')
      tree = { kind: 'conditional', position, condition, then, otherwise: this.expression() }
    }
    this.depth--
    return tree
  }

  private logical(operator: '&&' | '||'): Node {
    const term = () => (operator === '||' ? this.logical('&&') : this.binary(0))
    const { position } = this.token
    const terms = [term()]
    while (this.take(operator)) terms.push(term())
    return terms.length === 1 ? (terms[0] as Node) : { kind: 'logical', position, operator, terms }
  }

  private binary(level: number): Node {
    const operators = LEVELS[level]
    if (!operators) return this.unary()
    let tree = this.binary(level + 1)
    for (;;) {
      const { position } = this.token
      const operator = operators.find((each) => this.take(each))
      if (!operator) return tree
      tree = { kind: 'operator', position, operator, operands: [tree, this.binary(level + 1)] }
    }
  }

  private unary(): Node {
    const { position } = this.token
    const sign = ['!', '-'].find((each) => this.is(each))
    if (!sign) return this.member()
    const isLiteral = sign === '-' && ['int', 'double'].includes(this.tokens[this.at + 1]?.kind ?? '')
    if (isLiteral) return this.member()
    let count = 0
    for (; this.take(sign); count++);
    const operand = this.member()
    if (count % 2 === 0) return operand
    return { kind: 'operator', position, operator: sign === '!' ? '!' : 'negate', operands: [operand] }
  }

  private member(): Node {
    let tree = this.primary()
    for (;;) {
      const { position } = this.token
      if (this.take('.')) {
        const optional = this.take('?')
        const { kind, text, position: start } = this.token
        if (kind !== 'quoted-name' && (kind !== 'name' || WORDS.has(text))) throw this.unexpected('a name')
        this.at++
        if (!optional && kind === 'name' && this.is('(')) tree = this.call(text, start, tree)
        else tree = { kind: 'select', position, operand: tree, field: text, optional }
      } else if (this.take('[')) {
        const optional = this.take('?')
        tree = { kind: 'index', position, operand: tree, index: this.expression(), optional }
        this.expect(']')
      } else return tree
    }
  }

  private primary(): Node {
    const { kind, text, position } = this.token
    switch (kind) {
      case 'string':
        return this.literal(stringOf(this.token, this.text))
      case 'bytes':
        return this.literal(bytesOf(this.token, this.text))
      case 'int':
      case 'uint':
      case 'double':
        return this.number(1)
      case 'name':
        if (text === 'true' || text === 'false') return this.literal(text === 'true')
        if (text === 'null') return this.literal(null)
        return this.name()
      case 'symbol':
        break
      default:
        throw this.unexpected('an operand')
    }
    if (this.take('-')) return this.number(-1)
    if (this.take('.')) return this.name()
    if (this.take('[')) return this.list(position)
    if (this.take('{')) return this.map(position)
    if (!this.take('(')) throw this.unexpected('an operand')
    const tree = this.expression()
    this.expect(')')
    return tree
  }

  private literal(value: Value): Node {
    const { position } = this.token
    this.at++
    return { kind: 'literal', position, value }
  }

  private number(sign: 1 | -1): Node {
    const { kind, text } = this.token
    if (kind === 'double') {
      const value = sign * Number(text)
      if (!Number.isFinite(value)) throw this.error('a double beyond the range', this.token)
      return this.literal(value)
    }
    const value = BigInt(sign) * BigInt(text)
    if (kind === 'uint') {
      if (value >= 2n ** 64n) throw this.error('an unsigned integer of more than 64 bits', this.token)
      return this.literal(new Uint(value))
    }
    if (BigInt.asIntN(64, value) !== value) throw this.error('an integer of more than 64 bits', this.token)
    return this.literal(value)
  }

  private name(): Node {
    const { kind, text, position } = this.token
    if (kind !== 'name' || WORDS.has(text)) throw this.unexpected('a name')
    if (RESERVED.has(text)) throw this.error(`${text} is a reserved word`, this.token)
    this.at++
    if (this.is('(')) return this.call(text, position)
    return { kind: 'name', position, name: text }
  }

  private list(position: number): Node {
    const elements: { value: Node; optional: boolean }[] = []
    this.sequence(']', () => {
      const optional = this.take('?')
      elements.push({ optional, value: this.expression() })
    })
    return { kind: 'list', position, elements }
  }

  private map(position: number): Node {
    const entries: { key: Node; value: Node; optional: boolean }[] = []
    this.sequence('}', () => {
      const optional = this.take('?')
      const key = this.expression()
      this.expect(':')
      entries.push({ optional, key, value: this.expression() })
    })
    return { kind: 'map', position, entries }
  }

  /** Elements between commas up to the closing bracket; a comma may follow the last one. */
  private sequence(end: string, element: () => void): void {
    while (!this.is(end) && !(this.is(',') && this.is(end, 1))) {
      element()
      if (!this.is(',') || this.is(end, 1)) break
      this.at++
    }
    this.take(',')
    this.expect(end)
  }

  private call(name: string, position: number, receiver?: Node): Node {
    this.expect('(')
    const args: Node[] = []
    if (!this.is(')')) {
      args.push(this.expression())
      while (this.take(',')) args.push(this.expression())
    }
    this.expect(')')
    if (receiver)
      return this.macro(name, position, receiver, args) ?? { kind: 'call', position, name, receiver, args }
    if (name !== 'has' || args.length !== 1) return { kind: 'call', position, name, args }
    const [member] = args as [Node]
    if (member.kind !== 'select' || member.optional)
      throw this.error('has() needs a member, such as a.b', member)
    return { kind: 'has', position, operand: member.operand, field: member.field }
  }

  /** The macro that a method is, or undefined when it is none. */
  private macro(name: string, position: number, range: Node, args: Node[]): Node | undefined {
    if (!isMacro(name) || !(args.length === 2 || (name === 'map' && args.length === 3))) return undefined
    const [variable, ...bodies] = args as [Node, ...Node[]]
    if (variable.kind !== 'name') throw this.error(`${name}() needs the name of a variable`, variable)
    // In cel-go a loop keeps its result in a variable of this name.
    if (variable.name === '__result__') throw this.error('__result__ is a reserved word', variable)
    const body = bodies.at(-1) as Node
    const filter = name === 'filter' ? body : bodies.length === 2 ? bodies[0] : undefined
    return { kind: 'macro', position, macro: name, range, variable: variable.name, filter, body }
  }
}

const MACROS: readonly string[] = ['all', 'exists', 'exists_one', 'map', 'filter', 'optMap', 'optFlatMap']
const isMacro = (name: string): name is Macro => MACROS.includes(name)
