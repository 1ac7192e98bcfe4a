import t, { type Test } from 'tap'
import { resourceFields } from '../../search/fields.ts'
import { type Answer, type Application, application, report } from '../application.ts'

type Call = Application['call']
type Item = Record<string, string | number | undefined> & { id: string; name: string }

const nowhere = '019ad2a5-7d3c-7cc0-8f2e-3c1f5e0a9b11'

const create = async (call: Call, name: string, more: object = {}) =>
  (await call('POST', 'clusters', { kind: 'Cluster', name, spec: {}, ...more })).body

/** Creates clusters of numbered names; the last one is the newest. */
async function createMany(call: Call, count: number, more: (index: number) => object = () => ({})) {
  const created: Item[] = []
  for (let index = 0; index < count; index++)
    created.push(await create(call, `many-${String(index).padStart(3, '0')}`, more(index)))
  return created
}

const namesOf = ({ body }: Answer): string[] => body.items.map(({ name }: Item) => name)

const listOf = (parameters: Record<string, string>, path = 'clusters') =>
  `${path}?${new URLSearchParams(parameters)}`

/** Asserts that a list is refused because of one parameter. */
function isRefused(t: Test, answer: Answer, code: string, field: string, title: string) {
  t.equal(answer.status, 400, `${title}: ${answer.text.slice(0, 200)}`)
  t.equal(answer.body.code, `HYPERFLEET-${code}`, title)
  t.ok(
    answer.body.errors?.some(
      (each: { field: string; message: string }) => each.field === field && each.message,
    ),
    `${title}: ${JSON.stringify(answer.body.errors)} names ${field}`,
  )
}

t.test('a page', async (t) => {
  const { call } = await application(t)

  await t.test('of nothing is empty', async (t) => {
    const empty = { page: 1, size: 0, total: 0, items: [] }
    t.matchOnly((await call('GET', 'clusters')).body, { kind: 'ClusterList', ...empty })
    t.matchOnly((await call('GET', 'nodepools')).body, { kind: 'NodePoolList', ...empty })
  })

  const created = await createMany(call, 105)
  const newest = created.map(({ name }) => name).reverse()

  await t.test('says what it is, how many items it has, and how many there are', async (t) => {
    const first = await call('GET', 'clusters')
    const { items } = first.body
    t.matchOnly(first.body, { kind: 'ClusterList', page: 1, size: 100, total: 105, items })
    t.strictSame(namesOf(first), newest.slice(0, 100), 'the newest come first')
    t.strictSame(items[0], (await call('GET', `clusters/${items[0].id}`)).body, 'items are whole')
    const last = await call('GET', 'clusters?page=2')
    t.match(last.body, { page: 2, size: 5, total: 105 })
    t.strictSame(namesOf(last), newest.slice(100))
  })

  await t.test('past the end is empty, and the total is kept', async (t) => {
    for (const query of ['page=3', 'page=106&size=1', 'page=2&size=500', 'page=2147483647&size=500']) {
      const page = Number(new URLSearchParams(query).get('page'))
      const { status, body } = await call('GET', `clusters?${query}`)
      t.equal(status, 200, query)
      t.matchOnly(body, { kind: 'ClusterList', page, size: 0, total: 105, items: [] }, query)
    }
    const searched = await call('GET', listOf({ page: '2', search: "name='many-000'" }))
    t.match(searched.body, { page: 2, size: 0, total: 1 })
  })

  await t.test('has the size that is asked for, under either name', async (t) => {
    const sizes: Record<string, number> = {
      'size=1': 1,
      'size=7': 7,
      'size=500': 105,
      'pageSize=3': 3,
      'pageSize=500': 105,
      'size=4&pageSize=4': 4,
      'size=&pageSize=5': 5,
      'size=6&pageSize=': 6,
    }
    for (const [query, size] of Object.entries(sizes)) {
      const { body } = await call('GET', `clusters?${query}`)
      t.equal(body.size, size, query)
      t.equal(body.items.length, size, query)
    }
    isRefused(t, await call('GET', 'clusters?size=4&pageSize=5'), 'VAL-000', 'pageSize', 'two sizes')
    isRefused(
      t,
      await call('GET', 'clusters?pageSize=100&size=1'),
      'VAL-000',
      'pageSize',
      'one is the default',
    )
  })

  await t.test('takes an empty parameter as none', async (t) => {
    const { body } = await call('GET', 'clusters?page=&size=&pageSize=&search=&order=&orderBy=')
    t.strictSame(body, (await call('GET', 'clusters')).body)
  })

  await t.test('is refused when its number or size is out of range', async (t) => {
    const wrong = [
      '0',
      '-1',
      'abc',
      '1.5',
      '2147483648',
      '99999999999999999999',
      '1e10',
      'null',
      'true',
      '[]',
    ]
    for (const name of ['page', 'size', 'pageSize'])
      for (const value of wrong)
        isRefused(t, await call('GET', listOf({ [name]: value })), 'VAL-000', name, `${name}=${value}`)
    for (const name of ['size', 'pageSize'])
      isRefused(t, await call('GET', listOf({ [name]: '501' })), 'VAL-000', name, `${name}=501`)
    const both = await call('GET', 'clusters?page=0&size=0')
    isRefused(t, both, 'VAL-000', 'page', 'both')
    isRefused(t, both, 'VAL-000', 'size', 'both')
    const { body } = await call('GET', 'clusters?size=501')
    t.match(body.errors[0], { field: 'size', message: /500/, value: 501, constraint: 'max' })
  })

  await t.test('is refused with a parameter that is unknown', async (t) => {
    for (const path of ['clusters', 'nodepools', `clusters/${created[0]?.id}/nodepools`])
      for (const name of ['serach', 'Size', 'limit', 'offset', 'page_size', 'orderby', '__proto__'])
        isRefused(t, await call('GET', `${path}?${name}=1`), 'VAL-000', name, `${path} ${name}`)
  })
})

