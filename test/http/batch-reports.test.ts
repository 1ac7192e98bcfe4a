import t from 'tap'
import { type Answer, type Application, application, base, conditions, report } from '../application.ts'
import { generator, seed, tried } from '../random.ts'

const env = { HYPERFLEET_CLUSTER_ADAPTERS: '["dns","validation"]', HYPERFLEET_NODEPOOL_ADAPTERS: '["dns"]' }
type Call = Application['call']

/** A path below a fleet, and a report. */
type Sent = [member: string, report: object]

/** A cluster, a marked one with a marked node pool, and a node pool of another one: paths by their names. */
async function makeFleet(call: Call, name: string): Promise<Record<string, string>> {
  const create = async (path: string, kind: string, own: string) =>
    (await call('POST', path, { kind, name: `${name}-${own}`, spec: {} })).body.id
  const [live, marked] = [
    await create('clusters', 'Cluster', 'live'),
    await create('clusters', 'Cluster', 'marked'),
  ]
  const pool = await create(`clusters/${live}/nodepools`, 'NodePool', 'pool')
  const child = await create(`clusters/${marked}/nodepools`, 'NodePool', 'child')
  await call('PATCH', `clusters/${live}`, { spec: { changed: true } })
  await call('DELETE', `clusters/${marked}`)
  return {
    live: `clusters/${live}`,
    pool: `clusters/${live}/nodepools/${pool}`,
    marked: `clusters/${marked}`,
    child: `nodepools/${child}`,
    none: `clusters/${live}0`,
  }
}

const clocks = /"[\d-]+T[\d:.]+Z"/g

/** All that is seen of a fleet: times are left out, since generations begin at others. */
async function seen(call: Call, fleet: Record<string, string>) {
  const parts = []
  for (const path of Object.values(fleet)) {
    const [resource, statuses, changes] = [
      await call('GET', path),
      await call('GET', `${path}/statuses?order=adapter`),
      await call('GET', `${path}/changes`),
    ]
    const entries = changes.body.items?.map(
      ({ type, version, generation, adapter, changed }: Record<string, unknown>) =>
        JSON.stringify({ type, version, generation, adapter, changed }),
    )
    parts.push({
      status: resource.status,
      etag: resource.headers.etag,
      conditions: resource.body.status?.conditions?.map((each: object) =>
        JSON.stringify(each).replace(clocks, '""'),
      ),
      reports: statuses.body.items,
      entries,
    })
  }
  return parts
}

const shown = ({ status, headers, body }: Answer) => ({
  status,
  discarded: headers['hyperfleet-discarded'],
  body: status < 300 ? body : body?.code,
})

t.test('reports in a batch are taken as alone', async (t) => {
  const { call, database } = await application(t, env)
  const random = generator(seed)
  t.comment(`SEED=${seed}`)
  const answers: Record<string, number> = {}
  let count = 0
  for (let round = 0; round < 25; round++) {
    const [alone, together] = [await makeFleet(call, `a${round}`), await makeFleet(call, `b${round}`)]
    // Of a missing resource in one batch of three: then its operations are done one after another.
    const members = ['live', 'live', 'pool', 'marked', 'child', ...(round % 3 ? [] : ['none'])]
    const sent = Array.from({ length: 1 + random(40) }, (): Sent => {
      const of = <Item>(list: Item[]) => list[random(list.length)] as Item
      const finalized = {
        conditions: conditions(of(['True', 'False']), [{ type: 'Finalized', status: of(['True', 'False']) }]),
      }
      const more = { ...(random(3) ? {} : { data: { n: random(3) } }), ...(random(2) ? {} : finalized) }
      return [
        of(members),
        report(
          of(['dns', 'validation', 'other']),
          1 + random(3),
          of(['True', 'False', 'Unknown']),
          random(9),
          more,
        ),
      ]
    })
    const expected = []
    for (const [member, body] of sent) expected.push(await call('PUT', `${alone[member]}/statuses`, body))
    const operations = sent.map(([member, body]) => ({
      method: 'PUT',
      path: `${base}/${together[member]}/statuses`,
      body,
    }))
    const { status, body } = await call('POST', 'batch', { atomic: false, operations })
    t.equal(status, 200)
    const text = JSON.stringify(sent)
    t.strictSame(body.results.map(shown), expected.map(shown), text)
    t.strictSame(await seen(call, together), await seen(call, alone), text)
    for (const { status } of expected) answers[status] = (answers[status] ?? 0) + 1
    count += sent.length
  }
  t.same(await database.all('list_inconsistencies', {}), [])
  tried(t, 'reports in batches', { count, answers })
})

t.test('an adapter too many in a batch is refused as alone', async (t) => {
  const { call } = await application(t, env)
  const { live } = await makeFleet(call, 'full')
  const path = `${base}/${live}/statuses`
  const operations = ['other-255', 'dns', 'other-256', 'other-255', 'other-257'].map((adapter, index) => ({
    method: 'PUT',
    path,
    body: report(adapter, 2, 'True', index),
  }))
  const many = Array.from({ length: 255 }, (_, n) => ({
    method: 'PUT',
    path,
    body: report(`other-${n}`, 2, 'True', 0),
  }))
  t.equal((await call('POST', 'batch', { atomic: true, operations: many })).status, 200)
  const atomic = await call('POST', 'batch', { atomic: true, operations })
  t.match(atomic.body, { status: 400, index: 2 })
  const { body } = await call('POST', 'batch', { atomic: false, operations })
  t.same(
    body.results.map(({ status }: Answer) => status),
    [200, 200, 400, 200, 400],
  )
})

t.test('an atomic batch names the first of its reports that fails', async (t) => {
  const { call } = await application(t, env)
  const fleet = await makeFleet(call, 'atomic')
  const operations = ['live', 'pool', 'none', 'live', 'none'].map((member, index) => ({
    method: 'PUT',
    path: `${base}/${fleet[member]}/statuses`,
    body: report('dns', 1, 'True', index),
  }))
  const before = await seen(call, fleet)
  const { status, body } = await call('POST', 'batch', { atomic: true, operations })
  t.match({ status, ...body }, { status: 404, index: 2, problem: { status: 404 } })
  t.strictSame(await seen(call, fleet), before, 'nothing is done')
})

t.test('reports on marked resources, which remove one another, are taken in their order', async (t) => {
  const { call } = await application(t, env)
  const fleet = await makeFleet(call, 'removed')
  const sent = [
    ['marked', 'dns'],
    ['marked', 'validation'],
    ['child', 'dns'],
    ['marked', 'dns'],
  ]
  const operations = sent.map(([member = '', adapter = ''], minute) => ({
    method: 'PUT',
    path: `${base}/${fleet[member]}/statuses`,
    body: report(adapter, 2, 'True', minute, {
      conditions: conditions('True', [{ type: 'Finalized', status: 'True' }]),
    }),
  }))
  const { body } = await call('POST', 'batch', { atomic: false, operations })
  t.strictSame(
    body.results.map(({ status }: Answer) => status),
    [200, 200, 200, 404],
  )
})
