import { once } from 'node:events'
import { createWriteStream, type WriteStream } from 'node:fs'
import { SingleBar } from 'cli-progress'
import { toolConfig } from '../server/config/load.ts'
import { importFrom, type LeftOut, type Tally } from '../server/imports/importer.ts'
import { loadDocument } from '../server/openapi/document.ts'
import { StartError } from '../server/process/start-error.ts'
import { readOwnFlags } from './own-flags.ts'

const VALUED = ['from', 'kinds', 'report'] as const
const SWITCHES = ['dry-run', 'remove-most'] as const

/**
 * Imports the resources of a database of the Go implementation, with a progress bar and a summary on standard error; what is left out
 * goes to the file of --report, as JSON lines. The exit code is 1 when anything was left out.
 */
export async function importResources(args: string[]): Promise<void> {
  const { values, switches, rest } = readFlags(args)
  if (!values.from) throw new StartError('import needs --from postgres://… of the database to import')
  const config = toolConfig(loadDocument()['x-kinds'], rest)
  const report = values.report === undefined ? undefined : await openReport(values.report)
  const reasons = new Map<string, number>()
  const bar = new SingleBar({
    format: '{bar} {percentage} % | {value} of {total} resources | {eta} s left',
    noTTYOutput: true,
    notTTYSchedule: 5000,
  })
  bar.start(0, 0)
  const isDryRun = switches.has('dry-run')
  try {
    const tally = await importFrom(config, loadDocument(config), {
      from: values.from,
      kinds: values.kinds?.split(',').filter(Boolean),
      isDryRun,
      removesMost: switches.has('remove-most'),
      tell: (done, total) => {
        bar.setTotal(total)
        bar.update(done)
      },
      note: (row) => report?.write(`${JSON.stringify(row)}\n`),
      leave: (row) => {
        report?.write(`${JSON.stringify(row)}\n`)
        const reason = summarized(row)
        reasons.set(reason, (reasons.get(reason) ?? 0) + 1)
      },
    })
    bar.stop()
    for (const [reason, count] of reasons) console.error(`left out: ${reason} (${count})`)
    console.error(summary(tally, isDryRun))
    if (tally.leftOut) process.exitCode = 1
  } finally {
    bar.stop()
    if (report) await new Promise<void>((resolve) => report.end(resolve))
  }
}

/** The reason of a row without what is of this row alone: ids and names. */
const summarized = ({ reason }: LeftOut) =>
  reason.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '…').replace(/(has the name) .*/, '$1 …')

const summary = (
  { imported, updated, unchanged, removed, reports, leftOut, irregular, garbage }: Tally,
  isDryRun: boolean,
) =>
  `${isDryRun ? 'a dry run, nothing is kept: ' : ''}${imported} resources imported, ${updated} updated, ` +
  `${unchanged} unchanged, ${removed} removed, ${leftOut} left out; ${reports} reports stored` +
  (irregular ? `; ${irregular} are there although a create here would refuse them` : '') +
  (garbage ? `; ${garbage} reports on resources that the source has not` : '')

/** The flags that are no settings. Throws a StartError for one without its value. */
function readFlags(args: string[]) {
  const isSwitch = (arg: string) => SWITCHES.some((name) => arg === `--${name}`)
  const { own, rest } = readOwnFlags(
    args.filter((arg) => !isSwitch(arg)),
    VALUED,
  )
  for (const { name, value } of own) if (!value) throw new StartError(`the flag --${name} has no value`)
  const values: Partial<Record<(typeof VALUED)[number], string>> = Object.fromEntries(
    own.map(({ name, value }) => [name, value]),
  )
  return { values, rest, switches: new Set(args.filter(isSwitch).map((arg) => arg.slice(2))) }
}

/** A file that is written anew. Throws a StartError when it cannot be. */
async function openReport(file: string): Promise<WriteStream> {
  const stream = createWriteStream(file)
  try {
    await once(stream, 'open')
    return stream
  } catch (error) {
    throw new StartError(`the file ${file} of --report cannot be written: ${(error as Error).message}`)
  }
}
