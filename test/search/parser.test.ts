import t, { type Test } from 'tap'
import { numberOf, secondsOf, timeOf } from '../../search/literals.ts'
import { MAX_NESTING, MAX_VALUES, parseSearch } from '../../search/parser.ts'
import { SearchError } from '../../search/search-error.ts'
import type { Expression } from '../../search/tree.ts'
import { generator, printable, seed } from '../random.ts'
import { decimalOf } from './decimal.ts'
import { nestingOf, print } from './print.ts'
import { literal, path, randomLeaf, randomLiteral, randomPath, randomTree } from './trees.ts'

const TREES = 2_000

/** A tree without where it was written and how: numbers and times as what they are. */
const meaning = (tree: Expression): unknown =>
  JSON.parse(
    JSON.stringify(tree, (key, value) => {
      if (key === 'text' || key === 'position') return undefined
      if (value?.type === 'number') {
        const { digits, exponent } = decimalOf(value.value)
        return { type: 'number', value: `${digits}e${exponent}` }
      }
      if (value?.type === 'time') {
        return {
          type: 'time',
          value: value.value.replace(/\.?0*Z$/, (end: string) => (/\./.test(end) ? 'Z' : end)),
        }
      }
      return value
    }),
  )

/** What a search cannot be parsed for; fails unless it is a SearchError that tells a position inside the search. */
function refusal(t: Test, search: string, title = printable(search).slice(0, 80)): string {
  try {
    parseSearch(search)
  } catch (error) {
    if (!(error instanceof SearchError)) t.fail(`${title}: ${error}`)
    const position = Number(/ at position (\d+)$/.exec((error as Error).message)?.[1] ?? Number.NaN)
    if (!(position >= 0 && position <= search.length)) t.fail(`${title}: ${(error as Error).message}`)
    return (error as Error).message
  }
  return ''
}

t.test('a tree that is written as a search is parsed as it was', async (t) => {
  t.comment(`SEED=${seed}`)
  let failures = 0
  let deepest = 0
  for (let index = 0; index < TREES && failures < 5; index++) {
    const random = generator(seed + index)
    const tree = randomTree(
      random,
      (random) => randomLeaf(random, randomPath(random), () => randomLiteral(random)),
      random(12) ? 4 : 12,
    )
    const search = print(tree, random)
    deepest = Math.max(deepest, nestingOf(tree))
    let actual: unknown
    try {
      const parsed = parseSearch(search)
      const characters = [...search]
      actual = meaning(parsed)
      JSON.stringify(parsed, (_, value) => {
        if (
          typeof value?.text === 'string' &&
          !characters.slice(value.position).join('').startsWith(value.text)
        ) {
          t.fail(`SEED=${seed + index}: ${value.text} is not at ${value.position} in ${search}`)
        }
        return value
      })
    } catch (error) {
      actual = String(error)
    }
    const wanted = meaning(tree)
    if (JSON.stringify(actual) === JSON.stringify(wanted)) continue
    failures++
    t.strictSame(actual, wanted, `SEED=${seed + index}: ${search}`)
  }
  t.equal(failures, 0)
  t.ok(deepest > 8, `trees nest up to ${deepest}`)
})

