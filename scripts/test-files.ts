import { spawn } from 'node:child_process'
import { once } from 'node:events'

export interface Results {
  passed: number
  failed: number
  /** The lines of the report on tests that were skipped. */
  skipped: string[]
  /** The files that failed beside others and passed alone. */
  unsteady: string[]
}

type FileResults = Omit<Results, 'unsteady'>

/** A file that takes longer than this has come to a halt. */
const LIMIT_S = 1200

/** How many files may fail beside others and pass alone: more are not the fault of a busy machine. */
const MAX_UNSTEADY = 2

/**
 * Runs files of tests, each in a process of its own, `jobs` at a time and in this order. Prints a line for each that has ended,
 * and before it the report of one that failed. Returns the results of all. A file without a test counts as a failure.
 *
 * Up to two files that failed beside others run once more at the end, each alone; these results count.
 */
export async function runFiles(files: string[], jobs: number, env: NodeJS.ProcessEnv): Promise<Results> {
  const total: Results = { passed: 0, failed: 0, skipped: [], unsteady: [] }
  const failed: [string, FileResults][] = []
  const add = (results: FileResults) => {
    total.passed += results.passed
    total.failed += results.failed
    total.skipped.push(...results.skipped)
  }
  const waiting = [...files]
  const work = async () => {
    for (let file = waiting.shift(); file; file = waiting.shift()) {
      const results = await runFile(file, env)
      if (results.failed) failed.push([file, results])
      else add(results)
    }
  }
  await Promise.all(Array.from({ length: jobs }, work))
  const mayBeUnsteady = failed.length < files.length && failed.length <= MAX_UNSTEADY
  for (const [file, before] of failed) {
    const results = mayBeUnsteady ? await runFile(file, env) : before
    if (!results.failed) total.unsteady.push(file)
    add(results)
  }
  return total
}

async function runFile(file: string, env: NodeJS.ProcessEnv): Promise<FileResults> {
  const began = performance.now()
  const child = spawn(process.execPath, ['--import', 'tsx', file], {
    env: { ...env, TAP_TIMEOUT: String(LIMIT_S) },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: (LIMIT_S + 60) * 1000,
    killSignal: 'SIGKILL',
  })
  let report = ''
  let errors = ''
  child.stdout.setEncoding('utf8').on('data', (text) => {
    report += text
  })
  child.stderr.setEncoding('utf8').on('data', (text) => {
    errors += text
  })
  const [code, signal] = await once(child, 'close')
  const results = count(report)
  const isComplete = code === 0 && /^1\.\.[1-9]/m.test(report)
  if (!isComplete && !results.failed) results.failed = 1
  const seconds = ((performance.now() - began) / 1000).toFixed(1)
  if (results.failed) console.log(`# ${file}\n${withoutPasses(report)}`)
  if (errors) console.log(errors.trimEnd())
  const outcome = results.failed ? `not ok - ${file} (${signal ?? `code ${code}`})` : `ok - ${file}`
  console.log(`${outcome} # ${seconds} s`)
  return results
}

const withoutPasses = (report: string) => report.replaceAll(/^\s*ok \d+.*\n/gm, '').trimEnd()

/** Only the innermost results count: those that no further level of the report follows. */
function count(report: string): FileResults {
  const results: FileResults = { passed: 0, failed: 0, skipped: [] }
  for (const line of report.split('\n')) {
    const [, not, rest = ''] = /^\s*(not )?ok \d+(.*)/.exec(line) ?? []
    if (/^\s*ok \d+.* # SKIP\b/i.test(line)) results.skipped.push(line.trim())
    else if (/^\s*(not )?ok \d+/.test(line) && !/\{\s*$|# time=/.test(rest))
      results[not ? 'failed' : 'passed']++
  }
  return results
}
