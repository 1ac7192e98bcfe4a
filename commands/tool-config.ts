import { type Config, loadConfig } from '../server/config/load.ts'
import { adaptersName } from '../server/config/settings.ts'
import type { Kinds } from '../server/openapi/kinds.ts'

/**
 * Settings for a tool that only wants the database, from its arguments, the environment and the file. The adapters in force are
 * those in the database; what this process is configured with does not matter. Statements may take an hour.
 */
export function toolConfig(kinds: Kinds, args: string[]): Config {
  const adapters = Object.fromEntries(Object.keys(kinds).map((kind) => [adaptersName(kind), '[]']))
  const config = loadConfig(kinds, { args, env: { ...process.env, ...adapters }, serving: false })
  config.database.pool.statement_timeout = '1h'
  return config
}
