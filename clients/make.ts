/** Makes a client with its generator, compiles its program, and runs it against a server. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, symlink, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Client } from './clients.ts'
import { NUMBER, type Scene, TIME } from './scene.ts'

const here = fileURLToPath(new URL('.', import.meta.url))
/** Where the packages of tools/ are installed; kept, so that the next run has them. */
const tools = join(here, '.tools')
const modules = join(tools, 'node_modules')
const binaries = [join(tools, 'python/bin'), join(modules, '.bin'), join(here, '../node_modules/.bin')]

/** What is compiled is kept, too; by Go only without the path of the folder (-trimpath), which is another one each time. */
const caches = { CARGO_TARGET_DIR: join(tools, 'cargo'), MYPY_CACHE_DIR: join(tools, 'mypy') }

export interface Result {
  client: Client
  /** How far it came. */
  generates: boolean
  compiles: boolean
  works: boolean
  exactNumbers?: boolean
  exactTimes?: boolean
  seconds: number
  /** What the command that failed has said. */
  failure?: string
}

/** How a table tells it. */
export const word = (yes: boolean | undefined) => (yes === undefined ? '–' : yes ? 'yes' : 'no')

/** Another document or program, and the environment in which the program fits it. */
interface Other {
  document?: string
  env?: Record<string, string>
  /** The folder of a program that takes the place of that of the client. */
  program?: string
}

/** Runs a command of the shell; throws with what it has said when it fails. */
async function run(command: string, cwd: string, env: Record<string, string> = {}): Promise<void> {
  const PATH = [...binaries, process.env.PATH].join(delimiter)
  const child = spawn('sh', ['-euc', command], {
    cwd,
    env: { ...process.env, ...caches, PATH, ...env, GOFLAGS: `-trimpath ${env.GOFLAGS ?? ''}` },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`${command}\n${output}`)
}

/** The last command of each leaves a mark: what is installed already is not installed again. */
const installations = {
  npm: `cmp -s package-lock.json ../.tools/node_modules/.installed || {
    cp package.json package-lock.json ../.tools
    npm ci --prefix ../.tools --no-audit --no-fund --ignore-scripts
    cp package-lock.json ../.tools/node_modules/.installed
  }`,
  pip: `cmp -s requirements.txt ../.tools/python/.installed || {
    python3 -m venv ../.tools/python
    ../.tools/python/bin/pip install -q --disable-pip-version-check -r requirements.txt
    cp requirements.txt ../.tools/python/.installed
  }`,
}

/** Installs the packages that these clients need. */
export async function install(clients: Client[]): Promise<void> {
  await mkdir(tools, { recursive: true })
  for (const each of new Set(clients.flatMap((client) => client.tools)))
    await run(installations[each], join(here, 'tools'))
}

/** Makes one client: of the document of the server, unless it is another's. */
export async function make(client: Client, scene: Scene, other: Other = {}): Promise<Result> {
  const begun = Date.now()
  const folder = join(scene.folder, client.name)
  await cp(join(here, client.name), folder, { recursive: true })
  if (other.program) await cp(join(here, other.program), folder, { recursive: true })
  await writeFile(join(folder, 'openapi.json'), other.document ?? scene.document)
  if (client.tools.includes('npm')) {
    await symlink(modules, join(folder, 'node_modules'))
    for (const file of ['package.json', 'tsconfig.json'])
      await cp(join(here, 'tools', file), join(folder, file))
  }
  const result: Result = { client, generates: false, compiles: false, works: false, seconds: 0 }
  try {
    await run(client.generate, folder, other.env)
    result.generates = true
    await run(client.compile, folder, other.env)
    result.compiles = true
    await run(client.run, folder, { HYPERFLEET_API: scene.url, ...other.env })
    result.works = true
    if (!other.program) Object.assign(result, await survivors(client, scene))
  } catch (error) {
    result.failure = (error as Error).message
  }
  result.seconds = Math.round((Date.now() - begun) / 1000)
  return result
}

/** Whether the number and the time that the program has read and sent again have come back as they were. */
async function survivors({ name }: Client, { ask }: Scene) {
  const found = await ask('GET', `/clusters?search=${encodeURIComponent(`name = '${name}'`)}`)
  const reports = await ask('GET', `/clusters/${JSON.parse(found).items[0].id}/statuses`)
  return { exactNumbers: found.includes(NUMBER), exactTimes: reports.includes(TIME) }
}
