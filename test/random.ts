import type { Test } from 'tap'

/** A generator of random whole numbers below a bound, which can be begun again from its seed (mulberry32). */
export function generator(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

/** The seed of a random test: another one each time, unless SEED says which. */
export const seed = Number(process.env.SEED ?? Date.now() % 1_000_000)

/**
 * A text as a report can carry it, in ASCII: a line separator such as U+2028 in a comment breaks the report
 * of the whole file off, and which random texts are printed depends on the machine.
 */
export function printable(text: string): string {
  return JSON.stringify(text).replace(
    /[^ -~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** Tells how many of something a test has tried, and how the requests for it were answered; `npm run fuzz` adds it up. */
export function tried(
  t: Pick<Test, 'comment'>,
  what: string,
  { count, answers = {} }: { count: number; answers?: Record<string, number> },
): void {
  t.comment(`tried ${JSON.stringify({ what, count, answers })}`)
}
