/**
 * What PostgreSQL gets done of the same statements without a server before it: pgbench sends them, prepared, over as many
 * connections. What differs from one request to the next is made by the database itself, as cheaply as it can be.
 */
import { execFile, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Load } from './closed.ts'
import type { Figures } from './load.ts'
import { type Mark, pieces, type Request, SOME, type Value } from './requests.ts'

const INSTALLED = '/usr/lib/postgresql'

/** pgbench, on the path or where Debian has it; undefined where it is not installed. */
export const program = [
  'pgbench',
  ...(existsSync(INSTALLED) ? readdirSync(INSTALLED).map((each) => `${INSTALLED}/${each}/bin/pgbench`) : []),
].findLast((each) => !spawnSync(each, ['--version']).error)

/** The table that `{each}` is looked up in; `furnish` makes it. */
const IDS = 'bench_ids'

export const furnish = (ids: string[]): string[] => [
  `create table ${IDS} as
   select (place - 1)::int as place, id
   from unnest('{${ids}}'::text[]) with ordinality as one (id, place)`,
  `alter table ${IDS} add primary key (place)`,
  `analyze ${IDS}`,
]

/** Sends the statements of requests for so many seconds. */
export async function limit(database: string, work: Load, folder: string): Promise<Figures> {
  const { requests, connections, seconds, ids } = work
  const own = await mkdtemp(join(folder, 'pgbench-'))
  const defined: Record<string, Value> = {
    run: Date.now() * 1000,
    n: 0,
    clients: connections,
    pages: work.pages,
    ids: ids.length,
  }
  const scripts: string[] = []
  for (const [index, request] of requests.entries()) {
    const { text, values } = script(request, index, ids)
    Object.assign(defined, values)
    const file = join(own, `${index}.sql`)
    await writeFile(file, text)
    scripts.push(`--file=${file}@${request.share}`)
  }
  const flags = [
    '--no-vacuum',
    '--protocol=prepared',
    `--client=${connections}`,
    `--jobs=${Math.min(connections, 2)}`,
  ]
  const values = Object.entries(defined).map(([name, value]) => `--define=${name}=${value}`)
  const log = ['--log', `--log-prefix=${join(own, 'log')}`, '--max-tries=3']
  const args = [...flags, `--time=${seconds}`, ...log, ...values, ...scripts, database]
  const { stdout } = await promisify(execFile)(program ?? '', args, { maxBuffer: 1 << 28 })
  const perSecond = Number(/^tps = ([\d.]+)/m.exec(stdout)?.[1])
  // One line for each: client, number, microseconds, ...
  const times = readdirSync(own)
    .filter((file) => file.startsWith('log'))
    .flatMap((file) => readFileSync(join(own, file), 'utf8').trimEnd().split('\n'))
    .map((line) => Number(line.split(' ')[2]) / 1000)
    .sort((one, other) => one - other)
  await rm(own, { recursive: true })
  const at = (share: number) => times[Math.floor(times.length * share)] ?? 0
  return { requests: times.length, perSecond, p50: at(0.5), p99: at(0.99) }
}

/** A script of pgbench for one request, and the values that it needs. */
function script({ statement }: Request, index: number, ids: string[]) {
  const values: Record<string, Value> = {}
  const given = (name: string, value: Value) => {
    values[name] = value
    return `:${name}`
  }
  // Of a fixed length, so that the one asked for is found without going through those before it.
  const some = `'{${ids.slice(0, SOME)}}'::uuid[]`
  const marks: Record<Mark, string> = {
    id: `(${some})[:chance::int]::text`,
    each: `(select id from ${IDS} where place = :each::int)`,
    run: ':run::text',
    n: ':number::text',
    time: `(to_json(clock_timestamp()) #>> '{}')`,
    page: ':page',
  }
  const parameters = statement.values.map((value, place) => {
    if (value === null || typeof value === 'boolean') return String(value)
    const name = `p${index}_${place}`
    if (Array.isArray(value)) return given(name, `{${value.map((each) => JSON.stringify(each))}}`)
    const [first, ...rest] = typeof value === 'string' ? pieces(value) : [value]
    if (!rest.length) return given(name, value)
    if (value === '{page}') return marks.page
    const parts = [first, ...rest].flatMap((piece, at) => {
      if (at % 2) return [marks[piece as Mark]]
      return piece === '' ? [] : [`${given(`${name}_${at}`, piece ?? '')}::text`]
    })
    return `(${parts.join(' || ')})`
  })
  const settings = [
    '\\set n :n + 1',
    '\\set number (:n - 1) * :clients + :client_id',
    '\\set each :number % :ids',
    `\\set chance random(1, ${Math.min(ids.length, SOME)})`,
    '\\set page random(1, :pages)',
  ]
  // A colon in a comment would be taken for a variable.
  const plain = statement.text.replace(/\/\*.*?\*\//gs, '').replace(/--.*/g, '')
  const filled = plain.replace(/\$(\d+)/g, (_, number) => ` ${parameters[Number(number) - 1]}`)
  return { text: `${settings.join('\n')}\n${filled};\n`, values }
}
