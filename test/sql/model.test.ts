import { readFileSync } from 'node:fs'
import t from 'tap'
import { aggregate, type Condition, complete, type Report, type Resource, receive } from './model.ts'

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

const file = new URL('../data/aggregation.json', import.meta.url)
const { cases } = JSON.parse(readFileSync(file, 'utf8')) as { cases: Case[] }

t.test('the model follows every case of test/data/aggregation.json', async (t) => {
  t.equal(cases.length, 46)
  for (const c of cases) {
    const actual = aggregate({
      kind: 'Cluster',
      generation: c.generation,
      ref: c.ref,
      deleted: c.deleted,
      hasChildren: c.has_children,
      required: c.required,
      reports: c.reports,
      conditions: c.previous,
    })
    // A member absent from an expected condition is not prescribed.
    const prescribed = actual.map((condition, i) => {
      const members = Object.keys(c.expect[i] ?? condition)
      return Object.fromEntries(Object.entries(condition).filter(([member]) => members.includes(member)))
    })
    t.strictSame(prescribed, c.expect, c.name)
  }
})

const time = (minute: number) => `2026-03-10T08:${String(minute).padStart(2, '0')}:00.000000Z`

const created = (more: Partial<Resource> = {}): Resource => {
  const resource: Resource = {
    kind: 'NodePool',
    generation: 2,
    ref: time(0),
    deleted: false,
    hasChildren: false,
    required: ['a'],
    reports: [],
    conditions: [],
    ...more,
  }
  return { ...resource, conditions: aggregate(resource) }
}

const report = (
  available: 'True' | 'False' | 'Unknown' | undefined,
  minute: number,
  more: Partial<Report> & { finalized?: boolean } = {},
): Report => {
  const { finalized, ...members } = more
  return {
    adapter: 'a',
    observed_generation: 2,
    observed_time: time(minute),
    conditions: [
      ...(available ? [{ type: 'Available', status: available }] : []),
      { type: 'Health', status: 'True' as const },
      ...(finalized ? [{ type: 'Finalized', status: 'True' as const }] : []),
    ],
    ...members,
  }
}

t.test('the model of what becomes of a report', async (t) => {
  const first = receive(created(), report('True', 2))
  t.equal(first.outcome, 'stored')
  t.equal(first.resource.conditions[0]?.message, 'NodePool is accessible')

  const outcome = (r: Report, resource = first.resource) => receive(resource, r).outcome
  t.equal(outcome(report('True', 3, { observed_generation: 3 })), 'future-generation')
  t.equal(outcome(report('True', 3, { observed_generation: 1 })), 'stale-generation')
  t.equal(outcome(report('True', 1)), 'stale-time')
  t.equal(outcome(report('Unknown', 3)), 'unknown')
  t.equal(outcome(report(undefined, 3, { finalized: true })), 'unknown', 'not marked: absent is Unknown')
  t.equal(
    outcome(report('True', 2, { conditions: report('True', 2).conditions.reverse(), data: {} })),
    'same',
  )
  t.equal(outcome(report('True', 2, { metadata: {} })), 'stored', 'equal time, other content')
  t.equal(outcome(report('Unknown', 1, { adapter: 'x' })), 'stored', 'the first Unknown of an adapter')
  t.equal(receive(first.resource, report('Unknown', 3)).resource, first.resource)

  const unknown = receive(created(), report('Unknown', 2)).resource
  t.equal(outcome(report('Unknown', 2), unknown), 'unknown', 'rule 4 before equal')
  t.strictSame(unknown.conditions, created().conditions)

  const { resource } = receive(first.resource, report('False', 4))
  t.match(resource.reports, [
    {
      data: {},
      created_time: time(2),
      last_report_time: time(4),
      conditions: [
        { type: 'Available', last_transition_time: time(4) },
        { type: 'Health', last_transition_time: time(2) },
      ],
    },
  ])

  const marked = created({ ...first.resource, generation: 3, ref: time(5), deleted: true })
  const last = receive(marked, report(undefined, 6, { observed_generation: 3, finalized: true }))
  t.equal(last.outcome, 'stored')
  t.equal(complete(marked), false)
  t.equal(complete(last.resource), true)
  t.equal(complete({ ...last.resource, hasChildren: true }), false)
  t.equal(complete(created({ deleted: true, required: [] })), true)
})

t.test('a False at the tracked generation ends a sticky True, of which the data have no case', async (t) => {
  // True at generation 1, then b goes on to generation 2 (rule 3), then a says False at generation 1.
  const required = ['a', 'b']
  const first = (adapter: string, minute: number) =>
    report('True', minute, { adapter, observed_generation: 1 })
  let resource = created({ required, generation: 1 })
  resource = receive(resource, first('a', 1)).resource
  resource = receive(resource, first('b', 2)).resource
  resource = created({ ...resource, generation: 2, ref: time(3) })
  resource = receive(resource, report('True', 4, { adapter: 'b' })).resource
  t.match(resource.conditions[3], { status: 'True', observed_generation: 1, last_updated_time: time(1) })
  resource = receive(resource, report('False', 5, { observed_generation: 1 })).resource
  t.strictSame(resource.conditions[3], {
    type: 'LastKnownReconciled',
    status: 'False',
    reason: 'AdapterReportedNotAvailable',
    observed_generation: 2,
    created_time: time(0),
    last_updated_time: time(1),
    last_transition_time: time(1),
  })
})