t.test('what binds stronger', async (t) => {
  const a = (name: string): Expression => ({
    type: 'compare',
    field: path(name),
    operator: '=',
    value: literal({ type: 'number', value: '1' }),
  })
  const and = (...terms: Expression[]): Expression => ({ type: 'and', terms })
  const or = (...terms: Expression[]): Expression => ({ type: 'or', terms })
  const not = (term: Expression): Expression => ({ type: 'not', term })
  const between: Expression = {
    type: 'between',
    field: path('a'),
    negated: false,
    low: literal({ type: 'number', value: '1' }),
    high: literal({ type: 'number', value: '2' }),
  }
  const cases: [string, Expression][] = [
    ['a=1 or b=1 and c=1', or(a('a'), and(a('b'), a('c')))],
    ['a=1 and b=1 or c=1', or(and(a('a'), a('b')), a('c'))],
    ['(a=1 or b=1) and c=1', and(or(a('a'), a('b')), a('c'))],
    ['a=1 and (b=1 or c=1)', and(a('a'), or(a('b'), a('c')))],
    ['a=1 or b=1 or c=1', or(a('a'), a('b'), a('c'))],
    ['a=1 or (b=1 or c=1)', or(a('a'), or(a('b'), a('c')))],
    ['(a=1 and b=1) and c=1', and(and(a('a'), a('b')), a('c'))],
    ['not a=1 and b=1', and(not(a('a')), a('b'))],
    ['not a=1 or b=1', or(not(a('a')), a('b'))],
    ['not (a=1 and b=1)', not(and(a('a'), a('b')))],
    ['not(a=1)and b=1', and(not(a('a')), a('b'))],
    ['not not a=1', not(not(a('a')))],
    ['((a=1))', a('a')],
    ['1=a and 1=b', and(a('a'), a('b'))],
    ['a between 1 and 2 and b=1', and(between, a('b'))],
    ['not a between 1 and 2 or b=1', or(not(between), a('b'))],
    ['a=1 and a between 1 and 2', and(a('a'), between)],
    ['a not between 1 and 2', { ...between, negated: true }],
    ['not a not between 1 and 2', not({ ...between, negated: true })],
    ['not a is not null', not({ type: 'null', field: path('a'), negated: true })],
  ]
  for (const [search, tree] of cases) t.strictSame(meaning(parseSearch(search)), meaning(tree), search)
})

t.test(`not and parentheses nest ${MAX_NESTING} deep`, async (t) => {
  t.comment(`SEED=${seed}`)
  const random = generator(seed)
  const nested = (kinds: string[]) =>
    `${kinds.join(' ')} a=1 ${')'.repeat(kinds.filter((each) => each.startsWith('(')).length)}`
  for (let index = 0; index < 500; index++) {
    const share = random(11)
    const kinds = Array.from({ length: MAX_NESTING + 1 }, () => {
      if (random(10) < share) return 'not'
      return random(8) ? '(' : '(b=1 and'
    })
    const whole = kinds.slice(1)
    const message = refusal(t, nested(whole))
    if (message) t.fail(`${nested(whole)}: ${message}`)
    const deeper = nested(kinds)
    if (!/nest deeper than 32 at position/.test(refusal(t, deeper))) t.fail(`SEED=${seed}: ${deeper}`)
    // It is the innermost that is too many.
    const at = Number(/\d+$/.exec(refusal(t, deeper))?.[0])
    if (at !== nested(kinds).lastIndexOf(kinds.at(-1)?.startsWith('(') ? '(' : 'not')) {
      t.fail(`${deeper}: position ${at}`)
    }
  }
  const many = Array(500)
    .fill(`not (${nested(Array(30).fill('('))})`)
    .join(' and ')
  t.equal(refusal(t, many), '', 'nesting that has ended does not count')
  t.match(refusal(t, '('.repeat(3000)), /nest deeper than 32 at position 32/)
  t.match(refusal(t, 'not '.repeat(1000)), /nest deeper than 32 at position 128/)
  t.match(refusal(t, '(not '.repeat(800)), /nest deeper than 32 at position 80/)
})

t.test(`lists have up to ${MAX_VALUES} values`, async (t) => {
  for (const [opening, closing] of ['()', '[]']) {
    for (const value of ['1', "''", 'true', 'now()', '2026-01-01']) {
      const list = (length: number) => `a in ${opening}${Array(length).fill(value)}${closing}`
      t.equal((parseSearch(list(MAX_VALUES)) as { values: object[] }).values.length, MAX_VALUES, value)
      t.match(refusal(t, list(MAX_VALUES + 1)), /more than 1000 values at position 5$/, value)
    }
  }
  const list = `a in (${Array(MAX_VALUES).fill(1)})`
  t.equal(refusal(t, `${list} or ${list}`), '', 'each of them')
})

