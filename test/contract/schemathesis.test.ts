/** schemathesis finds nothing that is not explained, with tokens and without. `npm run schemathesis` does it for longer. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { root } from '../processes.ts'
import { allPhases, explain, explanations, type Failure, run, skip } from './schemathesis.ts'

const seed = Number(process.env.SEED ?? 1)
const examples = Number(process.env.RUNS ?? 5)

// The phase called coverage takes most of the time, and has the same to say with tokens and without.
for (const [jwt, phases] of [
  [true, allPhases],
  [false, ['examples', 'fuzzing']],
] as const)
  t.test(`schemathesis, ${jwt ? 'with' : 'without'} tokens`, { skip }, async (t) => {
    const { version, cases, failures, errors } = await run(t, jwt, { seed, examples, phases })
    const pins = readFileSync(join(root, 'test/contract/requirements.txt'), 'utf8')
    t.match(pins, `schemathesis==${version}\n`, 'the version that is pinned')
    for (const phase of phases) t.ok(cases[phase], phase)
    t.strictSame(errors, [])
    t.strictSame(
      failures.filter((failure) => !explain(failure).length),
      [],
      `seed ${seed}`,
    )
    t.comment(`tried ${JSON.stringify({ cases, failures: failures.length })}`)
  })

t.test('a failure is explained when all that is said of it is', async (t) => {
  const failure = (...errors: string[]): Failure => ({
    check: 'positive_data_acceptance',
    operation: 'GET /x',
    message: '',
    request: 'GET http://127.0.0.1/x?order=y',
    sent: '',
    status: 400,
    body: JSON.stringify({
      errors: errors.map((each) => ({ field: each.split(': ')[0], message: each.split(': ')[1] })),
    }),
  })
  const [order, cursor] = [
    'order: y is not a field to sort by',
    'cursor: must not be given together with page',
  ]
  t.equal(explain(failure(order, cursor)).length, 2)
  t.strictSame(explain(failure(order, 'name: must match pattern')), [])
  t.strictSame(explain({ ...failure(order), status: 500 }), [])
  t.strictSame(explain({ ...failure(order), check: 'not_a_server_error' }), [])
  const negative = (components: string): Failure => ({
    ...failure(),
    check: 'negative_data_rejection',
    message: `Invalid data should have been rejected\nInvalid component: ${components} - violates \`type\``,
    request: 'GET http://127.0.0.1/x?size=&page=1',
    status: 200,
  })
  t.equal(explain(negative('parameter `size` in query')).length, 1)
  t.equal(explain(negative('parameters `size`, `cursor` in query')).length, 1)
  t.strictSame(explain(negative('parameters `size`, `page` in query')), [])
  t.strictSame(explain(negative('parameter `size` in query, body')), [])
  const partial = (sent: string): Failure => ({
    ...failure(),
    check: 'response_schema_conformance',
    message: '"name" is a required property\n',
    request: 'POST http://127.0.0.1/x/search',
    sent,
    status: 200,
  })
  t.equal(explain(partial('{"fields":["id"]}')).length, 1)
  t.strictSame(explain(partial('{}')), [])
  for (const { reason, says } of explanations) t.match(reason, /\w+ \w+/, says)
})
