const milli = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
} as const
const bytes = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 } as const

/** A duration of one unit, as the chart reckons with them too. */
export const durationPattern = /^(\d{1,9})(ms|s|m|h|d)$/
/** A sum of durations, as Go writes them: `1m30s`, `1.5h`, `168h0m0s`. */
const durationsPattern = /^(\d{1,9}(\.\d{1,9})?(ns|us|µs|ms|s|m|h|d))+$/
export const sizePattern = /^(\d{1,9})(B|KiB|MiB|GiB)$/

/** The longest time that a timer can wait. */
const LONGEST = 2 ** 31 - 1

/** Whether a text is a duration that a timer can wait, such as `10s`. */
export const isDuration = (text: string) =>
  durationsPattern.test(text) && milliseconds(text) > 0 && milliseconds(text) <= LONGEST

/** The longest duration that is subtracted from a time. */
const LONGEST_PERIOD = 36_500 * milli.d

/** Whether a text is a duration that no timer waits for, such as `30d`. */
export const isPeriod = (text: string) =>
  durationsPattern.test(text) && milliseconds(text) > 0 && milliseconds(text) <= LONGEST_PERIOD

/** A duration that a timer can wait, or no time at all: `0s`. */
export const isDelay = (text: string) =>
  isDuration(text) || (durationsPattern.test(text) && !milliseconds(text))

/** Whether a text is a size of something, such as `1MiB`. */
export const isSize = (text: string) => sizePattern.test(text) && bytesIn(text) > 0

/** The milliseconds in a duration such as `10s`, `1m30s` or `250ms`: a whole number, since Fastify takes no other. */
export function milliseconds(duration: string): number {
  const parts = [...duration.matchAll(/([\d.]+)([a-zµ]+)/g)]
  const sum = parts.reduce(
    (all, [, count, unit]) => all + Number(count) * milli[unit as keyof typeof milli],
    0,
  )
  return parts.length ? Math.round(sum) : Number.NaN
}

/** The bytes in a size such as `1MiB`. */
export function bytesIn(size: string): number {
  const [, count, unit] = sizePattern.exec(size) ?? []
  return Number(count) * bytes[unit as keyof typeof bytes]
}
