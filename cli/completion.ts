/** Completion in shells: the scripts, and the candidates that they ask for. */
import type { Command, Option } from 'commander'
import { verbs } from './access.ts'
import { readContexts } from './contexts.ts'
import { CliError } from './exit-codes.ts'
import { formats } from './printer.ts'
import { type Flags, inSearch, type Resource, Session } from './session.ts'

// In bash, = and : break words: what stands before the last of them is on the line already.
const bash = `_hyperfleet() {
  local line=\${COMP_LINE:0:COMP_POINT} words cur head
  read -ra words <<<"$line"
  [[ $line == *' ' ]] && words+=('')
  cur=\${words[-1]}
  mapfile -t COMPREPLY < <("\${words[0]}" __complete -- "\${words[@]:1}" 2>/dev/null)
  if [[ $cur == *[=:]* ]]; then
    head=\${cur%"\${cur##*[=:]}"}
    COMPREPLY=("\${COMPREPLY[@]#"$head"}")
  fi
  [[ \${COMPREPLY[0]} == *[/=] ]] && compopt -o nospace
}
complete -o default -F _hyperfleet hyperfleet`

const zsh = `#compdef hyperfleet
_hyperfleet() {
  local -a found open done
  found=("\${(@f)$(\${words[1]} __complete -- "\${(@Q)words[2,CURRENT]}" 2>/dev/null)}")
  open=(\${(M)found:#*[/=]})
  done=(\${found:#*[/=]})
  (( $#open + $#done )) || { _files; return }
  compadd -S '' -a open
  compadd -a done
}
if [[ $funcstack[1] == _hyperfleet ]]; then _hyperfleet "$@"; else compdef _hyperfleet hyperfleet; fi`

const fish = `function __hyperfleet_complete
    set -l words (commandline -opc) (commandline -ct)
    $words[1] __complete -- $words[2..-1] 2>/dev/null
end
complete -c hyperfleet -f -a '(__hyperfleet_complete)'
complete -c hyperfleet -s f -l filename -r -F
complete -c hyperfleet -l patch-file -l data -r -F`

const scripts: Record<string, string> = { bash, zsh, fish }

/** `completion SHELL`: prints the script of a shell. */
export function completion([shell = '']: string[]): void {
  const script = Object.hasOwn(scripts, shell) && scripts[shell]
  if (!script) throw new CliError(`completion is for ${Object.keys(scripts).join(', ')}`, 'usage')
  console.log(script)
}

/** Prints what may stand in place of the last word; nothing where that is not known, whatever the reason. */
export async function complete(program: Command, words: string[]): Promise<void> {
  try {
    const last = words.at(-1) ?? ''
    const found = await candidates(program, words)
    for (const candidate of new Set(found)) if (candidate.startsWith(last)) console.log(candidate)
  } catch {
    // A line that is being written may be wrong, and a server away: there is nothing to suggest.
  }
}

async function candidates(program: Command, words: string[]): Promise<string[]> {
  const { command, args, flags, open } = parse(program, words.slice(0, -1))
  const last = words.at(-1) ?? ''
  const [, name, value] = /^(--[^=]+)=(.*)$/.exec(last) ?? []
  if (name !== undefined && value !== undefined) {
    const values = await valuesOf(optionOf(program, command, name), flags)
    return values.map((each) => `${name}=${each}`)
  }
  if (open) return valuesOf(open, flags)
  if (last.startsWith('-'))
    return [...command.options, ...program.options, command.createHelp().visibleOptions(command).at(-1)]
      .filter((option): option is Option => option?.hidden === false)
      .map(({ long }) => long ?? '')
  if (command.commands.length && !args.length)
    return command.commands.filter((each) => !isHidden(each)).map((each) => each.name())
  const argument = command.registeredArguments[Math.min(args.length, command.registeredArguments.length - 1)]
  return argument ? argumentValues(argument.name(), args, last, flags) : []
}

const isHidden = (command: Command) => command.name().startsWith('__')

async function argumentValues(
  argument: string,
  args: string[],
  last: string,
  flags: Flags,
): Promise<string[]> {
  if (argument === 'shell') return Object.keys(scripts)
  if (argument === 'context') return Object.keys(readContexts().contexts)
  if (argument === 'verb') return verbs
  if (!['kind', 'name', 'names'].includes(argument)) return []
  const session = new Session(flags)
  const [asked = '', name] = last.split(/\/(.*)/s)
  if (name !== undefined) return (await namesIn(session, asked, name)).map((each) => `${asked}/${each}`)
  const { kinds } = await session.discovery()
  const named = args.filter((word) => !verbs.includes(word))
  if (!named[0]) return kinds.flatMap(({ kind, plural }) => [plural, kind.toLowerCase()])
  if (named[0].includes('/')) return kinds.map(({ kind }) => `${kind.toLowerCase()}/`)
  return namesIn(session, named[0], last)
}

/** The names of a kind that begin with a text, a hundred at the most. */
async function namesIn(session: Session, name: string, prefix: string): Promise<string[]> {
  const kind = (await session.discovery()).kindOf(name)
  const pattern = `${prefix.replaceAll(/[\\%_]/g, '\\$&')}%`
  const search = prefix ? { search: `name like ${inSearch(pattern)}` } : {}
  const path = await session.listPath(kind, await session.parent())
  const { items } = await session.list(path, search, 100)
  return items.map((item: Resource) => item.name)
}

/** The values of an option, as far as they are known. */
async function valuesOf(option: Option | undefined, flags: Flags): Promise<string[]> {
  const name = option?.attributeName()
  if (name === 'output') return [...formats]
  if (name === 'context') return Object.keys(readContexts().contexts)
  if (name === 'available' || name === 'applied' || name === 'health' || name === 'finalized')
    return ['True', 'False', 'Unknown']
  if (name === 'for') return ['condition=Reconciled', 'condition=LastKnownReconciled', 'delete']
  if (name === 'parent')
    return (await new Session(flags).discovery()).kinds.map(({ kind }) => `${kind.toLowerCase()}/`)
  return []
}

const optionOf = (program: Command, command: Command, flag: string) =>
  [...command.options, ...program.options].find(({ short, long }) => flag === short || flag === long)

/** What the words before the last one are: command, arguments, flags, and an option that waits for its value. */
function parse(program: Command, words: string[]) {
  let command = program
  let open: Option | undefined
  const args: string[] = []
  const flags: Record<string, string> = {}
  for (const word of words) {
    if (open) {
      flags[open.attributeName()] = word
      open = undefined
    } else if (word.startsWith('-')) {
      const [flag = '', value] = word.split(/=(.*)/s)
      const option = optionOf(program, command, flag)
      if (option?.required || option?.optional) {
        if (value === undefined) open = option
        else flags[option.attributeName()] = value
      }
    } else {
      const inner = args.length ? undefined : command.commands.find((each) => each.name() === word)
      if (inner) command = inner
      else args.push(word)
    }
  }
  return { command, args, flags: flags as Flags, open }
}
