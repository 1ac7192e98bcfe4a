import t, { type Test } from 'tap'
import { writeCursor } from '../../search/cursor.ts'
import { resourceFields } from '../../search/fields.ts'
import { selectWalk } from '../../search/selection.ts'
import { type Answer, type Application, application, report } from '../application.ts'
import { execute } from '../databases.ts'

type Call = Application['call']
type Parameters = Record<string, string>
interface Step {
  page: number
  size: number
  total: number
  items: { id: string; name: string; created_time: string; labels: Parameters }[]
  next_cursor?: string
}

const nowhere = '019ad2a5-7d3c-7cc0-8f2e-3c1f5e0a9b11'
const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const fixed = ['id', 'created_time', 'name', 'kind', 'created_by']
const moving = ['updated_time', 'generation', 'deleted_time', 'updated_by', 'deleted_by', 'href']

const listOf = (parameters: Parameters, path = 'clusters') => `${path}?${new URLSearchParams(parameters)}`

const create = async (call: Call, path: string, name: string, labels: Parameters = {}) => {
  const kind = path === 'clusters' ? 'Cluster' : 'NodePool'
  const { status, body, text } = await call('POST', path, { kind, name, labels, spec: {} })
  if (status !== 201) throw new Error(text)
  return body as { id: string; name: string }
}

/** Walks a list by cursor to its end, in steps of these sizes in turn; `between` is called after each step. */
async function walk(
  call: Call,
  path: string,
  parameters: Parameters,
  sizes: number[],
  between: (steps: number) => Promise<unknown> = async () => {},
): Promise<Step[]> {
  const steps: Step[] = []
  let cursor: string | undefined = ''
  while (cursor !== undefined) {
    if (steps.length > 500) throw new Error(`${path} ${JSON.stringify(parameters)} has no end`)
    const size = String(sizes[steps.length % sizes.length])
    const answer: Answer = await call('GET', listOf({ ...parameters, size, cursor }, path))
    if (answer.status !== 200) throw new Error(answer.text)
    const step: Step = answer.body
    steps.push(step)
    cursor = step.next_cursor
    await between(steps.length)
  }
  return steps
}

const idsOf = (steps: Pick<Step, 'items'>[]) => steps.flatMap(({ items }) => items.map(({ id }) => id))

/** Asserts that a walk sees what the whole list holds, in its order, in steps that are full but for the last. */
async function isWalked(t: Test, call: Call, path: string, parameters: Parameters, size: number) {
  const title = `${path} ${JSON.stringify(parameters)} by ${size}`
  const whole: Step = (await call('GET', listOf({ ...parameters, size: '500' }, path))).body
  const steps = await walk(call, path, parameters, [size])
  t.strictSame(
    steps.flatMap(({ items }) => items),
    whole.items,
    title,
  )
  const last = whole.total % size || Math.min(size, whole.total)
  const count = Math.max(1, Math.ceil(whole.total / size))
  t.strictSame(
    steps.map(({ page, size, total }) => ({ page, size, total })),
    Array.from({ length: count }, (_, index) => ({
      page: 1,
      size: index === count - 1 ? last : size,
      total: whole.total,
    })),
    `${title}: pages and totals`,
  )
  return whole.total
}

/** Asserts that a step is refused because of its cursor. */
function isRefused(t: Test, { status, body, text }: Answer, title: string) {
  t.equal(status, 400, `${title}: ${text.slice(0, 200)}`)
  t.equal(body.code, 'HYPERFLEET-VAL-005', title)
  t.equal(body.errors?.[0]?.field, 'cursor', `${title} names the cursor`)
}

/** Gives clusters, or node pools, equal keys: few creation times, few creators, two names that are marked ones'. */
const tie = (url: string, kind: string) =>
  execute(
    url,
    `update resources
    set created_time = '2026-01-01Z'::timestamptz + place % 5 * interval '1 microsecond',
        created_by = (array['Zoe', 'zoe', 'ähnlich "x", \\y 🚀'])[place % 7 % 3 + 1],
        name = case place % 3 when 0 then 'same-name' when 1 then 'same' else name end,
        deleted_time = case when place % 3 < 2 then '2026-01-02Z'::timestamptz end,
        deleted_by = case when place % 3 < 2 then 'test' end
    from (select id, row_number() over (order by created_time)::int as place from resources where kind = $1) as numbered
    where resources.id = numbered.id`,
    [kind],
  )

