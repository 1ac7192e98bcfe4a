/** No expression takes long, none tells values of the data in an error, and none reaches what is no data. */
import t, { type Test } from 'tap'
import { EvaluationError, ExpressionError } from '../../cel/cel-errors.ts'
import { COST_LIMIT } from '../../cel/evaluation.ts'
import { compileExpression } from '../../cel/expression.ts'
import { MAX_JSON_BYTES } from '../../cel/json-functions.ts'
import { MAX_LENGTH } from '../../cel/syntax/expression-parser.ts'
import { outcome, readCorpus } from './corpus.ts'

const evaluate = (expression: string, variables: Record<string, unknown> = {}) =>
  compileExpression(expression, Object.keys(variables)).evaluate(variables)

/** The reason for which an evaluation gives no value, or the value. */
function reason(expression: string, variables: Record<string, unknown> = {}): unknown {
  try {
    return evaluate(expression, variables)
  } catch (error) {
    if (!(error instanceof EvaluationError)) throw error
    return error.reason
  }
}

/** The message with which an expression is refused. */
function refusal(expression: string, variables: string[] = []): string {
  try {
    compileExpression(expression, variables)
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error
    return error.message
  }
  return ''
}

const EXCEEDED = 'cost limit exceeded'
const thousand = Array.from({ length: 1000 }, (_, index) => index)

t.test('loops in loops end at the limit', async (t) => {
  let reads = 0
  const list = new Proxy(thousand, {
    get(target, property, receiver) {
      if (typeof property === 'string' && /^\d+$/.test(property)) reads++
      return Reflect.get(target, property, receiver)
    },
  })
  t.equal(reason('n.all(a, n.all(b, n.all(c, n.all(d, true))))', { n: list }), EXCEEDED)
  t.ok(reads > 100 && reads <= COST_LIMIT, `${reads} elements read`)
})

t.test('the limit is not caught by what catches errors', async (t) => {
  t.equal(reason('n.all(a, n.all(b, b >= 0)) || true', { n: thousand }), EXCEEDED)
  t.equal(reason('false && n.all(a, n.all(b, b >= 0))', { n: thousand }), false)
  t.equal(reason('n.exists(x, n.all(a, n.all(b, b >= 0)) || x > 0)', { n: thousand }), EXCEEDED)
})

t.test('what an evaluation costs does not count for the next', async (t) => {
  const expression = compileExpression('n.all(x, x >= 0)', ['n'])
  for (let index = 0; index < 100; index++) t.equal(expression.evaluate({ n: thousand }), true)
})

t.test('a list as long as a large fleet has reports passes', async (t) => {
  const statuses = thousand.map((index) => ({
    adapter: `adapter-${index}`,
    conditions: [{ type: 'Available', status: 'True' }],
  }))
  const rule = "statuses.all(s, s.conditions.exists(c, c.type == 'Available' && c.status == 'True'))"
  t.equal(reason(rule, { statuses: statuses.slice(0, 500) }), true)
  t.equal(reason(rule, { statuses }), EXCEEDED)
})

t.test('what grows exponentially ends at the limit', async (t) => {
  const twice = (start: string, step: string) => start + `.map(x, ${step})`.repeat(200)
  t.equal(reason(twice("['x']", 'x + x')), EXCEEDED)
  t.equal(reason(twice('[[1]]', 'x + x')), EXCEEDED)
  t.equal(reason(`toJson(${twice('[1]', '[x, x]')})`), EXCEEDED)
  t.equal(reason(`${twice('[1]', '[x, x]')} == ${twice('[1]', '[x, x]')}`), EXCEEDED)
  t.equal(refusal(twice('[1]', '{x: x}')), '')
  t.equal(refusal(twice('[1]', '[x, [x, [x]]]')), '')
})