t.test('a page has the configured size when nothing is asked for', async (t) => {
  const { call } = await application(t, { HYPERFLEET_LISTS_DEFAULT_SIZE: '3' })
  const [{ id } = { id: '' }] = await createMany(call, 5)
  t.match((await call('GET', 'clusters')).body, { size: 3, total: 5 })
  t.match((await call('GET', 'clusters?size=4')).body, { size: 4, total: 5 })
  for (let index = 0; index < 102; index++)
    await call('PUT', `clusters/${id}/statuses`, report(`adapter-${index}`, 1, 'True', 1))
  const statuses = await call('GET', `clusters/${id}/statuses`)
  t.match(statuses.body, { size: 100, total: 102 }, 'reports have a size of their own')
  t.match((await call('GET', `clusters/${id}/statuses?size=500`)).body, { size: 102, total: 102 })
})

t.test('the order of a list', async (t) => {
  const { call, database } = await application(t)
  const created = [
    ...['abc', 'ab-c', 'ab0', 'ab-a', 'bb', 'ba'].map((name) => `x${name}`),
    'zzz',
    'aaa',
    'mmm',
  ]
  for (const [index, name] of created.entries()) await create(call, name, { spec: { index } })
  // Ties, missing values, and texts that sort otherwise in a language than by bytes.
  await database.pool.query(`
    update resources
    set created_time = '2026-01-01' where name in ('zzz', 'aaa', 'mmm', 'xab0');
    update resources
    set deleted_time = case name when 'xbb' then '2026-02-01' else '2026-02-02' end::timestamptz, deleted_by = name
    where name in ('xbb', 'xba', 'xabc');
    update resources set generation = 7, created_by = 'Zoe', updated_by = 'ähnlich' where name in ('zzz', 'xab-c');
    update resources set created_by = 'zoe', updated_by = 'a b' where name in ('aaa', 'xab-a');`)
  const all: Item[] = (await call('GET', 'clusters?size=500')).body.items

  /** What a list ought to be: by bytes, missing values last, then by id in the last direction. */
  const sorted = (keys: [field: string, direction: string][]) => {
    const [, last = 'asc'] = keys.at(-1) ?? []
    return all
      .toSorted((one, other) => {
        for (const [field, direction] of [...keys, ['id', last] as const]) {
          const [a, b] = [one[field], other[field]]
          if (a === b) continue
          if (a === undefined) return 1
          if (b === undefined) return -1
          const ascending =
            typeof a === 'number' ? a - Number(b) : Buffer.compare(Buffer.from(a), Buffer.from(String(b)))
          return direction === 'asc' ? ascending : -ascending
        }
        return 0
      })
      .map(({ name }) => name)
  }

  await t.test('is the newest first, and by id where times are equal', async (t) => {
    t.strictSame(
      all.map(({ name }) => name),
      sorted([['created_time', 'desc']]),
    )
    t.strictSame(namesOf(await call('GET', 'clusters')), namesOf(await call('GET', 'clusters')))
  })

  await t.test('is by any sortable field, either way, in both forms', async (t) => {
    const sortable = Object.entries(resourceFields.columns).filter(([, { unsortable }]) => !unsortable)
    t.ok(sortable.length >= 11)
    for (const [field] of sortable) {
      for (const direction of ['asc', 'desc']) {
        const title = `${field} ${direction}`
        const expected = sorted([[field, direction]])
        t.strictSame(namesOf(await call('GET', listOf({ order: title }))), expected, title)
        const older = await call('GET', listOf({ orderBy: field, order: direction }))
        t.strictSame(namesOf(older), expected, `${title}, older form`)
        const joined = await call('GET', listOf({ orderBy: title }))
        t.strictSame(namesOf(joined), expected, `${title}, all in orderBy`)
      }
      const expected = sorted([[field, 'asc']])
      t.strictSame(namesOf(await call('GET', listOf({ order: field }))), expected, field)
      t.strictSame(namesOf(await call('GET', listOf({ orderBy: field }))), expected, `${field}, older form`)
    }
  })

  await t.test('is by several fields, ties broken by id in the last direction', async (t) => {
    const orders: Record<string, [string, string][]> = {
      'generation desc,name': [
        ['generation', 'desc'],
        ['name', 'asc'],
      ],
      'created_time asc, name desc': [
        ['created_time', 'asc'],
        ['name', 'desc'],
      ],
      'generation, created_time desc': [
        ['generation', 'asc'],
        ['created_time', 'desc'],
      ],
      ' deleted_time DESC , generation ASC ': [
        ['deleted_time', 'desc'],
        ['generation', 'asc'],
      ],
      'kind,id desc': [
        ['kind', 'asc'],
        ['id', 'desc'],
      ],
    }
    for (const [order, keys] of Object.entries(orders))
      t.strictSame(namesOf(await call('GET', listOf({ order }))), sorted(keys), order)
    t.strictSame(
      namesOf(await call('GET', 'clusters?order=name+desc')),
      sorted([['name', 'desc']]),
      'a plus is a space',
    )
  })

  await t.test('is by time where only a direction is given', async (t) => {
    for (const direction of ['asc', 'desc'])
      t.strictSame(
        namesOf(await call('GET', `clusters?order=${direction}`)),
        sorted([['created_time', direction]]),
        direction,
      )
  })

  await t.test('is by bytes for texts', async (t) => {
    const names = namesOf(await call('GET', 'clusters?order=name'))
    t.strictSame(names, ['aaa', 'mmm', 'xab-a', 'xab-c', 'xab0', 'xabc', 'xba', 'xbb', 'zzz'])
  })

  await t.test('has missing values last, either way', async (t) => {
    for (const direction of ['asc', 'desc']) {
      const { body } = await call('GET', listOf({ order: `deleted_time ${direction}` }))
      const marked = body.items.map((each: Item) => 'deleted_time' in each)
      t.strictSame(marked, [true, true, true, ...Array(6).fill(false)], direction)
    }
  })

  await t.test('is refused when it is none', async (t) => {
    const wrong: [parameters: Record<string, string>, field: string][] = [
      [{ order: 'nothing' }, 'order'],
      [{ order: 'name sideways' }, 'order'],
      [{ order: 'name asc desc' }, 'order'],
      [{ order: 'name,,id' }, 'order'],
      [{ order: 'name,' }, 'order'],
      [{ order: ',' }, 'order'],
      [{ order: 'Name' }, 'order'],
      [{ order: 'spec' }, 'order'],
      [{ order: 'labels.a' }, 'order'],
      [{ order: 'owner_id' }, 'order'],
      [{ order: 'constructor' }, 'order'],
      [{ order: '1' }, 'order'],
      [{ order: '-name' }, 'order'],
      [{ order: 'name; drop table resources' }, 'order'],
      [{ order: 'name nulls first' }, 'order'],
      [{ order: '(select 1)' }, 'order'],
      [{ orderBy: 'nothing' }, 'orderBy'],
      [{ orderBy: 'nothing', order: 'asc' }, 'orderBy'],
      [{ orderBy: 'name sideways' }, 'orderBy'],
      [{ orderBy: 'name', order: 'id asc' }, 'order'],
      [{ orderBy: 'name', order: 'id' }, 'order'],
      [{ orderBy: 'name', order: 'sideways' }, 'order'],
      [{ orderBy: 'name desc', order: 'asc' }, 'order'],
    ]
    for (const [parameters, field] of wrong)
      isRefused(t, await call('GET', listOf(parameters)), 'VAL-005', field, JSON.stringify(parameters))
    const { body } = await call('GET', 'clusters?order=nothing')
    t.match(body.detail, /nothing.*name/s, 'it is said what there is')
    t.equal((await call('GET', listOf({ order: `${'name,'.repeat(300)}id` }))).status, 400, 'a long order')
  })
})

