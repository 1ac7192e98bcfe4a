import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises'

/** The steps of a wait. One more follows, so that the loop has run after the last step that a pause could fall into. */
const STEPS = 10

/**
 * Resolves once the event loop has run for `ms` milliseconds.
 *
 * A timer that fires late says nothing about anybody else: a process that was stopped, had no processor, or was in a
 * long turn finds its timers expired before it has read the data that arrived meanwhile. So the wait is made of short
 * steps, and a pause of the process uses up one of them at most.
 *
 * With `signal` the wait ends early: it rejects with an AbortError. With `ref: false` the process may exit meanwhile.
 */
export async function running(
  ms: number,
  options: { signal?: AbortSignal; ref?: boolean } = {},
): Promise<void> {
  for (let step = 0; step <= STEPS; step++) await sleep(ms / STEPS, undefined, options)
  await turn(undefined, options)
}