t.test('operations on long texts end at the limit', async (t) => {
  const long = 'a'.repeat(1_000_000)
  const digits = '1'.repeat(1_000_000)
  const entries = thousand.map((each) => [`key ${each}`, each])
  const map = Object.fromEntries(entries)
  const all = {
    long,
    digits,
    n: thousand,
    map,
    other: Object.fromEntries(entries.toReversed()),
  }
  for (const expression of [
    'size(long)',
    'long == long + "b"',
    'long + long == ""',
    'long.contains("ab")',
    'long.matches("(a+)+b")',
    '"a".matches(long)',
    '"a".matches("a{1000}" + string(int(x)))',
    'string(bytes(long)) == long',
    'toJson(long) == ""',
    'dig(n, long) == 1',
    'double(digits) == 1.0',
    'int(digits) == 1',
    'timestamp("2026-01-01T00:00:00." + digits + "Z") == x',
    'duration(digits + "s") == x',
    'timestamp("2026-01-01T00:00:00Z").getHours("Europe/Berlin") == 99',
    'map == other',
    'map == {"a": map.map(k, map[k])}',
    'map.size() == 1',
    '-1 in n',
  ])
    t.equal(reason(`n.exists(x, dyn(${expression}) == 'never')`, all), EXCEEDED, expression)
})

t.test('patterns take time in proportion to the text', async (t) => {
  const text = 'a'.repeat(10_000)
  t.equal(reason("text.matches('^(a+)+$')", { text }), true)
  t.equal(reason("text.matches('^(a|a)*b')", { text }), false)
  // What is repeated counts as often as it is.
  t.equal(reason("text.matches('(x{1000})')", { text }), EXCEEDED)
})

t.test('an expression has a length', async (t) => {
  const list = `[${'1,'.repeat(MAX_LENGTH / 2 - 1)}]`
  t.equal(list.length, MAX_LENGTH)
  t.equal((evaluate(list) as unknown[]).length, MAX_LENGTH / 2 - 1)
  t.match(refusal(`${list} `), /more than 32768 characters/)
  t.match(refusal('a == "b" && '.repeat(5000)), /more than 32768 characters/)
})

t.test('an expression nests 250 levels deep, and no deeper', async (t) => {
  const forms: Record<string, (depth: number) => string> = {
    parentheses: (depth) => `${'('.repeat(depth - 1)}1${')'.repeat(depth - 1)}`,
    lists: (depth) => `${'['.repeat(depth)}${']'.repeat(depth)}`,
    sums: (depth) => `1${' + 1'.repeat(depth)}`,
    members: (depth) => `a${'.b'.repeat(depth)}`,
    ternaries: (depth) => `${'true ? 1 : '.repeat(depth - 1)}2`,
    calls: (depth) => `${'dyn('.repeat(depth - 1)}1${')'.repeat(depth - 1)}`,
    macros: (depth) => `[1]${'.map(x, x)'.repeat(depth - 1)}`,
  }
  for (const [name, form] of Object.entries(forms)) {
    t.equal(refusal(form(250), ['a']), '', name)
    t.match(refusal(form(251), ['a']), /more than 250 levels/, name)
    t.match(refusal(form(3000), ['a']), /more than 250 levels|more than 32768/, name)
  }
  t.equal(evaluate(Array(3000).fill('true').join(' && ')), true)
  t.equal(evaluate(`${'!'.repeat(30_000)}true`), true)
  t.equal(evaluate(`${'-'.repeat(30_000)}1`), 1n)
  for (const open of ['(', '[', '{', '[?', 'f(', 'a[', '"', "'''", 'a.', 'a?', '1:'])
    t.not(refusal(open.repeat(10_000)), '', open)
})

