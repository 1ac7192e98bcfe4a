import { inspect } from 'node:util'
import { about } from './about.ts'
import { type Config, loadConfig } from './config/load.ts'
import { loadDocument } from './document.ts'
import { serve } from './lifecycle.ts'
import { migrate } from './migrate.ts'
import { keepSecret, masked } from './observability/masking.ts'
import { StartError } from './start-error.ts'

const help = `Usage: hyperfleet-api <command> [--config FILE] [--server-port 8000 …]

  serve    serve the API (the database must have been migrated)
  migrate  bring the database to this release
  config   print the settings in force, without secrets
  version  print the version`

/** Runs one command line; failures that the operator can mend are one line on standard error and exit code 1. */
export async function main([command = 'help', ...args]: string[]): Promise<void> {
  const { document } = loadDocument()
  const kinds = document['x-kinds']
  const config = () => {
    const settled = loadConfig(Object.keys(kinds), { args })
    keepSecret(settled.database)
    return settled
  }
  const commands: Record<string, () => Promise<unknown> | unknown> = {
    serve: () => serve(config()),
    migrate: () => migrate(config(), kinds), // of a server elsewhere: an embedded one is migrated when it starts
    config: () => console.log(JSON.stringify(redacted(config()), null, 2)),
    version: () => console.log(about.version),
    help: () => console.log(help),
  }
  const run = commands[command.replace(/^--/, '')]
  if (!run) throw new StartError(`${command} is not a command; there are ${Object.keys(commands).join(', ')}`)
  await run()
}

/**
 * Ends the process on a failed start: in one line when the operator can mend it, else with all there is to know;
 * without passwords in either case.
 */
export function fail(error: unknown): never {
  console.error(masked(error instanceof StartError ? `hyperfleet-api: ${error.message}` : inspect(error)))
  process.exit(1)
}

/** The settings without what only the database may know. */
function redacted(config: Config): Config {
  const { password, url } = config.database
  return {
    ...config,
    database: {
      ...config.database,
      ...(password && { password: hidden }),
      ...(url && { url: withoutPassword(url) }),
    },
  }
}

const hidden = '***'

function withoutPassword(url: string): string {
  if (!URL.canParse(url)) return hidden
  const parsed = new URL(url)
  if (parsed.password) parsed.password = hidden
  if (parsed.searchParams.has('password')) parsed.searchParams.set('password', hidden)
  return parsed.href
}
