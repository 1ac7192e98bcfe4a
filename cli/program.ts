/** The commands of `hyperfleet`, their flags, and how each ends. */
import { readFileSync } from 'node:fs'
import { Command, CommanderError, Option } from 'commander'
import { CliError, exitCodes, Printed } from './exit-codes.ts'
import type { Flags, Session } from './session.ts'

// biome-ignore lint/suspicious/noExplicitAny: each action knows the flags that are declared beside it.
type Action = (session: Session, words: string[], flags: any) => Promise<void>

/** An action that is loaded when it runs, so that no command waits for the code of another. */
const run =
  (load: () => Promise<Action>) =>
  async (...given: unknown[]) => {
    const command = given.at(-1) as Command
    const flags = command.optsWithGlobals() as Flags
    const [{ checkFormat }, { Session }, action] = await Promise.all([
      import('./printer.ts'),
      import('./session.ts'),
      load(),
    ])
    checkFormat(flags.output ?? 'table')
    await action(new Session(flags), command.args, flags)
  }

/** The same for a command that calls no server. */
const runAlone =
  (load: () => Promise<(words: string[], flags: Flags) => void>) =>
  async (...given: unknown[]) => {
    const command = given.at(-1) as Command
    const action = await load()
    action(command.args, command.optsWithGlobals())
  }

const readings = () => import('./reading.ts')
const writings = () => import('./writing.ts')
const followings = () => import('./following.ts')
const contextCommands = () => import('./context-commands.ts')

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))

const count = (text: string) => {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new CliError(`${text} is no number from 1 on`, 'usage')
  return Number(text)
}
/** Flags with a whole patch, beside which none of its members may be given. */
const PATCHES = ['patch', 'patchFile']

const collect = (value: string, before: string[] = []) => [...before, value]

const labelFlag = () =>
  new Option(
    '-l, --label <key=value>',
    'only resources with this label, or with the key; may be repeated',
  ).argParser(collect)
const dryRunFlag = () => new Option('--dry-run', 'ask the server for the answer, and keep nothing')
const filesFlag = () =>
  new Option(
    '-f, --filename <file>',
    'a file of YAML or JSON, a folder of them, or - ; may be repeated',
  ).argParser(collect)
const parentFlag = () => new Option('-p, --parent <kind/name>', 'the parent of the resource or list')

