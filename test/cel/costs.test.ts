/** What an evaluation costs for large values: the limit bounds the time only where the cost grows with both. */
import t from 'tap'
import { compileExpression } from '../../cel/expression.ts'

t.test('comparing and measuring what is large costs in proportion to it', async (t) => {
  const numbers = Array.from({ length: 1000 }, (_, n) => n)
  const large = () => ({
    list: [...numbers],
    map: Object.fromEntries(numbers.map((n) => [`k${n}`, n])),
    texts: ['x'.repeat(500_000)],
    text: '\u{1f600}'.repeat(10_000),
  })
  const parts = [
    'a.list == b.list',
    'a.map == b.map',
    'a.texts == b.texts',
    'a.map.size() > 3',
    'a.text.size() > 3',
  ]
  for (const part of parts) {
    const { evaluate } = compileExpression(`passes.all(x, ${part})`, ['a', 'b', 'passes'])
    const run = (passes: number) => evaluate({ a: large(), b: large(), passes: Array(passes).fill(0) })
    t.equal(run(1), true, part)
    t.throws(() => run(900), { message: 'cost limit exceeded' }, part)
  }
})
