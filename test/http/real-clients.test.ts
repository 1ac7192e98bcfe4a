import t, { type Test } from 'tap'
import { type Application, application, condition, conditions, report } from '../application.ts'
import { openSession, untilWaiting } from '../sessions.ts'

type Call = Application['call']

let names = 0
const cluster = (more: object = {}) => ({ kind: 'Cluster', name: `real-${++names}`, spec: {}, ...more })

/** Where the reports of a new cluster go. */
async function reportsOf(call: Call) {
  const { body } = await call('POST', 'clusters', cluster())
  return { id: body.id as string, path: `clusters/${body.id}`, reports: `clusters/${body.id}/statuses` }
}

/** What an adapter sends whose expressions have no value: null for every optional member. */
const withNulls = JSON.stringify({
  adapter: 'validator',
  observed_generation: 1,
  observed_time: '2026-03-10T08:01:00Z',
  conditions: ['Applied', 'Available', 'Health'].map((type) => ({
    type,
    status: 'True',
    reason: null,
    message: null,
  })),
  data: null,
  metadata: null,
})

/** The same, as an adapter sends it that leaves them out. */
const withoutMembers = JSON.stringify({
  adapter: 'validator',
  observed_generation: 1,
  observed_time: '2026-03-10T08:01:00Z',
  conditions: ['Applied', 'Available', 'Health'].map((type) => ({ type, status: 'True' })),
})

t.test('optional members that are null count as absent', async (t) => {
  const { call, database } = await application(t, { HYPERFLEET_CLUSTER_ADAPTERS: '["validator"]' })
  const versions = async (id: string) =>
    (await database.pool.query('select xmin::text from adapter_statuses where resource_id = $1', [id])).rows

  for (const method of ['PUT', 'POST'])
    await t.test(`in a report by ${method}`, async (t) => {
      const { id, path, reports } = await reportsOf(call)
      const { status, text, body } = await call(method, reports, withNulls)
      t.equal(status, method === 'PUT' ? 200 : 201, text)
      t.notMatch(text, /null/)
      t.strictSame(body.data, {})
      t.equal(condition((await call('GET', path)).body, 'Reconciled')?.status, 'True')
      const written = await versions(id)
      for (const sent of [withoutMembers, withNulls]) {
        t.equal((await call(method, reports, sent)).text, text)
        t.strictSame(await versions(id), written, 'an equal report is not written again')
      }
      t.notMatch((await call('GET', reports)).text, /null/)
    })

  await t.test('and take back what an earlier report had', async (t) => {
    const { reports } = await reportsOf(call)
    const details = { reason: 'Because', message: 'of it' }
    const sent = { ...JSON.parse(withoutMembers), data: { a: 1 }, metadata: { b: 2 } }
    sent.conditions = sent.conditions.map((each: object) => ({ ...each, ...details }))
    t.match((await call('PUT', reports, sent)).body, { conditions: [details], data: { a: 1 } })
    const { body } = await call('PUT', reports, withNulls)
    t.strictSame(body.data, {})
    t.notOk('metadata' in body)
    t.notMatch(body.conditions[0], { reason: '' })
  })

  await t.test('in a create', async (t) => {
    const absent = ['id', 'href', 'owner_references', 'generation', 'created_time', 'updated_time']
    const nulls = Object.fromEntries(
      [...absent, 'labels', 'created_by', 'updated_by', 'deleted_time', 'deleted_by', 'status'].map(
        (name) => [name, null],
      ),
    )
    const made = await call('POST', 'clusters', cluster(nulls))
    t.equal(made.status, 201, made.text)
    t.strictSame(made.body.labels, {})
    t.notMatch(made.text, /null/)
    const pool = { kind: 'NodePool', name: 'pool', spec: {}, ...nulls }
    const child = await call('POST', `${made.body.href}/nodepools`.replace('/api/hyperfleet/v1/', ''), pool)
    t.equal(child.status, 201, child.text)
    t.notMatch(child.text, /null/)
  })

  await t.test('but required ones are refused', async (t) => {
    const { reports } = await reportsOf(call)
    const sent = JSON.parse(withoutMembers)
    for (const member of ['adapter', 'observed_generation', 'conditions'])
      t.match(await call('PUT', reports, { ...sent, [member]: null }), {
        status: 400,
        body: { errors: [{ field: member }] },
      })
    for (const member of ['type', 'status']) {
      const [first, ...others] = sent.conditions
      t.match(
        await call('PUT', reports, { ...sent, conditions: [...others, { ...first, [member]: null }] }),
        {
          status: 400,
          body: { code: 'HYPERFLEET-VAL-000' },
        },
      )
    }
    for (const member of ['kind', 'name', 'spec'])
      t.match(await call('POST', 'clusters', cluster({ [member]: null })), {
        status: 400,
        body: { errors: [{ field: member }] },
      })
    t.equal((await call('GET', reports)).body.total, 0)
  })
})