t.test('walking the pages neither repeats nor skips', async (t) => {
  const { call, database } = await application(t)
  await createMany(call, 53, (index) => ({ labels: { third: String(index % 3) } }))
  await database.pool.query(
    "update resources set created_time = '2026-01-01', generation = 1 + length(name) % 2, deleted_time = " +
      "case when name > 'many-040' then '2026-01-02'::timestamptz end, " +
      "deleted_by = case when name > 'many-040' then 'x' end",
  )
  const walks: Record<string, string>[] = [
    {},
    { order: 'name desc' },
    { order: 'generation' },
    { order: 'kind desc' },
    { order: 'deleted_time desc' },
    { orderBy: 'deleted_by', order: 'asc' },
    { search: "labels.third='1'" },
  ]
  for (const parameters of walks) {
    const whole = await call('GET', listOf({ ...parameters, size: '500' }))
    const walked: string[] = []
    for (let page = 1; walked.length < whole.body.total; page++) {
      const answer = await call('GET', listOf({ ...parameters, size: '7', page: String(page) }))
      t.equal(answer.body.total, whole.body.total)
      if (!answer.body.size) break
      walked.push(...namesOf(answer))
    }
    t.strictSame(walked, namesOf(whole), JSON.stringify(parameters))
    t.equal(new Set(walked).size, parameters.search ? 18 : 53, JSON.stringify(parameters))
  }
})