/** What parsing does that grows: matches tried and the characters matched, cut, searched and replaced. */
function work(search: string): number {
  let count = 0
  const regExp = RegExp.prototype as { exec: (text: string) => RegExpExecArray | null }
  const string = String.prototype as unknown as { slice: (...bounds: number[]) => string }
  const array = Array.prototype as unknown as { push: (...items: unknown[]) => number }
  const { exec } = regExp
  const { slice } = string
  const { push } = array
  regExp.exec = function (text) {
    const match = exec.call(this, text)
    count += 1 + (match?.[0].length ?? 0)
    return match
  }
  string.slice = function (...bounds) {
    const part = slice.apply(this, bounds as [number])
    count += 1 + part.length
    return part
  }
  array.push = function (...items) {
    count += items.length
    return push.apply(this, items as never)
  }
  try {
    parseSearch(search)
  } catch {
    // What is wrong with it is not asked here.
  } finally {
    regExp.exec = exec
    string.slice = slice
    array.push = push
  }
  return count
}

t.test('parsing takes work in proportion to the length', async (t) => {
  const starts = [
    ...[
      '',
      'a=',
      "a='",
      'a="',
      'a=`',
      "labels['",
      'labels[',
      'labels.',
      'spec.',
      'a in (',
      'a in [',
      'a between ',
    ],
    ...[
      'a like ',
      "a like '",
      'not ',
      '1',
      '-',
      'now(',
      'now()',
      'now()-',
      '2026-01-01',
      "a='x' and ",
      'a=1e',
    ],
  ]
  const units = [
    ...[
      '(',
      ')',
      '[',
      ']',
      '((',
      '()',
      ',',
      '=',
      '==',
      '<',
      '<>',
      '!=',
      '!',
      '-',
      '+',
      '.',
      ' ',
      '\t',
      '\n',
      '\u00a0',
    ],
    ...["'", '"', '`', "''", '""', "'''", '\'"`', '\\', '\\\\', "'\\", "\\'", "'\\'", "a'", "a''", "'a''b'"],
    ...[
      'not ',
      'not(',
      'and ',
      'or ',
      'a and ',
      'labels.',
      'labels.a ',
      'labels[',
      "labels['",
      "['a']",
      "['",
      "a['b'].c[",
    ],
    ...[
      'now',
      'now ',
      'now(',
      'now( ',
      'now()',
      'now()-',
      'now() - ',
      'now    ',
      'n',
      'a',
      'a.',
      'a.b',
      '.a',
      '_',
      'spec.a[',
    ],
    ...[
      '0',
      '1',
      '1.',
      '.1',
      '1e',
      '1e+',
      '1e+1',
      '1k',
      '1,',
      '-1',
      '2026-01-01',
      '2026-',
      '2026-01-01T',
      '12345-',
    ],
    ...[
      "a='x' and ",
      "a='x' or ",
      "'x'=a and ",
      'a is null or ',
      'not a=1 and ',
      '(a=1) or ',
      '%',
      '_',
      '\u{1f600}',
    ],
    ...["'x',", '1, ', 'true,', 'now(),', "'' ,", "''''"],
  ]
  const sizes = [2048, 4096]
  for (const start of starts) {
    for (const unit of units) {
      const title = `${JSON.stringify(start)} and many ${JSON.stringify(unit)}`
      const counts = sizes.map((size) => {
        const search = (start + unit.repeat(size)).slice(0, size)
        if (size === 4096) refusal(t, search, title)
        return work(search)
      })
      const isLinear = counts.every(
        (count, index) =>
          count <= 20 * (sizes[index] as number) && count <= 2.1 * (counts[index - 1] ?? count) + 64,
      )
      if (!isLinear) t.fail(`${title}: ${counts}`)
    }
  }
  const counted = work(`${'a=1 and '.repeat(511)}a=1`)
  t.ok(counted > 4096, `the work is counted: ${counted}`)
})

