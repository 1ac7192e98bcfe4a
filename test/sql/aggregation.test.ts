import { readFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import { application, base } from '../application.ts'
import { execute } from '../databases.ts'
import { generator, seed } from '../random.ts'
import { explanationFault, unnamed } from './explanation.ts'
import { aggregate, type Condition, type Report, type Resource, receive, sameConditions } from './model.ts'

interface Case {
  name: string
  ref: string
  deleted: boolean
  has_children: boolean
  previous: Condition[]
  generation: number
  required: string[]
  reports: Report[]
  expect: Partial<Condition>[]
}

const { cases } = JSON.parse(readFileSync(new URL('../data/aggregation.json', import.meta.url), 'utf8')) as {
  cases: Case[]
}

const aggregateInSql = `
  select aggregate_conditions(
    $1, $2, $3, $4, $5, $6, $7,
    array(
      select row(
        report.adapter, report.observed_generation, report.last_report_time, report.available,
        report.available_reason, report.available_message, report.finalized
      )::adapter_report
      from jsonb_array_elements($8::jsonb) as sent, parse_report(sent, null, null) as report
    ),
    $9,
    null
  ) as conditions`

const explainInSql = `
  select explained_condition(
    stored.condition, $2,
    judged_reports($3, $2, sorted_names($4), array(
      select row(
        report.adapter, report.observed_generation, report.last_report_time, report.available,
        report.available_reason, report.available_message, report.finalized
      )::adapter_report
      from jsonb_array_elements($5::jsonb) as sent, parse_report(sent, null, null) as report
    )),
    '{}', '{}', '[]'
  ) as explained
  from jsonb_array_elements($1::jsonb) with ordinality as stored (condition, position)
  order by stored.position`

const OLDER_NAMES = ['Available', 'Ready']

t.test('every case of the rules comes out of the SQL function', async (t) => {
  const { url } = await application(t)
  for (const { name, expect, ...given } of cases) {
    const values = [
      'Cluster',
      given.generation,
      given.ref,
      given.deleted,
      given.has_children,
      given.required,
      JSON.stringify(given.previous),
      JSON.stringify(given.reports),
    ]
    const [all] = (await execute(url, aggregateInSql, [...values, true])).rows
    t.same(
      all.conditions.map(({ type }: Condition) => type),
      expect.map(({ type }) => type),
      name,
    )
    t.match(all.conditions, expect, name)

    const [newer] = (await execute(url, aggregateInSql, [...values, false])).rows
    const expected = all.conditions.filter(({ type }: Condition) => !OLDER_NAMES.includes(type))
    t.same(newer.conditions, expected, `${name}, without older names`)
    await sameToSearches(t, url, newer.conditions, all.conditions, name)

    const { rows } = await execute(url, explainInSql, [
      JSON.stringify(all.conditions),
      given.deleted,
      given.generation,
      given.required,
      JSON.stringify(given.reports),
    ])
    const resource = { ...given, kind: 'Cluster' as const, hasChildren: given.has_children, conditions: [] }
    const fault = explanationFault(
      rows.map(({ explained }) => explained),
      all.conditions,
      resource,
    )
    t.equal(fault, undefined, `${name}, explained`)
  }
  t.equal(cases.length, 46)
})

/** A search finds the same, whether conditions are shown under their older names or not. */
async function sameToSearches(t: Test, url: string, newer: Condition[], all: Condition[], name: string) {
  const members = ['status', 'reason', 'observed_generation', 'last_updated_time', 'last_transition_time']
  const { rows } = await execute(
    url,
    `select condition_states($1) = condition_states($2) as states,
      array(
        select type || '.' || member
        from unnest($3::text[]) as type, unnest($4::text[]) as member
        where condition_member($1, type, member) is distinct from condition_member($2, type, member)
      ) as members`,
    [JSON.stringify(newer), JSON.stringify(all), [...OLDER_NAMES, 'Reconciled'], members],
  )
  t.same(rows, [{ states: true, members: [] }], `${name}, as searches see it`)
}

t.test('each report is judged once, with why it does not confirm the generation', async (t) => {
  const { url } = await application(t)
  const judge = (deleting: boolean, report: string) =>
    execute(
      url,
      `select judged.usable, judged.met, judged.available, judged.why
      from unnest(judged_reports(2, $1, '{a}', array[${report}]::adapter_report[])) as judged`,
      [deleting],
    )
  const report = (generation: number, available: string, finalized = false) =>
    `row('a', ${generation}, '2026-03-10T08:00:00Z', ${available}, 'Why', 'so', ${finalized})::adapter_report`
  const cases: [deleting: boolean, report: string, usable: boolean, why: string | null][] = [
    [false, '', false, 'no-report'],
    [false, report(3, 'true'), false, 'future-generation'],
    [false, report(1, 'true'), true, 'older-generation'],
    [false, report(1, 'null'), false, 'older-generation'],
    [false, report(2, 'null'), false, 'available-unknown'],
    [false, report(2, 'null', true), false, 'available-unknown'],
    [false, report(2, 'false'), true, 'available-false'],
    [false, report(2, 'true'), true, null],
    [true, '', false, 'no-report'],
    [true, report(1, 'null', true), true, 'older-generation'],
    [true, report(2, 'true'), true, 'not-finalized'],
    [true, report(2, 'null'), false, 'not-finalized'],
    [true, report(2, 'false', true), true, null],
    [true, report(2, 'null', true), true, null],
  ]
  for (const [deleting, text, usable, why] of cases) {
    const available = text.includes(', true, ')
    t.same((await judge(deleting, text)).rows, [{ usable, met: why === null, available, why }], text)
  }
})

t.test('the first conditions are those of a resource without reports', async (t) => {
  const { url } = await application(t)
  const sets: (string[] | null)[] = [null, [], ['dns'], ['validation', 'gcp-dns', 'dns']]
  for (const required of sets)
    for (const olderNames of [true, false]) {
      const change = `update kinds set required_adapters = $1, older_names = $2 where kind = 'Cluster'`
      await execute(url, change, [required, olderNames])
      const compared = await execute(
        url,
        `select first_conditions(kinds, time) as first,
          aggregate_conditions('Cluster', 1, time, false, false, $1, '[]', '{}', $2, null) as conditions
        from (select clock_timestamp() as time offset 0) as created, kinds
        where kinds.kind = 'Cluster'`,
        [required, olderNames],
      )
      const [{ first, conditions }] = compared.rows
      t.same(first, conditions, `${required}, ${olderNames}`)
      t.equal(first.length, !required ? 0 : olderNames ? 4 : 2)
    }
})

t.test('long random walks of reports leave what a separate model says', async (t) => {
  t.comment(`SEED=${seed}`)
  const random = generator(seed)
  const required = ['validation', 'dns', 'gcp-provisioner']
  const { call } = await application(t, { HYPERFLEET_CLUSTER_ADAPTERS: JSON.stringify(required) })
  for (let walk = 0; walk < 12; walk++) {
    const created = (await call('POST', 'clusters', { kind: 'Cluster', name: `walk-${walk}`, spec: {} })).body
    let resource: Resource = {
      kind: 'Cluster',
      generation: 1,
      ref: created.created_time,
      deleted: false,
      hasChildren: false,
      required,
      reports: [],
      conditions: [],
    }
    resource = { ...resource, conditions: aggregate(resource) }
    for (let step = 0; step < 60; step++) {
      const sent = randomReport(random, resource, [...required, 'bystander'])
      const expected = receive(resource, sent)
      const answer = await call('PUT', `clusters/${created.id}/statuses`, sent)
      const outcome = answer.status === 204 ? answer.headers['hyperfleet-discarded'] : 'stored'
      const place = `walk ${walk} step ${step}: ${JSON.stringify(sent)}`
      if (outcome !== (expected.outcome === 'same' ? 'stored' : expected.outcome))
        t.equal(outcome, expected.outcome, place)
      resource = expected.resource
      const { body } = await call('GET', `${base}/clusters/${created.id}`)
      if (!sameConditions(body.status.conditions, resource.conditions)) {
        t.match(body.status.conditions, resource.conditions, place)
        return
      }
      const explanation = (await call('GET', `clusters/${created.id}/explain`)).body
      const { conditions, sentences } = explanation
      const fault = explanationFault(conditions, body.status.conditions, resource)
      if (fault) return t.fail(`${place}: ${fault}`)
      const missing = unnamed(sentences, conditions)
      if (missing.length) return t.same(missing, [], `${place}: ${sentences}`)
    }
    t.pass(`walk ${walk}`)
  }
})

function randomReport(random: (below: number) => number, resource: Resource, adapters: string[]): Report {
  const adapter = adapters[random(adapters.length)] as string
  const last = resource.reports.find((each) => each.adapter === adapter)
  if (last && random(8) === 0)
    return {
      adapter,
      observed_generation: last.observed_generation,
      observed_time: last.last_report_time ?? last.observed_time,
      conditions: last.conditions.map(({ last_transition_time: _, ...sent }) => sent).reverse(),
      data: last.data ?? {},
    }
  const statuses = ['True', 'True', 'True', 'False', 'False', 'Unknown'] as const
  const status = () => statuses[random(statuses.length)] as 'True' | 'False' | 'Unknown'
  return {
    adapter,
    observed_generation: Math.max(1, resource.generation + random(4) - 2),
    observed_time: `2026-03-10T08:${String(random(60)).padStart(2, '0')}:00.${String(random(3)).padStart(6, '0')}Z`,
    conditions: [
      {
        type: 'Available',
        status: status(),
        ...(random(2) && { reason: 'Because', message: `of ${random(3)}` }),
      },
      { type: 'Applied', status: status() },
      { type: 'Health', status: status() },
    ],
    data: { n: random(2) },
  }
}
