/**
 * How soon pages of the console can be used, at 10,000 clusters, beside an empty page of the same framework; each load by a new
 * browser without a cache, in turns.
 *
 * Usage: npm run bench:console [-- --loads 15 --write] [-- --server http://localhost:8000]
 *
 * --server  measures a server that runs already, and has the clusters
 * --write   writes bench/results/console.md
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import fastifyStatic from '@fastify/static'
import Fastify from 'fastify'
import { type Browser, chromium } from 'playwright-core'
import { build, mergeConfig } from 'vite'
import own from '../console/vite.config.ts'
import { CHROMIUM, FLAGS } from '../test/browser/chromium.ts'
import { about } from './about.ts'
import { makeFleet } from './fleet.ts'
import { quantile } from './quantile.ts'
import { startServer } from './server.ts'
import { withPostgres } from './stage.ts'

const CLUSTERS = 10_000
const { values: options } = parseArgs({
  options: {
    loads: { type: 'string', default: '15' },
    server: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
})

interface Subject {
  name: string
  url: string
  /** The text that the page has once it shows what it is for. */
  text: string
  times: number[]
  bytes: number
}

/** Serves the empty page as the server serves the console: files with their compressed forms. */
async function serveEmpty(folder: string) {
  const root = fileURLToPath(new URL('console-empty', import.meta.url))
  await build(mergeConfig(own, { root, base: '/', build: { outDir: folder } }))
  const app = Fastify()
  await app.register(fastifyStatic, { root: folder, preCompressed: true })
  return { url: await app.listen({ port: 0, host: '127.0.0.1' }), close: () => app.close() }
}

/** Loads a page; keeps the time from the start of the navigation until its text is there and the page has nothing more to do. */
async function load(browser: Browser, subject: Subject) {
  const context = await browser.newContext()
  const page = await context.newPage()
  const session = await context.newCDPSession(page)
  await session.send('Network.enable')
  let bytes = 0
  session.on('Network.loadingFinished', ({ encodedDataLength }) => {
    bytes += encodedDataLength
  })
  // The Content-Security-Policy of the console forbids to evaluate text in its page.
  let showUsable = (_at: number) => {}
  const usable = new Promise<number>((resolve) => {
    showUsable = resolve
  })
  await page.exposeFunction('usable', (at: number) => showUsable(at))
  await page.addInitScript(`
    const look = () =>
      document.body?.innerText.includes(${JSON.stringify(subject.text)})
        ? requestIdleCallback(() => usable(performance.now()))
        : requestAnimationFrame(look)
    look()`)
  await page.goto(subject.url, { waitUntil: 'commit' })
  subject.times.push(await usable)
  subject.bytes = bytes
  await context.close()
}

async function measureFleet({ url: postgres, dir }: { url: string; dir: string }) {
  const database = await makeFleet(postgres, 'console', CLUSTERS)
  const server = await startServer(database, join(dir, 'server.log'))
  const table = await measure(server.origin)
  if (options.write) await writePage(table, await about(database))
  await server.stop()
}

/** The figures of the console of a server, as a table. */
async function measure(origin: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'hyperfleet-empty-'))
  const empty = await serveEmpty(folder)
  const page = (name: string, path: string, text: string): Subject => ({
    name,
    url: `${origin}/console/${path}`,
    text,
    times: [],
    bytes: 0,
  })
  const subjects: Subject[] = [
    { name: 'an empty page of the framework', url: empty.url, text: 'Empty', times: [], bytes: 0 },
    page('the first page (overview)', '', '10,000'),
    page('the list of clusters', 'list/Cluster', '1–100 of 10,000'),
  ]
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS })
  for (const subject of subjects) await load(browser, subject)
  for (const subject of subjects) subject.times = []
  for (let round = 0; round < Number(options.loads); round++)
    for (const subject of subjects) await load(browser, subject)
  await browser.close()
  await empty.close()
  await rm(folder, { recursive: true })

  const of = ({ times }: Subject, share: number) => Math.round(quantile(times, share))
  const [base] = subjects
  const rows = subjects.map((subject) => {
    const ratio = base ? (quantile(subject.times, 0.5) / quantile(base.times, 0.5)).toFixed(1) : ''
    return `| ${subject.name} | ${Math.round(subject.bytes / 1024)} KiB | ${of(subject, 0.5)} | ${of(subject, 0.9)} | ${ratio} |`
  })
  const table = `| page | transferred | median, ms | p90, ms | ratio of medians |\n|---|---|---|---|---|\n${rows.join('\n')}\n`
  console.log(table)
  return table
}

const writePage = (table: string, machine: string) =>
  writeFile(
    new URL('results/console.md', import.meta.url),
    `<!-- Made by \`npm run bench:console -- --write\`. -->
# The console

From the start of a navigation until the page shows what it is for and has nothing more to do, at ${CLUSTERS.toLocaleString('en')} clusters with a node pool each; ${options.loads} loads of each page in turns, each without a cache.
Browser, server and PostgreSQL share the machine.

${table}
${machine}
`,
  )

if (options.server) await measure(options.server)
else await withPostgres(measureFleet)