/** Makes the program; a test may look at it. */
export function createProgram(): Command {
  const program = new Command('hyperfleet')
    .description('Reads and changes resources of a HyperFleet server.')
    .version(version, '--version')
    .option('--context <name>', 'the context to use (hyperfleet config)')
    .option('--server <url>', 'the server, else HYPERFLEET_SERVER or that of the context')
    .option('--token <token>', 'the token, else HYPERFLEET_TOKEN or that of the context')
    .option('-o, --output <format>', 'table, wide, json, yaml, name or jsonpath=PATH')
    .option('--curl', 'print the request as a command of curl instead of sending it')
    .addOption(
      new Option('--request-timeout <seconds>', 'how long one request may take').argParser(count).default(60),
    )
    .showHelpAfterError('(hyperfleet --help has all commands)')
    .exitOverride()

  const read = (usage: string, what: string) =>
    program.command(usage).description(what).addOption(parentFlag())
  const lists = (command: Command) =>
    command
      .option('-s, --search <text>', 'only resources that match (docs/search.md)')
      .addOption(labelFlag())
      .option('--order <fields>', 'such as "name asc, created_time desc"')
      .option('--limit <count>', 'not more than this', count)

  lists(read('get <kind> [names...]', 'show resources by name or id, or the list of a kind')).action(
    run(async () => (await readings()).get),
  )
  lists(read('list <kind>', 'list the resources of a kind')).action(run(async () => (await readings()).list))
  program
    .command('search <search>')
    .description('list the resources of all kinds that match')
    .addOption(labelFlag())
    .option('--order <fields>', 'such as "name asc, created_time desc"')
    .option('--limit <count>', 'not more than this', count)
    .action(run(async () => (await readings()).search))
  read('tree <kind> [name]', 'show a resource, those below it, and those that they refer to').action(
    run(async () => (await readings()).tree),
  )
  read('explain <kind> [name]', 'say why the conditions of a resource are as they are').action(
    run(async () => (await readings()).explain),
  )
  read('history <kind> [name]', 'show who has changed a resource, and when')
    .option('--generations', 'the generations instead of all changes')
    .option('--limit <count>', 'the newest of them', count)
    .action(run(async () => (await readings()).history))
  read('diff <kind> [name]', 'show how two generations of a resource differ')
    .option('--from <generation>', 'the former generation; the one before, unless given', count)
    .option('--to <generation>', 'the later generation; the present one, unless given', count)
    .option('--exit-code', 'end with 1 where they differ')
    .action(run(async () => (await readings()).diff))

  const write = (usage: string, what: string) => read(usage, what).addOption(dryRunFlag())
  write('create [kind] [name]', 'create a resource by its name, or those of files')
    .addOption(filesFlag())
    .addOption(new Option('-l, --label <key=value>', 'a label; may be repeated').argParser(collect))
    .option('--spec <object>', 'the spec, as JSON or YAML')
    .action(run(async () => (await writings()).create))
  write('apply', 'create the resources of files, or change them where they differ')
    .addOption(filesFlag().makeOptionMandatory())
    .option('--replace', 'remove what the file does not have from spec and labels')
    .action(run(async () => (await writings()).apply))
  write('patch <kind> [names...]', 'change resources by a merge patch')
    .addOption(new Option('--patch <object>', 'the patch, as JSON or YAML'))
    .option('--patch-file <file>', 'the patch in a file, or - ')
    .addOption(
      new Option('--spec <object>', 'the members of the spec to change, as JSON or YAML').conflicts(PATCHES),
    )
    .addOption(
      new Option('-l, --label <key=value>', 'a label to set; may be repeated')
        .argParser(collect)
        .conflicts(PATCHES),
    )
    .option('--replace', 'replace spec and labels whole instead of merging')
    .option('--if-match <tag>', 'only at this entity tag')
    .action(run(async () => (await writings()).patch))
  write('edit <kind> [name]', 'change a resource in your editor (VISUAL, EDITOR)').action(
    run(async () => (await writings()).edit),
  )
  write('delete [kind] [names...]', 'mark resources for deletion, with all below them')
    .addOption(filesFlag())
    .option('--if-match <tag>', 'only at this entity tag')
    .action(run(async () => (await writings()).remove))
  write('force-delete <kind> [names...]', 'remove marked resources without waiting for adapters')
    .requiredOption('--reason <text>', 'why; the log keeps it')
    .action(run(async () => (await writings()).forceDelete))
  write('report <kind> [name]', 'report on a resource, as an adapter does')
    .requiredOption('--adapter <name>', 'the adapter that reports')
    .option('--available <status>', 'True, False or Unknown')
    .option('--applied <status>', 'True, False or Unknown', 'True')
    .option('--health <status>', 'True, False or Unknown', 'True')
    .option('--finalized <status>', 'whether the work for a marked resource is undone')
    .addOption(
      new Option(
        '--condition <type=status>',
        'one more, TYPE=STATUS[:REASON[:MESSAGE]]; may be repeated',
      ).argParser(collect),
    )
    .option('--reason <word>', 'the reason of Available')
    .option('--message <text>', 'the message of Available')
    .option('--generation <number>', 'the generation that was observed, else the present one', count)
    .option('--data <file>', 'data of the adapter, a file of YAML or JSON')
    .action(run(async () => (await import('./reporting.ts')).report))

  read('wait <kind> [names...]', 'wait until resources have a condition, or are removed')
    .requiredOption('--for <state>', 'condition=TYPE, condition=TYPE=STATUS or delete')
    .option('--timeout <duration>', 'how long, such as 90s, 10m or 2h', '10m')
    .action(run(async () => (await followings()).wait))
  read('watch [kind] [name]', 'print changes as they happen')
    .option('-s, --search <text>', 'only resources that match (docs/search.md)')
    .addOption(labelFlag())
    .option('--since <token>', 'changes after this token of the feed; start for the present state first')
    .option('--count <count>', 'end after this many', count)
    .action(run(async () => (await followings()).watch))

  program
    .command('batch')
    .description('do the writes of a file in as few requests as possible')
    .requiredOption('-f, --filename <file>', 'a list of {method, path, headers, body}, or - ')
    .option('--atomic', 'do all of them, or none')
    .addOption(dryRunFlag())
    .action(run(async () => (await import('./bulk.ts')).batch))
  read('import', 'create the resources of an export (list -o json) that are missing')
    .addOption(filesFlag().makeOptionMandatory())
    .action(run(async () => (await import('./bulk.ts')).importResources))
  read('can-i <verb> <kind> [name]', 'ask whether the server would refuse a request')
    .addOption(filesFlag())
    .option('--adapter <name>', 'of the verb report: who reports')
    .action(run(async () => (await import('./access.ts')).canI))

  const config = program.command('config').description('the servers that you work with')
  config
    .command('get-contexts')
    .description('list the contexts')
    .action(runAlone(async () => (await contextCommands()).listContexts))
  config
    .command('current-context')
    .description('print the name of the current context')
    .action(runAlone(async () => (await contextCommands()).currentContext))
  config
    .command('use-context <context>')
    .description('make a context the current one')
    .action(runAlone(async () => (await contextCommands()).useContext))
  config
    .command('set-context <context>')
    .description('make a context, or change it: with --server, --token and the flags below')
    .option('--token-file <file>', 'a file that holds the token')
    .option('--token-command <command>', 'a command of the shell that prints the token')
    .addOption(
      new Option(
        '--header <name=value>',
        'a header of each request, such as that of a tenancy; may be repeated',
      ).argParser(collect),
    )
    .action(runAlone(async () => (await contextCommands()).setContext))
  config
    .command('delete-context <context>')
    .description('delete a context')
    .action(runAlone(async () => (await contextCommands()).deleteContext))
  program
    .command('completion <shell>')
    .description('print the completion script of bash, zsh or fish')
    .action(runAlone(async () => (await import('./completion.ts')).completion))
  program
    .command('__complete [words...]', { hidden: true })
    .action(async (words: string[]) => (await import('./completion.ts')).complete(program, words))
  return program
}

/** Runs one command line. What the user can act on is printed without a stack, and sets the exit code. */
export async function main(argv: string[]): Promise<void> {
  // The reader of a pipe may have seen enough.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(exitCodes.ok)
    throw error
  })
  process.once('SIGINT', () => process.exit(exitCodes.interrupted))
  try {
    await createProgram().parseAsync(argv)
  } catch (error) {
    process.exitCode = codeOf(error)
  }
}

/** The exit code of an error, which is printed unless it has been. */
function codeOf(error: unknown): number {
  if (error instanceof Printed) return exitCodes.ok
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage
  const isColoured = process.stderr.isTTY && process.stderr.hasColors()
  const head = isColoured ? '\u001b[31merror:\u001b[39m' : 'error:'
  if (error instanceof CliError) {
    console.error(`${head} ${error.message}`)
    return exitCodes[error.outcome]
  }
  // A defect: the place of it is what a report of it needs.
  const [what, where = ''] = (error instanceof Error ? (error.stack ?? error.message) : String(error)).split(
    '\n',
  )
  console.error(`${head} a defect of hyperfleet ${version}: ${what} ${where.trim()}`)
  return exitCodes.failure
}
