/** What callers were told, and what the database has to show for it. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { queries } from '../../../generated/sql.ts'
import { execute } from '../../databases.ts'
import { type Entry, faultsOf, readJournal } from '../journal.ts'

/** A write that was sent: what it carries, so that it can be found again. */
export interface Write {
  what: 'create' | 'patch' | 'report' | 'mark' | 'finalize'
  /** In the spec, the labels or the data. Each attempt has its own, but for the repetitions of a create with a key. */
  token: string
  /** The resource; of a create, as far as it is known. */
  id?: string
}

/** All that was sent, by how it was answered. */
export interface Ledger {
  acknowledged: Write[]
  unanswered: Write[]
  /** Answers that a caller must never get, whatever happens. */
  wrong: string[]
  answers: Map<number, number>
}

export const newLedger = (): Ledger => ({
  acknowledged: [],
  unanswered: [],
  wrong: [],
  answers: new Map(),
})

export interface Verdict {
  /** Writes that were acknowledged and are not there, in this version or a newer one. */
  lost: string[]
  /** What the rules do not allow. */
  violations: string[]
  /** How many of the writes without an answer are there all the same. */
  stored: number
  /** How many of them were sent again until they were acknowledged. */
  repeated: number
}

/** Compares the ledger with the journal of the database, the journal with the rows, and the rows with the rules. */
export async function judge(
  url: string,
  ledger: Ledger,
  required: Record<string, string[]>,
  list: Inconsistencies = listed,
): Promise<Verdict> {
  const entries = await readJournal(url)
  const written = indexOf(entries)
  const twice = [...written.creations].filter(([, count]) => count > 1)
  const acknowledged = new Set(ledger.acknowledged.map(({ token }) => token))
  const repeated = new Set(ledger.unanswered.filter(({ token }) => acknowledged.has(token)))
  return {
    lost: [
      ...ledger.acknowledged
        .filter((write) => !written.has(write))
        .map(({ what, token, id }) => `${what} ${token} of ${id}`),
      ...(await undone(url, entries)),
    ],
    violations: [
      ...ledger.wrong,
      ...twice.map(([token, count]) => `created ${count} times: ${token}`),
      ...faultsOf(entries, required),
      ...(await list(url)),
    ],
    stored: ledger.unanswered.filter((write) => written.has(write) && !repeated.has(write)).length,
    repeated: repeated.size,
  }
}

function indexOf(entries: Entry[]) {
  const tokens = new Set<string>()
  const marked = new Set<string>()
  const gone = new Set<string>()
  const creations = new Map<string, number>()
  for (const { written, operation, row } of entries) {
    for (const token of [row.spec?.write, row.labels?.write, row.data?.write]) tokens.add(token)
    if (written === 'adapter_statuses') continue
    if (operation === 'INSERT') creations.set(row.spec.write, (creations.get(row.spec.write) ?? 0) + 1)
    if (operation === 'DELETE') gone.add(row.id)
    if (row.deleted_time) marked.add(row.id)
  }
  return {
    creations,
    has: ({ what, token, id = '' }: Write) =>
      what === 'mark' ? marked.has(id) : tokens.has(token) || (what === 'finalize' && gone.has(id)),
  }
}

/** Rows that are not as they were last written: the journal is of the same transactions as they are. */
async function undone(url: string, entries: Entry[]): Promise<string[]> {
  const last = new Map<string, Entry>()
  for (const entry of entries) last.set(keyOf(entry.written, entry.row), entry)
  const there = new Map<string, unknown>()
  for (const table of ['resources', 'adapter_statuses'] as const) {
    const { rows } = await execute(url, `select to_jsonb(${table}) as row from ${table}`)
    for (const { row } of rows) there.set(keyOf(table, row), row)
  }
  const exists = (id: string) => there.has(keyOf('resources', { id }))
  return [...last].flatMap(([key, { written, operation, row }]) => {
    const isGone = operation === 'DELETE' || (written === 'adapter_statuses' && !exists(row.resource_id))
    // A migration may have added columns since.
    const now = there.get(key) as Record<string, unknown> | undefined
    const same = now && Object.fromEntries(Object.keys(row).map((column) => [column, now[column]]))
    const isSame = JSON.stringify(same) === (isGone ? undefined : JSON.stringify(row))
    return isSame ? [] : [`${key} is not as it was last written`]
  })
}

// biome-ignore lint/suspicious/noExplicitAny: a row as JSON.
const keyOf = (table: string, row: any) =>
  table === 'resources' ? row.id : `${row.resource_id} ${row.adapter}`

/** Asks a database for what does not follow from what was written to it. */
export type Inconsistencies = (url: string) => Promise<string[]>

/** What `hyperfleet-api verify` lists, without the time that a process of its own takes. */
const listed: Inconsistencies = async (url) => {
  const { rows } = await execute(url, queries.list_inconsistencies.text)
  return rows.map((row) => Object.values(row).join(': '))
}

/** What `hyperfleet-api verify` lists. */
export const verify: Inconsistencies = (url) =>
  promisify(execFile)(process.execPath, ['commands/hyperfleet-api.js', 'verify', '--database-url', url]).then(
    () => [],
    ({ stdout, stderr }: { stdout: string; stderr: string }) => `${stdout}${stderr}`.trim().split('\n'),
  )
