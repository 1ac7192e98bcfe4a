import t, { type Test } from 'tap'
import { type Application, application, condition, conditions, report } from '../application.ts'
import { openSession } from '../sessions.ts'

type Call = Application['call']

let names = 0
const freshName = () => `s-${++names}`

/** A new cluster, and where its reports go. */
async function cluster(call: Call) {
  const { body } = await call('POST', 'clusters', { kind: 'Cluster', name: freshName(), spec: {} })
  return { id: body.id as string, statuses: `clusters/${body.id}/statuses` }
}

/** Sends what must be discarded by one rule, and asserts that nothing changed. */
async function isDiscarded(t: Test, call: Call, id: string, sent: object, rule: string, title: string) {
  const before = await Promise.all([call('GET', `clusters/${id}`), call('GET', `clusters/${id}/statuses`)])
  for (const method of ['PUT', 'POST']) {
    const answer = await call(method, `clusters/${id}/statuses`, sent)
    t.equal(answer.status, 204, `${title}: ${answer.text}`)
    t.equal(answer.headers['hyperfleet-discarded'], rule, title)
    t.equal(answer.text, '', title)
  }
  const after = await Promise.all([call('GET', `clusters/${id}`), call('GET', `clusters/${id}/statuses`)])
  t.same(
    after.map(({ body }) => body),
    before.map(({ body }) => body),
    `${title}: nothing changed`,
  )
}

/** Sends what must be refused, and asserts which members the violations name, and that nothing is stored. */
async function isRefused(t: Test, call: Call, path: string, sent: unknown, fields: string[], title: string) {
  const before = (await call('GET', path)).body
  const answer = await call('PUT', path, sent)
  t.equal(answer.status, 400, title)
  t.equal(answer.body.code, 'HYPERFLEET-VAL-000', title)
  const named = new Set(answer.body.errors?.map(({ field }: { field: string }) => field))
  t.same([...named].sort(), fields.sort(), title)
  t.same((await call('GET', path)).body, before, `${title}: nothing is stored`)
  return answer
}

