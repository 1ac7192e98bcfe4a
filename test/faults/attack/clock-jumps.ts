import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execute } from '../../databases.ts'
import { type Environment, temporaryFolder } from '../../processes.ts'
import type { Fault } from './attack.ts'
import { openDatabase, openScene } from './stage.ts'

const library = readdirSync('/usr/lib')
  .map((folder) => join('/usr/lib', folder, 'faketime', 'libfaketime.so.1'))
  .find((file) => existsSync(file))

/** Seconds that the clocks are off, one after the other: forth, far back, and to what it really is. */
const JUMPS = [3600, -7200, 60, -1, 0]

export const clockJumps: Fault = {
  name: 'the clocks of the server and of PostgreSQL jump back and forth',
  rounds: { short: JUMPS.length, long: 50 },
  lack: () => (library ? undefined : 'libfaketime is not installed'),
  async open(scope, seed) {
    const folder = await temporaryFolder(scope)
    const clocks = { database: join(folder, 'database'), server: join(folder, 'server') }
    for (const file of Object.values(clocks)) set(file, 0)
    const opened = await underClock(clocks.database, () => openDatabase(scope, seed, { folder }))
    return openScene(scope, opened, clockOf(clocks.server))
  },
  async strike({ folder, database, callers }, round) {
    const jump = JUMPS[round % JUMPS.length] ?? 0
    set(join(folder, 'database'), jump)
    set(join(folder, 'server'), -jump)
    const { rows } = await execute(database.url, 'select extract(epoch from clock_timestamp()) as seconds')
    const off = Math.abs(rows[0].seconds - Date.now() / 1000 - jump)
    if (off > 30) throw new Error(`the clock of PostgreSQL is ${off} s from where it was set`)
    await callers.acknowledged(20)
  },
}

const set = (file: string, seconds: number) => writeFileSync(file, `${seconds < 0 ? '' : '+'}${seconds}s`)

/** What a process must be started with to have its clock set by a file. The one that measures how long something took stays. */
const clockOf = (file: string): Environment => ({
  LD_PRELOAD: library ?? '',
  FAKETIME_TIMESTAMP_FILE: file,
  FAKETIME_NO_CACHE: '1',
  FAKETIME_DONT_FAKE_MONOTONIC: '1',
})

/** PostgreSQL takes the environment of whoever starts it. */
async function underClock<Result>(file: string, start: () => Promise<Result>): Promise<Result> {
  const before = { ...process.env }
  Object.assign(process.env, clockOf(file))
  try {
    return await start()
  } finally {
    process.env = before
  }
}