t.test('numbers are taken exactly', async (t) => {
  const cases: [string, string | undefined][] = [
    ['0', '0'],
    ['-0', '0'],
    ['007', '7'],
    ['0.0', '0'],
    ['1.50', '1.5'],
    ['1.5k', '1500'],
    ['0.1k', '100'],
    ['0.0001k', '0.1'],
    ['4Ki', '4096'],
    ['0.5Ki', '512'],
    ['0.1Ki', '102.4'],
    ['1Mi', '1048576'],
    ['1Gi', '1073741824'],
    ['1Ti', '1099511627776'],
    ['1Pi', '1125899906842624'],
    ['1Ei', '1152921504606846976'],
    ['1k', '1000'],
    ['1M', '1000000'],
    ['1G', '1000000000'],
    ['1T', '1000000000000'],
    ['1P', '1000000000000000'],
    ['1E', '1000000000000000000'],
    ['0.1E', '100000000000000000'],
    ['1E2', '100'],
    ['1e2E', '100000000000000000000'],
    ['1E-2E', '10000000000000000'],
    ['-1.5e+3Ki', '-1536000'],
    ['9007199254740993', '9007199254740993'],
    ['9007199254740993.000000000000000001', '9007199254740993.000000000000000001'],
    ['1e-7', '0.0000001'],
    ['12345678901234567890.5Mi', '12945382599540938260348928'],
    ['1e400', `1${'0'.repeat(400)}`],
    ['1e-400', '1e-400'],
    ['1e+05', '100000'],
    ...[
      ...[
        '1e401',
        '1e-401',
        '1e99999',
        '',
        '-',
        '.',
        '.5',
        '5.',
        '1.e5',
        '+5',
        '--5',
        '1..2',
        '1.2.3',
        '0x10',
        '1_000',
      ],
      ...[
        '1e',
        '1e+',
        '1ee5',
        '1e1.5',
        '1K',
        '1m',
        '1ki',
        '1Kib',
        '1kk',
        '1Kik',
        '1i',
        '1Q',
        '1n',
        ' 1',
        '1 ',
        '1\n',
      ],
      ...['1k5', 'NaN', 'Infinity', '\u0661', '1e5\u0661', '1KI', '1\u212ai'],
    ].map((text): [string, undefined] => [text, undefined]),
  ]
  for (const [text, wanted] of cases) {
    const value = numberOf(text)?.value
    t.strictSame(
      value === undefined ? undefined : decimalOf(value),
      wanted === undefined ? undefined : decimalOf(wanted),
      `${printable(text)} is ${wanted?.slice(0, 40) ?? 'no number'}`,
    )
  }
})

