import type { Expression, Literal, Operator, Path } from '../../search/tree.ts'
import { nestingOf } from './print.ts'

type Random = (below: number) => number
type Value = Literal extends infer Each
  ? Each extends unknown
    ? Omit<Each, 'text' | 'position'>
    : never
  : never
type Leaf = Exclude<Expression, { type: 'and' | 'or' | 'not' }>

export const OPERATORS: Operator[] = ['=', '!=', '<', '<=', '>', '>=']

const nowhere = { text: '', position: 0 }
export const path = (...steps: string[]): Path => ({ steps, ...nowhere })
export const literal = (value: Value): Literal => ({ ...value, ...nowhere }) as Literal

/** A random tree over leaves, which can be written within the limit of nesting. */
export function randomTree(random: Random, leaf: (random: Random) => Leaf, depth = 5): Expression {
  const tree = grow(random, leaf, depth)
  return nestingOf(tree) <= 32 ? tree : leaf(random)
}

function grow(random: Random, leaf: (random: Random) => Leaf, depth: number): Expression {
  const kind = depth > 0 ? random(8) : 7
  if (kind < 2) return { type: 'not', term: grow(random, leaf, depth - 1) }
  if (kind > 4) return leaf(random)
  const terms = Array.from({ length: 2 + random(3) }, () => grow(random, leaf, depth - 1))
  return { type: random(2) ? 'and' : 'or', terms }
}

/** A random comparison of a field with values. */
export function randomLeaf(random: Random, field: Path, value: () => Literal, text = value): Leaf {
  const negated = random(2) === 0
  switch (random(8)) {
    case 0:
      return { type: 'null', field, negated }
    case 1:
      return { type: 'between', field, negated, low: value(), high: value() }
    case 2: {
      const values = Array.from({ length: 1 + random(random(20) ? 4 : 40) }, value)
      return { type: 'in', field, negated, values }
    }
    case 3:
      return { type: 'like', field, negated, insensitive: random(2) === 0, pattern: text() }
    default:
      return { type: 'compare', field, operator: OPERATORS[random(6)] as Operator, value: value() }
  }
}

const CHARACTERS = [
  ...'\'"`\\%_\n\t\r ab.=()[],-/0',
  ...['\u00e9', '\u6771', '\u{1f600}', '\u0301', '\u2028', '\ufffd', '\uff07', '\u{10ffff}', '\u0001'],
  ...["''", '""', '``', '\\\\', "\\'", '\\%', ' and ', ' or ', 'not ', 'null', 'now()', '--', '/*', '$1'],
]

/** A text of what may hurt. */
export const randomText = (random: Random): string =>
  Array.from({ length: random(random(10) ? 6 : 40) }, () => CHARACTERS[random(CHARACTERS.length)]).join('')

/** A decimal number, with or without a fraction and an exponent. */
export function randomNumber(random: Random): string {
  const digits = (most: number) => Array.from({ length: 1 + random(most) }, () => random(10)).join('')
  const sign = random(3) ? '' : '-'
  const whole = random(3) ? String(random(100)) : digits(random(10) ? 6 : 40)
  const fraction = random(3) ? '' : `.${digits(random(10) ? 3 : 30)}`
  const exponent = random(4) ? '' : `e${random(random(10) ? 20 : 340) * (random(2) ? 1 : -1)}`
  return `${sign}${whole}${fraction}${exponent}`
}

export function randomTime(random: Random): string {
  const from = Date.parse(random(10) ? '2026-01-01T00:00:00Z' : '0002-01-01T00:00:00Z')
  const days = random(random(10) ? 365 : 700_000)
  const seconds = random(3) ? random(86_400) : 0
  const fraction = random(3) ? '' : `.${String(random(1_000_000_000)).slice(0, 1 + random(9))}`
  return new Date(from + days * 86_400_000 + seconds * 1000).toISOString().replace('.000Z', `${fraction}Z`)
}

const AGOS = [0, 1, 10, 60, 90, 3600, 7200, 86_400, 7 * 86_400, 36_500 * 86_400]

/** Any literal at all. */
export function randomLiteral(random: Random): Literal {
  switch (random(7)) {
    case 0:
    case 1:
      return literal({ type: 'number', value: randomNumber(random) })
    case 2:
      return literal({ type: 'boolean', value: random(2) === 0 })
    case 3:
      return literal({ type: 'time', value: randomTime(random) })
    case 4:
      return literal({
        type: 'now',
        ago: random(2) ? (AGOS[random(AGOS.length)] as number) : random(1_000_000),
      })
    default:
      return literal({ type: 'string', value: randomText(random) })
  }
}

const COLUMNS = [
  'id',
  'name',
  'href',
  'generation',
  'created_time',
  'nothing',
  '_x1',
  'constructor',
  'now',
  'nowhere',
]
const KEYS = [
  ...[
    'a',
    'app.kubernetes.io/name',
    'a-b_c.d',
    'and',
    'or',
    'not',
    'in',
    'is',
    'null',
    'like',
    'between',
    'true',
  ],
  ...[
    '0',
    '-1',
    'now',
    'now()',
    '',
    ' ',
    'a b',
    "it's",
    '"',
    '`',
    '\\',
    "\\'",
    "''",
    '\u6771',
    '\u{1f600}',
    '__proto__',
  ],
  ...['a.', '.a', '/', '-', 'a]', "']", 'a=b'],
]
const WORDS = [
  'a',
  'b',
  'and',
  'not',
  'in',
  'null',
  'true',
  'conditions',
  'Ready',
  'reason',
  '0',
  '2nd',
  '_',
  'now',
]

/** Any path at all. */
export function randomPath(random: Random): Path {
  const word = () => WORDS[random(WORDS.length)] as string
  const key = () => (random(5) ? (KEYS[random(KEYS.length)] as string) : randomText(random))
  switch (random(6)) {
    case 0:
      return path('labels', ...Array.from({ length: 1 + (random(10) ? 0 : random(3)) }, key))
    case 1:
      return path('labels', key())
    case 2:
      return path(
        'spec',
        ...Array.from({ length: 1 + random(random(10) ? 4 : 60) }, () => (random(3) ? word() : key())),
      )
    case 3:
      return path('status', 'conditions', word(), ...(random(2) ? [word()] : []))
    case 4:
      // Words that mean something else where they stand alone.
      return path(['and', 'not', 'in', 'true', 'null', 'now', 'is'][random(7)] as string, word())
    default:
      return path(COLUMNS[random(COLUMNS.length)] as string)
  }
}
