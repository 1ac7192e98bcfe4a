import { randomBytes } from 'node:crypto'
import type pg from 'pg'
import t, { type Test } from 'tap'
import { queries } from '../../generated/sql.ts'
import { resourceFields } from '../../search/fields.ts'
import { scoped, select, selected } from '../../search/selection.ts'
import { loadDocument } from '../../server/openapi/document.ts'
import { type Answer, application, conditions, report } from '../application.ts'
import { openSession } from '../sessions.ts'

// biome-ignore lint/suspicious/noExplicitAny: any member of a resource.
type Json = any

const parameter = loadDocument().components.parameters?.fields as {
  schema: { items: { enum: string[] } }
}
const known = parameter.schema.items.enum

/** What is left of a value when only these paths of it are asked for. */
function picked(value: Json, paths: string[][]): Json {
  if (Array.isArray(value)) return value.map((each) => picked(each, paths))
  const members = Object.keys(value).flatMap((key) => {
    const within = paths.filter(([first]) => first === key).map(([, ...rest]) => rest)
    if (!within.length) return []
    return [[key, within.some((rest) => !rest.length) ? value[key] : picked(value[key], within)]]
  })
  return Object.fromEntries(members)
}

const only = (resource: Json, fields: string[]) =>
  picked(
    resource,
    ['id', ...fields].map((field) => field.split('.')),
  )

const withFields = (path: string, fields: string) =>
  `${path}${path.includes('?') ? '&' : '?'}fields=${encodeURIComponent(fields)}`

/** Asserts that what is asked of a resource, or of all in a list, is that of the whole ones, and no more. */
async function isOnly(t: Test, call: (path: string) => Promise<Answer>, path: string, fields: string[]) {
  const title = `${path} ${fields}`
  const whole = (await call(path)).body
  const answer = await call(withFields(path, fields.join(',')))
  t.equal(answer.status, 200, `${title}: ${answer.text.slice(0, 200)}`)
  const expected = whole.items
    ? { ...whole, items: whole.items.map((each: Json) => only(each, fields)) }
    : only(whole, fields)
  t.strictSame(answer.body, expected, title)
}

/** A cluster and one that is marked for deletion, with a node pool each, all with reports. */
async function fleet(t: Test) {
  const { call, url } = await application(t, {
    HYPERFLEET_CLUSTER_ADAPTERS: '["validation"]',
    HYPERFLEET_NODEPOOL_ADAPTERS: '["validation"]',
  })
  const send = async (method: string, path: string, body?: object) => {
    const answer = await call(method, path, body)
    if (answer.status >= 300) throw new Error(answer.text)
    return answer.body
  }
  const given = { labels: { 'a.b/c': 'd' }, spec: { a: { b: [1, null] }, id: 'own' } }
  const [available, ...others] = conditions('True')
  const sent = report('validation', 1, 'True', 1, {
    conditions: [{ ...available, reason: 'Valid', message: 'It is "valid"' }, ...others],
  })
  const paths = []
  for (const name of ['alive', 'marked']) {
    const cluster = await send('POST', 'clusters', { kind: 'Cluster', name, ...given })
    const pools = `clusters/${cluster.id}/nodepools`
    const pool = await send('POST', pools, { kind: 'NodePool', name, ...given })
    for (const { href } of [cluster, pool]) await send('PUT', `${href}/statuses`, sent)
    if (name === 'marked') await send('DELETE', cluster.href)
    paths.push({
      cluster: `clusters/${cluster.id}`,
      pool: `nodepools/${pool.id}`,
      pools,
      nested: `${pools}/${pool.id}`,
    })
  }
  const [alive, marked] = paths as [(typeof paths)[0], (typeof paths)[0]]
  const lists = ['clusters', 'nodepools', alive.pools, marked.pools]
  const single = [alive, marked].flatMap(({ cluster, pool, nested }) => [cluster, pool, nested])
  return { call, get: (path: string) => call('GET', path), url, alive, marked, lists, single }
}

