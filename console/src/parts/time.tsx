const UNITS: [Intl.RelativeTimeFormatUnit, seconds: number][] = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
]
const words = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })

/** A time by its distance from now, with the whole time as its title. */
export function Time({ of: time }: { of: string | undefined }) {
  if (!time) return <span>–</span>
  return (
    <time dateTime={time} title={time} className="hf-time">
      {distance(time)}
    </time>
  )
}

/** The distance of a time from now in words, such as `3 hours ago`. */
export function distance(time: string, now = Date.now()): string {
  const seconds = Math.round((Date.parse(time) - now) / 1000)
  const [unit, size] = UNITS.find(([, least]) => Math.abs(seconds) >= least) ?? ['second', 1]
  return words.format(Math.trunc(seconds / size), unit)
}
