/**
 * Runs the random tests again and again with new seeds, until the time is up or one of them fails: then it prints the
 * command that shows the failure again, and ends with 1.
 *
 * Usage: npm run fuzz [-- --minutes 30 --only model --write]
 *
 * --only   those files only whose name has this word
 * --write  writes bench/results/fuzz.md
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { startEmbedded } from '../server/embedded/embedded.ts'
import { createTemplate, dropTestDatabases } from '../test/databases.ts'
import { about } from './about.ts'

const { values: options } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    only: { type: 'string', default: '' },
    write: { type: 'boolean', default: false },
  },
})

/** The tests, and how much each is to try in one turn: a minute or so. */
const tests: Record<string, Record<string, string>> = {
  'test/http/model.test.ts': { RUNS: '10' },
  'test/http/contract-fuzz.test.ts': { RUNS: '200' },
  'test/http/search-fuzz.test.ts': { FUZZ: '8000' },
  'test/http/torture.test.ts': { RUNS: '500', SLOW: '10000', DEAF: '100' },
}

interface Tried {
  turns: number
  count: number
  answers: Record<string, number>
}
const total = new Map<string, Tried>()
/** What the memory of the servers came to, in MB. */
const memory: number[] = []

/** Adds what a test says that it has tried. */
function add({ what, count, answers }: { what: string } & Omit<Tried, 'turns'>) {
  const before = total.get(what) ?? { turns: 0, count: 0, answers: {} }
  const after = { turns: before.turns + 1, count: before.count + count, answers: { ...before.answers } }
  for (const [status, times] of Object.entries(answers)) {
    const family = `${status[0]}xx`
    after.answers[family] = (after.answers[family] ?? 0) + times
  }
  total.set(what, after)
}

/** One turn of a test, against a server in a process of its own; whether nothing was wrong. */
async function turn(server: string, file: string, amounts: Record<string, string>): Promise<boolean> {
  const seed = String(Math.floor(Math.random() * 1_000_000_000))
  const env = { ...amounts, SEED: seed, SERVER: 'process' }
  const began = performance.now()
  const child = spawn(process.execPath, ['--import', 'tsx', file], {
    env: {
      ...Object.fromEntries(
        Object.entries(process.env).filter(([name]) => !/^(HYPERFLEET_|LOG_)/.test(name)),
      ),
      ...env,
      HYPERFLEET_TEST_SERVER: server,
      TAP_TIMEOUT: '3600',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'close')
  const lines: string[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line)
    const [, what, text = ''] = /^\s*# (tried|memory) (.*)/.exec(line) ?? []
    if (what === 'tried') add(JSON.parse(text))
    if (what === 'memory') memory.push(...JSON.parse(text))
  }
  const [code] = await ended
  const seconds = Math.round((performance.now() - began) / 1000)
  if (code === 0) {
    console.log(`${file} with seed ${seed}: ${seconds} s`)
    return true
  }
  console.log(lines.join('\n'))
  const settings = Object.entries(env).map(([name, value]) => `${name}=${value}`)
  console.log(`\nIt failed. To see it again: ${settings.join(' ')} npm test -- ${file}`)
  return false
}

const heads = ['what', 'turns', 'tried', '2xx', '3xx', '4xx', '5xx']

function table(): string {
  const rows = [...total].map(([what, { turns, count, answers }]) => {
    const families = ['2xx', '3xx', '4xx', '5xx'].map((family) => answers[family] ?? (count && '–'))
    return `| ${[what, turns, count, ...families].join(' | ')} |`
  })
  return [`| ${heads.join(' | ')} |`, `|${'---|'.repeat(heads.length)}`, ...rows].join('\n')
}

async function fuzz() {
  const folder = await mkdtemp(join(tmpdir(), 'hyperfleet-fuzz-'))
  const embedded = await startEmbedded({
    dir: join(folder, 'postgres'),
    settings: { fsync: 'off', max_connections: '300' },
  })
  const began = performance.now()
  const minutes = () => (performance.now() - began) / 60_000
  const files = Object.entries(tests).filter(([file]) => file.includes(options.only))
  if (!files.length) throw new Error(`no file has ${options.only} in its name`)
  let failed = ''
  try {
    // Each has a turn, however short the time is.
    for (let round = 0; !failed && (round < files.length || minutes() < Number(options.minutes)); round++) {
      const [file, amounts] = files[round % files.length] as (typeof files)[number]
      await createTemplate(embedded.url)
      if (!(await turn(embedded.url, file, amounts))) failed = file
    }
    await dropTestDatabases(embedded.url)
    const [took, most] = [minutes().toFixed(0), memory.length ? Math.max(...memory) : undefined]
    console.log(`\n${table()}\n\n${took} minutes; the memory of the servers came to ${most} MB at most`)
    if (failed) process.exitCode = 1
    if (options.write)
      await writeFile('bench/results/fuzz.md', page(took, most, await about(embedded.url), failed))
  } finally {
    await embedded.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

const page = (
  minutes: string,
  most: number | undefined,
  how: string,
  failed: string,
) => `<!-- Made by \`npm run fuzz -- --write\`. -->
# Random tests

The random tests of \`test/http\`, again and again with new seeds for ${minutes} minutes: ${failed ? `${failed} failed` : 'none failed'}. Each looks at every answer: it must be what the document, the model of the service, or a second
evaluator of searches says. Most answers with 4xx are meant: half of what is sent breaks a rule.

- \`requests made from the document\` and \`sequences\` go to a server in a process of its own, over a socket; its memory came to ${most} MB at most. A turn is a seed, or one operation under it.
- \`sequences\` are of up to 60 operations; their answers are those to the looking afterwards, too.
- \`slow connections\` say a part of a request or nothing, 10,000 at once; \`deaf readers\` do not read lists of 10 MB. Others are served meanwhile.

${table()}

${how}
`

await fuzz()
