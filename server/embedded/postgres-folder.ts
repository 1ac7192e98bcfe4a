/**
 * The folder of an embedded PostgreSQL: its cluster, and the password of its only user. Both are made aside
 * and then put in place whole, the password first, so that an interrupted first start leaves nothing half made.
 */
import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { StartError } from '../process/start-error.ts'
import { explain, isAlive, ROOT, run } from './postgres-process.ts'

export interface Folder {
  cluster: string
  password: string
}

/** The user that runs PostgreSQL where the server runs as root. */
const NOBODY = 65534

/** Opens the folder and creates a missing cluster with `initdb`; throws StartError. */
export async function openFolder(dir: string, initdb: string): Promise<Folder> {
  const cluster = path.join(dir, 'cluster')
  const passwordFile = path.join(dir, 'password')
  try {
    fs.mkdirSync(dir, { recursive: true })
    fs.accessSync(dir, fs.constants.W_OK)
    if (!isCluster(cluster)) {
      removeLeftovers(dir)
      createPassword(passwordFile)
      await createCluster(cluster, passwordFile, initdb)
    }
    if (ROOT && fs.statSync(cluster).uid === 0) spawnSync('chown', ['-R', `${NOBODY}:${NOBODY}`, cluster])
    if (fs.existsSync(passwordFile))
      return { cluster: fs.realpathSync(cluster), password: fs.readFileSync(passwordFile, 'utf8').trim() }
  } catch (error) {
    if (error instanceof StartError) throw error
    const remedy = 'set HYPERFLEET_DATABASE_EMBEDDED_DIR to a folder that can be written'
    throw new StartError(`the data folder ${dir} cannot be used (${(error as Error).message}): ${remedy}`)
  }
  const remedy = `put it back, or delete ${cluster} with all its data`
  throw new StartError(`the password ${passwordFile} of the embedded database is missing: ${remedy}`)
}

const isCluster = (folder: string) => fs.existsSync(path.join(folder, 'PG_VERSION'))

/** Where something is made that is to be at `place`: several servers may be making it. */
const aside = (place: string) => `${place}-of-${process.pid}`

function removeLeftovers(dir: string): void {
  for (const name of fs.readdirSync(dir)) {
    const maker = /^(?:cluster|password)-of-(\d+)$/.exec(name)?.[1]
    if (maker && (Number(maker) === process.pid || !isAlive(Number(maker))))
      fs.rmSync(path.join(dir, name), { recursive: true, force: true })
  }
}

/** Linked, not renamed: the first password stays, since a cluster may have been created with it. */
function createPassword(file: string): void {
  if (!fs.existsSync(file)) {
    const made = aside(file)
    const options = { mode: 0o600, flag: 'wx', flush: true }
    fs.writeFileSync(made, randomBytes(24).toString('base64url'), options)
    try {
      fs.linkSync(made, file)
    } catch (error) {
      if (!fs.existsSync(file)) throw error
    } finally {
      fs.rmSync(made)
    }
  }
  // initdb reads it as the owner of the cluster.
  if (ROOT) fs.chownSync(file, NOBODY, NOBODY)
}

async function createCluster(cluster: string, passwordFile: string, initdb: string): Promise<void> {
  const made = aside(cluster)
  fs.mkdirSync(made, { mode: 0o700 })
  if (ROOT) fs.chownSync(made, NOBODY, NOBODY)
  // The built-in locale is the same on every machine; those of the C library are not.
  const locale = ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--encoding=UTF8']
  const access = ['--username=postgres', `--pwfile=${passwordFile}`, '--auth=scram-sha-256']
  try {
    const { child, log, ended } = run(initdb, ['-D', made, ...locale, ...access, '--no-instructions'], made)
    await ended
    if (child.exitCode !== 0) throw new StartError(explain(log, path.dirname(cluster)))
    fs.renameSync(made, cluster)
  } catch (error) {
    fs.rmSync(made, { recursive: true, force: true })
    // Another server may have been quicker; which of the two owns the folder is decided later.
    if (!isCluster(cluster)) throw error
  }
}