t.test('a report without observed_time has the time of the server', async (t) => {
  const { call, url } = await application(t, { HYPERFLEET_CLUSTER_ADAPTERS: '["validator"]' })
  const { observed_time: _, ...untimed } = report('validator', 1, 'True', 0)
  const now = (minutes = 0) => new Date(Date.now() + minutes * 60_000).toISOString()

  await t.test('in all that is derived from it', async (t) => {
    for (const sent of [untimed, { ...untimed, observed_time: null }]) {
      const { path, reports } = await reportsOf(call)
      const before = now()
      const { status, text, body } = await call('PUT', reports, sent)
      t.equal(status, 200, text)
      t.ok(before <= body.last_report_time && body.last_report_time <= now(1), body.last_report_time)
      t.equal(body.created_time, body.last_report_time)
      t.equal(body.conditions[0].last_transition_time, body.last_report_time)
      const reconciled = condition((await call('GET', path)).body, 'Reconciled')
      t.match(reconciled, { status: 'True', last_updated_time: body.last_report_time })
      const next = await call('PUT', reports, sent)
      t.ok(next.body.last_report_time > body.last_report_time, 'each is a report of its own')
      t.equal(next.body.conditions[0].last_transition_time, body.last_report_time)
    }
  })

  await t.test('which the rules of discarding compare', async (t) => {
    const { reports } = await reportsOf(call)
    t.equal((await call('PUT', reports, untimed)).status, 200)
    const late = await call('PUT', reports, { ...untimed, observed_time: now(-1) })
    t.match(late, { status: 204, headers: { 'hyperfleet-discarded': 'stale-time' } })
    t.equal((await call('PUT', reports, { ...untimed, observed_time: now(4) })).status, 200, 'a clock ahead')
    const behind = await call('PUT', reports, untimed)
    t.match(behind, { status: 204, headers: { 'hyperfleet-discarded': 'stale-time' } })
  })

  await t.test('at which it is stored: waiting for another report makes it no older', async (t) => {
    const { id, reports } = await reportsOf(call)
    const session = await openSession(t, url)
    await session.query('begin')
    await session.query('select from resources where id = $1 for no key update', [id])
    const waiting = call('PUT', reports, { ...untimed, conditions: conditions('False') })
    await untilWaiting(session, 1)
    await session.query("select report_status('Cluster', null, $1, $2, '5m', null, '{}')", [
      id,
      JSON.stringify({ ...untimed, observed_time: now() }),
    ])
    await session.query('commit')
    t.equal((await waiting).status, 200)
    t.match((await call('GET', reports)).body.items, [{ conditions: conditions('False') }])
  })
})

t.test('a poller that names no size', async (t) => {
  const size = { HYPERFLEET_LISTS_DEFAULT_SIZE: '500' }
  const { call, database, url } = await application(t)
  await database.pool.query(
    `select create_resource('Cluster', null,
       jsonb_build_object('kind', 'Cluster', 'name', 'many-' || number, 'spec', '{}'::jsonb), 'test', '{}', '')
     from generate_series(1, 301) as number`,
  )
  const search = `clusters?search=${encodeURIComponent("status.conditions.Ready='False'")}`

  await t.test('sees all 301 clusters on four pages of 100, in either form', async (t) => {
    for (const path of ['clusters?', `${search}&`]) {
      const seen = new Set<string>()
      for (let page = 1; page <= 4; page++) {
        const { body } = await call('GET', `${path}page=${page}`)
        t.equal(body.size, page === 4 ? 1 : 100)
        t.equal(body.total, 301)
        for (const { id } of body.items) seen.add(id)
      }
      t.equal(seen.size, 301)
    }
  })

  await t.test('sees them on the one page that it reads, where lists.default_size says so', async (t) => {
    const { call } = await application(t, size, url)
    for (const path of ['clusters', search])
      t.match((await call('GET', path)).body, { size: 301, total: 301 })
  })
})