t.test('the fields of a resource', async (t) => {
  const { call, get, alive, marked, lists, single } = await fleet(t)

  await t.test(
    'are all of its members, and what conditions and references to owners are made of',
    async (t) => {
      for (const path of single) {
        const { body } = await get(path)
        const within = (name: string, value: object) => Object.keys(value).map((key) => `${name}.${key}`)
        const expected = [
          ...Object.keys(body),
          ...within('status', body.status),
          ...body.status.conditions.flatMap((each: object) => within('status.conditions', each)),
          ...within('owner_references', body.owner_references ?? {}),
        ]
        t.strictSame(
          expected.filter((each) => !known.includes(each)),
          [],
          path,
        )
      }
      t.equal(known.length, new Set(known).size)
    },
  )

  await t.test('are answered one by one, and the id', async (t) => {
    for (const path of [...lists, ...single]) for (const field of known) await isOnly(t, get, path, [field])
    const { body } = await get(withFields(alive.cluster, 'status.conditions.reason'))
    t.strictSame(Object.keys(body).toSorted(), ['id', 'status'])
    t.match(body.status.conditions, [{ reason: 'ResourceAvailable' }], 'the check is not empty')
    t.strictSame(
      (await get(withFields(marked.pool, 'deleted_by'))).body,
      { id: marked.pool.slice('nodepools/'.length), deleted_by: 'system@hyperfleet.local' },
      'a second way to look at it',
    )
  })

  await t.test('are answered together', async (t) => {
    const combinations = [
      known,
      ['id', 'name', 'status.conditions'],
      ['spec', 'labels'],
      ['name', 'name', 'id'],
      ['status.conditions.type', 'status.conditions.status'],
      ['status.conditions.message', 'status.conditions.last_transition_time', 'generation'],
      ['status.conditions.type', 'status.conditions'],
      ['status', 'status.conditions.type'],
      ['owner_references.kind', 'owner_references.href'],
      ['owner_references', 'owner_references.id'],
      ['deleted_time', 'deleted_by', 'owner_references.id', 'kind'],
    ]
    for (const path of [...lists, ...single])
      for (const fields of combinations) await isOnly(t, get, path, fields)
  })

  await t.test('that do not apply stay absent', async (t) => {
    const asked = 'deleted_time,deleted_by,owner_references,owner_references.id'
    const membersOf = async (path: string) =>
      Object.keys((await get(withFields(path, asked))).body).toSorted()
    t.strictSame(await membersOf(alive.cluster), ['id'])
    t.strictSame(await membersOf(marked.cluster), ['deleted_by', 'deleted_time', 'id'])
    t.strictSame(await membersOf(alive.pool), ['id', 'owner_references'])
    t.strictSame(await membersOf(marked.nested), ['deleted_by', 'deleted_time', 'id', 'owner_references'])
  })

  await t.test('may have spaces after commas, or a parameter each', async (t) => {
    for (const path of [...lists, ...single]) {
      const { body } = await get(`${path}?fields=name,kind,labels`)
      for (const query of [
        'fields=name,%20kind,%20%20labels',
        'fields=name,+kind,+labels',
        'fields=name%2Ckind%2Clabels',
        'fields=name&fields=kind&fields=labels',
        'fields=name,kind&fields=labels',
      ])
        t.strictSame((await get(`${path}?${query}`)).body, body, `${path} ${query}`)
    }
  })

  await t.test('are all when the parameter is empty', async (t) => {
    for (const path of [...lists, ...single])
      t.strictSame((await get(`${path}?fields=`)).body, (await get(path)).body, path)
  })

  await t.test('are refused when there are none such', async (t) => {
    const unknown = [
      'nothing',
      'Name',
      'ID',
      'spec.a',
      'spec.id',
      'labels.x',
      "labels['a.b/c']",
      'status.nothing',
      'status.conditions.nothing',
      'status.conditions.Ready',
      'status.conditions.type.x',
      'status.conditions.',
      'status.conditions.*',
      'conditions',
      'owner_id',
      'owner_references.name',
      'created_time desc',
      'version',
      'constructor',
      '__proto__',
      '*',
      'name;labels',
      'name labels',
      'id\0',
    ]
    for (const path of [...lists, ...single])
      for (const field of unknown)
        for (const fields of [field, `name,${field}`, `${field},name`]) {
          const { status, body, text } = await get(withFields(path, fields))
          t.equal(status, 400, `${path} ${fields}: ${text.slice(0, 200)}`)
          t.match(body.errors?.[0]?.field, /^fields/, `${path} ${fields}`)
        }
  })

  await t.test('count once, however often they are named', async (t) => {
    const { body } = await get(`clusters?fields=${'nothing,'.repeat(1000)}`)
    t.equal(body.errors.length, 1, 'each would be looked for in each resource')
  })

  await t.test('are refused before the look-up, and only reading has them', async (t) => {
    for (const path of ['clusters/nowhere', 'nodepools/nowhere', 'clusters/nowhere/nodepools']) {
      t.equal((await get(`${path}?fields=nothing`)).status, 400, path)
      t.equal((await get(`${path}?fields=name`)).status, 404, path)
    }
    for (const [method, path] of [
      ['POST', 'clusters'],
      ['PATCH', alive.cluster],
      ['DELETE', alive.cluster],
    ] as const) {
      const { status, body } = await call(method, `${path}?fields=name`, method === 'DELETE' ? undefined : {})
      t.match({ status, body }, { status: 400, body: { errors: [{ field: 'fields' }] } }, method)
    }
  })

  await t.test('have the tag of the whole', async (t) => {
    for (const path of single) {
      const { etag } = (await get(path)).headers
      for (const fields of ['id', 'name,spec', 'status.conditions.type']) {
        const place = withFields(path, fields)
        t.equal((await get(place)).headers.etag, etag, place)
        const known = await call('GET', place, undefined, { 'if-none-match': String(etag) })
        t.match(known, { status: 304, text: '', headers: { etag } }, place)
        t.equal((await call('GET', place, undefined, { 'if-none-match': '"0"' })).status, 200, place)
      }
    }
  })

  await t.test('are those of every page and step, whatever these are sorted and searched by', async (t) => {
    for (const path of ['clusters', 'nodepools'])
      for (const query of [
        'size=1&page=2',
        'order=name',
        'order=created_by desc,name',
        "search=labels['a.b/c']='d'",
      ])
        await isOnly(t, get, `${path}?${query}`, ['generation'])
    for (const path of ['clusters', 'nodepools'])
      for (const order of ['name', 'created_time desc', 'kind,name desc']) {
        const parameters = `size=1&order=${order}&fields=labels`
        const begun = (await get(`${path}?${parameters}&cursor=`)).body
        const next = (await get(`${path}?${parameters}&cursor=${begun.next_cursor}`)).body
        const whole = (await get(`${path}?order=${order}`)).body.items
        t.strictSame(
          [...begun.items, ...next.items],
          whole.map((each: Json) => only(each, ['labels'])),
          `${path} ${order}`,
        )
        t.notOk('next_cursor' in next, 'the walk has ended')
        const others = await get(`${path}?size=1&order=${order}&fields=spec&cursor=${begun.next_cursor}`)
        t.strictSame(others.body.items, [only(whole[1], ['spec'])], 'a walk is not bound to its fields')
      }
  })
})

