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
import { quantile } from './quantile.ts'
import { DIGITS, type Mark, pieces, type Request, SOME, type Value } from './requests.ts'

const INSTALLED = '/usr/lib/postgresql'

/** pgbench, on the path or where Debian has it; undefined where it is not installed. */
export const program = [
  'pgbench',
  ...(existsSync(INSTALLED) ? readdirSync(INSTALLED).map((each) => `${INSTALLED}/${each}/bin/pgbench`) : []),
].findLast((each) => !spawnSync(each, ['--version']).error)

/** Seconds that are added and do not count: each connection prepares its statements, and plans them a few times, which a server does once. */
export const PREPARING = 1

/** Sends the statements of requests for so many seconds. */
export async function limit(database: string, work: Load, folder: string): Promise<Figures> {
  const { requests, connections, seconds, clusters, pages } = work
  const own = await mkdtemp(join(folder, 'pgbench-'))
  const defined: Record<string, Value> = {
    run: Date.now() * 1000,
    n: 0,
    clients: connections,
    clusters,
    some: Math.min(clusters, SOME),
    pages,
  }
  const scripts: string[] = []
  for (const [index, request] of requests.entries()) {
    const { text, values } = script(request, index)
    Object.assign(defined, values)
    const file = join(own, `${index}.sql`)
    await writeFile(file, text)
    scripts.push(`--file=${file}@${request.share}`)
  }
  const flags = [
    '--no-vacuum',
    // As the server does it: a search is planned for its values each time.
    `--protocol=${requests.every(({ isSearch }) => isSearch) ? 'extended' : 'prepared'}`,
    `--client=${connections}`,
    `--jobs=${Math.min(connections, 2)}`,
  ]
  const values = Object.entries(defined).map(([name, value]) => `--define=${name}=${value}`)
  const log = ['--log', `--log-prefix=${join(own, 'log')}`, '--max-tries=3']
  const args = [...flags, `--time=${seconds + PREPARING}`, ...log, ...values, ...scripts, database]
  await promisify(execFile)(program ?? '', args, { maxBuffer: 1 << 28 })
  // One line for each: client, number, microseconds, script, when it ended in seconds and microseconds.
  const done = readdirSync(own)
    .filter((file) => file.startsWith('log'))
    .flatMap((file) => readFileSync(join(own, file), 'utf8').trimEnd().split('\n'))
    .map((line) => line.split(' ').map(Number) as [number, number, number, number, number, number])
    .map(([, , took, , at, more]) => ({ took: took / 1000, at: at + more / 1e6 }))
    // One that was given up has no time.
    .filter(({ took }) => !Number.isNaN(took))
    .sort((one, other) => one.at - other.at)
  await rm(own, { recursive: true })
  const [begin = 0, end = 0] = [done[0]?.at, done.at(-1)?.at]
  // On a machine that is busy, much of the time goes by before all are connected.
  const preparing = Math.min(PREPARING, (end - begin) / 2)
  const steady = done.filter(({ at }) => at > begin + preparing)
  const times = steady.map(({ took }) => took)
  const perSecond = steady.length / (end - begin - preparing)
  return { requests: done.length, perSecond, p50: quantile(times, 0.5), p99: quantile(times, 0.99) }
}

/** A script of pgbench for one request, and the values that it needs. */
function script({ statement }: Request, index: number) {
  const values: Record<string, Value> = {}
  const given = (name: string, value: Value) => {
    values[name] = value
    return `:${name}`
  }
  const marks: Record<Mark, string> = {
    id: `lpad(:chance::text, ${DIGITS}, '0')`,
    each: `lpad(:each::text, ${DIGITS}, '0')`,
    // No statement has several: only batches do, and they are no single statement.
    next: `lpad(:each::text, ${DIGITS}, '0')`,
    run: ':run::text',
    n: ':number::text',
    time: `(to_json(clock_timestamp()) #>> '{}')`,
    page: ':page',
  }
  const parameters = statement.values.map((value, place) => {
    if (value === null || typeof value === 'boolean') return String(value)
    // A variable of pgbench is not empty.
    if (value === '') return "''"
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
    '\\set each 1 + :number % :clusters',
    '\\set chance random(1, :some)',
    '\\set page random(1, :pages)',
  ]
  // A colon in a comment would be taken for a variable.
  const plain = statement.text.replace(/\/\*.*?\*\//gs, '').replace(/--.*/g, '')
  const filled = plain.replace(/\$(\d+)/g, (_, number) => ` ${parameters[Number(number) - 1]}`)
  return { text: `${settings.join('\n')}\n${filled};\n`, values }
}
