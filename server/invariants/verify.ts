import { ConditionMapping, listInputs, NOT_MAPPED } from '../conditions/condition-mapping.ts'
import type { Config } from '../config/schema.ts'
import { openDatabase, type Statements } from '../db/database.ts'

/**
 * Checks the invariants of a database: conditions follow from reports, counts match, no orphans, nothing stuck in
 * deletion, no duplicate name. Prints the violations and exits with 1 when there are any.
 * May run at any time beside servers that write: the check reads one snapshot; of mapped conditions, one for each page of
 * resources.
 */
export async function verify(config: Config): Promise<void> {
  const database = await openDatabase(config.database, { isReader: true })
  const found = await database.all('list_inconsistencies', {})
  found.push(...(await mappedDifferences(database)))
  await database.close()
  for (const { problem, kind, id, detail } of found)
    console.log([problem, kind, id, detail].filter(Boolean).join(': '))
  console.log(found.length ? `${found.length} inconsistencies` : 'all is consistent')
  process.exitCode = found.length ? 1 : 0
}

async function mappedDifferences(database: Statements) {
  const kinds = await database.all('list_kinds', {})
  const mapping = new ConditionMapping(kinds, () => {})
  const found = []
  for (const { kind } of kinds)
    for await (const { id, inputs } of listInputs(database, kind))
      for (const type of mapping.differences(inputs))
        found.push({ problem: NOT_MAPPED, kind, id, detail: type })
  return found
}
