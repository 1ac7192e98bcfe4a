import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import t from 'tap'
import { root } from '../processes.ts'

const SKIPPING = 'test/data/skipping.mjs'
const UNSTEADY = 'test/data/unsteady.mjs'

/** Runs files by scripts/test.ts, with variables of the environment. Returns its exit status, and what it printed. */
function runTests(files: string[], variables: Record<string, string>) {
  const { HYPERFLEET_TEST_SERVER: _, ...rest } = process.env
  const env = Object.fromEntries(Object.entries(rest).filter(([name]) => !/^(TAP|HYPERFLEET)_/.test(name)))
  const { status, stdout } = spawnSync(process.execPath, ['--import', 'tsx', 'scripts/test.ts', ...files], {
    cwd: root,
    env: { ...env, ...variables },
    encoding: 'utf8',
  })
  return { status, stdout, counts: stdout.trim().split('\n').at(-1) }
}

t.test('a skipped test is told, and fails CI', async (t) => {
  for (const [CI, code, expected] of [
    ['', 0, '1 passed, 0 failed, 1 skipped'],
    ['true', 1, '1 passed, 1 failed, 1 skipped'],
  ] as const) {
    const { status, stdout, counts } = runTests([SKIPPING], { CI })
    t.equal(status, code, stdout)
    t.match(stdout, 'skipped: ok 2 - needs a program # SKIP it is not here')
    t.equal(counts, expected)
  }
})

t.test('a file that fails beside others runs again alone', async (t) => {
  const mark = { CI: '', UNSTEADY_MARK: join(t.testdir(), 'mark') }
  const failing = runTests([UNSTEADY, SKIPPING], mark)
  t.equal(failing.status, 1)
  t.equal(failing.counts, '1 passed, 1 failed, 1 skipped')
  t.notMatch(failing.stdout, 'unsteady:')
  const alone = runTests([UNSTEADY], { ...mark, UNSTEADY_PASSES: 'true' })
  t.equal(alone.status, 1, 'one that ran alone does not run again')
})

t.test('one that passes then is told, with its failure', async (t) => {
  const mark = join(t.testdir(), 'mark')
  const { status, stdout, counts } = runTests([UNSTEADY, SKIPPING], {
    CI: '',
    UNSTEADY_MARK: mark,
    UNSTEADY_PASSES: 'true',
  })
  t.equal(status, 0, stdout)
  t.match(stdout, 'not ok 1 - is not the first run')
  t.match(stdout, `unsteady: ${UNSTEADY} failed beside others and passed alone`)
  t.equal(counts, '2 passed, 0 failed, 1 skipped')
})
