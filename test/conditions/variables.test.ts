import t from 'tap'
import { ConditionMapping } from '../../server/conditions/condition-mapping.ts'
import { compileRule } from '../../server/conditions/condition-rule.ts'
import { type Input, variablesOf } from '../../server/conditions/variables.ts'

const input = (spec: unknown, more: object = {}, statuses: NonNullable<Input['statuses']> = []) => ({
  id: '019ad2a5-7d3c-7cc0-8f2e-3c1f5e0a9b11',
  version: 1,
  rules: '[]',
  resource: { kind: 'Cluster', generation: 1, spec, status: { conditions: [] }, ...more },
  statuses,
})

t.test('expressions see no secrets, no status, and nothing deeper than 20 levels', (t) => {
  const nested = (depth: number): unknown => (depth ? { a: nested(depth - 1) } : 'end')
  const { resource } = variablesOf(
    input({ region: 'east', adminPassword: 'a', API_KEY: { b: 1 }, list: [{ bearer: 1 }], deep: nested(30) }),
  ) as { resource: { spec: Record<string, unknown> } }
  t.notOk('status' in resource)
  const { deep, ...spec } = resource.spec
  t.strictSame(spec, {
    region: 'east',
    adminPassword: '***REDACTED***',
    API_KEY: '***REDACTED***',
    list: [{ bearer: '***REDACTED***' }],
  })
  let depth = 2
  for (let at = deep as { a?: object }; at.a; at = at.a as { a?: object }) depth++
  t.equal(depth, 20)
  t.end()
})

t.test('expressions see the parent, and reports without conditions that are Unknown', (t) => {
  const owner_references = { id: 'o', kind: 'Cluster', href: '/o' }
  const conditions = [
    { type: 'Available', status: 'Unknown' },
    { type: 'Applied', status: 'True', reason: 'Done' },
  ]
  const { resource, statuses } = variablesOf(
    input({}, { owner_references }, [
      { adapter: 'dns', observed_generation: 2, conditions, data: { token: 'x' } },
    ]),
  )
  t.match(resource, { owner_id: 'o', owner_kind: 'Cluster', owner_href: '/o' })
  t.notOk('owner_references' in (resource as object))
  t.strictSame(statuses, [
    {
      adapter: 'dns',
      observed_generation: 2,
      conditions: [{ type: 'Applied', status: 'True', reason: 'Done', message: '' }],
      data: { token: '***REDACTED***' },
    },
  ])
  t.end()
})

t.test('the results of a rule become a condition, or a failure', (t) => {
  const evaluate = (own: object) => {
    const rule = { type: 'Fine', when: 'true', status: 'true', reason: "'R'", message: "'m'", ...own }
    return compileRule(rule).evaluate(variablesOf(input({ text: 'TRUE', list: [1] })))
  }
  const fine = { type: 'Fine', status: 'True', reason: 'R', message: 'm' }
  const cases: [object, unknown][] = [
    [{}, fine],
    [{ when: 'false' }, undefined],
    [{ when: "'true'" }, { type: 'Fine', failed: 'when: the value is no bool' }],
    [{ status: 'resource.spec.text' }, fine],
    [{ status: "'False'" }, { ...fine, status: 'False' }],
    [{ status: "'Unknown'" }, { type: 'Fine', failed: 'status: the value is neither true nor false' }],
    [{ status: "''" }, { type: 'Fine', failed: 'status: the value is neither true nor false' }],
    [{ status: '1' }, { type: 'Fine', failed: 'status: the value is neither true nor false' }],
    [{ reason: 'true' }, { ...fine, reason: 'True' }],
    [{ message: 'null' }, { ...fine, message: '' }],
    [{ message: '3' }, { ...fine, message: '3' }],
    [{ message: 'resource.spec.list[0] + 0.5' }, { ...fine, message: '1.5' }],
    [
      { reason: `'${'r'.repeat(257)}'` },
      { type: 'Fine', failed: 'reason: the value is longer than 256 bytes' },
    ],
    [{ message: `'${'é'.repeat(1100)}'` }, { ...fine, message: 'é'.repeat(1024) }],
    [{ message: '[1]' }, { type: 'Fine', failed: 'message: the value is neither a text nor a number' }],
    [{ message: 'resource.spec.none' }, { type: 'Fine', failed: 'message: no such key: none' }],
  ]
  for (const [own, expected] of cases) t.strictSame(evaluate(own), expected, JSON.stringify(own).slice(0, 80))
  t.end()
})

t.test('rules that this release cannot compile are told, and fail', (t) => {
  const rule = { type: 'Later', when: 'resource.spec.later()', status: 'true', reason: "''", message: "''" }
  const rules = JSON.stringify([rule])
  const failures: string[] = []
  const mapping = new ConditionMapping([], ({ type, reason }) => failures.push(`${type}: ${reason}`))
  const lines = mapping.follow([{ kind: 'Cluster', parent_kind: null, condition_rules: rules }])
  t.match(lines, [
    /^the condition Later of Cluster in the database cannot be evaluated by this release: line 1, column/,
  ])
  t.ok(mapping.concerns('Cluster'))
  const [evaluated] = mapping.evaluate(JSON.stringify([{ ...input({}), rules }]))
  t.strictSame(evaluated?.results, [{ type: 'Later', failed: 'an expression cannot be compiled' }])
  t.strictSame(failures, ['Later: an expression cannot be compiled'])
  t.end()
})
