/** The file of contexts: which servers there are, and how a caller authenticates to each. */
import { execSync } from 'node:child_process'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { parseYaml, toYaml } from './exact-values.ts'
import { CliError } from './exit-codes.ts'

/** One server, and how to call it. `headers` are sent with each request, such as those of a tenancy. */
export interface Context {
  server?: string
  token?: string
  token_file?: string
  token_command?: string
  headers?: Record<string, string>
}

export interface Contexts {
  current_context?: string
  contexts: Record<string, Context>
}

/** A folder of the user by the XDG Base Directory Specification. */
const userFolder = (variable: 'XDG_CONFIG_HOME' | 'XDG_CACHE_HOME', usual: string) =>
  join(process.env[variable] || join(homedir(), usual), 'hyperfleet')

/** The file of contexts. */
export const contextsFile = () =>
  process.env.HYPERFLEET_CLI_CONFIG || join(userFolder('XDG_CONFIG_HOME', '.config'), 'config.yaml')

/** The folder of documents of servers. */
export const cacheFolder = () => userFolder('XDG_CACHE_HOME', '.cache')

/** Reads the file of contexts; there are none where there is no file. */
export function readContexts(): Contexts {
  const file = contextsFile()
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { contexts: {} }
    throw new CliError(`${file}: ${(error as Error).message}`)
  }
  const [found = {}] = parseYaml(text, file) as Partial<Contexts>[]
  return { ...found, contexts: found.contexts ?? {} }
}

/** Writes the file of contexts, for its owner alone; readers see the former file or this one. */
export function writeContexts(contexts: Contexts): void {
  const file = contextsFile()
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const draft = `${file}.${process.pid}`
  writeFileSync(draft, toYaml(contexts), { mode: 0o600 })
  renameSync(draft, file)
}

/** The flags that say which server to call. */
export interface ServerFlags {
  context?: string
  server?: string
  token?: string
}

/** The server to call, by flags, then HYPERFLEET_SERVER and HYPERFLEET_TOKEN, then the context; throws where none is named. */
export function chooseServer(flags: ServerFlags) {
  const { current_context, contexts } = readContexts()
  const name = flags.context ?? current_context
  const context = name === undefined ? {} : contexts[name]
  if (!context) throw new CliError(`there is no context ${name} in ${contextsFile()}`, 'usage')
  const server = flags.server ?? process.env.HYPERFLEET_SERVER ?? context.server
  if (!server)
    throw new CliError(
      'no server is named: set HYPERFLEET_SERVER, give --server, or add a context (hyperfleet config set-context NAME --server URL)',
      'usage',
    )
  if (!/^https?:$/.test(URL.canParse(server) ? new URL(server).protocol : ''))
    throw new CliError(`the server must be an http or https URL, not ${server}`, 'usage')
  const isOther = server !== context.server
  return {
    server: server.replace(/\/+$/, ''),
    // The secret of one server is not sent to another.
    token: (flags.token ?? process.env.HYPERFLEET_TOKEN ?? (isOther ? undefined : tokenOf(context)))?.trim(),
    headers: isOther ? {} : (context.headers ?? {}),
  }
}

function tokenOf({ token, token_file, token_command }: Context): string | undefined {
  if (token !== undefined) return token
  try {
    if (token_file !== undefined) return readFileSync(token_file, 'utf8')
    if (token_command !== undefined)
      return execSync(token_command, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
  } catch (error) {
    throw new CliError(`the token cannot be read: ${(error as Error).message}`, 'refused')
  }
  return undefined
}
