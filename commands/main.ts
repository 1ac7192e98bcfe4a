import { inspect } from 'node:util'
import { SingleBar } from 'cli-progress'
import { valueAt } from '../server/config/file.ts'
import { type Config, loadConfig, loadSettings, toolConfig } from '../server/config/load.ts'
import { redacted } from '../server/config/secrets.ts'
import { settings } from '../server/config/settings.ts'
import { operatorLine } from '../server/db/advice.ts'
import { migrate } from '../server/db/migrate.ts'
import { adoptTenancy, readTenancy } from '../server/db/tenancies.ts'
import { verify } from '../server/invariants/verify.ts'
import { about } from '../server/lib/version.ts'
import { masked } from '../server/observability/masking.ts'
import { loadDocument, published, toYaml } from '../server/openapi/document.ts'
import type { Kinds } from '../server/openapi/kinds.ts'
import { StartError } from '../server/process/start-error.ts'
import { readOwnFlags } from './own-flags.ts'

const help = `Usage: hyperfleet-api <command> [--config FILE] [--server-port 8000 …]

  serve    serve the API (the database must have been migrated)
  migrate  bring the database to this release; with --adopt-tenancy org=acme, give that tenancy to all resources that have none
  verify   list the rows of the database that break an invariant
  import   bring the resources of a database of the Go implementation into this one: --from postgres://…
           [--kinds A,B] [--dry-run] [--report FILE] [--remove-most]
  openapi  print the document of the API with these settings, as YAML
  config   print the settings in force, without secrets; with --sources also where each came from
  can-i    explain whether the rules of authorization allow a request: can-i VERB KIND
           [--id ID] [--adapter NAME] [--claims FILE] [--resource FILE]
  version  print the version`

/** Runs one command line; failures that the operator can fix are one line on standard error and exit code 1. */
export async function main([command = 'help', ...args]: string[]): Promise<void> {
  const document = loadDocument()
  const kinds = document['x-kinds']
  const commands: Record<string, () => Promise<unknown> | unknown> = {
    serve: () => serveWith(loadSettings(kinds, { args })),
    migrate: () => bringUpToDate(kinds, args),
    verify: () => verify(toolConfig(kinds, args)),
    import: () => importElsewhere(args),
    openapi: () => console.log(composed(loadSettings(kinds, { args, serving: false }).config)),
    'can-i': () => explainAccess(args),
    config: () => console.log(JSON.stringify(printable(kinds, args), null, 2)),
    version: () => console.log(about.version),
    help: () => console.log(help),
  }
  const name = command.replace(/^--/, '')
  const run = Object.hasOwn(commands, name) && commands[name]
  if (!run) throw new StartError(`${command} is not a command; there are ${Object.keys(commands).join(', ')}`)
  await run()
}

/** Serves with these settings. The server is loaded only here: the other commands start sooner without it. */
async function serveWith(settings: ReturnType<typeof loadSettings>): Promise<void> {
  const [{ serve }, { handlers }] = await Promise.all([
    import('../server/process/lifecycle.ts'),
    import('../handlers/index.ts'),
  ])
  await serve(settings, handlers)
}

/** Loaded only here, as the server is; the exit code is the decision. */
async function explainAccess(args: string[]): Promise<void> {
  const { canI } = await import('./can-i.ts')
  process.exitCode = canI(args)
}

/** Loaded only here, as the server is. */
async function importElsewhere(args: string[]): Promise<void> {
  const { importResources } = await import('./import.ts')
  await importResources(args)
}

/** The document that a server with these settings serves. */
const composed = (config: Config) => toYaml(published(loadDocument(config), config))

/** Migrates the database of a server elsewhere (an embedded one is migrated when it starts), and adopts resources without a tenancy. */
async function bringUpToDate(kinds: Kinds, args: string[]): Promise<void> {
  const { own, rest } = readOwnFlags(args, ['adopt-tenancy'])
  const config = loadConfig(kinds, { args: rest, serving: false })
  const [flag] = own
  if (flag && !flag.value) throw new StartError('the flag --adopt-tenancy has no value')
  const tenancy = flag?.value ? readTenancy(flag.value, config.server.tenant.dimensions) : undefined
  await migrate(config, loadDocument(config)['x-kinds'], console.error)
  if (!tenancy) return
  const bar = new SingleBar({
    format: '{bar} {percentage} % | {value} of {total} resources | {eta} s left',
    noTTYOutput: true,
    notTTYSchedule: 5000,
  })
  bar.start(0, 0)
  const { adopted, clashes } = await adoptTenancy(config, tenancy, (done, total) => {
    bar.setTotal(total)
    bar.update(done)
  })
  bar.stop()
  for (const { kind, id, name } of clashes)
    console.error(`${kind} ${id} was left: the tenancy has another one with the name ${name}`)
  console.error(
    `${adopted} resources have the tenancy ${JSON.stringify(tenancy)} now, ${clashes.length} were left`,
  )
  if (clashes.length) process.exitCode = 1
}

/**
 * Ends the process on a failed start: with one line when the operator can fix it, else with the whole error;
 * without passwords in either case.
 */
export function fail(error: unknown): never {
  const line = error instanceof StartError ? error.message : operatorLine(error)
  console.error(line === undefined ? masked(inspect(error)) : `hyperfleet-api: ${masked(line)}`)
  process.exit(1)
}

/** The settings in force, without secrets; with --sources each by its key, and where it came from. */
function printable(kinds: Kinds, args: string[]): object {
  // Settings that only a server needs may be missing: the operator may be about to set them.
  const { config, origin } = loadSettings(kinds, {
    args: args.filter((arg) => arg !== '--sources'),
    serving: false,
  })
  const shown = redacted(config)
  if (!args.includes('--sources')) return shown
  return Object.fromEntries(
    settings().map(({ key, path }) => [key, { value: valueAt(shown, path), from: origin(key) }]),
  )
}