/** Two dozen clusters, two of them with nine node pools each, with many equal keys. */
async function fleet(t: Test) {
  const { call, url } = await application(t, { HYPERFLEET_LISTS_DEFAULT_SIZE: '20' })
  const clusters = []
  for (let index = 0; index < 24; index++)
    clusters.push(await create(call, 'clusters', `c-${index * 7}`, { half: index % 2 ? 'odd' : 'even' }))
  const [first, second, third] = clusters.map(({ id }) => `clusters/${id}/nodepools`) as [
    string,
    string,
    string,
  ]
  for (let index = 0; index < 9; index++)
    for (const pools of [first, second])
      await create(call, pools, `p-${index}`, { of: pools === first ? 'a' : 'b' })
  await tie(url, 'Cluster')
  await tie(url, 'NodePool')
  return { call, url, first, second, third }
}

t.test('a walk by cursor', async (t) => {
  const { call, first, second, third } = await fleet(t)

  await t.test('begins with an empty cursor, and says how to go on until its end', async (t) => {
    const begun = await call('GET', 'clusters?cursor=&size=10')
    const { items, next_cursor } = begun.body
    t.matchOnly(begun.body, { kind: 'ClusterList', page: 1, size: 10, total: 24, items, next_cursor })
    t.match(next_cursor, /^[\w-]+$/, 'it needs no encoding')
    t.strictSame(items, (await call('GET', 'clusters?size=10')).body.items, 'the newest come first')
    t.equal((await call('GET', 'clusters?cursor=')).body.size, 20, 'by the same number as pages')

    const whole = await call('GET', 'clusters?cursor=&size=24')
    t.notOk('next_cursor' in whole.body, 'nothing follows')
    t.equal(whole.body.size, 24)
  })

  await t.test('is not what an absent cursor asks for', async (t) => {
    for (const query of ['', 'size=3', 'page=1&size=3', 'size=3&search=&order='])
      t.notOk('next_cursor' in (await call('GET', `clusters?${query}`)).body, query)
  })

  await t.test('has no pages to ask for', async (t) => {
    const { next_cursor } = (await call('GET', 'clusters?cursor=&size=3')).body
    for (const path of ['clusters', 'nodepools', first])
      for (const cursor of ['', next_cursor])
        for (const page of ['1', '2']) {
          const { status, body } = await call('GET', listOf({ cursor, page }, path))
          t.equal(status, 400, `${path} page=${page}`)
          t.strictSame(
            body.errors.map(({ field }: { field: string }) => field),
            ['cursor'],
          )
        }
    t.match(
      (await call('GET', 'clusters?cursor=&page=&size=3')).body,
      { page: 1, size: 3 },
      'an empty page is none',
    )
  })

  await t.test('ends where the list does, whatever the size of its steps', async (t) => {
    for (const size of [1, 5, 8, 12, 23, 24, 25, 500]) await isWalked(t, call, 'clusters', {}, size)
    for (const path of [first, second])
      for (const size of [1, 3, 9, 500]) await isWalked(t, call, path, {}, size)
    for (const size of [1, 20, 500]) t.equal(await isWalked(t, call, third, {}, size), 0, 'an empty list')
    const search = "name='nothing'"
    t.matchOnly((await call('GET', listOf({ cursor: '', search }))).body, {
      kind: 'ClusterList',
      page: 1,
      size: 0,
      total: 0,
      items: [],
    })
  })

  await t.test('goes in every order of what does not change', async (t) => {
    const orders: Parameters[] = [
      ...fixed.flatMap((field) =>
        ['', ' asc', ' desc'].map((direction) => ({ order: `${field}${direction}` })),
      ),
      ...fixed.flatMap((orderBy): Parameters[] => [
        { orderBy },
        { orderBy, order: 'asc' },
        { orderBy, order: 'desc' },
      ]),
      ...['asc', 'desc'].map((order) => ({ order })),
      { orderBy: 'name desc' },
      ...[
        'kind asc,created_time desc',
        'name desc,created_time asc',
        'created_by,name desc',
        'created_by desc, name',
        'created_by, name, created_time',
        'created_by desc,name desc,created_time desc',
        'created_time,created_by desc,name,id desc',
        'kind desc,created_by asc,created_time desc,name asc',
        'name,id desc',
        'created_time desc,id asc',
        'id,name',
      ].map((order) => ({ order })),
    ]
    for (const parameters of orders) {
      await isWalked(t, call, 'clusters', parameters, 5)
      if (parameters.order?.includes(',')) await isWalked(t, call, first, parameters, 1)
    }
  })

  await t.test('neither repeats nor skips where all keys are equal', async (t) => {
    const { items } = (await call('GET', 'nodepools?size=500')).body as Step
    t.ok(new Set(items.map(({ created_time }) => created_time)).size <= 5, 'times are equal')
    t.ok(new Set(items.map(({ name }) => name)).size < items.length, 'names are equal')
    for (const order of [
      'kind',
      'kind desc',
      'created_time',
      'created_by,kind desc',
      'kind,created_time desc',
    ])
      for (const size of [1, 2, 7]) {
        const seen = idsOf(await walk(call, 'nodepools', { order }, [size]))
        t.strictSame(seen.toSorted(), items.map(({ id }) => id).toSorted(), `${order} by ${size}`)
      }
  })

  await t.test('does not go by what may change', async (t) => {
    const refused: Parameters[] = [
      ...moving.flatMap((field): Parameters[] => [
        { order: field },
        { order: `${field} desc` },
        { order: `name,${field}` },
        { order: `${field} desc,id` },
        { orderBy: field },
        { orderBy: field, order: 'desc' },
      ]),
    ]
    for (const path of ['clusters', 'nodepools', first])
      for (const parameters of refused) {
        const title = `${path} ${JSON.stringify(parameters)}`
        const { status, body } = await call('GET', listOf({ ...parameters, cursor: '' }, path))
        t.equal(status, 400, title)
        t.equal(body.code, 'HYPERFLEET-VAL-005', title)
        t.match(body.errors?.[0]?.field, /^order/, title)
      }
    for (const field of moving) t.equal((await call('GET', `clusters?order=${field}`)).status, 200, field)
  })

  await t.test('goes through what a search finds, and through one cluster or all', async (t) => {
    const searched: [path: string, search: string, total: number][] = [
      ['clusters', "labels.half='odd'", 12],
      ['clusters', "labels.half='odd' or name like 'c-%'", 16],
      ['clusters', "not created_by='zoe' and created_time < now()", 17],
      ['nodepools', "labels.of='a'", 9],
      [first, "labels.of='a'", 9],
      [first, "labels.of='b'", 0],
      [second, "name in ('p-3', 'same')", 4],
    ]
    for (const [path, search, total] of searched)
      for (const order of ['created_time desc', 'name', 'kind desc,name asc']) {
        t.equal(await isWalked(t, call, path, { search, order }, 3), total, `${path} ${search}`)
      }
    t.equal(await isWalked(t, call, 'nodepools', {}, 4), 18)
    t.equal(await isWalked(t, call, first, { order: 'name' }, 4), 9)
  })

  await t.test('may change its step', async (t) => {
    const whole = (await call('GET', 'clusters?size=500&order=name')).body
    const steps = await walk(call, 'clusters', { order: 'name' }, [1, 7, 2, 500])
    t.strictSame(
      steps.map(({ size }) => size),
      [1, 7, 2, 14],
    )
    t.strictSame(idsOf(steps), idsOf([whole]))
    const { next_cursor } = (await call('GET', 'clusters?cursor=&size=3&order=name')).body
    for (const name of ['size', 'pageSize'])
      t.equal(
        (await call('GET', listOf({ cursor: next_cursor, order: 'name', [name]: '4' }))).body.size,
        4,
        name,
      )
    for (const size of ['0', '501', 'x']) {
      const { status, body } = await call('GET', listOf({ cursor: next_cursor, order: 'name', size }))
      t.match({ status, body }, { status: 400, body: { errors: [{ field: 'size' }] } }, `size=${size}`)
    }
  })

  await t.test('may take a step again', async (t) => {
    const { next_cursor } = (await call('GET', 'clusters?cursor=&size=3')).body
    const next = listOf({ cursor: next_cursor, size: '3' })
    t.strictSame((await call('GET', next)).body, (await call('GET', next)).body)
  })
})

