/**
 * Fills a migrated database with clusters, node pools, labels and reports of a realistic shape, for trying and measuring.
 * May run beside servers, and again: each run adds its own. What it adds, `npm run verify` finds in order.
 *
 * Usage: npm run seed -- [--clusters 1000] [--node-pools 1] [--unreconciled 20] [--database-url postgres://…]
 *
 * --clusters      how many clusters
 * --node-pools    how many node pools each has
 * --unreconciled  how many clusters an adapter has reported False on (without required adapters, none is ever reconciled)
 */
import { readFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { type Database, openDatabase } from '../server/db/database.ts'
import { loadDocument } from '../server/openapi/document.ts'
import { StartError } from '../server/process/start-error.ts'
import { fail } from './main.ts'
import { type Progress, progressBar } from './progress-bar.ts'
import { toolConfig } from './tool-config.ts'

const BATCH = 500

interface Amounts {
  clusters: number
  nodePools: number
  unreconciled: number
}

async function seed() {
  const { amounts, args } = amountsOf(process.argv.slice(2))
  const config = toolConfig(loadDocument()['x-kinds'], args)
  config.database.pool.max_connections = availableParallelism()
  const database = await openDatabase(config.database)
  try {
    const bar = progressBar(amounts.clusters, 'clusters')
    await fill(database, amounts, bar)
    bar.end()
    await database.pool.query(await readFile(new URL('../sql/vacuum.sql', import.meta.url), 'utf8'))
  } finally {
    await database.close()
  }
}

/** Adds batches on all connections at once, each batch in a transaction for its clusters and one for their node pools. */
async function fill(database: Database, { clusters, nodePools, unreconciled }: Amounts, bar: Progress) {
  const ended = new Date().toISOString()
  const prefix = `seed-${Date.now().toString(36)}-`
  let next = 1
  const work = async () => {
    while (next <= clusters) {
      const first = next
      const count = Math.min(BATCH, clusters - first + 1)
      next += count
      const batch = {
        kind: 'Cluster',
        owner_ids: null,
        first,
        count,
        prefix,
        failing: unreconciled,
        ended,
        total: clusters,
      }
      const { ids } = await database.one('seed_resources', batch)
      if (nodePools) {
        await database.one('seed_resources', {
          ...batch,
          kind: 'NodePool',
          owner_ids: ids,
          first: (first - 1) * nodePools + 1,
          count: nodePools,
          prefix: 'pool-',
          failing: 0,
          total: clusters * nodePools,
        })
      }
      bar.advance(count)
    }
  }
  await Promise.all(Array.from({ length: availableParallelism() }, work))
}

/** The amounts asked for, and the arguments that are settings of the database. */
function amountsOf(argv: string[]): { amounts: Amounts; args: string[] } {
  const options = { clusters: '1000', 'node-pools': '1', unreconciled: '20' }
  const { values, tokens } = parseArgs({
    args: argv,
    options: Object.fromEntries(Object.keys(options).map((name) => [name, { type: 'string' as const }])),
    strict: false,
    tokens: true,
  })
  const own = new Set(
    tokens.flatMap((token) =>
      token.kind === 'option' && token.name in options
        ? token.inlineValue
          ? [token.index]
          : [token.index, token.index + 1]
        : [],
    ),
  )
  const number = (name: keyof typeof options) => {
    const text = String(values[name] ?? options[name])
    if (/^\d{1,8}$/.test(text)) return Number(text)
    throw new StartError(`--${name} must be a number from 0 to 99999999 (it is ${text})`)
  }
  const amounts = {
    clusters: number('clusters'),
    nodePools: number('node-pools'),
    unreconciled: number('unreconciled'),
  }
  if (amounts.unreconciled > amounts.clusters) amounts.unreconciled = amounts.clusters
  return { amounts, args: argv.filter((_, index) => !own.has(index)) }
}

seed().catch(fail)