t.test('searching', async (t) => {
  const { call } = await application(t)
  const labels: Record<string, Record<string, string>> = {
    one: { environment: 'production', 'app.kubernetes.io/name': 'web', 'a-b_c.d': 'x', and: 'y' },
    two: { environment: 'production', region: 'eu', empty: '' },
    three: { environment: 'staging', region: 'eu', Environment: 'other', true: 'true', '0': '0' },
    four: {},
  }
  for (const [name, each] of Object.entries(labels)) await create(call, `the-${name}`, { labels: each })
  const found = async (search: string) => {
    const answer = await call('GET', listOf({ search, order: 'created_time' }))
    if (answer.status !== 200) return answer.text
    t.equal(answer.body.total, answer.body.items.length, `the total of ${search}`)
    return namesOf(answer).map((name) => name.replace('the-', ''))
  }

  await t.test('finds by name and by labels', async (t) => {
    const searches: Record<string, string[]> = {
      "name='the-one'": ['one'],
      "name = 'the-one'": ['one'],
      "  name\t=\n'the-one'  ": ['one'],
      'name="the-one"': ['one'],
      'name=`the-one`': ['one'],
      "name='THE-ONE'": [],
      "name='the'": [],
      "name='%'": [],
      "name=''": [],
      "labels.environment='production'": ['one', 'two'],
      "labels.Environment='other'": ['three'],
      "labels.app.kubernetes.io/name='web'": ['one'],
      "labels.a-b_c.d='x'": ['one'],
      "labels.and='y'": ['one'],
      "labels.true='true'": ['three'],
      "labels.0='0'": ['three'],
      "labels.empty=''": ['two'],
      "labels.environment=''": [],
      "labels.environment='prod'": [],
      "labels.environment='production' and labels.region='eu'": ['two'],
      "labels.environment='production' AND labels.region='eu'": ['two'],
      "labels.environment='production' And name='the-one'": ['one'],
      "labels.region='eu' and labels.environment='staging' and name='the-three'": ['three'],
      "labels.region='eu' and labels.region='us'": [],
      "labels.and='y' and labels.and='y'": ['one'],
    }
    for (const [search, expected] of Object.entries(searches))
      t.strictSame(await found(search), expected, search)
  })

  await t.test('finds nothing by a label that nobody has', async (t) => {
    const { status, body } = await call('GET', "clusters?search=labels.non_existing_label='value'")
    t.equal(status, 200)
    t.matchOnly(body, { kind: 'ClusterList', page: 1, size: 0, total: 0, items: [] })
    t.strictSame(await found("labels.constructor='x'"), [])
    t.strictSame(await found("labels.hasOwnProperty='x'"), [])
  })

  await t.test('takes a plus in the URL as a space', async (t) => {
    const path = "clusters?search=labels.environment='production'+and+labels.region='eu'"
    t.strictSame(namesOf(await call('GET', path)), ['the-two'])
    t.strictSame(namesOf(await call('GET', path.replaceAll('+', '%20'))), ['the-two'])
    t.strictSame(namesOf(await call('GET', "clusters?search=name+=+'the-one'&size=1&page=1")), ['the-one'])
  })

  await t.test('takes quotes that are escaped', async (t) => {
    const [{ id }] = (await call('GET', 'clusters')).body.items
    const adapters = ["a'b", 'a"b', 'a\\b', 'a`b', "''", '😀', "x' or 'y'='y", '%', 'a b']
    for (const adapter of adapters)
      await call('PUT', `clusters/${id}/statuses`, report(adapter, 1, 'True', 1))
    const searches: Record<string, string> = {
      "adapter='a''b'": "a'b",
      "adapter='a\\'b'": "a'b",
      'adapter="a\'b"': "a'b",
      "adapter=`a'b`": "a'b",
      "adapter='a\"b'": 'a"b',
      'adapter="a\\"b"': 'a"b',
      "adapter='a\\\\b'": 'a\\b',
      "adapter='a`b'": 'a`b',
      "adapter=''''''": "''",
      "adapter='😀'": '😀',
      "adapter='x'' or ''y''=''y'": "x' or 'y'='y",
      "adapter='%'": '%',
      "adapter='a b'": 'a b',
    }
    for (const [search, adapter] of Object.entries(searches)) {
      const answer = await call('GET', listOf({ search }, `clusters/${id}/statuses`))
      t.equal(answer.status, 200, search)
      t.strictSame(
        answer.body.items?.map((each: { adapter: string }) => each.adapter),
        [adapter],
        search,
      )
    }
    t.strictSame(await found("labels.environment='it''s'"), [])
  })

  await t.test('is refused when it is malformed, with the position', async (t) => {
    const malformed: Record<string, number> = {
      'name=': 5,
      '=': 0,
      "='x'": 0,
      "name='x": 5,
      "name='x\\'": 5,
      'name="x': 5,
      "name 'x'": 5,
      "name='x' and": 12,
      "name='x' name='y'": 9,
      "name='x',name='y'": 8,
      "name='x';": 8,
      'name=the-one': 5,
      "nothing='x'": 0,
      "name='x' and nothing='y'": 13,
      "labels.='x'": 0,
      "labels='x'": 0,
      "Name='x'": 0,
      "spec='x'": 0,
      "constructor='x'": 0,
      "data='x'": 0,
      "name='x' -- comment": 9,
    }
    for (const [search, position] of Object.entries(malformed)) {
      const answer = await call('GET', listOf({ search }))
      isRefused(t, answer, 'VAL-005', 'search', search)
      t.match(answer.body.detail, new RegExp(`position ${position}\\b`), search)
    }
    for (const search of ["name='x' and and name='y'", "and name='x'", "name='x' and = 'y'"]) {
      const answer = await call('GET', listOf({ search }))
      isRefused(t, answer, 'VAL-005', 'search', search)
      t.match(answer.body.detail, /position \d+/, search)
    }
    t.match((await call('GET', 'clusters?search=name=x')).body.detail, /quote/, 'with a hint')
    const long = `name='${'x'.repeat(4096 - 7)}'`
    t.equal(long.length, 4096)
    t.strictSame(await found(long), [], '4096 characters are taken')
    t.equal((await call('GET', listOf({ search: `${long} ` }))).status, 400, 'and no more')
  })

  await t.test('cannot be made to run SQL', async (t) => {
    const harmless = [
      "name='x'' or ''1''=''1'",
      "name='x''; drop table resources; --'",
      "name='$1'",
      "name='x'')) union select version() --'",
      "labels.a='x''}'') or true --'",
    ]
    for (const search of harmless) t.strictSame(await found(search), [], search)
    const refused = [
      "name='x'; drop table resources; --'",
      "name='x' union select version()",
      "labels.a')='x'",
      "labels.a'||version()||'='x'",
      "resource.id='x'",
      "name='x')) or ((true",
    ]
    for (const search of refused)
      isRefused(t, await call('GET', listOf({ search })), 'VAL-005', 'search', search)
    t.equal((await call('GET', 'clusters')).body.total, 4)
  })
})