t.test('a cursor', async (t) => {
  const { call, first, second, third } = await fleet(t)
  const search = "labels.half='odd'"
  const asked = { order: 'name desc,created_by', search, size: '3' }
  const { next_cursor: cursor }: { next_cursor: string } = (
    await call('GET', listOf({ ...asked, cursor: '' }))
  ).body
  const isRefusedAs = async (t: Test, altered: string, title: string) =>
    isRefused(t, await call('GET', listOf({ ...asked, cursor: altered })), title)

  await t.test('is taken as it was given', async (t) => {
    t.match((await call('GET', listOf({ ...asked, cursor }))).body, { size: 3, total: 12 })
  })

  await t.test('is refused when any character of it is another', async (t) => {
    const put = (position: number, digit: string) =>
      cursor.slice(0, position) + digit + cursor.slice(position + 1)
    for (let position = 0; position < cursor.length; position++) {
      const digit = digits[(digits.indexOf(cursor.charAt(position)) + 1 + (position % 62)) % 64] as string
      await isRefusedAs(t, put(position, digit), `${digit} at ${position}`)
    }
    // Of the last one, not all bits need mean anything.
    for (const digit of digits.replace(cursor.slice(-1), ''))
      await isRefusedAs(t, put(cursor.length - 1, digit), `${digit} at the end`)
  })

  await t.test('is refused when it is shorter or longer', async (t) => {
    for (let length = 1; length < cursor.length; length++)
      await isRefusedAs(t, cursor.slice(0, length), `the first ${length} characters`)
    for (const more of ['=', '==', '!', 'A', 'AAAA', ' ', '\n', '\0', '.', 'é', cursor]) {
      await isRefusedAs(t, cursor + more, `with ${JSON.stringify(more)} after it`)
      await isRefusedAs(t, more + cursor, `with ${JSON.stringify(more)} before it`)
    }
    await isRefusedAs(t, cursor.slice(1), 'without its first character')
    await isRefusedAs(t, `${cursor.slice(0, 20)} ${cursor.slice(20)}`, 'with a space in it')
  })

  await t.test('is refused when it is none', async (t) => {
    const values = [null, true, 0, '', 'x', [], {}, [null], ['x'], [[]], [{}], ['', '1', nowhere], [1, 2, 3]]
    for (const value of values) {
      const encoded = Buffer.from(JSON.stringify(value)).toString('base64url')
      await isRefusedAs(t, encoded, JSON.stringify(value))
    }
    for (const garbage of ['garbage', ' ', '0', '-', 'null', '"', "'", '%', '\0', '🚀', '[]', nowhere])
      await isRefusedAs(t, garbage, JSON.stringify(garbage))
    for (const length of [8192, 8193, 20_000])
      await isRefusedAs(t, 'A'.repeat(length), `${length} characters`)
    const twice = await call('GET', `${listOf({ ...asked, cursor })}&cursor=${cursor}`)
    t.equal(twice.status, 400, 'there is one')
  })

  await t.test('belongs to one order and search', async (t) => {
    const others: Parameters[] = [
      { order: 'name desc', search },
      { order: 'name,created_by', search },
      { order: 'name desc,created_by desc', search },
      { order: 'created_by,name desc', search },
      { order: 'name desc,created_by,id desc', search },
      { search },
      { orderBy: 'name', order: 'desc', search },
      { order: asked.order },
      { order: asked.order, search: "labels.half='even'" },
      { order: asked.order, search: `${search} or name='x'` },
    ]
    for (const parameters of others)
      isRefused(t, await call('GET', listOf({ ...parameters, cursor })), JSON.stringify(parameters))
    const plain = (await call('GET', 'clusters?cursor=&size=3')).body.next_cursor
    for (const parameters of [{ order: 'asc' }, { order: 'id desc' }, { search }] as Parameters[])
      isRefused(
        t,
        await call('GET', listOf({ ...parameters, cursor: plain })),
        `plain ${JSON.stringify(parameters)}`,
      )
  })

  await t.test('belongs to one list', async (t) => {
    const lists = ['clusters', 'nodepools', first, second]
    for (const parameters of [{}, { order: 'name' }] as Parameters[])
      for (const own of lists) {
        const { next_cursor } = (await call('GET', listOf({ ...parameters, cursor: '', size: '3' }, own)))
          .body
        const at = (path: string) => call('GET', listOf({ ...parameters, cursor: next_cursor }, path))
        t.equal((await at(own)).status, 200, own)
        for (const other of [...lists, third, `clusters/${nowhere}/nodepools`])
          if (other !== own) isRefused(t, await at(other), `${own} at ${other}`)
      }
  })

  await t.test('is none of a list of reports', async (t) => {
    const pool = (await call('GET', first)).body.items[0].id
    const cluster = first.replace('/nodepools', '')
    for (const place of [cluster, `nodepools/${pool}`, `${first}/${pool}`]) {
      await call('PUT', `${place}/statuses`, report('any', 1, 'True', 1))
      for (const query of [`cursor=${cursor}`, 'cursor=', 'fields=adapter', 'fields=id']) {
        const { status, body } = await call('GET', `${place}/statuses?${query}`)
        t.equal(status, 400, `${place} ${query}`)
        t.equal(body.errors?.[0]?.field, query.replace(/=.*/, ''), `${place} ${query}`)
      }
      t.equal((await call('GET', `${place}?cursor=${cursor}`)).status, 400, 'nor of one resource')
    }
  })
})

