/**
 * Fills a migrated database with resources of realistic shape, with labels and reports, for trials and measurements.
 * May run beside servers, and repeatedly: each run adds its own resources. `npm run verify` finds no violation afterwards.
 *
 * Usage: npm run seed -- [--count Kind=N …] [--unreconciled [Kind=]N …] [--tenants N] [--config FILE] [--database-url postgres://…]
 *
 * --count         the number of resources of a root kind, or for each parent of a child kind; kinds without one get none
 * --unreconciled  the number of resources of a kind (default Cluster=20) for which the last required adapter reports False
 * --clusters N    the same as --count Cluster=N
 * --node-pools N  the same as --count NodePool=N
 * --tenants N     the resources belong to so many tenants in turns: tenant-1 and so on in each required dimension; else to none
 *
 * Without any --count, Cluster has 1000 and NodePool 1. The kinds are those of the configuration, the required
 * adapters those of the database.
 */
import { readFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { toolConfig } from '../server/config/load.ts'
import type { Config } from '../server/config/schema.ts'
import { type Database, openDatabase } from '../server/db/database.ts'
import { tenantOf } from '../server/db/tenancies.ts'
import { loadDocument } from '../server/openapi/document.ts'
import type { Document } from '../server/openapi/operations.ts'
import { StartError } from '../server/process/start-error.ts'
import { fail } from './main.ts'
import { type OwnFlag, readOwnFlags } from './own-flags.ts'

const BATCH = 500
const LARGEST = 99_999_999
/** Flags for the count of one kind. */
const SHORTHANDS: Record<string, string> = { clusters: 'Cluster', 'node-pools': 'NodePool' }
const DEFAULT_COUNTS = { Cluster: 1000, NodePool: 1 }
const DEFAULT_KIND = 'Cluster'
const DEFAULT_UNRECONCILED = { [DEFAULT_KIND]: 20 }

type Amounts = Record<string, number>

/** The tenancies that root resources get in turns, as JSON, and the required dimensions of each. */
interface Tenants {
  tenancies: string[]
  tenants: string[]
}

const NO_TENANTS: Tenants = { tenancies: ['{}'], tenants: [''] }

/** A kind to seed, with the child kinds to seed below each of its resources. */
interface Plan {
  kind: string
  plural: string
  /** The number of resources; of a child kind, for each parent. */
  count: number
  /** The number of resources in the whole run. */
  total: number
  /** The number of those with a report of False. */
  failing: number
  /** The beginning of their names, before the number. */
  prefix: string
  children: Plan[]
}

async function seed() {
  const { counts, unreconciled, tenants, args } = readArguments(process.argv.slice(2))
  const config = toolConfig(loadDocument()['x-kinds'], args)
  const plans = makePlans(loadDocument(config), counts, unreconciled)
  const owners = tenants ? makeTenants(config.server.tenant.dimensions, tenants) : NO_TENANTS
  config.database.pool.max_connections = availableParallelism()
  const database = await openDatabase(config.database)
  try {
    const migrated = new Set((await database.all('list_kinds', {})).map(({ kind }) => kind))
    const missing = Object.keys(counts).filter((kind) => counts[kind] && !migrated.has(kind))
    if (missing.length) throw new StartError(`the database has no kind ${missing.join(', ')}: run migrate`)
    for (const plan of plans) await fill(database, plan, owners)
    await database.pool.query(await readFile(new URL('../sql/vacuum.sql', import.meta.url), 'utf8'))
  } finally {
    await database.close()
  }
}

/** Adds the resources of a root kind and their descendants, in batches on all connections at once, and tells each tenth on standard error. */
async function fill(database: Database, plan: Plan, owners: Tenants) {
  const began = performance.now()
  const ended = new Date().toISOString()
  let next = 1
  let done = 0
  const tell = (count: number) => {
    const before = tenths(done, plan.total)
    done += count
    if (tenths(done, plan.total) === before) return
    const perSecond = Math.round((done * 1000) / (performance.now() - began))
    process.stderr.write(`${done} of ${plan.total} ${plan.plural}, ${perSecond}/s\n`)
  }
  const work = async () => {
    while (next <= plan.total) {
      const first = next
      const count = Math.min(BATCH, plan.total - first + 1)
      next += count
      await addBatch(database, plan, owners, null, first, count, ended)
      tell(count)
    }
  }
  await Promise.all(Array.from({ length: availableParallelism() }, work))
}

const tenths = (done: number, total: number) => Math.floor((done / total) * 10)

/**
 * Adds `count` resources, for each owner where there are some, and then their children: one transaction for each kind and
 * for about BATCH parents and children together. `first` is the number of the first resource among all of its kind.
 */
async function addBatch(
  database: Database,
  plan: Plan,
  owners: Tenants,
  owner_ids: string[] | null,
  first: number,
  count: number,
  ended: string,
) {
  const { kind, prefix, failing, total } = plan
  const values = { kind, owner_ids, first, count, prefix, failing, ended, total, ...owners }
  const { ids } = await database.one('seed_resources', values)
  for (const child of plan.children) {
    const parents = Math.max(1, Math.floor(BATCH / child.count))
    for (let from = 0; from < ids.length; from += parents) {
      const firstChild = (first - 1 + from) * child.count + 1
      const below = ids.slice(from, from + parents)
      await addBatch(database, child, owners, below, firstChild, child.count, ended)
    }
  }
}

/** So many tenants. Throws a StartError where the configuration has no required dimension. */
function makeTenants(dimensions: Config['server']['tenant']['dimensions'], count: number): Tenants {
  const required = dimensions.filter((dimension) => dimension.required)
  if (!required.length)
    throw new StartError('--tenants needs a required dimension in server.tenant.dimensions')
  const tenancies = Array.from({ length: count }, (_, index) =>
    Object.fromEntries(required.map(({ key }) => [key, `tenant-${index + 1}`])),
  )
  return {
    tenancies: tenancies.map((tenancy) => JSON.stringify(tenancy)),
    tenants: tenancies.map((tenancy) => tenantOf(tenancy, dimensions)),
  }
}

/** The plans of the root kinds that are to be seeded. Throws a StartError for a kind that cannot be. */
function makePlans(document: Document, counts: Amounts, unreconciled: Amounts): Plan[] {
  const kinds = document['x-kinds']
  for (const kind of [...Object.keys(counts), ...Object.keys(unreconciled)]) {
    const known = Object.hasOwn(kinds, kind) && kinds[kind]
    if (!known) throw new StartError(`there is no kind ${kind}; there are ${Object.keys(kinds).join(', ')}`)
    const { parent_kind: parent } = known
    if (counts[kind] && parent && counts[parent] === undefined)
      throw new StartError(`--count ${kind}=${counts[kind]} needs --count ${parent}=N, the number of parents`)
  }
  const stamp = `seed-${Date.now().toString(36)}`
  const below = (parent: string | undefined, parents: number): Plan[] =>
    Object.entries(kinds).flatMap(([kind, { plural, parent_kind }]) => {
      const count = counts[kind] ?? 0
      const total = parents * count
      if (parent_kind !== parent || !total) return []
      if (total > LARGEST) throw new StartError(`--count: more than ${LARGEST} resources of the kind ${kind}`)
      const prefix = prefixOf(document, kind, parent ? kind.toLowerCase() : stamp, count)
      const failing = Math.min(unreconciled[kind] ?? 0, total)
      return [{ kind, plural, count, total, failing, prefix, children: below(kind, total) }]
    })
  return below(undefined, 1)
}

/** `word` and a hyphen, lengthened or cut on the left so that names with a number up to `last` have the length that their kind allows. */
function prefixOf(
  { components: { schemas = {} } }: Document,
  kind: string,
  word: string,
  last: number,
): string {
  type Create = { properties: { name: { minLength: number; maxLength: number } } }
  const { minLength, maxLength } = (schemas[`${kind}CreateRequest`] as Create).properties.name
  const room = maxLength - String(last).length
  if (room < 0)
    throw new StartError(`--count ${kind}=${last}: names of ${kind} have at most ${maxLength} characters`)
  const text = `${word}-`.padStart(minLength - 1, '0')
  return text.slice(Math.max(0, text.length - room)).replace(/^-+/, '')
}

/** The numbers by kind, that of tenants (0 without the flag), and the arguments that are settings. */
function readArguments(argv: string[]): {
  counts: Amounts
  unreconciled: Amounts
  tenants: number
  args: string[]
} {
  const names = ['count', 'unreconciled', 'tenants', ...Object.keys(SHORTHANDS)]
  const { own, rest: args } = readOwnFlags(argv, names)
  const amounts = (wanted: (name: string) => boolean) =>
    Object.fromEntries(own.filter(({ name }) => wanted(name)).map(({ name, value }) => amountOf(name, value)))
  const counts = amounts((name) => name === 'count' || name in SHORTHANDS)
  const unreconciled = amounts((name) => name === 'unreconciled')
  return {
    counts: own.some(({ name }) => name === 'count') ? counts : { ...DEFAULT_COUNTS, ...counts },
    unreconciled: Object.keys(unreconciled).length ? unreconciled : DEFAULT_UNRECONCILED,
    tenants: numberOf(own.findLast(({ name }) => name === 'tenants')),
    args,
  }
}

/** The number of tenants. */
function numberOf(flag?: OwnFlag): number {
  if (!flag) return 0
  const { value = '' } = flag
  if (!/^[1-9]\d{0,5}$/.test(value))
    throw new StartError(`--tenants must be a number from 1 to 999999 (it is ${value})`)
  return Number(value)
}

/** The kind and the number of one flag. */
function amountOf(flag: string, text = ''): [kind: string, amount: number] {
  const implied =
    SHORTHANDS[flag] ?? (flag === 'unreconciled' && !text.includes('=') ? DEFAULT_KIND : undefined)
  const [, kind, digits] = /^(\w+)=(\d{1,8})$/.exec(implied ? `${implied}=${text}` : text) ?? []
  if (kind !== undefined && digits !== undefined) return [kind, Number(digits)]
  const form = flag in SHORTHANDS ? '' : 'Kind=N with N '
  throw new StartError(`--${flag} must be ${form}a number from 0 to ${LARGEST} (it is ${text})`)
}

seed().catch(fail)
