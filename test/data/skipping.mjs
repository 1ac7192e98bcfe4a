// What test/scripts/outcomes.test.ts has run: one test that passes, one that is skipped.
import t from 'tap'

t.pass('runs')
t.test('needs a program', { skip: 'it is not here' }, async () => {})