t.test('taking a report', async (t) => {
  const { call } = await application(t)

  await t.test('PUT answers 200 with the report as it is stored', async (t) => {
    const { statuses } = await cluster(call)
    const sent = {
      adapter: 'validator',
      observed_generation: 1,
      observed_time: '2026-03-10T10:01:02.123456+02:00',
      conditions: [
        { type: 'Available', status: 'True', reason: 'AllChecksPassed', message: 'The cluster is valid' },
        { type: 'Applied', status: 'False' },
        { type: 'Health', status: 'Unknown', reason: '', message: '' },
        { type: 'Custom', status: 'True' },
      ],
      data: { checks: 12, nested: { list: [1, null, 'x'] } },
      metadata: { job: 'abc' },
    }
    const time = '2026-03-10T08:01:02.123456Z'
    const { status, body } = await call('PUT', statuses, sent)
    t.equal(status, 200)
    const stored = {
      adapter: 'validator',
      observed_generation: 1,
      conditions: sent.conditions.map((each) => ({ ...each, last_transition_time: time })),
      data: sent.data,
      metadata: sent.metadata,
      created_time: time,
      last_report_time: time,
    }
    t.same(body, stored)
    t.same((await call('GET', statuses)).body.items, [stored], 'it is listed the same')
  })

  await t.test('POST answers 201 with the same', async (t) => {
    const { statuses } = await cluster(call)
    const sent = report('validator', 1, 'True', 1)
    const posted = await call('POST', statuses, sent)
    t.equal(posted.status, 201)
    const put = await call('PUT', statuses, sent)
    t.equal(put.status, 200)
    t.same(put.body, posted.body)
    const again = await call('POST', statuses, sent)
    t.equal(again.status, 201, 'the same report again')
  })

  await t.test('data is {} when it is absent, metadata is absent', async (t) => {
    const { statuses } = await cluster(call)
    const { body } = await call('PUT', statuses, report('validator', 1, 'True', 1))
    t.same(body.data, {})
    t.notOk('metadata' in body)
    t.same(Object.keys(body).sort(), [
      'adapter',
      'conditions',
      'created_time',
      'data',
      'last_report_time',
      'observed_generation',
    ])
    t.same(Object.keys(body.conditions[0]).sort(), ['last_transition_time', 'status', 'type'])
  })

  await t.test('data and metadata are kept as they are, and go when a later report has none', async (t) => {
    const { statuses } = await cluster(call)
    const members = '"data":{"n":9007199254740993,"one":1.0,"":{"a":[[],{}]}},"metadata":{"emoji":"😀"}'
    const text = JSON.stringify(report('validator', 1, 'True', 1)).replace(/}$/, `,${members}}`)
    const answer = await call('PUT', statuses, text)
    t.match(answer.text, '9007199254740993')
    t.match(answer.body.data, { one: 1, '': { a: [[], {}] } })
    t.same(answer.body.metadata, { emoji: '😀' })
    const { body } = await call('PUT', statuses, report('validator', 1, 'True', 2))
    t.same(body.data, {})
    t.notOk('metadata' in body)
  })

  await t.test('a condition keeps its transition time while its status does', async (t) => {
    const { statuses } = await cluster(call)
    const times = (body: { conditions: { type: string; last_transition_time: string }[] }) =>
      Object.fromEntries(body.conditions.map((each) => [each.type, each.last_transition_time.slice(14, 16)]))
    const first = await call('PUT', statuses, report('validator', 1, 'True', 1))
    t.same(times(first.body), { Available: '01', Applied: '01', Health: '01' })
    const second = await call('PUT', statuses, report('validator', 1, 'False', 2))
    t.same(times(second.body), { Available: '02', Applied: '01', Health: '01' })
    const more = conditions('False', [{ type: 'Extra', status: 'True' }])
    const third = await call('PUT', statuses, report('validator', 1, 'False', 3, { conditions: more }))
    t.same(times(third.body), { Available: '02', Applied: '01', Health: '01', Extra: '03' })
    const worded = conditions('False').map((each) => ({ ...each, reason: 'Other', message: 'words' }))
    const fourth = await call('PUT', statuses, report('validator', 1, 'False', 4, { conditions: worded }))
    t.same(
      times(fourth.body),
      { Available: '02', Applied: '01', Health: '01' },
      'other words are no transition',
    )
    const fifth = await call('PUT', statuses, report('validator', 1, 'False', 5, { conditions: more }))
    t.equal(times(fifth.body).Extra, '05', 'a condition that was gone begins anew')
  })

  await t.test('created_time is of the first report, last_report_time of the last', async (t) => {
    const { statuses } = await cluster(call)
    await call('PUT', statuses, report('validator', 1, 'True', 5))
    const { body } = await call('PUT', statuses, report('validator', 1, 'True', 9))
    t.equal(body.created_time, '2026-03-10T08:05:00.000000Z')
    t.equal(body.last_report_time, '2026-03-10T08:09:00.000000Z')
  })

  await t.test('times are rounded to microseconds', async (t) => {
    const { statuses } = await cluster(call)
    const times = {
      '2026-03-10T08:00:00Z': '2026-03-10T08:00:00.000000Z',
      '2026-03-10T08:00:00.1234564Z': '2026-03-10T08:00:00.123456Z',
      '2026-03-10T08:00:00.9999999Z': '2026-03-10T08:00:01.000000Z',
      '2026-03-10t08:00:02z': '2026-03-10T08:00:02.000000Z',
      '2026-03-09T16:00:03-16:00': undefined,
      '2026-03-10T23:59:03+15:59': '2026-03-10T08:00:03.000000Z',
    }
    for (const [observed_time, stored] of Object.entries(times)) {
      const { status, body } = await call(
        'PUT',
        statuses,
        report('validator', 1, 'True', 0, { observed_time }),
      )
      t.equal(status, stored ? 200 : 400, observed_time)
      if (stored) t.equal(body.last_report_time, stored, observed_time)
    }
    const old = await cluster(call)
    const answer = await call(
      'PUT',
      old.statuses,
      report('validator', 1, 'True', 0, { observed_time: '0001-01-01T00:00:00Z' }),
    )
    t.equal(answer.status, 200, 'there is no lower limit')
    t.equal(answer.body.last_report_time, '0001-01-01T00:00:00.000000Z')
  })

  await t.test('members that are unknown are ignored', async (t) => {
    const { statuses } = await cluster(call)
    const worded = conditions('True').map((each) => ({ ...each, last_transition_time: 'x', severity: 1 }))
    const { status, body } = await call(
      'PUT',
      statuses,
      report('validator', 1, 'True', 1, { conditions: worded, created_time: null, future: { x: [] } }),
    )
    t.equal(status, 200)
    t.same(body, (await call('PUT', statuses, report('validator', 1, 'True', 1))).body)
    t.notOk('future' in body)
    t.notOk('severity' in body.conditions[0])
  })

  await t.test('reports of other adapters stay as they are', async (t) => {
    const { statuses } = await cluster(call)
    const { body: first } = await call('PUT', statuses, report('first', 1, 'True', 1))
    await call('PUT', statuses, report('second', 1, 'False', 2))
    const { body } = await call('GET', statuses)
    t.same(body.items[0], first)
  })

  await t.test('names of adapters are told apart by every character', async (t) => {
    const { statuses } = await cluster(call)
    const adapters = ['a', 'A', 'ä', 'a ', '😀', 'a/b', "a'b", 'x'.repeat(255), '😀'.repeat(255)]
    for (const adapter of adapters) {
      const { status, body } = await call('PUT', statuses, report(adapter, 1, 'True', 1))
      t.equal(status, 200, adapter.slice(0, 10))
      t.equal(body.adapter, adapter, adapter.slice(0, 10))
    }
    t.equal((await call('GET', statuses)).body.total, adapters.length)
  })
})

