import type { Expression, Literal, Operator, Path } from '../../search/tree.ts'
import { compareDecimals, type Decimal, decimalOf } from './decimal.ts'

/** A search that must be answered with 400: a field that there is not, or a value that does not fit. */
export class Refused extends Error {}

/** What the contract leaves open. */
export class Unspecified extends Error {}

/** Null is neither. */
export type Truth = boolean | null

/** A number of a body, digit by digit. */
export class JsonNumber {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

type Body = Record<string, unknown>
type Kind = 'text' | 'integer' | 'time' | 'status' | 'spec'
interface Field {
  kind: Kind
  of(body: Body): unknown
}

/** Parses JSON so that its numbers stay what was written. */
export function parseExactly(json: string): unknown {
  const marked = json.replace(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g, (token) =>
    token.startsWith('"') ? token : `{"\\u0000number":"${token}"}`,
  )
  return JSON.parse(marked, (_, value) =>
    isObject(value) && Object.hasOwn(value, '\0number') ? new JsonNumber(value['\0number'] as string) : value,
  )
}

const isObject = (value: unknown): value is Body =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof JsonNumber)

const member = (value: unknown, name: string): unknown =>
  isObject(value) && Object.hasOwn(value, name) ? value[name] : null

const COLUMNS: Record<'resources' | 'statuses', Record<string, Kind>> = {
  resources: {
    id: 'text',
    name: 'text',
    kind: 'text',
    href: 'text',
    owner_id: 'text',
    created_by: 'text',
    updated_by: 'text',
    deleted_by: 'text',
    generation: 'integer',
    created_time: 'time',
    updated_time: 'time',
    deleted_time: 'time',
  },
  statuses: {
    adapter: 'text',
    observed_generation: 'integer',
    created_time: 'time',
    last_report_time: 'time',
  },
}
const MEMBERS: Record<string, Kind> = {
  reason: 'text',
  observed_generation: 'integer',
  last_updated_time: 'time',
  last_transition_time: 'time',
}

/**
 * What a search says of a body, by the contract alone: true, false or null. Throws Refused and Unspecified, the latter
 * also while evaluating. `now` is in milliseconds.
 */
export function evaluator(
  tree: Expression,
  list: 'resources' | 'statuses',
): (body: Body, now: number) => Truth {
  switch (tree.type) {
    case 'and':
    case 'or': {
      const terms = tree.terms.map((term) => evaluator(term, list))
      const decisive = tree.type === 'or'
      return (body, now) => {
        const truths = terms.map((term) => term(body, now))
        if (truths.includes(decisive)) return decisive
        return truths.includes(null) ? null : !decisive
      }
    }
    case 'not': {
      const term = evaluator(tree.term, list)
      return (body, now) => term(body, now) !== true
    }
    case 'null': {
      const field = fieldOf(tree.field, list)
      return (body) => (field.of(body) === null) !== tree.negated
    }
    case 'like': {
      const field = fieldOf(tree.field, list)
      if (field.kind === 'integer' || field.kind === 'time') throw new Refused('like is for texts')
      if (tree.pattern.type !== 'string') throw new Refused('a pattern is a text')
      const pattern = patternOf(tree.pattern.value, tree.insensitive)
      return (body) => {
        const text = field.kind === 'spec' ? textOf(field.of(body)) : (field.of(body) as string | null)
        if (text === null) return null
        return matches(pattern, points(tree.insensitive ? folded(text) : text)) !== tree.negated
      }
    }
    case 'compare': {
      if (['=', '!='].includes(tree.operator)) refuseKinds(tree.field, [tree.value])
      const compare = comparison(fieldOf(tree.field, list), [tree.value])
      return (body, now) => {
        const order = compare(body, now)?.[0]
        return order === undefined ? null : holds(order, tree.operator)
      }
    }
    case 'in': {
      refuseKinds(tree.field, tree.values)
      const compare = comparison(fieldOf(tree.field, list), tree.values)
      return (body, now) => {
        const orders = compare(body, now)
        return orders && orders.includes(0) !== tree.negated
      }
    }
    case 'between': {
      const compare = comparison(fieldOf(tree.field, list), [tree.low, tree.high])
      return (body, now) => {
        const orders = compare(body, now)
        if (!orders) return null
        const [low, high] = orders as [number, number]
        return (low >= 0 && high <= 0) !== tree.negated
      }
    }
  }
}

/** A kind is one of few, whose names begin with a capital letter. */
function refuseKinds({ steps }: Path, literals: Literal[]) {
  if (steps.join() !== 'kind') return
  for (const literal of literals) {
    const value = plainValue(literal)
    if (typeof value === 'string' && !/^[A-Z][A-Za-z0-9]{0,99}$/.test(value)) throw new Refused('no kind')
  }
}

