import { MAX_NESTING } from '../../search/parser.ts'
import type { Expression, Literal, Operator, Path } from '../../search/tree.ts'
import { type Decimal, decimalOf, plain } from './decimal.ts'

type Random = (below: number) => number

const FLIPPED: Record<Operator, Operator> = {
  '=': '=',
  '!=': '!=',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
}
const SYNONYMS: Partial<Record<Operator, string[]>> = { '=': ['=', '=='], '!=': ['!=', '<>'] }
const POWERS = ['k', 'M', 'G', 'T', 'P', 'E']
const UNITS = { s: 1, m: 60, h: 3600, d: 86_400 }
const KEYWORDS = /^(and|or|not|in|like|ilike|between|is|null|true|false)$/i

/** A tree as a search that means it, written in one of the many ways there are. */
export function print(tree: Expression, random: Random): string {
  const tokens: string[] = []
  const pick = <T>(choices: readonly T[]): T => choices[random(choices.length)] as T
  const put = (...texts: string[]) => tokens.push(...texts)
  const keyword = (word: string) => put(cased(word, random))

  const expression = (tree: Expression, level: number, left: number): void => {
    const isNeeded = levelOf(tree) < level
    if (isNeeded || (left > nestingOf(tree, level) && random(6) === 0)) {
      put('(')
      expression(tree, 0, left - 1)
      put(')')
      return
    }
    switch (tree.type) {
      case 'and':
      case 'or':
        for (const [index, term] of tree.terms.entries()) {
          if (index > 0) keyword(tree.type)
          expression(term, levelOf(tree) + 1, left)
        }
        return
      case 'not':
        keyword('not')
        expression(tree.term, levelOf(tree), left - 1)
        return
      default:
        comparison(tree)
    }
  }

  const comparison = (tree: Exclude<Expression, { type: 'and' | 'or' | 'not' }>): void => {
    const field = printPath(tree.field, random)
    const literal = (value: Literal) => put(printLiteral(value, random))
    if (tree.type === 'compare') {
      const isFlipped = random(4) === 0
      const operator = isFlipped ? FLIPPED[tree.operator] : tree.operator
      const sign = pick(SYNONYMS[operator] ?? [operator])
      const value = printLiteral(tree.value, random)
      put(...(isFlipped ? [value, sign, field] : [field, sign, value]))
      return
    }
    put(field)
    if (tree.type === 'null') {
      keyword('is')
      if (tree.negated) keyword('not')
      keyword('null')
      return
    }
    if (tree.negated) keyword('not')
    if (tree.type === 'like') {
      keyword(tree.insensitive ? 'ilike' : 'like')
      literal(tree.pattern)
    } else if (tree.type === 'between') {
      keyword('between')
      literal(tree.low)
      keyword('and')
      literal(tree.high)
    } else {
      keyword('in')
      const [opening, closing] = random(2) ? ['(', ')'] : ['[', ']']
      put(opening as string)
      for (const [index, value] of tree.values.entries()) {
        if (index > 0) put(',')
        literal(value)
      }
      put(closing as string)
    }
  }

  expression(tree, 0, MAX_NESTING)
  return spaced(tokens, random)
}

const levelOf = ({ type }: Expression) => (type === 'or' ? 0 : type === 'and' ? 1 : 2)

/** How deep a tree nests at least when it is written. */
export function nestingOf(tree: Expression, level = 0): number {
  const parentheses = levelOf(tree) < level ? 1 : 0
  if (tree.type === 'not') return 1 + nestingOf(tree.term, 2)
  if (tree.type !== 'and' && tree.type !== 'or') return 0
  return parentheses + Math.max(...tree.terms.map((term) => nestingOf(term, levelOf(tree) + 1)))
}

/** Tokens with white space where there must be, and some where there may be. */
function spaced(tokens: string[], random: Random): string {
  const space = (must: boolean) => {
    if (!must && random(2)) return ''
    return [' ', ' ', ' ', '  ', '\t', '\n', '\r\n', '\u00a0'][random(8)] as string
  }
  const text = tokens.reduce((text, token) => {
    const must = /[\w.:/+-]$/.test(text) && /^[\w.:/+-]/.test(token)
    return text + space(must) + token
  }, '')
  return text + (random(8) ? '' : ' ')
}

function cased(word: string, random: Random): string {
  const style = random(4)
  if (style < 2) return word
  if (style === 2) return word.toUpperCase()
  return [...word].map((letter) => (random(2) ? letter.toUpperCase() : letter)).join('')
}

