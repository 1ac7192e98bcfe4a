import { ConditionMapping } from '../conditions/condition-mapping.ts'
import type { Config } from '../config/schema.ts'
import { type Database, openDatabase, type Statements, type Transaction } from '../db/database.ts'
import { pendingMigration } from '../db/migrate.ts'
import type { Document } from '../openapi/operations.ts'
import { StartError } from '../process/start-error.ts'
import { createRules } from './create-rules.ts'
import { SourceSession } from './source-session.ts'

/** How many trees, and how many resources with references, one transaction writes. */
const BATCH = 100
/** How many ids are compared at once. */
const PAGE = 1000

/** A resource or a report that was left out, and why. */
export interface LeftOut {
  kind?: string
  id: string
  adapter?: string
  reason: string
}

/** A resource that was imported although a create here would refuse it, and why. */
export interface Irregular {
  kind: string
  id: string
  note: string
}

/** How `importFrom` is to work. */
export interface ImportOptions {
  /** The URL of the database of the Go implementation. */
  from: string
  /** The kinds to import; all without. */
  kinds?: string[] | undefined
  /** Whether everything is rolled back at the end. */
  isDryRun?: boolean
  /** Whether resources may be removed when most of those that were imported are gone from the source. */
  removesMost?: boolean
  /** Called with the number of resources of the source that are done, of all. */
  tell?: (done: number, total: number) => void
  /** Called for each resource, report and reference that is left out. */
  leave?: (row: LeftOut) => void
  /** Called for each resource that a create here would refuse, and that was imported all the same. */
  note?: (row: Irregular) => void
}

/**
 * What an import has done, in resources; `reports` were stored. `irregular` are those that a create here would refuse, `garbage` the
 * reports of the source on resources that it has not.
 */
export interface Tally {
  imported: number
  updated: number
  unchanged: number
  removed: number
  reports: number
  leftOut: number
  irregular: number
  garbage: number
}

/** The statements of an import, in transactions of their own, or all in one. */
type Target = Statements & { transaction: Database['transaction'] }

/**
 * Imports the resources of a database of the Go implementation, in batches of whole trees, each a transaction. Interrupted, it goes
 * on when it is run again: what is there is compared, and left as it is where nothing is new. `document` is that of the
 * configuration. Throws a StartError where the source, the database, the kinds or the schemas of specs are not as they must be.
 */
export async function importFrom(config: Config, document: Document, options: ImportOptions): Promise<Tally> {
  const irregularity = createRules(document, config.server)
  const database = await openDatabase(config.database)
  try {
    const pending = await pendingMigration(database, config)
    if (pending) throw new StartError(pending)
    const source = await SourceSession.open(options.from, config.database)
    try {
      const work = (target: Target) => importAll({ config, document, irregularity, options, source, target })
      if (!options.isDryRun) return await work(database)
      return await database.transaction((statements) => work(within(statements)), { isKept: false })
    } finally {
      await source.close()
    }
  } finally {
    await database.close()
  }
}

/** The statements of one transaction as if each part of the work could begin its own. */
const within = (statements: Transaction): Target => ({
  one: (name, parameters) => statements.one(name, parameters),
  all: (name, parameters) => statements.all(name, parameters),
  list: (name, parameters, selection) => statements.list(name, parameters, selection),
  // The end of one part is not the end of the transaction.
  transaction: (work) =>
    work({
      ...within(statements),
      finish: (name, parameters) => statements.all(name, parameters),
      pipeline: (queries) => statements.pipeline(queries),
      attempt: (part) => statements.attempt(part),
    }),
})

interface Work {
  config: Config
  document: Document
  irregularity: ReturnType<typeof createRules>
  options: ImportOptions
  source: SourceSession
  target: Target
}

