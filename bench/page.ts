/** What `npm run bench` has measured, as a page and as plots. */
import type { Arrivals } from './arrivals.ts'
import type { Figures } from './load.ts'
import type { Point } from './measure.ts'
import { svg } from './plot.ts'

export interface Results {
  /** Of a Fastify that does nothing, by connections. */
  empty: { connections: number; figures: Figures }[]
  points: Point[]
  /** Of clusters that are this large in an answer. */
  small?: Point & { kilobytes: number }
  /** With longer specs. */
  sizes: (Point & { kilobytes: number })[]
  /** At fixed rates: shares, of what the server gets done at most. */
  arrivals: (Arrivals & { name: string; share: number })[]
  sweeps: { name: string; seconds: number }[]
  /** Bytes: of a server that has just started, and at most, by scenario. */
  memory: { rest: number; peaks: { name: string; bytes: number }[] }
  startSeconds: number[]
}

/** What there is before anything has been measured. */
export const noResults = (): Results => ({
  empty: [],
  points: [],
  sizes: [],
  arrivals: [],
  sweeps: [],
  memory: { rest: 0, peaks: [] },
  startSeconds: [],
})

interface Target {
  what: string
  target: string
  measured: string
  isMet: boolean
}

/** What was to be reached, and whether it is; only of what has been measured. */
export function targetsOf({ points, small, sweeps }: Results): Target[] {
  const at = (name: string, connections = 10) =>
    points.find((point) => point.name === name && point.connections === connections)
  const targets: Target[] = []
  const add = (what: string, target: string, measured: string, isMet: boolean) =>
    targets.push({ what, target, measured, isMet })
  const median = (name: string, most: number, connections = 10) => {
    const point = at(name, connections)
    if (!point) return
    const { p50 } = point.server
    add(`${name}, ${connections} connections: median`, `≤ ${most} ms`, `${time(p50)} ms`, p50 <= most)
  }
  const pace = (name: string, least: number, p99: number, point: Point | undefined = at(name)) => {
    if (!point) return
    const { server } = point
    add(
      `${name}, 10 connections`,
      `≥ ${count(least)}/s`,
      `${count(server.perSecond)}/s`,
      server.perSecond >= least,
    )
    add(`${name}, 10 connections: p99`, `≤ ${p99} ms`, `${time(server.p99)} ms`, server.p99 <= p99)
  }
  median('GET by id', 0.7, 1)
  if (small) pace(`list of 10, ${small.kilobytes.toFixed(1)} KB each`, 2400, 10, small)
  pace('list of 10', 2400, 10)
  for (const { name, seconds } of sweeps)
    add(`sweep of 5,000 clusters, ${name}`, '< 1 s', `${seconds.toFixed(2)} s`, seconds < 1)
  pace('report, changed', 1500, 20)
  const changed = at('report, changed')
  for (const name of ['report, identical', 'report, discarded']) {
    const point = at(name)
    if (!point || !changed) continue
    const ratio = point.server.perSecond / changed.server.perSecond
    add(`${name}: times what changes`, '≥ 3', ratio.toFixed(1), ratio >= 3)
  }
  for (const name of ['create', 'patch', 'delete']) median(name, 5)
  for (const { name, server, limit } of points.filter(({ connections }) => connections === 10)) {
    if (!limit) continue
    const share = server.perSecond / limit.perSecond
    add(`${name}, 10 connections: of pgbench`, '≥ 50 %', percent(share), share >= 0.5)
  }
  return targets
}

