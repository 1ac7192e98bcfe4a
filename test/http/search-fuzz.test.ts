import { readFileSync } from 'node:fs'
import t from 'tap'
import { parseSearch } from '../../search/parser.ts'
import { SearchError } from '../../search/search-error.ts'
import type { Literal, Path } from '../../search/tree.ts'
import { type Answer, application, base } from '../application.ts'
import { createFleet, type FleetCluster, filled } from '../fleet.ts'
import { generator, printable, seed, tried } from '../random.ts'
import { evaluator, JsonNumber, parseExactly, Refused, Unspecified } from '../search/evaluate.ts'
import { print } from '../search/print.ts'
import { literal, path, randomLeaf, randomLiteral, randomPath, randomTree } from '../search/trees.ts'

const COUNT = Number(process.env.FUZZ ?? 2_000)
const MAX_LENGTH = 4096

type Random = (below: number) => number
type Body = Record<string, unknown>
type List = 'resources' | 'statuses'

const data: {
  resources: FleetCluster[]
  found: { search: string; finds: string[] }[]
  refused: { search: string }[]
} = JSON.parse(readFileSync(new URL('../data/search.json', import.meta.url), 'utf8'))

/** What the resources of test/data/search.json have not: numbers that no double holds, and names that are hard to write. */
const odd = `{
  "kind": "Cluster", "name": "odd", "labels": { "a.b": "v", "x.io/not": "1e3", "null": "null" },
  "spec": {
    "n": 9007199254740993, "big": 12345678901234567890.5, "size": 1e-7, "ratio": 12.50, "replicas": 1e3, "flag": "True",
    "": "nameless", "'": "''", "\\"": 1, "\\\\": "\\\\", "\\u6771": "\\u4eac", "\\ud83d\\ude00": { "\\ud83d\\ude00": "\\ud83d\\ude00\\uff07" },
    "a.b": { "c'd": false }, "$": "$1", "constructor": 0, "text": "A%_\\\\B", "note": "\\n", "path": "%", "empty": -0.0, "list": []
  }
}`

interface Known {
  paths: Path[]
  texts: string[]
  numbers: string[]
  times: string[]
  /** The values of each field, by its steps. */
  own: Map<string, string[]>
}

/** The fields and values that a list has. */
function known(list: List, bodies: Body[]): Known {
  const columns = {
    resources: [
      'id',
      'name',
      'kind',
      'href',
      'owner_id',
      'created_by',
      'updated_by',
      'deleted_by',
      'generation',
    ],
    statuses: ['adapter', 'observed_generation', 'created_time', 'last_report_time'],
  }[list]
  const paths = columns.map((column) => path(column))
  const seen = new Set<string>()
  const texts = new Set<string>(['', 'x', 'True', 'False', 'Unknown'])
  const numbers = new Set<string>()
  const times = new Set<string>()
  const add = (...steps: string[]) => {
    const key = JSON.stringify(steps)
    if (!seen.has(key)) paths.push(path(...steps))
    seen.add(key)
  }
  const own = new Map<string, string[]>()
  const keep = (value: string, ...steps: string[]) => {
    const key = JSON.stringify(steps)
    own.set(key, [...(own.get(key) ?? []), value])
  }
  const walk = (value: unknown, steps: string[]): void => {
    if (value instanceof JsonNumber) keep(value.text, ...steps)
    if (typeof value === 'string') keep(value, ...steps)
    const [first, second] = steps
    if (steps.length > 1 && (first === 'labels' || first === 'spec')) add(...steps)
    if (steps.length === 1 && first?.endsWith('_time')) add(first)
    if (first === 'status' && second === 'conditions' && steps.length > 2) add(...steps)
    if (value instanceof JsonNumber) numbers.add(value.text)
    else if (typeof value === 'string') (/^\d{4}-.*T.*Z$/.test(value) ? times : texts).add(value)
    else if (steps.length === 2 && first === 'status' && Array.isArray(value)) {
      for (const { type, status, message, created_time, ...members } of value as Body[]) {
        add(...steps, type as string)
        keep(status as string, ...steps, type as string)
        walk(members, [...steps, type as string])
      }
    } else if (typeof value === 'object' && value !== null) {
      for (const [name, each] of Object.entries(value)) walk(each, [...steps, name])
    }
  }
  for (const body of bodies) walk(body, [])
  if (list === 'resources') {
    add('labels', 'nobody')
    add('spec', 'nobody', 'at', 'all')
    add('spec', 'items', '0')
    add('status', 'conditions', 'Nothing')
    add('status', 'conditions', 'Nothing', 'reason')
  }
  return { paths, texts: [...texts], numbers: [...numbers], times: [...times], own }
}