async function importAll(work: Work): Promise<Tally> {
  const { config, document, irregularity, options, source, target } = work
  const tally: Tally = {
    imported: 0,
    updated: 0,
    unchanged: 0,
    removed: 0,
    reports: 0,
    leftOut: 0,
    irregular: 0,
    garbage: 0,
  }
  const leave = (row: LeftOut) => {
    tally.leftOut++
    options.leave?.(row)
  }
  const leaveAll = (rows: LeftOut[]) => {
    for (const row of rows) leave(row)
  }
  const counts = await source.kinds()
  const { wanted, unknown } = sorted(counts, Object.keys(document['x-kinds']), options.kinds)
  const total = [...wanted, ...unknown].reduce((sum, kind) => sum + (counts.get(kind) ?? 0), 0)
  let done = 0
  options.tell?.(done, total)

  const gone = await goneIds(source, target, wanted, options)
  if (gone.length) {
    const { removed, left_out } = await target.one('remove_gone', { ids: gone })
    tally.removed += removed
    leaveAll(JSON.parse(left_out))
  }
  const dimensions = JSON.stringify(config.server.tenant.dimensions)
  for await (const rows of source.trees(wanted, BATCH)) {
    const batch = await target.one('import_resources', { rows, dimensions })
    tally.imported += batch.imported
    tally.updated += batch.updated
    tally.unchanged += batch.unchanged
    tally.reports += batch.reports
    const left: LeftOut[] = JSON.parse(batch.left_out)
    leaveAll(left)
    const absent = new Set(left.filter(({ adapter }) => adapter === undefined).map(({ id }) => id))
    for (const row of rows) {
      const why = irregularity(row)
      if (why === undefined) continue
      const { kind, id } = JSON.parse(row)
      if (absent.has(id)) continue
      tally.irregular++
      options.note?.({ kind, id, note: `a create here would refuse it: ${why}` })
    }
    done += rows.length
    options.tell?.(done, total)
  }
  for await (const rows of source.references(wanted, BATCH))
    leaveAll(JSON.parse((await target.one('import_references', { rows })).left_out))
  await mapConditions(target, wanted)
  for await (const { id, kind } of source.ids(unknown)) {
    leave({ kind, id, reason: `the kind ${kind} is not in the configuration` })
    options.tell?.(++done, total)
  }
  if (!options.kinds)
    for await (const { resource_id: id, adapter } of source.orphans()) {
      tally.garbage++
      options.leave?.({ id, adapter, reason: 'the source has no resource with this id' })
    }
  return tally
}

/** The kinds to import, and those of the source that the configuration lacks. Throws a StartError for one that is nowhere. */
function sorted(counts: Map<string, number>, configured: string[], kinds?: string[]) {
  const asked = kinds ?? [...new Set([...counts.keys(), ...configured])]
  const nowhere = asked.filter((kind) => !counts.has(kind) && !configured.includes(kind))
  if (nowhere.length)
    throw new StartError(
      `--kinds: neither the database of --from nor the configuration has the kind ${nowhere.join(', ')}`,
    )
  return {
    wanted: asked.filter((kind) => configured.includes(kind)),
    unknown: asked.filter((kind) => !configured.includes(kind)),
  }
}

/** The ids of imported resources that the source has no more. Throws a StartError where that is most of them, unless that is wanted. */
async function goneIds(
  source: SourceSession,
  target: Target,
  kinds: string[],
  { removesMost = false }: ImportOptions,
): Promise<string[]> {
  const gone: string[] = []
  let seen = 0
  for (let after: string | null = null; ; ) {
    const page: { id: string }[] = await target.all('list_imported_ids', { kinds, after, size: PAGE })
    const last = page.at(-1)
    if (!last) break
    after = last.id
    seen += page.length
    gone.push(...(await source.missing(page.map(({ id }) => id))))
  }
  if (!removesMost && gone.length * 2 > seen)
    throw new StartError(
      `${gone.length} of ${seen} imported resources are not in the database of --from any more: ` +
        'if it is the right one, add --remove-most to remove them here, too',
    )
  return gone
}

/** Maps the conditions of kinds with rules, as `migrate` does. */
async function mapConditions(target: Target, kinds: string[]): Promise<void> {
  const rows = await target.all('list_kinds', {})
  const mapping = new ConditionMapping(rows, () => {})
  for (const { kind, condition_rules } of rows)
    if (kinds.includes(kind) && condition_rules !== '[]') await mapping.storeAll(target, kind)
}