const isLabelKey = (key: string) => {
  const [name = '', prefix, ...more] = key.split('/').reverse()
  if (more.length || !/^[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?$/.test(name)) return false
  return prefix === undefined
    ? true
    : prefix.length <= 253 && prefix.split('.').every((part) => /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(part))
}

function holds(order: number, operator: Operator): boolean {
  switch (operator) {
    case '=':
      return order === 0
    case '!=':
      return order !== 0
    case '<':
      return order < 0
    case '<=':
      return order <= 0
    case '>':
      return order > 0
    case '>=':
      return order >= 0
  }
}

function fieldOf({ steps, text }: Path, list: 'resources' | 'statuses'): Field {
  const [first = '', second, third, fourth] = steps
  const kind = Object.hasOwn(COLUMNS[list], first) ? COLUMNS[list][first] : undefined
  if (kind && steps.length === 1) {
    if (first === 'owner_id') return { kind, of: (body) => member(member(body, 'owner_references'), 'id') }
    return { kind, of: (body) => member(body, first) }
  }
  if (list === 'resources') {
    if (first === 'labels' && second && steps.length === 2) {
      if (!isLabelKey(second)) throw new Refused('no label can have this key')
      return { kind: 'text', of: (body) => member(member(body, 'labels'), second) }
    }
    if (first === 'spec' && (steps.includes('__proto__') || steps.length > 101)) {
      throw new Refused('no spec can have it')
    }
    if (first === 'spec' && steps.length > 1)
      return { kind: 'spec', of: (body) => steps.reduce<unknown>(member, body) }
    if (first === 'status' && second === 'conditions' && third && steps.length <= 4) {
      if (!/^[A-Z0-9][A-Za-z0-9]*$/.test(third)) throw new Refused('no condition can have this type')
      const condition = (body: Body) =>
        (member(member(body, 'status'), 'conditions') as Body[]).find(({ type }) => type === third) ?? null
      if (fourth === undefined) return { kind: 'status', of: (body) => member(condition(body), 'status') }
      if (Object.hasOwn(MEMBERS, fourth)) {
        return { kind: MEMBERS[fourth] as Kind, of: (body) => member(condition(body), fourth) }
      }
    }
  }
  throw new Refused(`${text} is not a field`)
}

const plainValue = (literal: Literal) => ('value' in literal ? literal.value : undefined)

/** How a field stands to each of some values: less than, equal to or greater than 0; null where it is null. */
function comparison(field: Field, literals: Literal[]): (body: Body, now: number) => number[] | null {
  const kinds = new Set(literals.map(({ type }) => type))
  const only = (...wanted: Literal['type'][]) => {
    if ([...kinds].some((kind) => !wanted.includes(kind))) throw new Refused(`not ${[...kinds]}`)
  }
  switch (field.kind) {
    case 'status':
    case 'text': {
      only('string')
      const texts = literals.map((literal) => plainValue(literal) as string)
      if (field.kind === 'status' && texts.some((text) => !['True', 'False', 'Unknown'].includes(text))) {
        throw new Refused('no status')
      }
      return (body) => compareEach(field.of(body) as string | null, texts, compareTexts)
    }
    case 'integer': {
      only('number', 'string')
      const numbers = literals.map((literal) => {
        const { value } = literal as { value: string }
        if (literal.type === 'string') {
          if (!/^-?\d+$/.test(value)) throw new Refused('no integer')
          if (!/^-?\d{1,10}$/.test(value)) throw new Unspecified('a quoted integer beyond any generation')
        }
        return decimalOf(value)
      })
      return (body) => compareEach(numberIn(field.of(body)), numbers, compareDecimals)
    }
    case 'time': {
      only('time', 'now', 'string')
      const moments = literals.map((literal) => {
        if (literal.type === 'now') return literal.ago
        const moment = momentOf((literal as { value: string }).value)
        if (moment === undefined) throw new Refused('no time')
        return moment
      })
      return (body, now) => {
        const text = field.of(body) as string | null
        if (text === null) return null
        const time = momentOf(text) as bigint
        const values = moments.map((moment) => {
          if (typeof moment === 'bigint') return moment
          const then = BigInt(now - moment * 1000) * 1_000_000n
          const distance = time < then ? then - time : time - then
          if (distance < 60_000_000_000n) throw new Unspecified('too close to now')
          return then
        })
        return compareEach(time, values, (a, b) => (a < b ? -1 : a > b ? 1 : 0))
      }
    }
    case 'spec': {
      if (kinds.size > 1) throw new Refused('a list has values of one type')
      only('string', 'number', 'boolean')
      const values = literals.map(plainValue)
      if (kinds.has('number')) {
        const numbers = values.map((value) => decimalOf(value as string))
        return (body) => compareEach(numberIn(field.of(body)), numbers, compareDecimals)
      }
      if (kinds.has('boolean')) {
        return (body) => {
          const value = field.of(body)
          return compareEach(
            typeof value === 'boolean' ? value : null,
            values,
            (a, b) => Number(a) - Number(b),
          )
        }
      }
      return (body) => compareEach(textOf(field.of(body)), values as string[], compareTexts)
    }
  }
}

function compareEach<T>(value: T | null, others: T[], compare: (a: T, b: T) => number): number[] | null {
  return value === null ? null : others.map((other) => compare(value, other))
}

const numberIn = (value: unknown): Decimal | null =>
  value instanceof JsonNumber ? decimalOf(value.text) : null

/** A value of a spec as a text. */
function textOf(value: unknown): string | null {
  if (value === null || typeof value === 'string') return value
  if (value instanceof JsonNumber) return value.text
  if (typeof value === 'boolean') return String(value)
  throw new Unspecified('an object or array as a text')
}

const points = (text: string): number[] => Array.from(text, (character) => character.codePointAt(0) as number)

/** As UTF-8 orders them. */
function compareTexts(one: string, other: string): number {
  const [a, b] = [points(one), points(other)]
  const index = a.findIndex((point, index) => point !== b[index])
  if (index < 0) return a.length - b.length
  return (a[index] as number) - (b[index] ?? -1)
}

const folded = (text: string) => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase())