/** A random search of fields and values that there are, most of which fit each other. */
function search(random: Random, { paths, texts, numbers, times, own }: Known): string {
  const pick = <T>(choices: T[]): T => choices[random(choices.length)] as T
  const leaf = (random: Random) => {
    const field = random(40) ? pick(paths) : randomPath(random)
    const [first = '', , , last = ''] = field.steps
    const values = own.get(JSON.stringify(field.steps)) ?? []
    const ownNumbers = values.filter((each) => /^-?\d+(\.\d+)?(e-?\d+)?$/.test(each))
    const isOf = (ending: string) => (field.steps.length === 4 ? last : first).endsWith(ending)
    const text = (): Literal => {
      const near = random(3) && values.length ? pick(values) : pick(texts)
      const value = () => {
        switch (random(7)) {
          case 0:
            return near.slice(0, random(near.length + 1))
          case 1:
            return `${near.slice(0, random(near.length + 1))}${pick(['%', '_', '\\', '\\%', ' ', '\u{1f600}'])}`
          case 2:
            return [...near]
              .map((each) => (random(4) ? each : pick(['_', '%', `\\${each}`, each.toUpperCase()])))
              .join('')
          case 3:
            return random(3) ? pick(numbers) : near.toUpperCase()
          default:
            return near
        }
      }
      return literal({ type: 'string', value: value() })
    }
    const number = (): Literal => {
      const value = random(3) && ownNumbers.length ? pick(ownNumbers) : pick(numbers)
      // A double takes some of these for the same.
      const next = value.replace(/\d$/, (digit) => String((Number(digit) + 1) % 10))
      return literal({ type: 'number', value: [next, next, String(random(12))][random(9)] ?? value })
    }
    const value = {
      text,
      number,
      time: (): Literal => {
        if (random(3) === 0)
          return literal({ type: 'now', ago: pick([60, 600, 3600, 86_400 * 30, 86_400 * 365]) })
        return literal({ type: random(2) ? 'time' : 'string', value: pick(times) })
      },
      status: (): Literal => literal({ type: 'string', value: pick(['True', 'False', 'Unknown']) }),
      boolean: (): Literal => literal({ type: 'boolean', value: random(2) === 0 }),
    }
    const kind = () => {
      if (isOf('generation')) return 'number'
      if (isOf('_time')) return 'time'
      if (first === 'status' && field.steps.length === 3) return 'status'
      if (first !== 'spec') return 'text'
      return pick(
        ownNumbers.length ? (['number', 'text'] as const) : (['text', 'number', 'boolean'] as const),
      )
    }
    const fitting = value[kind()]
    const made = randomLeaf(random, field, random(40) ? fitting : () => randomLiteral(random), text)
    const isPlain = isOf('generation') || isOf('_time')
    // Patterns are for texts.
    return made.type === 'like' && isPlain && random(10)
      ? { type: 'null' as const, field, negated: made.negated }
      : made
  }
  return print(randomTree(random, leaf, random(20) ? 3 : 6), random)
}

const SHREDS = [
  ...[
    "'",
    '"',
    '`',
    '\\',
    '\\\\',
    "''",
    '(',
    ')',
    '((',
    '))',
    '[',
    ']',
    ',',
    '.',
    '..',
    '=',
    '==',
    '!=',
    '<>',
    '<',
    '>=',
  ],
  ...[
    ' and ',
    ' or ',
    ' not ',
    ' is null',
    ' is not null ',
    ' like ',
    ' ilike ',
    ' in ',
    ' between ',
    ' AND ',
    'now()',
  ],
  ...[
    'now() - 1h',
    '- 10s',
    'true',
    'false',
    'null',
    '0',
    '-1',
    '1e400',
    '1Ki',
    '0.1E',
    '2026-01-01',
    '9999-12-31T23:59:59.9Z',
  ],
  ...[
    'name',
    'labels',
    'labels.',
    'spec.',
    "spec['",
    "']",
    'status.conditions.',
    '.reason',
    'generation',
    '%',
    '_',
    '%%%%',
  ],
  ...[
    '\u{1f600}',
    '\u6771',
    '\u00a0',
    '\u2028',
    '\0',
    '\t',
    '\n',
    '+',
    '&',
    '#',
    '%27',
    '%00',
    '$1',
    '::text',
    ';',
    '--',
  ],
]