t.test('a report by PUT is answered with the status that clients expect', async (t) => {
  const { call } = await application(t, { HYPERFLEET_REPORTS_PUT_STATUS: '201' })
  const { statuses } = await cluster(call)
  for (const status of ['True', 'False'] as const) {
    const answer = await call('PUT', statuses, report('validator', 1, status, 1))
    t.equal(answer.status, 201)
    t.equal(answer.body.adapter, 'validator')
  }
  t.equal((await call('PUT', statuses, report('validator', 2, 'True', 2))).status, 204)
})

t.test('discarding a report', async (t) => {
  const { call } = await application(t, { HYPERFLEET_CLUSTER_ADAPTERS: '["validator"]' })

  await t.test('a report on a generation still to come is ignored', async (t) => {
    const { id, statuses } = await cluster(call)
    const future = (sent: object, title: string) => isDiscarded(t, call, id, sent, 'future-generation', title)
    await future(report('validator', 2, 'True', 1), 'a first report')
    await call('PUT', statuses, report('validator', 1, 'True', 1))
    await future(report('validator', 2, 'True', 0), 'an older one')
    await future(report('validator', 2147483647, 'Unknown', 5), 'the highest generation')
  })

  await t.test('an older report is ignored', async (t) => {
    const { id, statuses } = await cluster(call)
    await call('PUT', statuses, report('validator', 1, 'True', 10))
    const stale = (sent: object, title: string) => isDiscarded(t, call, id, sent, 'stale-time', title)
    await stale(report('validator', 1, 'False', 9), 'a minute older')
    await stale(report('validator', 1, 'Unknown', 9), 'its age comes before its being Unknown')
    const microsecond = { observed_time: '2026-03-10T08:09:59.999999Z' }
    await stale(report('validator', 1, 'False', 0, microsecond), 'a microsecond older')
    const offset = { observed_time: '2026-03-10T23:09:00+15:00' }
    await stale(report('validator', 1, 'False', 0, offset), 'older, though it does not look so')
  })

  await t.test('Unknown is taken as a first word, and ignored after it', async (t) => {
    const { id, statuses } = await cluster(call)
    const first = await call('PUT', statuses, report('validator', 1, 'Unknown', 1))
    t.equal(first.status, 200)
    const resource = (await call('GET', `clusters/${id}`)).body
    t.equal(condition(resource, 'ValidatorSuccessful'), undefined, 'it counts as no report')
    t.match(condition(resource, 'Ready'), { reason: 'AwaitingAdapters', observed_generation: 0 })
    await isDiscarded(t, call, id, report('validator', 1, 'Unknown', 1), 'unknown', 'equal to the stored one')
    await isDiscarded(t, call, id, report('validator', 1, 'Unknown', 2), 'unknown', 'after Unknown')
    await call('PUT', statuses, report('validator', 1, 'True', 3))
    await isDiscarded(t, call, id, report('validator', 1, 'Unknown', 4), 'unknown', 'after True')
    const other = report('validator', 1, 'Unknown', 3)
    await isDiscarded(t, call, id, other, 'unknown', 'at the same time')
    const finalized = {
      conditions: [
        { type: 'Health', status: 'True' },
        { type: 'Finalized', status: 'True' },
      ],
    }
    await isDiscarded(
      t,
      call,
      id,
      report('validator', 1, '', 5, finalized),
      'unknown',
      'without Available, on a resource that is not marked',
    )
    t.equal((await call('PUT', statuses, report('validator', 1, 'True', 4))).status, 200, 'True is taken')

    const alone = (await cluster(call)).id
    for (const [title, conditions] of Object.entries({ Unknown: [], 'no Available': finalized.conditions })) {
      const sent = { ...report(`of ${title}`, 1, 'Unknown', 1), ...(conditions.length && { conditions }) }
      t.equal((await call('PUT', `clusters/${alone}/statuses`, sent)).status, 200, `${title}, at first`)
      await isDiscarded(t, call, alone, sent, 'unknown', `${title}, sent again`)
    }

    t.equal((await call('DELETE', `clusters/${id}`)).status, 202)
    const marked = report('another', 2, '', 5, finalized)
    for (const title of ['stored', 'sent again', 'with a later time']) {
      const sent = title === 'with a later time' ? report('another', 2, '', 6, finalized) : marked
      t.equal((await call('PUT', statuses, sent)).status, 200, `Finalized on a marked resource, ${title}`)
    }
    await isDiscarded(t, call, id, report('another', 2, 'Unknown', 6), 'unknown', 'not Finalized any more')
  })

  await t.test('a report that is wrong is refused, be it too old', async (t) => {
    const { statuses } = await cluster(call)
    t.equal((await call('PUT', statuses, report('validator', 1, 'True', 10))).status, 200)
    const old = report('validator', 1, 'False', 9)
    t.equal((await call('PUT', statuses, old)).status, 204)
    const lacking = {
      ...old,
      conditions: old.conditions.filter((each) => (each as { type: string }).type !== 'Applied'),
    }
    t.equal((await call('PUT', statuses, lacking)).status, 400)
  })

  await t.test('a resource that is not there is told before', async (t) => {
    const answer = await call('PUT', 'clusters/abc/statuses', report('validator', 99, 'True', 1))
    t.match(answer, { status: 404, body: { code: 'HYPERFLEET-NTF-001', detail: /^Cluster with id='abc'/ } })
  })
})

