/** The changes and the generations of one resource, while it is there and after its removal. */
import t, { type Test } from 'tap'
import { application, report } from '../application.ts'
import { createDatabase, execute } from '../databases.ts'
import { generator, seed } from '../random.ts'

const env = { HYPERFLEET_CLUSTER_ADAPTERS: '["validation"]' }
const tenants = {
  ...env,
  HYPERFLEET_SERVER_TENANT_ENABLED: 'true',
  HYPERFLEET_SERVER_TENANT_DIMENSIONS: '[{"key":"org","header":"X-Org","required":true}]',
}

/** A report by which the deletion of a resource is complete. */
const finalized = (generation: number) => {
  const last = report('validation', generation, 'True', 9)
  return { ...last, conditions: [...last.conditions, { type: 'Finalized', status: 'True' }] }
}

let names = 0
const cluster = (more: object = {}) => ({ kind: 'Cluster', name: `c-${++names}`, spec: {}, ...more })

const paths = (id: string) => [`clusters/${id}`, `resources/${id}`]

t.test('who has changed a resource, its generations, and what differs between them', async (t) => {
  const { call } = await application(t, env)
  const first = { region: 'us', nodes: [1, 2], size: 12345678901234567890n.toString() }
  const { body: made } = await call('POST', 'clusters', cluster({ spec: first, labels: { a: 'x' } }))
  await call('PUT', `${made.href}/statuses`, report('validation', 1, 'True', 1))
  await call('PATCH', made.href, { spec: { ...first, region: 'eu', nodes: [1] } })
  await call('PATCH', made.href, { labels: { a: 'y' } })
  await call('DELETE', made.href)

  const check = async (t: Test, path: string, isRemoved: boolean) => {
    const changes = await call('GET', `${path}/changes`)
    t.equal(changes.status, 200, changes.text)
    t.strictSame(
      changes.body.items.map(({ type, version, caller, adapter }: Record<string, unknown>) => [
        type,
        version,
        caller ?? adapter,
      ]),
      [
        ...(isRemoved
          ? [
              ['removed', 6, 'validation'],
              ['reported', 6, 'validation'],
            ]
          : []),
        ['marked', 5, made.created_by],
        ['changed', 4, made.created_by],
        ['changed', 3, made.created_by],
        ['reported', 2, 'validation'],
        ['created', 1, made.created_by],
      ],
    )
    const { body: page } = await call('GET', `${path}/changes?size=2&page=2`)
    t.strictSame(page.items, changes.body.items.slice(2, 4))
    t.equal(page.total, changes.body.total)
    const { body: after } = await call('GET', `changes?since=${changes.body.items.at(-1).token}`)
    t.equal(after.items.length, changes.body.total - 1, 'the feed goes on from an entry of the history')

    const { body: list } = await call('GET', `${path}/generations`)
    t.strictSame(
      list.items.map(({ generation, type, caller, changed }: Record<string, unknown>) => [
        generation,
        type,
        caller,
        (changed as string[])[0],
      ]),
      [
        [3, 'marked', made.created_by, 'deleted_time'],
        [2, 'changed', made.created_by, 'spec'],
        [1, 'created', made.created_by, undefined],
      ],
    )
    t.equal(list.total, 3)
    const one = async (generation: number, query = '') =>
      (await call('GET', `${path}/generations/${generation}${query}`)).body
    t.strictSame(await one(1), {
      ...list.items[2],
      labels: { a: 'x' },
      spec: first,
    })
    t.strictSame((await one(2)).labels, { a: 'y' }, 'the labels at the end of the generation')
    t.equal((await one(3)).spec.region, 'eu', 'a mark changes no spec')
    t.strictSame((await one(3, '?diff=2')).diff, [])
    t.strictSame((await one(2, '?diff=1')).diff, [
      { op: 'replace', path: '/labels/a', value: 'y' },
      { op: 'remove', path: '/spec/nodes/1' },
      { op: 'replace', path: '/spec/region', value: 'eu' },
    ])
    t.strictSame((await one(1, '?diff=2')).diff, [
      { op: 'replace', path: '/labels/a', value: 'x' },
      { op: 'add', path: '/spec/nodes/1', value: 2 },
      { op: 'replace', path: '/spec/region', value: 'us' },
    ])
    for (const missing of ['4', '4?diff=1', '1?diff=4']) {
      const { status, body } = await call('GET', `${path}/generations/${missing}`)
      t.equal(status, 404)
      t.equal(body.detail, `Cluster with id='${made.id}' has no generation 4 that is kept`)
    }
    for (const wrong of ['0', 'x', '1?diff=x'])
      t.equal((await call('GET', `${path}/generations/${wrong}`)).status, 400, wrong)
  }
  for (const path of paths(made.id)) await check(t, path, false)
  t.equal((await call('PUT', `${made.href}/statuses`, finalized(3))).status, 200)
  t.equal((await call('GET', made.href)).status, 404)
  for (const path of paths(made.id)) await check(t, path, true)

  for (const path of [
    ...paths('none'),
    ...paths('019ad2a5-7d3c-7cc0-8f2e-3c1f5e0a9b11'),
    `nodepools/${made.id}`,
  ])
    for (const end of ['changes', 'generations', 'generations/1'])
      t.equal((await call('GET', `${path}/${end}`)).status, 404, `${path}/${end}`)
})