t.test('a report on what is gone is 404, whatever its body', async (t) => {
  const { call } = await application(t, {
    HYPERFLEET_CLUSTER_ADAPTERS: '[]',
    HYPERFLEET_NODEPOOL_ADAPTERS: '[]',
  })
  const bodies: Record<string, unknown> = {
    'an empty report': {},
    'no conditions': { ...report('validator', 1, 'True', 1), conditions: null },
    'a time too far ahead': report('validator', 1, 'True', 1, { observed_time: '2999-01-01T00:00:00Z' }),
    'no JSON': '{"adapter": "validator", "data": <no value>}',
    'a text that cannot be stored': report('validator', 1, 'True', 1, { data: { a: '\0' } }),
    nothing: '',
  }
  const gone = (t: Test, answer: Awaited<ReturnType<Call>>, what: RegExp, title: string) =>
    t.match(answer, { status: 404, body: { code: 'HYPERFLEET-NTF-001', detail: what } }, title)

  const { body: made } = await call('POST', 'clusters', cluster())
  const { body: other } = await call('POST', 'clusters', cluster())
  const { body: pool } = await call('POST', `clusters/${made.id}/nodepools`, {
    kind: 'NodePool',
    name: 'pool',
    spec: {},
  })
  for (const [title, sent] of Object.entries(bodies))
    for (const method of ['PUT', 'POST']) {
      for (const path of [`clusters/${made.id}`, `nodepools/${pool.id}`])
        t.equal((await call(method, `${path}/statuses`, sent)).status, 400, `${title}: there it is`)
      gone(
        t,
        await call(method, `clusters/${other.id}/nodepools/${pool.id}/statuses`, sent),
        /^NodePool with id=/,
        `${title}: under another cluster`,
      )
      gone(t, await call(method, 'clusters/abc/statuses', sent), /^Cluster with id='abc'/, title)
    }
  await call('DELETE', `nodepools/${pool.id}`)
  await call('DELETE', `clusters/${made.id}`)
  for (const [title, sent] of Object.entries(bodies))
    for (const method of ['PUT', 'POST']) {
      gone(t, await call(method, `clusters/${made.id}/statuses`, sent), /^Cluster with id=/, title)
      gone(t, await call(method, `nodepools/${pool.id}/statuses`, sent), /^NodePool with id=/, title)
      const nested = `clusters/${made.id}/nodepools/${pool.id}/statuses`
      gone(t, await call(method, nested, sent), /^Cluster with id=/, `${title}: its parent is named`)
    }
})

t.test('what hangs below the href of a node pool answers like the nested routes', async (t) => {
  const { call } = await application(t, { HYPERFLEET_NODEPOOL_ADAPTERS: '["validator"]' })
  const { path } = await reportsOf(call)
  const pool = async () =>
    (await call('POST', `${path}/nodepools`, { kind: 'NodePool', name: `p-${++names}`, spec: {} })).body
  const { id, href } = await pool()
  t.equal(href, `/api/hyperfleet/v1/nodepools/${id}`)
  for (const method of ['PUT', 'POST']) {
    const [sent, nested] = [`${href}/statuses`, `${path}/nodepools/${(await pool()).id}/statuses`]
    const [flat, under] = [
      await call(method, sent, report('validator', 1, 'True', 1)),
      await call(method, nested, report('validator', 1, 'True', 1)),
    ]
    t.equal(flat.status, under.status)
    t.strictSame(flat.body, under.body)
    const discarded = await call(method, sent, report('validator', 2, 'True', 1))
    t.match(discarded, { status: 204, headers: { 'hyperfleet-discarded': 'future-generation' } })
  }
  t.equal((await call('DELETE', href)).status, 202)
  t.equal((await call('POST', `${href}/force-delete`, { reason: 'gone' })).status, 204)
  t.match(await call('POST', `${href}/statuses`, {}), { status: 404, body: { code: 'HYPERFLEET-NTF-001' } })
  t.match(await call('POST', `${href}/force-delete`, { reason: 'gone' }), {
    status: 404,
    body: { code: 'HYPERFLEET-NTF-001' },
  })
})