t.test('a report on an older generation is ignored, be it later', async (t) => {
  const { call, database } = await application(t)
  const { id, statuses } = await cluster(call)
  await database.pool.query('update resources set generation = 3 where id = $1', [id])
  await call('PUT', statuses, report('validator', 2, 'True', 1))
  const stale = (sent: object, title: string) => isDiscarded(t, call, id, sent, 'stale-generation', title)
  await stale(report('validator', 1, 'True', 9), 'a later report on generation 1')
  await stale(report('validator', 1, 'Unknown', 0), 'its generation comes before its age')
  const first = await call('PUT', statuses, report('other', 1, 'True', 0))
  t.equal(first.status, 200, 'another adapter may be behind')
  const next = await call('PUT', statuses, report('validator', 3, 'False', 0))
  t.equal(next.status, 200, 'an older report on a newer generation is taken')
  t.match(next.body, { observed_generation: 3, last_report_time: '2026-03-10T08:00:00.000000Z' })
})

t.test('repeating a report', async (t) => {
  const { call } = await application(t, { HYPERFLEET_CLUSTER_ADAPTERS: '["validator"]' })
  const details = { data: { a: 1, b: { c: [1, 2], d: 2 } }, metadata: { x: 1, y: 2 } }

  await t.test('an equal report is answered as the first time, and changes nothing', async (t) => {
    const { id, statuses } = await cluster(call)
    for (const available of ['True', 'False']) {
      const adapter = `adapter-${available}`
      const sent = report(adapter, 1, available, 1, details)
      const first = await call('PUT', statuses, sent)
      const before = (await call('GET', `clusters/${id}`)).body
      const equal: Record<string, object> = {
        'the same': sent,
        'conditions in another order': { ...sent, conditions: conditions(available).reverse() },
        'members in another order': {
          metadata: { y: 2, x: 1 },
          data: { b: { d: 2, c: [1, 2] }, a: 1 },
          ...Object.fromEntries(
            Object.entries(sent)
              .reverse()
              .filter(([name]) => !/data/.test(name)),
          ),
        },
        'another offset': { ...sent, observed_time: '2026-03-10T09:01:00+01:00' },
        'other unknown members': { ...sent, other: 1 },
      }
      for (const [title, again] of Object.entries(equal)) {
        const answer = await call('PUT', statuses, again)
        t.equal(answer.status, 200, `${available}: ${title}`)
        t.same(answer.body, first.body, `${available}: ${title}`)
      }
      const written = JSON.stringify(sent).replace('"a":1', '"a":1.0')
      t.equal((await call('PUT', statuses, written)).status, 200, `${available}: 1.0 for 1`)
      t.same((await call('GET', `clusters/${id}`)).body, before)
    }
  })

  await t.test('other content of the same time is stored', async (t) => {
    const { statuses } = await cluster(call)
    const worded = (more: object) => ({
      ...details,
      conditions: conditions('True').map((each) => ({ ...each, ...more })),
    })
    const changes: Record<string, object> = {
      'a reason and a message': worded({ reason: 'Because', message: 'of it' }),
      'another message': worded({ reason: 'Because', message: 'of that' }),
      'no message any more': worded({ reason: 'Because' }),
      'neither reason nor message any more': worded({}),
      'another status': { ...details, conditions: conditions('False') },
      'one more condition': { ...details, conditions: conditions('False', [{ type: 'X', status: 'True' }]) },
      'one condition less': { ...details, conditions: conditions('False') },
      'more data': { ...details, data: { ...details.data, more: null } },
      'less data': { ...details, data: { a: 1 } },
      'no data': { metadata: details.metadata },
      'less metadata': { metadata: { x: 1 } },
      'no metadata': {},
      'empty metadata': { metadata: {} },
    }
    await call('PUT', statuses, report('validator', 1, 'True', 1, details))
    for (const [title, change] of Object.entries(changes)) {
      const sent = { ...report('validator', 1, 'True', 1), ...change } as ReturnType<typeof report> & {
        data?: object
        metadata?: object
      }
      const { status, body } = await call('PUT', statuses, sent)
      t.equal(status, 200, title)
      const { body: listed } = await call('GET', statuses)
      for (const answered of [body, listed.items[0]]) {
        t.same(
          answered.conditions.map(({ last_transition_time: _, ...each }: Record<string, unknown>) => each),
          sent.conditions,
          title,
        )
        t.same(answered.data, sent.data ?? {}, title)
        t.same(answered.metadata, sent.metadata, title)
      }
    }
  })
})

