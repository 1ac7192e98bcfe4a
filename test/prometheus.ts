import type { Test } from 'tap'

/** One metric as a scrape shows it. */
export interface Metric {
  type: string
  help: string
  samples: { name: string; labels: Record<string, string>; value: number }[]
}

/** Values are what Go's ParseFloat takes: prom-client writes Nan. */
const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*'
const LABEL = String.raw`([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"`
const SAMPLE = new RegExp(
  String.raw`^(${NAME})(?:\{(${LABEL}(?:,${LABEL})*)?\})? ([-+]?(?:\d+\.?\d*(?:e[-+]?\d+)?|Inf)|Na[nN])$`,
)

/**
 * Reads the text format 0.0.4, and throws on whatever a Prometheus server would not take, or take for something
 * else: lines of one metric that do not stand together, a sample twice, a histogram whose buckets do not add up.
 */
export function parseMetrics(text: string): Map<string, Metric> {
  if (!text.endsWith('\n')) throw new Error('the last line does not end')
  const metrics = new Map<string, Metric>()
  const seen = new Set<string>()
  let current = ''
  for (const line of text.split('\n').filter((each) => each !== '')) {
    const [, help, words = ''] = new RegExp(`^# HELP (${NAME}) (.+)$`).exec(line) ?? []
    const [, typed, type = ''] =
      new RegExp(`^# TYPE (${NAME}) (counter|gauge|histogram|summary)$`).exec(line) ?? []
    const [, name = '', inside = '', ...rest] = SAMPLE.exec(line) ?? []
    if (help) {
      if (metrics.has(help)) throw new Error(`twice: ${line}`)
      metrics.set(help, { type: '', help: words, samples: [] })
      current = help
    } else if (typed) {
      const metric = metrics.get(typed)
      if (!metric || typed !== current || metric.type || metric.samples.length)
        throw new Error(`misplaced: ${line}`)
      metric.type = type
    } else if (name) {
      const metric = metrics.get(current)
      const suffixes = metric?.type === 'histogram' ? ['_bucket', '_sum', '_count'] : ['']
      if (!metric || !suffixes.some((suffix) => name === current + suffix))
        throw new Error(`misplaced: ${line}`)
      const pairs = [...inside.matchAll(new RegExp(LABEL, 'g'))].map(
        ([, key, value]) => [key, value] as const,
      )
      const labels = Object.fromEntries(pairs)
      if (Object.keys(labels).length !== pairs.length) throw new Error(`a label twice: ${line}`)
      const identity = name + JSON.stringify(Object.entries(labels).sort())
      if (seen.has(identity)) throw new Error(`a sample twice: ${line}`)
      seen.add(identity)
      metric.samples.push({ name, labels, value: numberOf(rest.at(-1) ?? '') })
    } else throw new Error(`not of the format: ${line}`)
  }
  for (const [name, metric] of metrics) checkHistogram(name, metric)
  return metrics
}

const numberOf = (text: string) => Number(text.replace('Inf', 'Infinity'))

function checkHistogram(name: string, { type, samples }: Metric) {
  if (type !== 'histogram') return
  const series = new Map<string, { buckets: [le: number, value: number][]; count?: number; sum?: number }>()
  for (const { name: part, labels, value } of samples) {
    const { le, ...rest } = labels
    const key = JSON.stringify(Object.entries(rest).sort())
    const one = series.get(key) ?? { buckets: [] }
    series.set(key, one)
    if (part === `${name}_bucket`) one.buckets.push([numberOf((le ?? '').replace('+', '')), value])
    else if (part === `${name}_count`) one.count = value
    else one.sum = value
  }
  for (const [key, { buckets, count, sum }] of series) {
    const rises = buckets.every(([le, value], at) => {
      const [before, less] = buckets[at - 1] ?? [Number.NEGATIVE_INFINITY, 0]
      return le > before && value >= less
    })
    const [last, all] = buckets.at(-1) ?? []
    if (!rises || last !== Number.POSITIVE_INFINITY || all !== count || sum === undefined) {
      throw new Error(`the buckets of ${name}${key} do not add up`)
    }
  }
}

/** What the metrics of a server say at this moment. */
export async function scrape(t: Test, address: string): Promise<Scraped> {
  const answer = await fetch(`${address}/metrics`)
  t.equal(answer.status, 200)
  t.match(answer.headers.get('content-type'), /^text\/plain; version=0\.0\.4; charset=utf-8$/)
  const text = await answer.text()
  const metrics = parseMetrics(text)
  return {
    text,
    metrics,
    value: (name, labels = {}) => sumOf(metrics, name, labels),
  }
}

export interface Scraped {
  text: string
  metrics: Map<string, Metric>
  /** The sum of the samples of a name with these labels; undefined when there are none. */
  value(name: string, labels?: Record<string, string>): number | undefined
}

/** The sum of the samples of a name with these labels; undefined when there are none. */
export function sumOf(
  metrics: Map<string, Metric>,
  name: string,
  labels: Record<string, string> = {},
): number | undefined {
  const found = [...metrics.values()]
    .flatMap(({ samples }) => samples)
    .filter((sample) => sample.name === name)
    .filter((sample) => Object.entries(labels).every(([key, value]) => sample.labels[key] === value))
  return found.length ? found.reduce((sum, { value }) => sum + value, 0) : undefined
}
