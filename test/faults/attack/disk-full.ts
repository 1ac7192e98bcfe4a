import { execFileSync, spawnSync } from 'node:child_process'
import { rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execute } from '../../databases.ts'
import { temporaryFolder } from '../../processes.ts'
import type { Fault } from './attack.ts'
import { openDatabase, openScene } from './stage.ts'

const SIZE = '320m'
/** Little enough that callers use it up at once. */
const LEFT = 256 * 1024

export const diskFull: Fault = {
  name: 'the disk of PostgreSQL is full, until callers have been told so 20 times',
  rounds: { short: 1, long: 5 },
  lack: () => (canMount() ? undefined : 'a file system of a size cannot be mounted here'),
  async open(scope, seed) {
    const folder = await temporaryFolder(scope)
    mount(folder)
    scope.teardown(() => spawnSync('umount', ['--lazy', folder]))
    const settings = { max_wal_size: '64MB', min_wal_size: '32MB', shared_buffers: '32MB' }
    return openScene(scope, await openDatabase(scope, seed, { folder, settings }))
  },
  async strike({ folder, callers, database }) {
    const ballast = join(folder, 'ballast')
    const { bavail, bsize } = statfsSync(folder)
    writeFileSync(ballast, Buffer.alloc(bavail * bsize - LEFT))
    await callers.failed(20)
    rmSync(ballast)
    // Where its log could not grow, it has given up.
    const isUp = await execute(database.url, 'select 1').catch(() => undefined)
    if (!isUp) await database.start()
  },
}

const mount = (folder: string) =>
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE}`, 'hyperfleet-faults', folder], {
    stdio: 'ignore',
  })

function canMount(): boolean {
  return spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'hyperfleet-faults', '/mnt']).status === 0
}
