import { execFile, spawnSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type Figures, load } from './load.ts'
import { DIGITS, type Fill, filler, SOME } from './requests.ts'

const SCRIPT = fileURLToPath(new URL('wrk.lua', import.meta.url))

/** Who sends: wrk where it is installed, since it leaves the most of the machine to the server. */
export const client = spawnSync('wrk', ['--version']).error ? 'autocannon' : 'wrk'

export interface Load extends Fill {
  connections: number
  seconds: number
}

/** Sends requests over so many connections, each waiting for its answer. Throws unless all succeed. */
export async function closedLoop(base: string, work: Load, folder: string): Promise<Figures> {
  const { requests, clusters, pages, connections, seconds } = work
  if (client === 'autocannon') return load(base, filler(work), { connections, seconds })
  const prefix = new URL(base).pathname
  const lines = requests.map(({ share, method, path, body = '' }) =>
    [share, method, prefix + path, body].join('\t'),
  )
  const file = join(folder, 'requests')
  await writeFile(file, lines.join('\n'))
  const flags = ['--threads=1', `--connections=${connections}`, `--duration=${seconds}s`, '--timeout=20s']
  const given = [file, DIGITS, clusters, SOME, pages, Date.now() * 1000].map(String)
  const { stdout } = await promisify(execFile)('wrk', [...flags, `--script=${SCRIPT}`, base, '--', ...given])
  const { failed, ...figures } = JSON.parse(/^figures (.*)$/m.exec(stdout)?.[1] ?? '{}')
  if (failed !== 0) throw new Error(`${failed} requests failed: ${stdout}`)
  return figures
}
