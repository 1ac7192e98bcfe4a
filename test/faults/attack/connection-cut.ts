import { queries } from '../../../generated/sql.ts'
import type { Cut } from '../way.ts'
import type { Fault, Outcome } from './attack.ts'

const { create_resource, patch_resource, delete_resource, report_status } = queries
const writes = [create_resource, patch_resource, delete_resource, report_status].map(({ id }) => id)

const fault = (name: string, when: Cut, check: (outcome: Outcome) => boolean): Fault => ({
  name,
  rounds: { short: 8, long: 100 },
  // In turn, so that a few rounds have each of them.
  strike: ({ way }, round) => way.cutNext(when, writes[round % writes.length] ?? ''),
  check(outcome) {
    const { stored, unanswered } = outcome
    return check(outcome) ? [] : [`${stored} of ${unanswered} writes without an answer are there`]
  },
})

/** Each write is its own transaction: what was not asked for is not there. */
export const cutBefore = fault(
  'a connection is cut before a write reaches PostgreSQL',
  'before',
  ({ stored, unanswered, rounds }) => stored === 0 && unanswered === rounds,
)

/** Each of them is there: that the answer is missing does not undo it. */
export const cutAfter = fault(
  'a connection is cut when a write is committed, before its answer',
  'after',
  ({ stored, repeated, unanswered, rounds }) => stored + repeated === rounds && unanswered === rounds,
)
