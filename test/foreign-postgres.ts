import { chown, mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { end, ROOT, run } from '../server/embedded/postgres-process.ts'
import { StartError } from '../server/process/start-error.ts'
import { execute } from './databases.ts'
import { findFreePorts } from './processes.ts'

const LOCALE = 'de_DE.UTF-8'
const INSTALLED = '/usr/lib/postgresql'
const NOBODY = 65534

/** Settings that a host or an administrator may choose freely: the server must not depend on any of them. */
const settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  fsync: 'off',
  max_connections: '300',
  lc_messages: LOCALE,
  lc_monetary: LOCALE,
  lc_numeric: LOCALE,
  lc_time: LOCALE,
  datestyle: 'German, DMY',
  intervalstyle: 'sql_standard',
  timezone: 'Asia/Kathmandu',
  bytea_output: 'escape',
  extra_float_digits: '-5',
  standard_conforming_strings: 'off',
  escape_string_warning: 'off',
}

/**
 * Starts the PostgreSQL of this system (not the embedded one, which has no translations) as a German host would have it: its
 * messages in German, numbers, times and intervals in other forms. `dir` is a folder that does not exist yet.
 * Throws a StartError when there is no such PostgreSQL, or no such locale.
 */
export async function startForeign(dir: string): Promise<{ url: string; stop(): Promise<void> }> {
  const [version] = (await readdir(INSTALLED).catch(() => [])).sort(
    (one, other) => Number(other) - Number(one),
  )
  if (!version) throw new StartError(`no PostgreSQL is installed in ${INSTALLED} (Debian: postgresql)`)
  const bin = join(INSTALLED, version, 'bin')
  await mkdir(dir, { mode: 0o700 })
  if (ROOT) await chown(dir, NOBODY, NOBODY)
  const access = ['--username=postgres', '--auth=trust', `--locale=${LOCALE}`, '--encoding=UTF8']
  const made = run(join(bin, 'initdb'), ['-D', dir, ...access, '--no-instructions'], dir)
  await made.ended
  if (made.child.exitCode !== 0) throw new StartError(`initdb with ${LOCALE}: ${made.log.join(' ')}`)
  const [port = 0] = await findFreePorts(1)
  const flags = Object.entries({ ...settings, port }).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const running = run(join(bin, 'postgres'), ['-D', dir, ...flags], dir)
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`
  for (let attempt = 0; ; attempt++) {
    if (running.child.exitCode !== null) throw new StartError(`PostgreSQL: ${running.log.join(' ')}`)
    const isReady = await execute(url, 'select').then(
      () => true,
      () => false,
    )
    if (isReady) return { url, stop: () => end(running) }
    if (attempt === 100) throw new StartError('PostgreSQL does not become ready')
    await sleep(100)
  }
}
