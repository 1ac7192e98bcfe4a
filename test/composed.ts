/** The document as `hyperfleet-api openapi` prints it for a configuration. */
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { root, type Scope, temporaryFolder } from './processes.ts'

/** A configuration with the kinds that charts of the field ship, and some of three levels. */
export const manyKinds = join(root, 'test/data/kinds.yaml')

/** Writes the composed document for these entities, or for those of a configuration file, into a folder that ends with the scope. Returns the path of the YAML. */
export async function composedFile(t: Scope, config: string | object[]): Promise<string> {
  const folder = await temporaryFolder(t)
  const given = typeof config === 'string' ? config : join(folder, 'config.yaml')
  if (typeof config !== 'string') writeFileSync(given, stringify({ entities: config }))
  const printed = execFileSync(
    process.execPath,
    ['commands/hyperfleet-api.js', 'openapi', '--config', given],
    { cwd: root },
  )
  const file = join(folder, 'openapi.yaml')
  writeFileSync(file, printed)
  return file
}
