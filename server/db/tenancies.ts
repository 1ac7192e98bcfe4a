import type { Config } from '../config/schema.ts'
import { StartError } from '../process/start-error.ts'
import { type Database, openDatabase, type Statements } from './database.ts'

type Dimensions = Config['server']['tenant']['dimensions']

/** How many resources one statement changes. */
const BATCH = 200

/** The values of dimensions, by their keys. */
export type Tenancy = Record<string, string>

/** The required dimensions of a tenancy, as resources.tenant has them: `org=acme`. */
export const tenantOf = (tenancy: Tenancy, dimensions: Dimensions): string =>
  dimensions
    .filter(({ key, required }) => required && Object.hasOwn(tenancy, key))
    .map(({ key }) => `${key}=${tenancy[key]}`)
    .sort()
    .join(',')

/** A tenancy as the command line has it: `org=acme,project=web`. Throws a StartError unless the dimensions fit the configuration. */
export function readTenancy(text: string, dimensions: Dimensions): Tenancy {
  const tenancy: Tenancy = {}
  for (const pair of text.split(',')) {
    const [, key = '', value = ''] = /^([^=]*)=(.*)$/.exec(pair) ?? []
    if (!dimensions.some((dimension) => dimension.key === key))
      throw new StartError(
        `--adopt-tenancy: ${pair} is not one of the dimensions of server.tenant.dimensions with a value, such as org=acme`,
      )
    if (Object.hasOwn(tenancy, key))
      throw new StartError(`--adopt-tenancy: the dimension ${key} is there twice`)
    if (!VALUE.test(value)) throw new StartError(`--adopt-tenancy: the value of ${key} ${VALUE_RULE}`)
    tenancy[key] = value
  }
  for (const { key, required } of dimensions)
    if (required && !Object.hasOwn(tenancy, key))
      throw new StartError(`--adopt-tenancy: the dimension ${key} is required`)
  return tenancy
}

/** A value of a dimension. */
export const VALUE = /^[A-Za-z0-9._-]{1,63}$/
export const VALUE_RULE = 'must be 1 to 63 letters, digits, and characters of . _ -'

/** A resource that was not adopted, since the tenancy has another one with its name. */
interface Clash {
  kind: string
  id: string
  name: string
}

/** Called with the number of resources that are done, of all. */
type Progress = (done: number, total: number) => void

/**
 * Gives a tenancy to all resources that have none, in batches: each is a transaction, so that servers read and write meanwhile.
 * Interrupted, it goes on when it is run again. `size` is how many root resources a batch looks at. Resolves with the number of resources that were changed, and those that were left.
 */
export async function adoptTenancy(
  config: Config,
  tenancy: Tenancy,
  tell: Progress = () => {},
  size = BATCH,
): Promise<{ adopted: number; clashes: Clash[] }> {
  const database = await openDatabase(config.database)
  try {
    const document = JSON.stringify(tenancy)
    const tenant = tenantOf(tenancy, config.server.tenant.dimensions)
    const { total } = await database.one('count_without_tenancy', {})
    const clashes: Clash[] = []
    let adopted = 0
    for (let after: string | null = null; ; ) {
      const batch: Batch = await database.one('adopt_resources', {
        tenancy: document,
        tenant,
        after,
        size,
      })
      adopted += batch.adopted
      clashes.push(...(JSON.parse(batch.clashes) as Clash[]))
      tell(adopted, total)
      after = batch.last
      if (after === null) return { adopted, clashes }
    }
  } finally {
    await database.close()
  }
}

type Batch = Awaited<ReturnType<typeof Database.prototype.one<'adopt_resources'>>>

/** Brings resources.tenant up to date where other dimensions are required than when it was written. */
export async function updateTenants(database: Statements, dimensions: Dimensions): Promise<void> {
  if (!dimensions.length) return
  for (const { tenant: from, tenancy } of await database.all('list_tenancies', {})) {
    const to = tenantOf(JSON.parse(tenancy), dimensions)
    if (to === from || to === '') continue
    while ((await database.one('update_tenants', { tenancy, from, to, size: BATCH })).updated > 0);
  }
}