t.test('a list that changes while it is walked', async (t) => {
  const { call } = await application(t)
  const created: { id: string; name: string }[] = []
  for (let index = 0; index < 12; index++) created.push(await create(call, 'clusters', `m-${index + 10}`))

  await t.test('has the total of the beginning', async (t) => {
    for (const parameters of [
      { order: 'name' },
      { order: 'name', search: "name like 'm-%'" },
    ] as Parameters[]) {
      const more: { id: string; name: string }[] = []
      const steps = await walk(call, 'clusters', parameters, [3], async (count) => {
        if (count === 1) for (const name of ['m-0', 'm-999']) more.push(await create(call, 'clusters', name))
        if (count === 2) await call('DELETE', `clusters/${more[0]?.id}`)
      })
      t.strictSame([...new Set(steps.map(({ total }) => total))], [12])
      t.strictSame(
        idsOf(steps),
        [...created, more[1]].map((each) => each?.id),
        'what comes later in the order is seen',
      )
      t.equal(
        (await call('GET', listOf({ ...parameters, cursor: '' }))).body.total,
        13,
        'another walk counts again',
      )
      await call('DELETE', `clusters/${more[1]?.id}`)
    }
  })

  await t.test('goes on where the last resource seen was removed', async (t) => {
    const doomed = await create(call, 'clusters', 'm-125')
    const steps = await walk(call, 'clusters', { order: 'name' }, [4], async (count) => {
      if (count === 1) await call('DELETE', `clusters/${doomed.id}`)
    })
    t.strictSame(
      idsOf(steps),
      [...created.slice(0, 3), doomed, ...created.slice(3)].map(({ id }) => id),
    )
  })

  await t.test('may end before its walk', async (t) => {
    const parent = await create(call, 'clusters', 'parent')
    const pools = `clusters/${parent.id}/nodepools`
    for (const name of ['p-1', 'p-2', 'p-3']) await create(call, pools, name)
    const { next_cursor } = (await call('GET', `${pools}?cursor=&size=1`)).body
    for (const { id } of (await call('GET', pools)).body.items) await call('DELETE', `${pools}/${id}`)
    const end = await call('GET', listOf({ cursor: next_cursor, size: '1' }, pools))
    t.matchOnly(end.body, { kind: 'NodePoolList', page: 1, size: 0, total: 3, items: [] })
    await call('DELETE', `clusters/${parent.id}`)
    t.match(await call('GET', listOf({ cursor: next_cursor }, pools)), {
      status: 404,
      body: { code: 'HYPERFLEET-NTF-001', detail: `Cluster with id='${parent.id}' not found` },
    })
  })
})

