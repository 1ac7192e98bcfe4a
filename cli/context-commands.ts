/** The commands of `config`: the contexts of the user. */
import { type Context, contextsFile, readContexts, writeContexts } from './contexts.ts'
import { CliError } from './exit-codes.ts'
import { pairIn } from './pairs.ts'
import { print } from './printer.ts'
import type { Flags } from './session.ts'

interface SetFlags extends Flags {
  tokenFile?: string
  tokenCommand?: string
  header?: string[]
}

/** `config get-contexts`: a table of them, without secrets. */
export function listContexts(_words: string[], flags: Flags): void {
  const { contexts, current_context } = readContexts()
  const rows = Object.entries(contexts).map(([name, context]) => ({ name, ...context }))
  print(
    {
      value: rows.map(({ token, ...row }) => ({ ...row, ...(token !== undefined && { token: '(set)' }) })),
      rows,
      columns: [
        { title: 'CURRENT', text: ({ name }) => (name === current_context ? '*' : '') },
        { title: 'NAME', text: ({ name }) => name },
        { title: 'SERVER', text: ({ server }) => server },
        { title: 'TOKEN', text: tokenOrigin },
      ],
      name: ({ name }) => name,
    },
    flags.output,
  )
}

const tokenOrigin = ({ token, token_file, token_command }: Context) =>
  token === undefined ? (token_file ?? token_command ?? '') : '(set)'

/** `config current-context`. */
export function currentContext(): void {
  const { current_context } = readContexts()
  if (current_context === undefined) throw new CliError('there is no current context')
  console.log(current_context)
}

/** `config use-context NAME`. */
export function useContext([name = '']: string[]): void {
  const all = readContexts()
  checkName(all.contexts, name)
  writeContexts({ ...all, current_context: name })
  console.log(`${name} is the current context`)
}

/** `config set-context NAME`: makes a context, or changes the members that are given. The first one becomes the current one. */
export function setContext(
  [name = '']: string[],
  { server, token, tokenFile, tokenCommand, header }: SetFlags,
): void {
  const all = readContexts()
  const former = all.contexts[name] ?? {}
  const hasToken = [token, tokenFile, tokenCommand].some((each) => each !== undefined)
  const { token: _token, token_file: _file, token_command: _command, ...rest } = former
  const context: Context = {
    ...(hasToken ? rest : former),
    ...(server !== undefined && { server }),
    ...(token !== undefined && { token }),
    ...(tokenFile !== undefined && { token_file: tokenFile }),
    ...(tokenCommand !== undefined && { token_command: tokenCommand }),
    ...(header && { headers: Object.fromEntries(header.map((pair) => pairIn(pair, '--header'))) }),
  }
  if (!context.server) throw new CliError('a context needs --server', 'usage')
  writeContexts({ current_context: name, ...all, contexts: { ...all.contexts, [name]: context } })
  console.log(`the context ${name} is set in ${contextsFile()}`)
}

/** `config delete-context NAME`. */
export function deleteContext([name = '']: string[]): void {
  const all = readContexts()
  checkName(all.contexts, name)
  const { [name]: _gone, ...contexts } = all.contexts
  const { current_context, ...rest } = all
  writeContexts({
    ...rest,
    ...(current_context !== name && current_context !== undefined && { current_context }),
    contexts,
  })
  console.log(`the context ${name} is deleted`)
}

function checkName(contexts: Record<string, Context>, name: string): void {
  if (!Object.hasOwn(contexts, name))
    throw new CliError(
      `there is no context ${name}; there are ${Object.keys(contexts).join(', ') || 'none'}`,
      'usage',
    )
}
