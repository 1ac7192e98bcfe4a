/** Numbers and formats of a provider's schema whose meaning depends on digits that a double does not have, or on the dialect. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { compareDecimals, decimalOf, decimalText, isMultiple, isWhole } from '../../server/lib/decimals.ts'
import { application } from '../application.ts'
import { temporaryFolder } from '../processes.ts'
import { generator, seed } from '../random.ts'

let names = 0

/**
 * A server whose clusters must fit the properties of a schema (JSON text). The function says what is wrong with a
 * spec (JSON text), by field; nothing when it was stored.
 */
async function server(t: Test, openapi: string, properties: string) {
  const file = join(await temporaryFolder(t), 'provider.json')
  const schema = `{"type":"object","properties":${properties}}`
  writeFileSync(file, `{"openapi":"${openapi}","components":{"schemas":{"ClusterSpec":${schema}}}}`)
  const { call } = await application(t, { HYPERFLEET_SERVER_OPENAPI_SCHEMA_PATH: file })
  const told = ({ status, body }: Awaited<ReturnType<typeof call>>): string[] =>
    status < 300 ? [] : body.errors.map((each: Record<string, string>) => `${each.field} ${each.message}`)
  return {
    call,
    told,
    create: async (spec: string) =>
      told(await call('POST', 'clusters', `{"kind":"Cluster","name":"c-${names++}","spec":${spec}}`)),
  }
}

const schemas = JSON.stringify({
  int32: { type: 'integer', format: 'int32' },
  int64: { type: 'integer', format: 'int64' },
  wide: { type: 'number', format: 'int64' },
  any: { format: 'int64' },
  whole: { type: 'integer' },
  either: { type: 'number' },
  least: { type: 'integer', minimum: 0 },
  even: { type: 'integer', multipleOf: 2 },
  third: { type: 'number', multipleOf: 3 },
  cents: { type: 'number', multipleOf: 0.01 },
  unique: { type: 'array', uniqueItems: true },
  list: { type: 'array', items: { type: 'integer', format: 'int64' } },
  map: { type: 'object', additionalProperties: { type: 'integer', format: 'int64' } },
}).replace(
  /\}$/,
  `,"most":{"type":"integer","maximum":9223372036854775807},
    "from":{"type":"integer","minimum":-9223372036854775808},
    "one":{"enum":[9007199254740993,"a",0.1000000000000000000001]},
    "deep":{"enum":[{"a":[9007199254740993]}]}}`,
)

const MAX64 = '9223372036854775807'
const OVER64 = '9223372036854775808'
const UNDER64 = '-9223372036854775809'

const fitting = [
  ...[
    `${MAX64}`,
    `-${OVER64}`,
    `${MAX64}.0`,
    '1e3',
    '0',
    '-0',
    '9.223372036854775807e18',
    `${MAX64}000e-3`,
  ].map((number) => `"int64":${number},"wide":${number},"any":${number}`),
  ...['2147483647', '-2147483648', '2147483647.0', '2.147483647e9'].map((number) => `"int32":${number}`),
  `"any":"${OVER64}"`,
  `"whole":${OVER64}`,
  '"whole":100000000000000000000000000000000000000001',
  '"whole":1e300',
  '"either":123456789012345678.5',
  `"list":[${MAX64},1]`,
  `"map":{"__a":${MAX64}}`,
  `"most":${MAX64}`,
  `"from":-${OVER64}`,
  '"even":9007199254740994,"third":9007199254740993',
  '"even":1e300,"third":-9e40,"cents":12345678901234567.89',
  '"cents":0.07,"third":0',
  '"cents":1.10',
  '"one":9007199254740993',
  '"one":9007199254740993.0',
  '"one":0.1000000000000000000001',
  '"deep":{"a":[9007199254740993]}',
  '"unique":[9007199254740992,9007199254740993,[1],{"a":9007199254740993},{"a":9007199254740992}]',
  // The last of two members with one name is the one that is stored.
  `"int64":${OVER64},"int64":1`,
  `"map":{"a":${OVER64}},"map":{"a":1}`,
]

