import { spawnSync } from 'node:child_process'
import t from 'tap'
import { root } from '../processes.ts'

t.test('a skipped test is told, and fails CI', async (t) => {
  for (const [CI, code, counts] of [
    ['', 0, '1 passed, 0 failed, 1 skipped'],
    ['true', 1, '1 passed, 1 failed, 1 skipped'],
  ] as const) {
    const { HYPERFLEET_TEST_SERVER: _, ...rest } = process.env
    const env = Object.fromEntries(Object.entries(rest).filter(([name]) => !/^(TAP|HYPERFLEET)_/.test(name)))
    const { status, stdout } = spawnSync(
      process.execPath,
      ['--import', 'tsx', 'scripts/test.ts', 'test/data/skipping.mjs'],
      { cwd: root, env: { ...env, CI }, encoding: 'utf8' },
    )
    t.equal(status, code, stdout)
    t.match(stdout, 'skipped: ok 2 - needs a program # SKIP it is not here')
    t.equal(stdout.trim().split('\n').at(-1), counts)
  }
})
