import { readFileSync } from 'node:fs'
import t from 'tap'
import { application, base } from '../application.ts'
import { execute } from '../databases.ts'
import { generator, seed } from '../random.ts'
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
    )
  ) as conditions`

t.test('every case of the rules comes out of the SQL function', async (t) => {
  const { url } = await application(t)
  for (const { name, expect, ...given } of cases) {
    const { rows } = await execute(url, aggregateInSql, [
      'Cluster',
      given.generation,
      given.ref,
      given.deleted,
      given.has_children,
      given.required,
      JSON.stringify(given.previous),
      JSON.stringify(given.reports),
    ])
    t.same(
      rows[0].conditions.map(({ type }: Condition) => type),
      expect.map(({ type }) => type),
      name,
    )
    t.match(rows[0].conditions, expect, name)
  }
  t.equal(cases.length, 46)
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