t.test('the forms in which clients send a list of fields are the same', async (t) => {
  const { get, single } = await fleet(t)
  const [path] = single
  const wanted = (await get(`${path}?fields=name,spec`)).body
  t.strictSame(Object.keys(wanted).sort(), ['id', 'name', 'spec'])
  for (const query of [
    'fields=name&fields=spec',
    'fields%5B%5D=name&fields%5B%5D=spec',
    'fields[]=name&fields[]=spec',
    'fields=name&fields[]=spec',
    'fields=name%2Cspec&fields=',
  ])
    t.strictSame((await get(`${path}?${query}`)).body, wanted, query)
  for (const query of ['fields=nmae', 'fields[]=nmae'])
    t.match((await get(`${path}?${query}`)).body, { status: 400, errors: [{ constraint: 'enum' }] }, query)
})

t.test('what is not asked for is not read', async (t) => {
  const { call, url } = await application(t)
  // Random text cannot be compressed, so that the spec is kept out of its row.
  const spec = { text: randomBytes(375_000).toString('base64') }
  const { id } = (
    await call('POST', 'clusters', { kind: 'Cluster', name: 'large', spec, labels: { a: 'b' } })
  ).body
  const session = await openSession(t, url)

  const list = (fields: string[] | null, search?: string) => {
    const { parameters, text } = search ? queries.list_resources : queries.list_unfiltered_resources
    const given = {
      kind: 'Cluster',
      owner_kind: null,
      owner_id: null,
      page: 1,
      size: 20,
      fields,
      whole: false,
      known: null,
      max_bytes: 16 * 1024 * 1024,
      beyond: 'refuse',
      tenancy: '{}',
      tenant: '',
    }
    return selected(
      text,
      parameters.map((name) => given[name as keyof typeof given]),
      scoped(select(search ? { search } : {}, resourceFields), {
        kind: 'Cluster',
        owner_id: null,
        tenant: '',
      }),
    )
  }
  const one = (fields: string[] | null) => {
    const { parameters, text } = queries.get_resource
    const given = { kind: 'Cluster', owner_id: null, id, if_none_match: null, fields, tenancy: '{}' }
    return { text, values: parameters.map((name) => given[name as keyof typeof given]) }
  }
  const frugal = [
    ['id', 'name', 'labels'],
    ...known.filter((field) => field !== 'spec').map((field) => [field]),
    known.filter((field) => field !== 'spec'),
  ]
  for (const fields of frugal) {
    t.equal(await longBlocks(session, list(fields)), 0, `a list of ${fields}`)
    t.equal(await longBlocks(session, one(fields)), 0, `one with ${fields}`)
  }
  const searched = list(['id', 'name', 'labels'], "labels.a='b'")
  t.equal(await longBlocks(session, searched), 0, 'a search that does not ask for it')

  const least = 375_000 / 8192
  for (const fields of [['spec'], null]) {
    t.ok((await longBlocks(session, list(fields))) > least, `a list of ${fields ?? 'all'} does read it`)
    t.ok((await longBlocks(session, one(fields))) > least, `one with ${fields ?? 'all'} does read it`)
  }
})

/** How many blocks of long values (TOAST) a statement asks for. What a transaction counts is its own alone. */
async function longBlocks(session: pg.Client, { text, values }: { text: string; values: unknown[] }) {
  const counted = async () => {
    const { rows } = await session.query(
      `select pg_stat_get_xact_blocks_fetched(reltoastrelid)::int as blocks
      from pg_class
      where oid = 'resources'::regclass`,
    )
    return rows[0].blocks as number
  }
  await session.query('begin')
  const before = await counted()
  const { rows } = await session.query(text, values)
  const blocks = (await counted()) - before
  await session.query('commit')
  if (!rows[0]?.body) throw new Error('the statement has no answer')
  return blocks
}