const refused: [spec: string, ...told: string[]][] = [
  ...[OVER64, UNDER64, `${OVER64}.0`, '9.223372036854775808e18', '1e19', `${MAX64}1`].map(
    (number): [string, string] => [`"int64":${number}`, 'spec.int64 must match format "int64"'],
  ),
  [`"wide":${OVER64}`, 'spec.wide must match format "int64"'],
  [`"any":${OVER64}`, 'spec.any must match format "int64"'],
  ['"wide":1.5', 'spec.wide must match format "int64"'],
  ['"int32":2147483648', 'spec.int32 must match format "int32"'],
  ['"int32":-2147483649', 'spec.int32 must match format "int32"'],
  ['"whole":123456789012345678.5', 'spec.whole must be integer'],
  ['"whole":1.0000000000000000000001', 'spec.whole must be integer'],
  [`"list":[1,${OVER64}]`, 'spec.list[1] must match format "int64"'],
  [`"map":{"a":1,"b":${OVER64}}`, 'spec.map.b must match format "int64"'],
  [`"int64":1,"int64":${OVER64}`, 'spec.int64 must match format "int64"'],
  [`"most":${OVER64}`, `spec.most must be <= ${MAX64}`],
  [`"from":${UNDER64}`, `spec.from must be >= -${OVER64}`],
  ['"least":-1', 'spec.least must be >= 0'],
  ['"even":9007199254740993', 'spec.even must be multiple of 2'],
  ['"third":1e19', 'spec.third must be multiple of 3'],
  ['"third":0.0000000001', 'spec.third must be multiple of 3'],
  ['"cents":12345678901234567.891', 'spec.cents must be multiple of 0.01'],
  ['"cents":0.0700000000001', 'spec.cents must be multiple of 0.01'],
  ['"one":9007199254740992', 'spec.one must be one of 9007199254740993, a, 0.1000000000000000000001'],
  ['"one":0.1', 'spec.one must be one of 9007199254740993, a, 0.1000000000000000000001'],
  ['"deep":{"a":[9007199254740992]}', 'spec.deep must be one of {"a":[9007199254740993]}'],
  [
    '"unique":[9007199254740993,9007199254740993.0]',
    'spec.unique must not have equal items, and 0 and 1 are',
  ],
]

for (const openapi of ['3.0.3', '3.1.0']) {
  t.test(`numbers are checked to the last digit in OpenAPI ${openapi}`, async (t) => {
    const { create } = await server(t, openapi, schemas)
    for (const spec of fitting) t.strictSame(await create(`{${spec}}`), [], spec)
    for (const [spec, ...expected] of refused) t.strictSame(await create(`{${spec}}`), expected, spec)
  })
}

t.test('exclusive bounds are as the version of OpenAPI has them', async (t) => {
  const old = await server(
    t,
    '3.0.3',
    `{"a":{"maximum":${MAX64},"exclusiveMaximum":true},"b":{"minimum":-${MAX64},"exclusiveMinimum":true},"c":{"maximum":5,"exclusiveMaximum":false}}`,
  )
  const later = await server(
    t,
    '3.1.0',
    `{"a":{"exclusiveMaximum":${MAX64}},"b":{"exclusiveMinimum":-${MAX64}},"c":{"const":${MAX64}}}`,
  )
  for (const { create } of [old, later]) {
    t.strictSame(await create('{"a":9223372036854775806,"b":-9223372036854775806}'), [])
    t.match(await create(`{"a":${MAX64},"b":-${MAX64}}`), [
      `spec.a must be < ${MAX64}`,
      `spec.b must be > -${MAX64}`,
    ])
  }
  t.strictSame(await old.create('{"c":5}'), [])
  t.strictSame(await later.create(`{"c":${MAX64}.0}`), [])
  t.strictSame(await later.create(`{"c":${OVER64}}`), [`spec.c must be ${MAX64}`])
})

t.test('a merge patch and a patch are checked to the last digit, too', async (t) => {
  const { call, told } = await server(t, '3.0.3', '{"a":{"type":"integer","format":"int64"},"b":{}}')
  const { body } = await call(
    'POST',
    'clusters',
    `{"kind":"Cluster","name":"c-${names++}","spec":{"a":${MAX64}}}`,
  )
  const merge = { 'content-type': 'application/merge-patch+json' }
  for (const headers of [{}, merge]) {
    const answer = await call('PATCH', body.href, `{"spec":{"a":${OVER64}}}`, headers)
    t.strictSame(told(answer), ['spec.a must match format "int64"'])
  }
  // Of what was stored before, too.
  t.strictSame(told(await call('PATCH', body.href, '{"spec":{"b":1}}', merge)), [])
  t.match((await call('GET', body.href)).text, `"a": ${MAX64}`)
})

t.test('the schema is told to the last digit', async (t) => {
  const { call } = await server(t, '3.0.3', `{"a":{"type":"integer","maximum":${MAX64}},"b":{"enum":[0.10]}}`)
  const { text } = await call('GET', 'schemas/Cluster')
  t.match(text, `"maximum":${MAX64}`)
  t.match(text, '"enum":[0.1]')
})

t.test('a long number takes steps by its digits', async (t) => {
  const { create } = await server(
    t,
    '3.0.3',
    '{"a":{"type":"integer","multipleOf":7},"b":{"type":"array","items":{"maximum":1,"multipleOf":7,"format":"int64"}}}',
  )
  const long = `1${'0'.repeat(400_000)}1`
  t.match((await create(`{"a":${long}}`)).at(-1), 'must not exceed the range of a double')
  t.strictSame(await create(`{"a":0.${'0'.repeat(200)}${'7'.repeat(200_000)}}`), [
    'spec.a must be integer',
    'spec.a must be multiple of 7',
  ])
  t.strictSame(await create(`{"a":7.${'0'.repeat(16_000)}}`), [])
})