t.test('a cursor that somebody made up', async (t) => {
  const { call } = await application(t)
  for (let index = 0; index < 3; index++)
    await call('POST', 'clusters', { kind: 'Cluster', name: `forged-${index}`, spec: {} })
  const bounds = (order: string) =>
    selectWalk({ order, cursor: '' }, resourceFields, ['Cluster', null]).bounds
  const id = '019ad2a5-7d3c-7cc0-8f2e-3c1f5e0a9b11'
  const forged: [order: string, total: unknown, last: unknown[]][] = [
    ['id asc', '3', ['x']],
    ['id asc', '3', []],
    ['id asc', '3', [id, id]],
    ['id asc', '3', [null]],
    ['id asc', '-5', [id]],
    ['id asc', null, [id]],
    ['id asc', 3, [id]],
    ['name asc', '3', ['a\0', id]],
    ['created_time desc', '3', ['yesterday', id]],
    ['created_time desc', '3', ['2026-02-30T00:00:00Z', id]],
  ]
  for (const [order, total, last] of forged) {
    const cursor = writeCursor({ total, last } as never, bounds(order))
    const { status, body } = await call('GET', `clusters?${new URLSearchParams({ order, cursor })}`)
    t.match(
      [status, body.code, body.errors?.[0].field],
      [400, 'HYPERFLEET-VAL-005', 'cursor'],
      `${order} ${last}`,
    )
  }
  const cursor = writeCursor({ total: '3', last: [id] }, bounds('id asc'))
  t.equal((await call('GET', `clusters?${new URLSearchParams({ order: 'id asc', cursor })}`)).status, 200)
})

t.test('a field that is named again sorts nothing', async (t) => {
  const { call } = await application(t)
  for (let index = 0; index < 3; index++)
    await call('POST', 'clusters', { kind: 'Cluster', name: `again-${index}`, spec: {} })
  const order = Array(90).fill('created_by').join(',')
  const { body } = await call('GET', `clusters?${new URLSearchParams({ order, size: '1', cursor: '' })}`)
  t.ok(body.next_cursor.length < 200, 'nor is it in the cursor')
  const next = await call('GET', `clusters?${new URLSearchParams({ order, cursor: body.next_cursor })}`)
  t.equal(next.body.items.length, 2)
})
