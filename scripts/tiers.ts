import { readdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'

/**
 * The tests of `npm run test:system`: processes and their faults, the chart, the image, the documents, and all that needs
 * programs of others. All other files of `test` are those of `npm test`, which needs nothing but Node.
 */
const SYSTEM = [
  'test/bench/',
  'test/browser/',
  'test/cel/oracle.test.ts',
  'test/cli/',
  'test/clients/',
  'test/config/command.test.ts',
  'test/config/reference.test.ts',
  'test/contract/',
  'test/docs/',
  'test/faults/',
  'test/helm/',
  'test/http/starved.test.ts',
  'test/http/torture.test.ts',
  'test/observability/',
  'test/readme.test.ts',
  'test/release/',
  'test/scripts/',
]

/** The tests of `npm run test:foreign`: where the words, numbers or times of PostgreSQL could reach an answer. */
const FOREIGN = [
  'test/http/resources.test.ts',
  'test/http/statuses.test.ts',
  'test/http/lifecycle.test.ts',
  'test/http/lists.test.ts',
  'test/http/cursor.test.ts',
  'test/http/search.test.ts',
  'test/http/edges.test.ts',
  'test/http/model.test.ts',
  'test/sql/',
  'test/faults/busy.test.ts',
  'test/faults/connections.test.ts',
  'test/faults/races.test.ts',
]

/** The files that take longest, so that none of them begins when all others have ended. */
const FIRST = [
  'test/sql/tenancy-work.test.ts',
  'test/http/tenancy-model.test.ts',
  'test/http/key-sets.test.ts',
  'test/http/addresses.test.ts',
  'test/http/keep-alive.test.ts',
  'test/http/provider-schema.test.ts',
  'test/sql/aggregation.test.ts',
  'test/search/parser.test.ts',
  'test/clients/clients.test.ts',
  'test/contract/schemathesis.test.ts',
  'test/release/release.test.ts',
  'test/faults/replica.test.ts',
  'test/faults/attack.test.ts',
  'test/faults/start.test.ts',
  'test/faults/commands.test.ts',
  'test/browser/page.test.ts',
  'test/config/reference.test.ts',
  'test/config/command.test.ts',
]

const all = readdirSync(new URL('../test', import.meta.url), { recursive: true, encoding: 'utf8' })
  .map((file) => `test/${file}`)
  .filter((file) => file.endsWith('.test.ts'))
  .sort((one, other) => rank(one) - rank(other) || (one < other ? -1 : 1))

function rank(file: string): number {
  const at = FIRST.indexOf(file)
  return at === -1 ? FIRST.length : at
}

const among = (places: string[]) => (file: string) => places.some((place) => file.startsWith(place))
const isSystem = among(SYSTEM)

for (const place of [...SYSTEM, ...FOREIGN, ...FIRST])
  if (!all.some(among([place]))) throw new Error(`scripts/tiers.ts: there is no test ${place}`)

/** How many files run at a time: more than there are cores, for most of them wait for something a part of their time. */
const CORES = availableParallelism()

export type Tier = 'api' | 'system' | 'foreign'

/** The tiers: their files in the order in which they begin, and how many run at a time. */
export const tiers: Record<Tier, { files: string[]; jobs: number }> = {
  api: { files: all.filter((file) => !isSystem(file)), jobs: CORES * 2 },
  system: { files: all.filter(isSystem), jobs: CORES + 1 },
  foreign: { files: all.filter(among(FOREIGN)), jobs: CORES * 2 },
}
