/** The composed document keeps the rules of openapi.yaml, whichever kinds are configured. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { composedFile, manyKinds } from '../composed.ts'
import { root } from '../processes.ts'

/** The rules that a document violates, by the linter of `npm run check`. */
async function violations(file: string): Promise<string[]> {
  const args = ['node_modules/.bin/redocly', 'lint', '--config=redocly.yaml', '--format=json', file]
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root }).catch((error) => error)
  const { problems } = JSON.parse(stdout) as { problems: { ruleId: string; message: string }[] }
  return problems.map(({ ruleId, message }) => `${ruleId}: ${message}`)
}

async function lints(t: Test, config: Parameters<typeof composedFile>[1], expected: RegExp[] = []) {
  const found = await violations(await composedFile(t, config))
  t.equal(found.length, expected.length, found.join('\n'))
  for (const [index, rule] of expected.entries()) t.match(found[index], rule)
}

const entities = (more: object) => [
  { kind: 'Cluster', required_adapters: [], ...more },
  { kind: 'NodePool', required_adapters: [] },
]

t.test('the composed document lints without a warning', async (t) => {
  await t.test('with kinds of three levels, with and without adapters', (t) => lints(t, manyKinds))

  await t.test('with limits that the names in the examples of the document exceed', (t) =>
    lints(t, entities({ name_min_len: 3, name_max_len: 3 })),
  )
})
