/** A pooler between the server and its database. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Test } from 'tap'
import { execute } from './databases.ts'
import { find } from './helm/helm.ts'
import { findFreePorts, temporaryFolder } from './processes.ts'

/** The path of PgBouncer, where it is installed. */
export const pgbouncer = find('pgbouncer')

/** A PgBouncer in transaction mode before a database; ends with the test. Returns the URL through it. */
export async function throughPooler(t: Test, url: string): Promise<string> {
  const folder = await temporaryFolder(t)
  const [port = 0] = await findFreePorts(1)
  const { hostname, port: target, pathname, username, password } = new URL(url)
  const pooled = new URL(url)
  pooled.port = String(port)
  const file = join(folder, 'pgbouncer.ini')
  writeFileSync(
    file,
    `[databases]
${pathname.slice(1)} = host=${hostname} port=${target} user=${username} password='${decodeURIComponent(password)}'
[pgbouncer]
listen_addr = ${hostname}
listen_port = ${port}
unix_socket_dir =
auth_type = any
admin_users = ${username}
pool_mode = transaction
ignore_startup_parameters = statement_timeout
`,
  )
  // It does not run as root.
  const isRoot = process.getuid?.() === 0
  const nobody = { uid: 65_534, gid: 65_534 }
  if (isRoot) for (const path of [folder, file]) chownSync(path, nobody.uid, nobody.gid)
  const pooler = spawn(pgbouncer ?? '', [file], { stdio: 'ignore', ...(isRoot && nobody) })
  t.teardown(async () => {
    if (pooler.exitCode !== null) return
    pooler.kill('SIGINT')
    await once(pooler, 'exit')
  })
  for (let isThere = false; !isThere; await sleep(20))
    isThere = await execute(pooled.href, 'select 1').then(
      () => true,
      () => pooler.exitCode !== null,
    )
  return pooled.href
}