type Pattern = (number | 'one' | 'any')[]

function patternOf(text: string, insensitive: boolean): Pattern {
  const pattern: Pattern = []
  const characters = points(insensitive ? folded(text) : text)
  for (let index = 0; index < characters.length; index++) {
    const point = characters[index] as number
    if (point === 0x25) pattern.push('any')
    else if (point === 0x5f) pattern.push('one')
    else if (point === 0x5c) {
      const escaped = characters[++index]
      if (escaped === undefined) throw new Refused('a pattern that ends in a backslash')
      pattern.push(escaped)
    } else pattern.push(point)
  }
  return pattern
}

/** Whether a text is of a pattern: after each part of the pattern, the lengths of text that it may have taken. */
function matches(pattern: Pattern, text: number[]): boolean {
  let reached = new Set([0])
  for (const part of pattern) {
    const next = new Set<number>()
    if (part === 'any') {
      for (let length = Math.min(...reached); length <= text.length; length++) next.add(length)
    } else {
      for (const length of reached) {
        if (length < text.length && (part === 'one' || part === text[length])) next.add(length + 1)
      }
    }
    if (!next.size) return false
    reached = next
  }
  return reached.has(text.length)
}

/** A date or a moment of RFC 3339 in nanoseconds; undefined for what is none. */
export function momentOf(text: string): bigint | undefined {
  const parts =
    /^(\d{4})-(\d\d)-(\d\d)(?:[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d\d):(\d\d)))?$/.exec(
      text,
    )
  if (!parts) return undefined
  const [year, month, day, hour = 0, minute = 0, second = 0] = parts
    .slice(1, 7)
    .map((part) => (part === undefined ? undefined : Number(part))) as number[]
  const [fraction = '', sign, zoneHour = '0', zoneMinute = '0'] = parts.slice(7)
  if (second === 60) throw new Unspecified('a leap second')
  const isLeap = (year as number) % 4 === 0 && ((year as number) % 100 !== 0 || (year as number) % 400 === 0)
  const lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
  const length = lengths[(month as number) - 1]
  if (!length || !day || day > length || hour > 23 || minute > 59 || second > 59) return undefined
  if (Number(zoneHour) > 23 || Number(zoneMinute) > 59) return undefined
  let days = day - 1 + lengths.slice(0, (month as number) - 1).reduce((sum, each) => sum + each, 0)
  const before = (year as number) - 1
  days += before * 365 + Math.floor(before / 4) - Math.floor(before / 100) + Math.floor(before / 400)
  const offset = (sign === '-' ? -60 : 60) * (Number(zoneHour) * 60 + Number(zoneMinute))
  const seconds = days * 86_400 + hour * 3600 + minute * 60 + second - offset
  // The first day of year 1, and of year 10000; year 0 is none of the database's calendar.
  if (seconds < 0 || seconds >= 3_652_059 * 86_400) return undefined
  const EPOCH = 719_162 * 86_400
  return BigInt(seconds - EPOCH) * 1_000_000_000n + BigInt(fraction.padEnd(9, '0'))
}