/** One or more searches, changed a little. */
function mutation(random: Random, searches: string[]): string {
  const pick = <T>(choices: T[]): T => choices[random(choices.length)] as T
  const cut = (text: string) =>
    random(2) ? [...text] : (text.match(/'[^']*'|"[^"]*"|\w+|\s+|[<>=!]+|./gsu) ?? [])
  let text = pick(searches)
  for (let times = 1 + random(random(4) ? 2 : 6); times > 0; times--) {
    const parts = cut(text)
    const at = random(parts.length + 1)
    const some = 1 + random(random(4) ? 1 : 8)
    switch (random(6)) {
      case 0:
        parts.splice(at, some)
        break
      case 1:
        parts.splice(at, 0, pick(SHREDS))
        break
      case 2:
        parts.splice(at, 0, ...parts.slice(at, at + some))
        break
      case 3: {
        const other = random(parts.length + 1)
        const [one = '', another = ''] = [parts[at], parts[other]]
        parts[at] = another
        parts[other] = one
        break
      }
      case 4: {
        const others = cut(pick(searches))
        parts.splice(at, parts.length, ...others.slice(random(others.length)))
        break
      }
      default:
        parts.push(pick([' and ', ' or ', ' and not ', ' or(', ') and (', ',', ' ']), pick(searches))
    }
    text = parts.join('')
  }
  return text
}

/** Whether a search is to be answered, and what it finds; `finds` is undefined where the contract leaves it open. */
function expected(
  search: string,
  list: List,
  bodies: Body[],
): { accepted?: boolean; finds?: Body[]; why?: string } {
  if (search === '') return { accepted: true, finds: bodies }
  try {
    const holds = evaluator(parseSearch(search), list)
    const now = Date.now()
    try {
      return { accepted: true, finds: bodies.filter((body) => holds(body, now) === true) }
    } catch (error) {
      if (error instanceof Unspecified) return { accepted: true }
      throw error
    }
  } catch (error) {
    if (error instanceof Unspecified) return {}
    if (error instanceof SearchError || error instanceof Refused)
      return { accepted: false, why: error.message }
    throw error
  }
}

t.setTimeout(COUNT * 100 + 120_000)

t.test('a search is printed in ASCII, since a line separator would end the report', async (t) => {
  t.equal(printable("a\u2028b'\u{1f600}\n"), '"a\\u2028b\'\\ud83d\\ude00\\n"')
})

t.test(`${COUNT} random searches`, async (t) => {
  t.comment(`SEED=${seed}`)
  const { app, call } = await application(t, { HYPERFLEET_CLUSTER_ADAPTERS: '["validation","dns"]' })
  const origin = await app.listen({ port: 0, host: '127.0.0.1' })
  /** Over a real connection. */
  const get = async (path: string): Promise<Answer> => {
    const response = await fetch(`${origin}${base}/${path}`)
    const text = await response.text()
    return { status: response.status, headers: {}, text, body: JSON.parse(text) }
  }
  const fleet = await createFleet(t, call, data.resources)
  t.equal((await call('POST', 'clusters', odd)).status, 201, 'odd')
  const lists = {
    resources: { at: 'clusters', label: 'name', bodies: [] as Body[] },
    statuses: { at: `clusters/${fleet.get('alpha')?.id}/statuses`, label: 'adapter', bodies: [] as Body[] },
  }
  for (const list of Object.values(lists)) {
    const { text } = await call('GET', `${list.at}?size=500`)
    list.bodies = (parseExactly(text) as { items: Body[] }).items
  }
  t.equal(lists.resources.bodies.length, data.resources.length + 1)
  t.equal(lists.statuses.bodies.length, 2)
  const fields = {
    resources: known('resources', lists.resources.bodies),
    statuses: known('statuses', lists.statuses.bodies),
  }
  for (const { search, finds } of data.found) {
    const { finds: actual, why } = expected(filled(search, fleet), 'resources', lists.resources.bodies)
    const names = actual?.map(({ name }) => name).filter((name) => name !== 'odd')
    if (why || (names && String(names.sort()) !== String([...finds].sort()))) {
      t.fail(`the evaluator: ${search}: ${why ?? names}`)
    }
  }
  for (const { search } of data.refused) {
    if (expected(search, 'resources', []).accepted) t.fail(`the evaluator does not refuse ${search}`)
  }
  const searches = [...data.found, ...data.refused]
    .map(({ search }) => filled(search, fleet))
    .filter((search) => search.length < 500)

  const counts = { found: 0, refused: 0, compared: 0, 'some but not all': 0, 'too long': 0 }
  const slowest: { ms: number; search: string }[] = []
  let failures = 0
  for (let index = 0; index < COUNT && failures < 10; index++) {
    const random = generator(seed + index)
    const list: List = random(8) ? 'resources' : 'statuses'
    const { at, label, bodies } = lists[list]
    const text = (
      random(2) ? search(random, fields[list]) : mutation(random, random(40) ? searches : ["adapter='dns'"])
    ).toWellFormed()
    const query = `${at}?${new URLSearchParams({ size: '500', ...(list === 'resources' && { fields: 'name' }), search: text })}`
    const wanted = expected(text, list, bodies)
    const began = performance.now()
    const answer = await get(query)
    const ms = performance.now() - began
    if (slowest.length < 5 || ms > (slowest.at(-1)?.ms ?? 0)) {
      slowest.push({ ms, search: text })
      slowest.sort((one, other) => other.ms - one.ms)
      slowest.splice(5)
    }
    const fault = faultOf(answer, text, label, wanted)
    if (fault) {
      failures++
      t.fail(`SEED=${seed + index} FUZZ=1: ${printable(fault)}: ${printable(text)}`)
    }
    if ([...text].length > MAX_LENGTH) counts['too long']++
    else counts[answer.status === 200 ? 'found' : 'refused']++
    if (wanted.finds) counts.compared++
    if (wanted.finds?.length && wanted.finds.length < bodies.length) counts['some but not all']++
  }
  t.equal(failures, 0)
  tried(t, 'searches', {
    count: COUNT,
    answers: { 200: counts.found, 400: counts.refused + counts['too long'] },
  })
  t.comment(JSON.stringify(counts))
  for (const { ms, search } of slowest) t.comment(`${ms.toFixed(1)} ms: ${printable(search.slice(0, 300))}`)
})

t.test('searches that are not well encoded', async (t) => {
  const { call } = await application(t)
  const broken = [
    'search=%ff',
    "search=name='%ED%A0%80'",
    "search=name='%F0%9F%98'",
    "search=name='%C0%80'",
    'search=%',
    "search=name+like+'a%'",
    "search=name%20like%20'%25a%'",
    'order=%zz',
  ]
  for (const query of broken) {
    const { status, body } = await call('GET', `clusters?${query}`)
    t.match({ status, ...body }, { status: 400, code: 'HYPERFLEET-VAL-006', detail: /%25/ }, query)
  }
  const odd = [
    'search=%00',
    'search',
    'search=',
    'search=+',
    'search=&search=',
    'search[]=a',
    'search[a]=b',
    "search=name='a'&search=name='b'",
    "search=name='a%2527'",
    "SEARCH=name='a'",
    "search=name='%EF%BB%BF'",
    'search=%2B',
  ]
  for (const query of odd) {
    const { status, body } = await call('GET', `clusters?${query}`)
    t.ok(
      status === 200 || (status === 400 && /VAL-00[05]$/.test(body.code) && body.detail),
      `${query}: ${status}`,
    )
  }
})

/** What is wrong with an answer, if anything. */
function faultOf(
  { status, body, text }: Answer,
  search: string,
  label: string,
  { accepted, finds, why }: ReturnType<typeof expected>,
): string | undefined {
  if (status === 400) {
    const isTooLong = [...search].length > MAX_LENGTH
    const isOurs = body.code === 'HYPERFLEET-VAL-005' || (isTooLong && body.code === 'HYPERFLEET-VAL-000')
    if (!isOurs) return `the code is ${body.code}`
    if (typeof body.detail !== 'string' || !body.detail) return 'no detail'
    if (body.errors?.[0]?.field !== 'search') return 'the field is not search'
    if (!isTooLong && accepted) return `refused: ${body.detail}`
    return
  }
  if (status !== 200) return `${status} ${text}`
  if (accepted === false) return `not refused: ${why}`
  if (body.page !== 1 || body.size !== body.items.length || body.total !== body.items.length) {
    return `page ${body.page}, size ${body.size}, total ${body.total}, ${body.items.length} items`
  }
  const names = body.items.map((each: Body) => String(each[label])).sort()
  if (!finds) return
  const wanted = finds.map((each) => String(each[label])).sort()
  if (String(names) !== String(wanted)) return `found ${names}, not ${wanted}`
  return
}