t.test('refusing a report', async (t) => {
  const { call } = await application(t)
  const { statuses } = await cluster(call)
  await call('PUT', statuses, report('first', 1, 'True', 1))
  const refused = (t: Test, sent: unknown, fields: string[], title: string) =>
    isRefused(t, call, statuses, sent, fields, title)
  const valid = report('validator', 1, 'True', 1)
  const withConditions = (...list: unknown[]) => ({ ...valid, conditions: list })
  const [available, applied, health] = conditions('True')
  const finalized = (status: string) => ({ type: 'Finalized', status })

  await t.test('all that is missing is named', async (t) => {
    await isRefused(
      t,
      call,
      statuses,
      {},
      ['adapter', 'conditions', 'observed_generation'],
      'an empty report',
    )
    const { body } = await isRefused(
      t,
      call,
      statuses,
      { adapter: '', observed_generation: 0, observed_time: 'x', conditions: [{ status: 'true' }], data: [] },
      [
        'adapter',
        'conditions',
        'conditions[0].status',
        'conditions[0].type',
        'data',
        'observed_generation',
        'observed_time',
      ],
      'everything wrong',
    )
    t.match(body.detail, /9 rules/)
  })

  await t.test('every missing type of condition is named', async (t) => {
    const missing = async (list: unknown[], types: string[]) => {
      const answer = await isRefused(
        t,
        call,
        statuses,
        withConditions(...list),
        ['conditions'],
        `without ${types}`,
      )
      t.same(
        answer.body.errors.map(({ message }: { message: string }) => message.split(' ').at(-1)),
        types,
      )
    }
    await missing([], ['Applied', 'Available', 'Health'])
    await missing([available], ['Applied', 'Health'])
    await missing([available, applied], ['Health'])
    await missing([applied, health], ['Available'])
    await missing([health, finalized('False')], ['Applied', 'Available'])
    await missing([health, finalized('Unknown')], ['Applied', 'Available'])
    await missing([available, applied, finalized('True')], ['Health'])
    await missing([finalized('True')], ['Health'])
    await missing([{ type: 'available', status: 'True' }, applied, health], ['Available'])
  })

  await t.test('a report that says Finalized needs no more than Health', async (t) => {
    const { statuses } = await cluster(call)
    const { status, body } = await call('PUT', statuses, withConditions(health, finalized('True')))
    t.equal(status, 200)
    t.same(
      body.conditions.map(({ type }: { type: string }) => type),
      ['Health', 'Finalized'],
    )
  })

  await t.test('a type is there, and only once', async (t) => {
    const list = conditions('True')
    const at = (index: number, member: string) => [`conditions[${index}].${member}`]
    await refused(t, withConditions(...list, { type: '', status: 'True' }), at(3, 'type'), 'an empty type')
    await refused(t, withConditions(...list, health), at(3, 'type'), 'a repeated type')
    await refused(
      t,
      withConditions(...list, available, applied),
      [...at(3, 'type'), ...at(4, 'type')],
      'two repeated types',
    )
    await refused(t, withConditions(...list, { status: 'True' }), at(3, 'type'), 'no type')
    await refused(
      t,
      withConditions(...list, { type: 'x'.repeat(256), status: 'True' }),
      at(3, 'type'),
      'a long type',
    )
    for (const status of ['true', '', 'TRUE', true, null, 'Maybe'])
      await refused(
        t,
        withConditions(...list, { type: 'X', status }),
        at(3, 'status'),
        `the status ${status}`,
      )
    await refused(t, withConditions(...list, 'text'), ['conditions[3]'], 'a condition that is no object')
    await refused(t, withConditions(...list, null), ['conditions[3]'], 'a condition that is null')
  })

  await t.test('a time that is too far ahead is refused', async (t) => {
    const ahead = (minutes: number) => ({
      ...valid,
      observed_time: new Date(Date.now() + minutes * 60_000).toISOString(),
    })
    await refused(t, ahead(5.1), ['observed_time'], 'more than five minutes')
    await refused(t, { ...valid, observed_time: '9999-12-31T23:59:59Z' }, ['observed_time'], 'the year 9999')
    const { statuses } = await cluster(call)
    t.equal((await call('PUT', statuses, ahead(4))).status, 200, 'four minutes are taken')
    t.equal((await call('PUT', statuses, ahead(4.9))).status, 200, 'and almost five')
  })

  await t.test('the refusal of a time tells the bound, its value and the time of the server', async (t) => {
    const { call, url } = await application(t, { HYPERFLEET_REPORTS_MAX_AGE: '90m' })
    const { statuses } = await cluster(call)
    const session = await openSession(t, url)
    const time = String.raw`(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z)`
    const cases: [away: number, rule: string, bound: number, constraint: string, setting: string][] = [
      [6, 'later', 300, 'max', 'a clock may be 300 s ahead (reports.max_clock_skew)'],
      [-91, 'earlier', -5400, 'min', 'a report may be 5400 s old (reports.max_age)'],
    ]
    for (const [away, rule, bound, constraint, setting] of cases) {
      const observed_time = new Date(Date.now() + away * 60_000).toISOString()
      const { status, body } = await call('PUT', statuses, { ...valid, observed_time })
      t.equal(status, 400)
      const words = new RegExp(`^must not be ${rule} than ${time}: the server's time is ${time}, and (.*)$`)
      const [message = '', limit = '', now = '', because] = words.exec(body.errors[0].message) ?? []
      t.equal(because, setting)
      t.equal(Date.parse(limit) - Date.parse(now), bound * 1000)
      t.ok(Math.abs(Date.parse(now) - Date.now()) < 60_000, now)
      t.match(body, {
        code: 'HYPERFLEET-VAL-000',
        detail: `observed_time ${message}`,
        errors: [{ field: 'observed_time', value: observed_time.replace('Z', '000Z'), constraint }],
      })
      for (const style of ['postgres', 'postgres_verbose', 'sql_standard', 'iso_8601']) {
        await session.query(`set IntervalStyle = ${style}`)
        const check = session.query(`select check_report_time($1, '5m', '90m')`, [observed_time])
        await t.rejects(check, { message: setting }, style)
      }
    }
    for (const away of [4.5, -60]) {
      const observed_time = new Date(Date.now() + away * 60_000).toISOString()
      t.equal((await call('PUT', statuses, { ...valid, adapter: `a${away}`, observed_time })).status, 200)
    }
  })

  await t.test('a time that is none is refused', async (t) => {
    for (const observed_time of [
      '0000-01-01T00:00:00Z',
      '2026-03-10T08:00:00+16:00',
      '2026-03-10T08:00:00-16:00',
      '2026-03-10T08:00:00+23:59',
      '2026-03-10T08:00:00',
      '2026-03-10 08:00:00',
      '2026-03-10',
      '2026-02-30T08:00:00Z',
      '2026-03-10T24:00:00Z',
      'now',
      'infinity',
      '',
      1773129600,
    ])
      await refused(t, { ...valid, observed_time }, ['observed_time'], `${observed_time}`)
  })

  await t.test('a generation is a whole number from 1 that fits 32 bits', async (t) => {
    for (const observed_generation of [0, -1, 2147483648, 1e30, 1.5, '1', null, true])
      await refused(t, { ...valid, observed_generation }, ['observed_generation'], `${observed_generation}`)
    const { status } = await call('PUT', statuses, { ...valid, observed_generation: 2147483647 })
    t.equal(status, 204, 'the highest there can be')
  })

  await t.test('an adapter has a name of 1 to 255 characters', async (t) => {
    for (const adapter of ['', 'x'.repeat(256), null, 1, {}])
      await refused(t, { ...valid, adapter }, ['adapter'], `${adapter}`.slice(0, 20))
  })

  await t.test('data and metadata are objects', async (t) => {
    for (const member of ['data', 'metadata'])
      for (const value of [[], 'x', 1, true])
        await refused(t, { ...valid, [member]: value }, [member], `${member}: ${JSON.stringify(value)}`)
  })

  await t.test('a report has at most 100 conditions', async (t) => {
    const many = (count: number) =>
      withConditions(
        ...conditions(
          'True',
          Array.from({ length: count - 3 }, (_, index) => ({ type: `C${index}`, status: 'True' })),
        ),
      )
    await refused(t, many(101), ['conditions'], '101 conditions')
    const { statuses } = await cluster(call)
    const { status, body } = await call('PUT', statuses, many(100))
    t.equal(status, 200)
    t.equal(body.conditions.length, 100)
  })

  await t.test('a message has at most 32 KiB', async (t) => {
    const message = (text: string) =>
      withConditions({ ...available, message: text }, applied, health) as object
    await refused(t, message('x'.repeat(32_769)), ['conditions[0].message'], 'one character more')
    const { statuses } = await cluster(call)
    const { status, body } = await call('PUT', statuses, message('x'.repeat(32_768)))
    t.equal(status, 200)
    t.equal(body.conditions[0].message.length, 32_768)
  })
})