function printPath({ steps }: Path, random: Random): string {
  const [first = ''] = steps
  let text = first
  let isRun = false
  for (const [index, step] of steps.entries()) {
    if (index === 0) continue
    const isLabel = first === 'labels' && index === 1
    // A run of characters after `labels.` takes every further member in.
    const mayDot: boolean = isLabel ? /^[\w./-]+$/.test(step) : /^\w+$/.test(step) && !isRun
    const mustDot = index === 1 && KEYWORDS.test(first)
    const needsBracket = isLabel && steps.length > 2
    const dots: boolean = mayDot && (mustDot || (needsBracket ? random(8) === 0 : random(4) > 0))
    isRun = isLabel && dots
    text += dots ? `.${step}` : `[${printString(step, random)}]`
  }
  return text
}

function printLiteral(literal: Literal, random: Random): string {
  switch (literal.type) {
    case 'string':
      return printString(literal.value, random)
    case 'number':
      return printNumber(decimalOf(literal.value), random)
    case 'boolean':
      return cased(String(literal.value), random)
    case 'time':
      return printTime(literal.value, random)
    case 'now':
      return printNow(literal.ago, random)
  }
}

function printString(value: string, random: Random): string {
  const quote = `'"\``[random(3)] as string
  const characters = [...value]
  const inner = characters.map((character, index) => {
    if (character === quote) return (random(2) ? quote : '\\') + quote
    if (/['"`]/.test(character)) return (random(3) ? '' : '\\') + character
    if (character !== '\\') return character
    const next = characters[index + 1]
    const mayStand = next !== undefined && !/['"`\\]/.test(next)
    return mayStand && random(2) ? '\\' : '\\\\'
  })
  return quote + inner.join('') + quote
}

function printNumber(decimal: Decimal, random: Random): string {
  const { digits, exponent } = decimal
  const minus = digits < 0n ? '-' : ''
  const size = digits < 0n ? -digits : digits
  const positive = { digits: size, exponent }
  const zeros = random(12) ? '' : '0'.repeat(1 + random(3))
  const scientific = (by: number) => {
    const power = exponent - by
    const sign = power < 0 ? '-' : ['', '+'][random(2)]
    return `${plain({ digits: size, exponent: by })}${['e', 'E'][random(2)]}${sign}${Math.abs(power)}`
  }
  const power = random(POWERS.length)
  const suffix = POWERS[power] as string
  const written = () => {
    switch (random(5)) {
      case 0:
        return scientific(-random(4))
      case 1:
        return plain({ ...positive, exponent: exponent - 3 * (power + 1) }) + suffix
      case 2: {
        // A 1024th is 5^10 of the tenth power of a tenth.
        const times = 10 * (power + 1)
        const mantissa = { digits: size * 5n ** BigInt(times), exponent: exponent - times }
        return `${plain(mantissa)}${suffix === 'k' ? 'K' : suffix}i`
      }
      case 3:
        // With an exponent and a suffix.
        return `${scientific(0).replace(/[+-]?\d+$/, (text) => String(Number(text) - 3 * (power + 1)))}${suffix}`
      default:
        return plain(positive)
    }
  }
  return minus + zeros + (Math.abs(exponent) > 100 ? scientific(0) : written())
}

function printTime(value: string, random: Random): string {
  const [, date = '', time = '', fraction = ''] = /^(.{10})T(.{8})(\.\d+)?Z$/.exec(value) ?? []
  const any = (text: string) => (random(3) ? text : text.toLowerCase())
  if (time === '00:00:00' && !/[1-9]/.test(fraction) && random(2)) return date
  if (random(2)) return any(`${date}T${time}${fraction}Z`)
  const minutes = random(2 * 1440 - 1) - 1439
  const local = new Date(Date.parse(`${date}T${time}Z`) + minutes * 60_000).toISOString()
  if (!/^\d{4}-/.test(local)) return any(`${date}T${time}${fraction}Z`)
  const size = Math.abs(minutes)
  const two = (number: number) => String(number).padStart(2, '0')
  const zone = `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`
  return any(`${local.slice(0, 19)}${fraction}${zone}`)
}

function printNow(ago: number, random: Random): string {
  const space = () => ['', '', ' ', '\t'][random(4)]
  const now = `${cased('now', random)}${space()}(${space()})`
  if (ago === 0 && random(2)) return now
  const units = Object.entries(UNITS).filter(([, seconds]) => ago % seconds === 0)
  const [unit, seconds] = units[random(units.length)] as [string, number]
  const zero = ago < 1e6 && random(8) === 0 ? '0' : ''
  return `${now}${space()}-${space()}${zero}${ago / seconds}${cased(unit, random)}`
}
