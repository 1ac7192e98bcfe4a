/**
 * cel-go gives for each case what test/data/cel.json says, and for random expressions what ours gives. UPDATE=1 writes its
 * results into the file: after a new case, or a new version in oracle/go.mod.
 */
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { find } from '../helm/helm.ts'
import { root, temporaryFolder } from '../processes.ts'
import { generator, printable, seed, tried } from '../random.ts'
import { type Case, type Corpus, given, type Outcome, outcome, readCorpus, writeCorpus } from './corpus.ts'
import { randomData, randomExpression } from './random-expressions.ts'

const RUNS = Number(process.env.RUNS ?? 5_000)
const go = find('go')
const skip = go ? false : 'there is no go on the PATH'

/** What cel-go gives for cases. */
async function answers(t: Test, corpus: Corpus): Promise<Outcome[]> {
  const file = join(await temporaryFolder(t), 'cases.json')
  writeFileSync(file, JSON.stringify(corpus))
  const run = spawnSync(go ?? 'go', ['run', '.', file], {
    cwd: join(root, 'test/cel/oracle'),
    encoding: 'utf8',
    maxBuffer: 1024 ** 3,
  })
  if (run.status !== 0) throw new Error(run.stderr)
  return JSON.parse(run.stdout).map(given)
}

t.test('cel-go gives the results of the file', { skip }, async (t) => {
  const corpus = readCorpus()
  const results = await answers(t, corpus)
  if (process.env.UPDATE)
    writeCorpus({ ...corpus, cases: corpus.cases.map((each, index) => updated(each, results[index])) })
  readCorpus().cases.forEach((each, index) => {
    t.strictSame(given(each), results[index], `${each.name}: ${each.expression}`)
  })
})

/** A case with another result. */
function updated({ name, expression, data, differs, ours }: Case, result: Outcome | undefined): Case {
  return { name, expression, data, ...result, ...(differs && { differs, ours }) }
}

t.test('random expressions give what cel-go gives', { skip }, async (t) => {
  t.comment(`SEED=${seed}`)
  const random = generator(seed)
  const cases = Array.from({ length: RUNS }, (_, index) => ({
    name: 'random',
    expression: randomExpression(random, 1 + (index % 4)),
    data: 'random',
  }))
  const results = await answers(t, { data: { random: randomData }, cases })
  const counts: Record<string, number> = {}
  cases.forEach(({ expression }, index) => {
    const result = results[index] as Outcome
    const kind = 'error' in result ? result.error : 'value'
    counts[kind] = (counts[kind] ?? 0) + 1
    t.strictSame(outcome(expression, randomData), result, printable(expression).slice(0, 300))
  })
  tried(t, 'expressions', { count: RUNS, answers: counts })
})