t.test('a resource has reports of at most 256 adapters', async (t) => {
  const { call } = await application(t)
  const { statuses } = await cluster(call)
  for (let index = 0; index < 256; index++) {
    const { status } = await call('PUT', statuses, report(`adapter-${index}`, 1, 'True', 1))
    if (status !== 200) t.equal(status, 200, `adapter ${index}`)
  }
  const { body } = await isRefused(
    t,
    call,
    statuses,
    report('adapter-256', 1, 'True', 1),
    ['adapter'],
    'the 257th',
  )
  t.match(body.errors[0].message, /256/)
  const known = await call('PUT', statuses, report('adapter-7', 1, 'False', 2))
  t.equal(known.status, 200, 'those that have reported go on')
})

t.test('reports on node pools', async (t) => {
  const { call } = await application(t, { HYPERFLEET_NODEPOOL_ADAPTERS: '["validator"]' })
  const { id: cluster_id } = await cluster(call)
  const { id: other_id } = await cluster(call)
  const { body: pool } = await call('POST', `clusters/${cluster_id}/nodepools`, {
    kind: 'NodePool',
    name: 'pool',
    spec: {},
  })
  const flat = `nodepools/${pool.id}/statuses`
  const nested = `clusters/${cluster_id}/nodepools/${pool.id}/statuses`

  await t.test('are taken and listed under both paths alike', async (t) => {
    const put = await call('PUT', nested, report('validator', 1, 'True', 1))
    t.equal(put.status, 200)
    t.same((await call('PUT', flat, report('validator', 1, 'True', 1))).body, put.body)
    t.equal((await call('POST', nested, report('validator', 1, 'True', 2))).status, 201)
    t.equal((await call('PUT', flat, report('validator', 1, 'True', 3))).status, 200)
    const lists = [(await call('GET', flat)).body, (await call('GET', nested)).body]
    t.same(lists[0], lists[1])
    t.matchOnly(lists[0], {
      kind: 'AdapterStatusList',
      page: 1,
      size: 1,
      total: 1,
      items: [{ ...put.body, last_report_time: '2026-03-10T08:03:00.000000Z' }],
    })
    const { body } = await call('GET', `nodepools/${pool.id}`)
    t.match(condition(body, 'Ready'), { status: 'True', reason: 'ResourceReady' })
    t.match(condition(body, 'ValidatorSuccessful'), { status: 'True' })
    const { body: parent } = await call('GET', `clusters/${cluster_id}`)
    t.match(condition(parent, 'Ready'), { status: 'False' }, 'the cluster has its own')
  })

  await t.test('are discarded by the same rules', async (t) => {
    for (const path of [flat, nested]) {
      const answer = await call('PUT', path, report('validator', 2, 'True', 9))
      t.match(answer, { status: 204, headers: { 'hyperfleet-discarded': 'future-generation' } })
    }
  })

  await t.test('are not found under another cluster, nor by the wrong kind', async (t) => {
    const missing: [path: string, detail: string][] = [
      [`clusters/${other_id}/nodepools/${pool.id}/statuses`, `NodePool with id='${pool.id}' not found`],
      [`clusters/abc/nodepools/${pool.id}/statuses`, "Cluster with id='abc' not found"],
      [`clusters/${cluster_id}/nodepools/abc/statuses`, "NodePool with id='abc' not found"],
      ['nodepools/abc/statuses', "NodePool with id='abc' not found"],
      [`nodepools/${cluster_id}/statuses`, `NodePool with id='${cluster_id}' not found`],
      [`clusters/${pool.id}/statuses`, `Cluster with id='${pool.id}' not found`],
    ]
    for (const [path, detail] of missing) {
      for (const sent of [undefined, report('validator', 1, 'True', 1)]) {
        const answer = await call(sent ? 'PUT' : 'GET', path, sent)
        t.match(answer, { status: 404, body: { code: 'HYPERFLEET-NTF-001', detail } }, path)
      }
    }
  })
})

