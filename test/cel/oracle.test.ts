/**
 * cel-go gives for each case what test/data/cel.json says. UPDATE=1 writes its results into the file: after a new case, or
 * a new version in oracle/go.mod.
 */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import t from 'tap'
import { find } from '../helm/helm.ts'
import { root } from '../processes.ts'
import { type Case, corpusFile, given, type Outcome, readCorpus, writeCorpus } from './corpus.ts'

const go = find('go')

t.test(
  'cel-go gives the results of the file',
  { skip: go ? false : 'there is no go on the PATH' },
  async (t) => {
    const run = spawnSync(go ?? 'go', ['run', '.', corpusFile], {
      cwd: join(root, 'test/cel/oracle'),
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    })
    t.equal(run.status, 0, run.stderr)
    const answers: Case[] = JSON.parse(run.stdout)
    const corpus = readCorpus()
    const results = corpus.cases.map((_, index) => given(answers[index] as Case))
    if (process.env.UPDATE)
      writeCorpus({ ...corpus, cases: corpus.cases.map((each, index) => updated(each, results[index])) })
    readCorpus().cases.forEach((each, index) => {
      t.strictSame(given(each), results[index], `${each.name}: ${each.expression}`)
    })
  },
)

/** A case with another result. */
function updated({ name, expression, data, differs, ours }: Case, result: Outcome | undefined): Case {
  return { name, expression, data, ...result, ...(differs && { differs, ours }) }
}
