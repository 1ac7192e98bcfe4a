import type { Config } from '../config/schema.ts'
import { openDatabase } from '../db/database.ts'

/**
 * Checks the invariants of a database: conditions follow from reports, counts match, no orphans, nothing stuck in
 * deletion, no duplicate name. Prints the violations and exits with 1 when there are any.
 * May run at any time beside servers that write: the check reads one snapshot.
 */
export async function verify(config: Config): Promise<void> {
  const database = await openDatabase(config.database, { isReader: true })
  const found = await database.all('list_inconsistencies', {})
  await database.close()
  for (const { problem, kind, id, detail } of found)
    console.log([problem, kind, id, detail].filter(Boolean).join(': '))
  console.log(found.length ? `${found.length} inconsistencies` : 'all is consistent')
  process.exitCode = found.length ? 1 : 0
}
