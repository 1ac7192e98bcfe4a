/** The kinds of the configuration, in process: all that is wrong with them is told at once, each problem once. */
import t from 'tap'
import { loadSettings } from '../../server/config/load.ts'
import { StartError } from '../../server/process/start-error.ts'
import { kinds } from '../databases.ts'

const cluster = { kind: 'Cluster', required_adapters: [] as string[] }
const nodePool = { kind: 'NodePool', required_adapters: [] as string[] }
const to = (target_kind: string, more: object = { min: 1 }) => ({
  ref_type: target_kind.toLowerCase(),
  target_kind,
  ...more,
})
const entity = (kind: string, more: object = {}) => ({ kind, plural: `${kind.toLowerCase()}s`, ...more })

/** The lines that a start with these kinds is refused with, without the place that they come from. */
function problems(entities: unknown): string[] {
  const env = { HYPERFLEET_ENTITIES: JSON.stringify(entities) }
  try {
    loadSettings(kinds, { env, args: ['--config', '/dev/null'], serving: false })
  } catch (error) {
    if (!(error instanceof StartError)) throw error
    return error.message.split('; ').map((line) => line.replaceAll(/,? ?from HYPERFLEET_ENTITIES/g, ''))
  }
  return []
}

/** The first entity, beside those of the document. */
const of = (first: unknown, ...others: unknown[]) => problems([first, cluster, nodePool, ...others])

t.test('a number of references is one that the database can hold', async (t) => {
  const most = 2_147_483_647
  for (const member of ['min', 'max']) {
    t.strictSame(of(entity('One', { references: [to('Cluster', { [member]: most })] })), [])
    for (const value of [most + 1, 1e300])
      t.strictSame(of(entity('One', { references: [to('Cluster', { [member]: value })] })), [
        `entities[0].references[0].${member} must be a whole number from 0 to ${most} (it is ${JSON.stringify(value)})`,
      ])
  }
})