t.test('adapters that are not required', async (t) => {
  const { call } = await application(t, { HYPERFLEET_CLUSTER_ADAPTERS: '["validator"]' })
  const { id, statuses } = await cluster(call)
  const before = (await call('GET', `clusters/${id}`)).body

  await t.test('are listed, and ignored in the conditions', async (t) => {
    const { status } = await call('PUT', statuses, report('bystander', 1, 'False', 1))
    t.equal(status, 200)
    t.same((await call('GET', `clusters/${id}`)).body, before)
    await call('PUT', statuses, report('validator', 1, 'True', 2))
    const { body } = await call('GET', `clusters/${id}`)
    t.same(
      body.status.conditions.map(({ type }: { type: string }) => type),
      ['Available', 'Ready', 'Reconciled', 'LastKnownReconciled', 'ValidatorSuccessful'],
    )
    t.match(condition(body, 'Ready'), { status: 'True', last_updated_time: '2026-03-10T08:02:00.000000Z' })
    await call('PUT', statuses, report('bystander', 1, 'True', 3))
    t.same((await call('GET', `clusters/${id}`)).body, body)
    t.same(
      (await call('GET', statuses)).body.items.map(({ adapter }: { adapter: string }) => adapter),
      ['bystander', 'validator'],
    )
  })
})

