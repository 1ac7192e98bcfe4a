/**
 * Checks that everything in a database follows from what was written to it: conditions from reports, counts, no
 * orphans, nothing stuck in deletion, no name held twice. Prints a list and ends with 1 when something differs.
 * May run at any time beside servers that write: the check reads one snapshot.
 *
 * Usage: npm run verify [-- --database-url postgres://…]
 */
import { loadConfig } from '../server/config.ts'
import { openDatabase } from '../server/database.ts'
import { loadDocument } from '../server/document.ts'
import { fail } from '../server/main.ts'

async function verify() {
  const kinds = Object.keys(loadDocument().document['x-kinds'])
  // The adapters in force are those in the database; what this process is configured with does not matter.
  const adapters = Object.fromEntries(
    kinds.map((kind) => [`HYPERFLEET_${kind.toUpperCase()}_ADAPTERS`, '[]']),
  )
  const config = loadConfig(kinds, { args: process.argv.slice(2), env: { ...process.env, ...adapters } })
  config.database.pool.statement_timeout = '1h'
  const database = await openDatabase(config.database)
  const found = await database.all('list_inconsistencies', {})
  await database.close()
  for (const { problem, kind, id, detail } of found)
    console.log([problem, kind, id, detail].filter(Boolean).join(': '))
  console.log(found.length ? `${found.length} inconsistencies` : 'all is consistent')
  process.exitCode = found.length ? 1 : 0
}

verify().catch(fail)