t.test('lists of node pools', async (t) => {
  const { call } = await application(t)
  const parents = [await create(call, 'first'), await create(call, 'second'), await create(call, 'third')]
  for (const [index, { id }] of parents.slice(0, 2).entries())
    for (const name of ['alpha', 'beta', 'gamma'])
      await call('POST', `clusters/${id}/nodepools`, {
        kind: 'NodePool',
        name,
        spec: {},
        labels: { parent: String(index) },
      })
  const [first, second, third] = parents.map(({ id }) => `clusters/${id}/nodepools`)
  const owners = ({ body }: Answer) =>
    body.items.map(({ owner_references }: { owner_references: { id: string } }) => owner_references.id)

  await t.test('are of one cluster under its path', async (t) => {
    const answer = await call('GET', `${first}?order=name`)
    const { items } = answer.body
    t.matchOnly(answer.body, { kind: 'NodePoolList', page: 1, size: 3, total: 3, items })
    t.strictSame(namesOf(answer), ['alpha', 'beta', 'gamma'])
    t.strictSame([...new Set(owners(answer))], [parents[0].id])
    t.matchOnly((await call('GET', `${third}`)).body, {
      kind: 'NodePoolList',
      page: 1,
      size: 0,
      total: 0,
      items: [],
    })
  })

  await t.test('are of all clusters under their own', async (t) => {
    const { body } = await call('GET', 'nodepools?order=name')
    t.match(body, { kind: 'NodePoolList', page: 1, size: 6, total: 6 })
    t.equal((await call('GET', 'clusters')).body.total, 3, 'and clusters are not among them')
  })

  await t.test('are searched, sorted and cut like any other', async (t) => {
    t.strictSame(namesOf(await call('GET', `${second}?size=1&page=2&order=name+desc`)), ['beta'])
    t.match((await call('GET', `${second}?search=name='alpha'`)).body, { total: 1, size: 1 })
    t.match((await call('GET', `${second}?search=labels.parent='0'`)).body, { total: 0, size: 0 })
    t.match((await call('GET', "nodepools?search=name='alpha'")).body, { total: 2, size: 2 })
    t.match((await call('GET', `${second}?page=9`)).body, { page: 9, total: 3, size: 0 })
    isRefused(t, await call('GET', `${second}?size=0`), 'VAL-000', 'size', 'size=0')
    isRefused(t, await call('GET', `${second}?search=x`), 'VAL-005', 'search', 'search=x')
  })

  await t.test('of a cluster that is not there are 404', async (t) => {
    const pool = (await call('GET', `${first}`)).body.items[0].id
    for (const id of [nowhere, 'abc', pool])
      for (const query of ['', "?search=name='alpha'", '?page=5'])
        t.match(
          await call('GET', `clusters/${id}/nodepools${query}`),
          { status: 404, body: { code: 'HYPERFLEET-NTF-001', detail: `Cluster with id='${id}' not found` } },
          `${id} ${query}`,
        )
    const wrong = await call('GET', `clusters/${nowhere}/nodepools?size=0`)
    t.equal(wrong.status, 400, 'a wrong parameter is told first')
  })
})