t.test('data may be nested deeper than the stack is', async (t) => {
  const nested = (depth: number) => JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`)
  const [one, other] = [nested(100_000), nested(100_000)]
  t.equal(reason('one == other', { one, other }), 'nested too deep')
  t.equal(reason('toJson(one)', { one }), 'nested too deep')
  t.equal(reason('size(one)', { one }), 1n)
})

t.test('toJson has a limit', async (t) => {
  t.equal(reason('toJson(text).size()', { text: 'a'.repeat(MAX_JSON_BYTES - 2) }), BigInt(MAX_JSON_BYTES))
  t.equal(reason('toJson(text)', { text: 'a'.repeat(MAX_JSON_BYTES - 1) }), 'toJson: more than 1 MiB')
  // Bytes count, not characters.
  t.equal(reason('toJson(text)', { text: 'é'.repeat(MAX_JSON_BYTES / 2) }), 'toJson: more than 1 MiB')
})

t.test('names that objects of JavaScript have are plain keys', async (t) => {
  const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf', 'length', 'prototype']
  const full = JSON.parse(`{${names.map((name) => `"${name}": "own"`).join(', ')}}`)
  for (const name of names) {
    for (const read of [
      `m.${name}`,
      `m['${name}']`,
      `dig(m, '${name}')`,
      `m.?${name}.value()`,
      `m[?'${name}'].value()`,
    ])
      t.equal(reason(read, { m: full }), 'own', read)
    t.equal(reason(`m.${name}`, { m: {} }), `no such key: ${name}`)
    t.equal(reason(`m['${name}']`, { m: {} }), 'no such key')
    t.equal(reason(`has(m.${name}) || m.?${name}.hasValue() || '${name}' in m`, { m: {} }), false)
    t.equal(reason(`dig(m, '${name}')`, { m: {} }), null)
    t.equal(reason(`{'${name}': 1}.${name}`), 1n)
    t.equal(reason(`{'a': 1}.${name}`), `no such key: ${name}`)
    t.equal(reason(`has(l.${name}) || has(s.${name})`, { l: {}, s: 'text' }), false)
    // A variable without a value does not come from the prototype.
    t.throws(
      () => compileExpression(name, [name]).evaluate({}),
      new EvaluationError(`no value of the variable ${name}`),
    )
    t.match(refusal(name), /unknown variable/)
    t.match(refusal(`${name}()`), /unknown function/)
  }
  t.strictSame(Object.keys(Object.prototype), [])
})

t.test('a refusal names the place and what is there', async (t) => {
  t.equal(
    refusal("resource.name == 'a' &&\n  status.x", ['resource']),
    'line 2, column 3: unknown variable status, there are resource',
  )
  t.equal(refusal("'🚀' + 1"), 'line 1, column 5: no such overload: +(string, int)')
  t.equal(refusal("a.split('-')", ['a']), 'line 1, column 3: unknown function split')
  t.equal(refusal('a = 1', ['a']), 'line 1, column 3: unexpected =, write == to compare')
  t.equal(refusal('(1'), 'line 1, column 3: unexpected the end, expected )')
  t.equal(refusal('9223372036854775808'), 'line 1, column 1: an integer of more than 64 bits')
})

/** The data with other texts and numbers, all of which can be recognized. */
function marked(value: unknown): unknown {
  if (typeof value === 'string') return `MARK${value}MARK`
  if (typeof value === 'number') return value + 4242424242
  if (Array.isArray(value)) return value.map(marked)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, marked(each)]))
}

t.test('no reason holds a value of the data', async (t: Test) => {
  const { data, cases } = readCorpus()
  let reasons = 0
  for (const { expression, data: name } of cases) {
    const variables = data[name] ?? {}
    const other = marked(variables) as Record<string, unknown>
    // Keys of the data that the expression does not name.
    const wrapped = Object.fromEntries(Object.keys(variables).map((each) => [each, { MARKkey: other[each] }]))
    for (const values of [other, wrapped]) {
      if ('error' in outcome(expression, values) && refusal(expression, Object.keys(values)) === '') {
        const text = String(reason(expression, values))
        if (/MARK|42424/.test(text)) t.fail(`${expression}: ${text}`)
        reasons++
      }
    }
  }
  t.ok(reasons > 200, `${reasons} reasons`)
})