t.test('who has removed a resource by force, and why, also below it', async (t) => {
  const { call } = await application(t, { ...env, HYPERFLEET_NODEPOOL_ADAPTERS: '["validation"]' })
  const { body: made } = await call('POST', 'clusters', cluster())
  const { body: pool } = await call('POST', `${made.href}/nodepools`, { ...cluster(), kind: 'NodePool' })
  await call('DELETE', made.href)
  const reason = 'The provider account is gone'
  t.equal((await call('POST', `${made.href}/force-delete`, { reason })).status, 204)
  for (const path of [
    `clusters/${made.id}`,
    `clusters/${made.id}/nodepools/${pool.id}`,
    `nodepools/${pool.id}`,
  ]) {
    const { body } = await call('GET', `${path}/changes?size=1`)
    t.match(body.items, [{ type: 'removed', reason, caller: made.created_by }], path)
    t.equal((await call('GET', `${path}/generations/1`)).status, 200)
  }
})

t.test('the history of another tenant is as that of no resource', async (t) => {
  const { call } = await application(t, tenants)
  const [theirs, ours] = [{ 'x-org': 'theirs' }, { 'x-org': 'ours' }]
  const { body: kept } = await call('POST', 'clusters', cluster(), theirs)
  const { body: gone } = await call('POST', 'clusters', cluster(), theirs)
  await call('DELETE', gone.href, undefined, theirs)
  await call('POST', `${gone.href}/force-delete`, { reason: 'a test' }, theirs)
  for (const { id } of [kept, gone])
    for (const path of paths(id))
      for (const end of ['changes', 'generations', 'generations/1']) {
        t.equal((await call('GET', `${path}/${end}`, undefined, theirs)).status, 200, `${path}/${end}`)
        const { status, body } = await call('GET', `${path}/${end}`, undefined, ours)
        const kind = path.startsWith('clusters') ? 'Cluster' : 'Resource'
        t.equal(status, 404)
        t.equal(body.detail, `${kind} with id='${id}' not found`)
      }
})

/** Applies a JSON Patch of the operations that the server makes. */
// biome-ignore lint/suspicious/noExplicitAny: a JSON value.
function patched(value: any, patch: { op: string; path: string; value?: unknown }[]): unknown {
  const whole = { whole: structuredClone(value) }
  for (const { op, path, value } of patch) {
    const keys = [
      'whole',
      ...path
        .split('/')
        .slice(1)
        .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~')),
    ]
    const last = keys.pop() as string
    // biome-ignore lint/suspicious/noExplicitAny: a JSON value.
    const place = keys.reduce((at: any, key) => at[key], whole)
    if (op === 'remove' && Array.isArray(place)) place.splice(Number(last), 1)
    else if (op === 'remove') delete place[last]
    else if (op === 'add' && Array.isArray(place)) place.splice(Number(last), 0, value)
    else if (op === 'replace' && !(last in place)) throw new Error(`nothing to replace at ${path}`)
    else place[last] = value
  }
  return whole.whole
}

t.test('a patch makes one value of the other', async (t) => {
  const url = await createDatabase()
  const pick = generator(seed)
  const keys = ['a', 'b/c', 'd~e', '', '0']
  const value = (depth: number): unknown => {
    const kind = pick(depth ? 6 : 4)
    if (kind === 4) return Array.from({ length: pick(4) }, () => value(depth - 1))
    if (kind === 5)
      return Object.fromEntries(keys.filter(() => pick(2)).map((key) => [key, value(depth - 1)]))
    return [null, true, pick(3), 'text'][kind]
  }
  const cases = Array.from({ length: 2000 }, () => [value(4), value(4)])
  const { rows } = await execute(
    url,
    `select json_patch(one -> 0, one -> 1, '', 64) as patch
     from jsonb_array_elements($1::jsonb) with ordinality as each (one, at) order by at`,
    [JSON.stringify(cases)],
  )
  for (const [index, [before, after]] of cases.entries()) {
    const { patch } = rows[index]
    t.same(patched(before, patch), after, `seed ${seed}: ${JSON.stringify([before, after, patch])}`)
  }
  const exact = `select json_patch('{"n": 12345678901234567890}', '{"n": 12345678901234567891}', '', 64)::text as patch`
  t.equal(
    (await execute(url, exact)).rows[0].patch,
    '[{"op": "replace", "path": "/n", "value": 12345678901234567891}]',
  )
})

t.test('history is dropped by days, after the feed has refused older tokens', async (t) => {
  const url = await createDatabase()
  const { call } = await application(t, env, url)
  const { body: old } = await call('GET', 'changes')
  const { body: made } = await call('POST', 'clusters', cluster())
  await call('PATCH', made.href, { spec: { a: 1 } })
  /** Makes all that was written so many days older, in the partition of that day. */
  const age = (days: number) =>
    execute(
      url,
      `do $$ begin
         perform add_partition(name, (now() at time zone 'UTC' - interval '${days} days')::date)
         from unnest(array['changes', 'generations']) as name;
         update changes set time = time - interval '${days} days';
         update generations set time = time - interval '${days} days';
       end $$`,
    )
  const rotate = () => execute(url, `select rotate_changes('1 day', '30 days')`)
  await age(3)
  await rotate()
  t.equal((await call('GET', `changes?since=${old.next}`)).status, 410)
  t.equal((await call('GET', `${made.href}/changes`)).body.total, 2)
  t.equal((await call('GET', `${made.href}/generations/1`)).status, 200)
  await age(30)
  await rotate()
  t.equal((await call('GET', `${made.href}/changes`)).body.total, 0)
  t.equal((await call('GET', `${made.href}/generations/1`)).status, 404)
  const { body: last } = await call('GET', `${made.href}/generations/2`)
  t.strictSame(
    last,
    { generation: 2, time: last.time, labels: {}, spec: { a: 1 } },
    'of the present one, the resource knows when',
  )
  t.ok(last.time)
})