t.test('times are taken exactly', async (t) => {
  const cases: [string, string | undefined][] = [
    ['2026-01-31', '2026-01-31T00:00:00Z'],
    ['2026-01-31T12:34:56Z', '2026-01-31T12:34:56Z'],
    ['2026-01-31t12:34:56z', '2026-01-31T12:34:56Z'],
    ['2026-01-31T12:00:00+02:00', '2026-01-31T10:00:00Z'],
    ['2026-01-31T23:30:00-00:30', '2026-02-01T00:00:00Z'],
    ['2026-01-31T12:00:00-00:00', '2026-01-31T12:00:00Z'],
    ['2026-01-31T12:00:00.1Z', '2026-01-31T12:00:00.1Z'],
    ['2026-01-31T12:00:00.123456Z', '2026-01-31T12:00:00.123456Z'],
    ['2026-01-31T12:00:00.123456789+01:00', '2026-01-31T11:00:00.123456789Z'],
    ['2026-01-31T23:59:59.999999999Z', '2026-01-31T23:59:59.999999999Z'],
    ['2024-02-29', '2024-02-29T00:00:00Z'],
    ['2000-02-29', '2000-02-29T00:00:00Z'],
    ['2024-02-29T23:00:00-02:00', '2024-03-01T01:00:00Z'],
    ['0001-01-01', '0001-01-01T00:00:00Z'],
    ['0099-01-01', '0099-01-01T00:00:00Z'],
    ['0000-12-31T23:30:00-01:00', '0001-01-01T00:30:00Z'],
    ['9999-12-31', '9999-12-31T00:00:00Z'],
    ['9999-12-31T23:59:59.999999999Z', '9999-12-31T23:59:59.999999999Z'],
    ['2026-01-31T12:00:00+15:59', '2026-01-30T20:01:00Z'],
    ['2026-01-31T12:00:00-15:59', '2026-02-01T03:59:00Z'],
    ['2026-01-31T12:00:00+16:00', '2026-01-30T20:00:00Z'],
    ['2026-01-31T12:00:00-23:59', '2026-02-01T11:59:00Z'],
    ...[
      ...[
        '2026-02-29',
        '2026-02-30',
        '1900-02-29',
        '2026-04-31',
        '2026-13-01',
        '2026-00-01',
        '2026-01-00',
        '2026-01-32',
      ],
      ...['2026-01-31T24:00:00Z', '2026-01-31T25:00:00Z', '2026-01-31T12:60:00Z', '2026-01-31T12:00:61Z'],
      ...['2016-12-31T23:59:60Z', '2016-12-31T23:59:60.5Z', '2026-01-31T12:00:00.Z'],
      ...[
        '0000-01-01',
        '0000-12-31T23:59:59Z',
        '0001-01-01T00:00:00+00:01',
        '9999-12-31T23:59:59-00:01',
        '10000-01-01',
      ],
      ...[
        '2026-01-31T12:00:00+24:00',
        '2026-01-31T12:00:00+14:60',
        '2026-01-31T12:00:00+02',
        '2026-01-31T12:00:00+0200',
      ],
      ...[
        '2026-01-31T12:00:00',
        '2026-01-31T12:00Z',
        '2026-01-31T12Z',
        '2026-01-31 12:00:00Z',
        '2026-1-1',
        '26-01-01',
      ],
      ...[
        '',
        ' 2026-01-31',
        '2026-01-31 ',
        '2026-01-31\n',
        '20260131',
        '2026-01',
        '2026',
        '+002026-01-31',
        '-2026-01-31',
      ],
      ...[
        '2026-01-31T12:00:00 02:00',
        '2026-01-31T12:00:00,5Z',
        '2026-01-31T12:00:00ZZ',
        'now',
        'infinity',
        'epoch',
      ],
    ].map((text): [string, undefined] => [text, undefined]),
  ]
  for (const [text, wanted] of cases) {
    t.equal(timeOf(text)?.value, wanted, `${printable(text)} is ${wanted ?? 'no time'}`)
  }
})

t.test('moments that are some time ago', async (t) => {
  const cases: [string, number | undefined][] = [
    ['0s', 0],
    ['10s', 10],
    ['30m', 1800],
    ['2h', 7200],
    ['7d', 604_800],
    ['010S', 10],
    ['1D', 86_400],
    ['36500d', 3_153_600_000],
    ['876000h', 3_153_600_000],
    ['3153600000s', 3_153_600_000],
    ...[
      ...[
        '36501d',
        '3153600001s',
        '876001h',
        '9999999999d',
        '00000000010s',
        '',
        's',
        '10',
        '10x',
        '1w',
        '1y',
        '1ms',
      ],
      ...['1.5h', '-1s', '+1s', '1 s', ' 1s', '1s\n', '1h30m', '1e3s', '1ks', '\u0661s', '1\u017f'],
    ].map((text): [string, undefined] => [text, undefined]),
  ]
  for (const [text, wanted] of cases) {
    t.equal(secondsOf(text)?.ago, wanted, `${printable(text)} is ${wanted ?? 'none'}`)
  }
})

t.test('a token that cannot be cut is told only when it is reached', async (t) => {
  t.match(refusal(t, "and '"), /expected a field, not and at position 0$/)
  t.match(refusal(t, "a=1 'x"), /a string is not closed at position 4$/)
  t.match(refusal(t, 'a=1\0'), /unexpected NUL at position 3$/)
  t.match(refusal(t, ''), /at position 0$/)
  t.match(refusal(t, '   '), /at position 3$/)
})

t.test('positions count characters, as the limit of the length does', async (t) => {
  t.match(refusal(t, "a='\u00e9'@"), /at position 5$/)
  t.match(refusal(t, "a='\u6771'@"), /at position 5$/)
  t.match(refusal(t, "a='\u{1f600}'@"), /at position 5$/)
})