t.test('total and items are of one snapshot', async (t) => {
  const { call } = await application(t)
  const parent = await create(call, 'parent')
  const pools = `clusters/${parent.id}/nodepools`
  let running = true
  const creations = Promise.all(
    Array.from({ length: 8 }, async (_, caller) => {
      for (let index = 0; index < 25; index++) {
        await create(call, `c-${caller}-${index}`, { labels: { some: 'label' } })
        await call('POST', pools, { kind: 'NodePool', name: `p-${caller}-${index}`, spec: {} })
      }
    }),
  ).finally(() => {
    running = false
  })
  const lists = ['clusters?size=500', "clusters?size=500&search=labels.some='label'", `${pools}?size=500`]
  const totals = new Set<number>()
  let listed = 0
  while (running) {
    for (const { body } of await Promise.all(lists.map((path) => call('GET', path)))) {
      listed++
      totals.add(body.total)
      if (body.items.length !== body.total || body.size !== body.total)
        t.fail(`${body.kind}: ${body.items.length} items, size ${body.size}, total ${body.total}`)
    }
  }
  await creations
  t.ok(listed > 20, `${listed} lists were read meanwhile`)
  t.ok(totals.size > 5, `with ${totals.size} different totals`)
  t.equal((await call('GET', 'clusters?size=500')).body.total, 201)
  t.equal((await call('GET', 'nodepools?size=500')).body.total, 200)
})