t.test('listing reports', async (t) => {
  const { call } = await application(t)
  const { id, statuses } = await cluster(call)
  const minutes: Record<string, number> = { beta: 3, alpha: 2, Gamma: 1, delta: 2 }
  for (const [adapter, minute] of Object.entries(minutes))
    await call('PUT', statuses, report(adapter, 1, 'True', minute))
  await call('PUT', statuses, report('alpha', 1, 'False', 5))
  const adapters = async (query: string) =>
    (await call('GET', `${statuses}?${query}`)).body.items.map(({ adapter }: { adapter: string }) => adapter)

  await t.test('by adapter, by bytes', async (t) => {
    t.same(await adapters(''), ['Gamma', 'alpha', 'beta', 'delta'])
  })

  await t.test('in the order that is asked for', async (t) => {
    t.same(await adapters('order=adapter%20desc'), ['delta', 'beta', 'alpha', 'Gamma'])
    t.same(await adapters('order=last_report_time%20desc'), ['alpha', 'beta', 'delta', 'Gamma'])
    t.same(await adapters('order=created_time'), ['Gamma', 'alpha', 'delta', 'beta'])
    t.same(await adapters('order=created_time%20desc'), ['beta', 'delta', 'alpha', 'Gamma'])
    t.same(await adapters('orderBy=last_report_time&order=asc'), ['Gamma', 'delta', 'beta', 'alpha'])
    t.same(await adapters('order=observed_generation,adapter%20desc'), ['delta', 'beta', 'alpha', 'Gamma'])
    t.same(await adapters('order=desc'), ['delta', 'beta', 'alpha', 'Gamma'], 'only a direction')
    for (const order of ['name', 'id', 'data', 'adapter sideways', 'adapter,,', '1']) {
      const answer = await call('GET', `${statuses}?order=${encodeURIComponent(order)}`)
      t.match(answer, { status: 400, body: { code: 'HYPERFLEET-VAL-005' } }, order)
    }
  })

  await t.test('by search', async (t) => {
    t.same(await adapters("search=adapter='alpha'"), ['alpha'])
    t.same(await adapters("search=adapter='nobody'"), [])
    t.same(await adapters("search=adapter='alpha'+and+adapter='beta'"), [])
    const { body } = await call('GET', `${statuses}?search=adapter='alpha'`)
    t.match(body, { page: 1, size: 1, total: 1 })
    for (const search of ["name='alpha'", "labels.a='b'", 'adapter=alpha', 'adapter=']) {
      const answer = await call('GET', `${statuses}?search=${encodeURIComponent(search)}`)
      t.match(answer, { status: 400, body: { code: 'HYPERFLEET-VAL-005' } }, search)
    }
  })

  await t.test('by page', async (t) => {
    const { body } = await call('GET', `${statuses}?size=3&page=2`)
    t.match(body, { page: 2, size: 1, total: 4, items: [{ adapter: 'delta' }] })
    const past = await call('GET', `${statuses}?pageSize=3&page=3`)
    t.matchOnly(past.body, { kind: 'AdapterStatusList', page: 3, size: 0, total: 4, items: [] })
    for (const query of ['size=0', 'size=501', 'page=0', 'page=x', 'size=1&pageSize=2', 'serach=x'])
      t.equal((await call('GET', `${statuses}?${query}`)).status, 400, query)
  })

  await t.test('of a resource that nobody has reported on, or that is not there', async (t) => {
    const { statuses: empty } = await cluster(call)
    const { body } = await call('GET', empty)
    t.matchOnly(body, { kind: 'AdapterStatusList', page: 1, size: 0, total: 0, items: [] })
    const missing = await call(
      'GET',
      `clusters/${id.replace(/.$/, (last) => (last === '0' ? '1' : '0'))}/statuses`,
    )
    t.match(missing, { status: 404, body: { code: 'HYPERFLEET-NTF-001' } })
  })
})
