/** Faults under load, a few rounds of each; `npm run test:faults` does many. */
import t from 'tap'
import { attack } from './attack/attack.ts'
import { faults } from './attack/faults.ts'
import { makeSeed, openPlainScene } from './attack/stage.ts'

t.test('whatever happens, nothing acknowledged is lost', async (t) => {
  const seed = await makeSeed(t)
  // One for all faults that need no other; `npm run test:faults` has one for each.
  const plain = await openPlainScene(t, seed)
  for (const fault of faults.filter(({ rounds }) => rounds.short)) {
    t.test(fault.name, { skip: fault.lack?.() ?? false }, async (t) => {
      const scene = (await fault.open?.(t, seed)) ?? plain
      const outcome = await attack(fault, scene, { rounds: fault.rounds.short })
      const { lost, violations, acknowledged, unanswered, stored, recoveries } = outcome
      t.same(lost, [], 'nothing acknowledged is lost')
      t.same(violations, [], 'nothing is against the rules')
      t.comment(
        `${acknowledged} acknowledged, ${unanswered} not answered (${stored} of them stored), ` +
          `first success after ${recoveries.map(Math.round)} ms`,
      )
    })
  }
})