t.test('a duration is that of the dialect', async (t) => {
  const properties = '{"a":{"type":"string","format":"duration"}}'
  const kubernetes = await server(t, '3.0.3', properties)
  for (const text of ['60s', '1h30m', '1.5h', 'P1D', 'PT1M', 'none']) {
    t.strictSame(await kubernetes.create(`{"a":"${text}"}`), [], text)
  }
  const iso = await server(t, '3.1.0', properties)
  for (const text of ['P1D', 'PT1M']) t.strictSame(await iso.create(`{"a":"${text}"}`), [], text)
  for (const text of ['60s', '1h30m']) {
    t.strictSame(await iso.create(`{"a":"${text}"}`), ['spec.a must match format "duration"'], text)
  }
})

t.test('times are those of RFC 3339', async (t) => {
  for (const openapi of ['3.0.3', '3.1.0']) {
    const { create } = await server(t, openapi, '{"a":{"format":"date-time"},"b":{"format":"time"}}')
    for (const offset of ['Z', 'z', '+01:00', '-00:00', '.5Z']) {
      t.strictSame(await create(`{"a":"2026-03-10T08:00:00${offset}","b":"08:00:00${offset}"}`), [], offset)
    }
    for (const offset of ['', '+01', '+0100']) {
      t.equal(
        (await create(`{"a":"2026-03-10T08:00:00${offset}","b":"08:00:00${offset}"}`)).length,
        2,
        offset,
      )
    }
    for (const between of [' ', '\\t', '_']) {
      t.equal((await create(`{"a":"2026-03-10${between}08:00:00Z"}`)).length, 1, between)
    }
  }
})

t.test('an integer or a text is what Kubernetes calls int-or-string', async (t) => {
  const schemas = JSON.stringify({
    // As a definition of a resource has it, as its structural schema may have it, and as Kubernetes publishes it.
    alternatives: { anyOf: [{ type: 'integer' }, { type: 'string' }], 'x-kubernetes-int-or-string': true },
    mark: { 'x-kubernetes-int-or-string': true },
    format: { type: 'string', format: 'int-or-string' },
    published: { format: 'int-or-string', oneOf: [{ type: 'integer' }, { type: 'string' }] },
  })
  for (const openapi of ['3.0.3', '3.1.0']) {
    const { create } = await server(t, openapi, schemas)
    for (const name of ['alternatives', 'mark', 'format', 'published']) {
      for (const value of ['80', '"80%"', '"http"', '1e3']) {
        t.strictSame(await create(`{"${name}":${value}}`), [], `${name} ${value}`)
      }
      for (const value of ['1.5', '{}', '[]', 'true', 'null']) {
        t.equal((await create(`{"${name}":${value}}`)).length, 1, `${name} ${value}`)
      }
    }
  }
  const { create } = await server(t, '3.0.3', '{"a":{"x-kubernetes-int-or-string":true,"nullable":true}}')
  t.strictSame(await create('{"a":null}'), [])
})

t.test('formats that say something to people only refuse nothing', async (t) => {
  const open = ['binary', 'password', 'float', 'double', 'uint32', 'uint64', 'quantity', 'cidr', 'mac']
  for (const openapi of ['3.0.3', '3.1.0']) {
    const { create } = await server(
      t,
      openapi,
      JSON.stringify(Object.fromEntries(open.map((format) => [format, { format }]))),
    )
    for (const format of open) {
      for (const value of ['-1', '1e300', '""', '"x y"', '18446744073709551616']) {
        t.strictSame(await create(`{"${format}":${value}}`), [], `${format} ${value}`)
      }
    }
  }
})

t.test('decimals are compared and divided as whole numbers are', (t) => {
  t.comment(`SEED=${seed}`)
  const below = generator(seed)
  const digits = (most: number) =>
    Array.from({ length: 1 + below(most) }, () => (below(2) ? below(10) : 0)).join('')
  const random = () =>
    [
      below(2) ? '-' : '',
      digits(25).replace(/^0+(?=\d)/, ''),
      below(2) ? `.${digits(15)}` : '',
      below(3) ? '' : `e${below(2) ? '-' : '+'}${below(9)}`,
    ].join('')
  /** The same number as a whole one of so small a unit that nothing is left after its point. */
  const scaled = (text: string) => {
    const [, sign, whole, fraction = '', power = '0'] = /^(-?)(\d+)(?:\.(\d+))?(?:e(.*))?$/.exec(text) ?? []
    return BigInt(`${sign}${whole}${fraction}`) * 10n ** BigInt(SCALE - fraction.length + Number(power))
  }
  const SCALE = 40
  const wrong: string[] = []
  for (let round = 0; round < 20_000; round++) {
    const [one, other] = [random(), random()] as [string, string]
    const [a, b] = [decimalOf(one), decimalOf(other)]
    const [x, y] = [scaled(one), scaled(other)]
    const isRight =
      Math.sign(compareDecimals(a, b)) === (x < y ? -1 : x > y ? 1 : 0) &&
      (decimalText(a) === decimalText(b)) === (x === y) &&
      isWhole(a) === (x % 10n ** BigInt(SCALE) === 0n) &&
      (y === 0n || isMultiple(a, b) === (x % y === 0n))
    if (!isRight) wrong.push(`${one} ${other}`)
  }
  t.strictSame(wrong, [])
  t.end()
})
