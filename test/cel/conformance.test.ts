/** Expressions give what cel-go gives, but for the differences that docs/conditions.md tells. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { root } from '../processes.ts'
import { type Case, given, outcome, readCorpus } from './corpus.ts'

const { data, cases } = readCorpus()
const ours = (each: Case) => outcome(each.expression, data[each.data] ?? {})

t.test('each case gives what cel-go gives', async (t) => {
  for (const each of cases)
    if (!each.differs) t.strictSame(ours(each), given(each), `${each.name}: ${each.expression}`)
})

t.test('each known difference is one, and is as it is told', async (t) => {
  for (const each of cases.filter(({ differs }) => differs)) {
    t.strictSame(ours(each), each.ours, `${each.name}: ${each.expression}`)
    t.strictNotSame(each.ours, given(each), `${each.name}: ${each.expression}`)
  }
})

t.test('the document tells each difference with an example that is a case', async (t) => {
  const document = readFileSync(join(root, 'docs/conditions.md'), 'utf8')
  const [, section = ''] = document.split('### Differences from cel-go\n')
  const rows = [...(section.split('\n#')[0]?.matchAll(/^\| (?!---|difference)(.+?) \| `(.+?)` \|/gm) ?? [])]
  const told = rows.map(([, difference, expression]) => ({ difference, expression }))
  const known = new Set(cases.flatMap(({ differs }) => differs ?? []))
  t.strictSame(told.map(({ difference }) => difference).sort(), [...known].sort())
  for (const { difference, expression } of told)
    t.ok(
      cases.some((each) => each.differs === difference && each.expression === expression),
      `${difference}: ${expression}`,
    )
})

t.test('the cases are those that are meant', async (t) => {
  t.equal(new Set(cases.map(({ name, data }) => `${data}: ${name}`)).size, cases.length)
  t.ok(cases.length >= 700)
  t.ok(cases.filter(({ error }) => error === 'compile').length >= 140)
  t.ok(cases.filter(({ error }) => error === 'evaluation').length >= 130)
})
