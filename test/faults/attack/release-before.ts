import { execFileSync, spawnSync } from 'node:child_process'
import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { execute } from '../../databases.ts'
import { launch, root, type Scope, startReplica, temporaryFolder } from '../../processes.ts'
import { keepJournal } from '../journal.ts'
import { openWay } from '../way.ts'
import type { Fault } from './attack.ts'
import { openDatabase, settingsFor } from './stage.ts'

/** The release before, as long as none is out: the first commit whose servers bear a change of a table beside them. */
const COMMIT = '58091ca'
const PROGRAM = 'hyperfleet-api'

/** Why the release before cannot be had, if it cannot. */
export const lackOfBefore = () =>
  spawnSync('git', ['cat-file', '-e', `${COMMIT}^{commit}`]).status === 0
    ? undefined
    : `the history does not go back to ${COMMIT}`

/** A folder with the release before. */
export async function checkoutBefore(scope: Scope): Promise<string> {
  const folder = await temporaryFolder(scope)
  const files = execFileSync('git', ['archive', COMMIT], { cwd: root, maxBuffer: 2 ** 28 })
  execFileSync('tar', ['-x', '-C', folder], { input: files })
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  return folder
}

export const releaseBefore: Fault = {
  name: `this release migrates under a server of the one before (${COMMIT}), and both serve`,
  rounds: { short: 1, long: 1 },
  lack: lackOfBefore,
  async open(scope, seed) {
    const older = await checkoutBefore(scope)
    const { database, folder } = await openDatabase(scope, seed)
    await execute(database.url, 'create database older')
    const url = new URL(database.url)
    url.pathname = 'older'
    const way = await openWay(scope, url.href)
    const env = settingsFor(way.url)
    const migrating = launch(scope, PROGRAM, ['migrate'], env, older)
    if ((await migrating.ended) !== 0) throw new Error(migrating.output.stderr)
    await keepJournal(url.href)
    return {
      scope,
      database: { ...database, url: url.href },
      folder,
      way,
      env,
      servers: [await startReplica(scope, env, PROGRAM, older)],
    }
  },
  async strike({ scope, env, servers, callers }) {
    const { ended, output } = launch(scope, 'hyperfleet-api', ['migrate'], env)
    if ((await ended) !== 0) throw new Error(`migrate: ${output.stdout}${output.stderr}`)
    await callers.acknowledged(20)
    servers.push(await startReplica(scope, env))
    await callers.acknowledged(40)
  },
}