/** The page. */
export function markdown(results: Results, about: string, how: string): string {
  const { empty, points, small, sizes, arrivals, sweeps, memory, startSeconds } = results
  const sections = [
    [
      'Targets',
      '',
      table(
        ['', 'target', 'measured', ''],
        targetsOf(results).map(({ what, target, measured, isMet }) => [
          what,
          target,
          measured,
          isMet ? 'met' : '**missed**',
        ]),
      ),
    ],
    [
      'Requests',
      `Without pause. \`limit\` is pgbench with the same statements and as many connections, in turns with the server, which has 20 of its own to PostgreSQL at the most; \`share\` is what the server reaches of it. Searches are planned each time by both, but for those of the mix, which pgbench has prepared.`,
      table(
        ['', 'connections', ...FIGURES],
        [
          ...points.map((point) => [point.name, point.connections, ...figures(point)]),
          ...(small
            ? [[`list of 10, ${small.kilobytes.toFixed(1)} KB each`, small.connections, ...figures(small)]]
            : []),
        ],
      ),
    ],
    [
      'The limit of HTTP',
      'A Fastify on the same Node.js with one route that does nothing, and the same client.',
      table(
        ['connections', 'requests/s', 'median', 'p99'],
        empty.map(({ connections, figures }) => [connections, ...short(figures)]),
      ),
    ],
    [
      'Long specs',
      'Over 10 connections. The fleets of longer specs have 1,000 clusters.',
      table(
        ['', 'KB of spec', ...FIGURES],
        sizes.map((point) => [point.name, point.kilobytes, ...figures(point)]),
      ),
    ],
    [
      'At a fixed rate',
      'Requests that arrive at even distances whether those before are answered or not, as a share of what the server gets done without pause. A time counts from the moment that a request was due; the client looks at its clock each millisecond, and takes more of the machine than that of the other tables.',
      table(
        ['', 'share', 'asked/s', 'answered/s', 'median', 'p99'],
        arrivals.map((each) => [each.name, percent(each.share), count(each.rate), ...short(each)]),
      ),
    ],
    [
      'Sweeps',
      'All of 5,000 clusters, one page after the other over one connection.',
      table(
        ['', 'seconds'],
        sweeps.map(({ name, seconds }) => [name, seconds.toFixed(2)]),
      ),
    ],
    [
      'Memory and start',
      startSeconds.length
        ? `From the start of the process to the first 200 of \`/readyz\`: ${middle(startSeconds).toFixed(2)} s, at most ${Math.max(...startSeconds).toFixed(2)} s, of ${startSeconds.length} starts. The server (RSS) has ${megabytes(memory.rest)} MB once it has started, and at most:`
        : '',
      table(
        ['', 'MB'],
        memory.peaks.map(({ name, bytes }) => [name, megabytes(bytes)]),
      ),
    ],
  ].filter(([, , rows]) => rows)
  return `<!-- Made by \`npm run bench -- --write\`. -->
# What requests cost

${how}

![Requests in a second, processor time for each, and times at fixed rates](bench.svg)

${sections.map(([title, text, rows]) => [`## ${title}`, ...(text ? [text] : []), rows].join('\n\n')).join('\n\n')}

${about}
`
}

/** The plots of the page. */
export function plots({ points, arrivals }: Results): string {
  const ten = points.filter(({ connections }) => connections === 10)
  return svg(
    [
      {
        title: 'Requests/s over 10 connections',
        series: ['server', 'pgbench alone'],
        groups: ten.map(({ name, server, limit }) => ({
          name,
          values: [server.perSecond, limit?.perSecond],
        })),
        format: count,
      },
      {
        title: 'Processor time of one request in ms, over 10 connections',
        series: ['server', 'PostgreSQL'],
        groups: ten.map(({ name, server }) => ({ name, values: [server.serverCpu, server.databaseCpu] })),
        isSum: true,
        format: (value: number) => value.toFixed(2),
      },
      {
        title: 'Times at fixed rates in ms, by the share of what the server gets done',
        series: ['median', 'p99'],
        groups: arrivals.map(({ name, share, p50, p99 }) => ({
          name: `${name}, ${percent(share)}`,
          values: [p50, p99],
        })),
        format: time,
      },
    ].filter(({ groups }) => groups.length),
  )
}

const FIGURES = [
  'requests/s',
  'median',
  'p99',
  'CPU s of server',
  'of PostgreSQL',
  'queries',
  'limit: /s',
  'median',
  'p99',
  'share',
]

const figures = ({ server, limit }: Point): (string | number)[] => [
  ...short(server),
  server.serverCpu.toFixed(2),
  server.databaseCpu.toFixed(2),
  server.queries.toFixed(2),
  ...(limit ? [...short(limit), percent(server.perSecond / limit.perSecond)] : ['', '', '', '']),
]

const short = ({ perSecond, p50, p99 }: Figures) => [count(perSecond), time(p50), time(p99)]
const count = (value: number) => Math.round(value).toLocaleString('en')
const time = (milliseconds: number) => milliseconds.toFixed(milliseconds < 10 ? 2 : 0)
const percent = (share: number) => `${Math.round(share * 100)} %`
const megabytes = (bytes: number) => Math.round(bytes / 1e6)
const middle = (values: number[]) =>
  values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0

/** Empty without rows. */
function table(heads: string[], rows: (string | number)[][]): string {
  const line = (cells: (string | number)[]) => `| ${cells.join(' | ')} |`
  return rows.length ? [line(heads), `|${'---|'.repeat(heads.length)}`, ...rows.map(line)].join('\n') : ''
}
