/** The PgBouncer beside a server, as its container's script starts it. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import t from 'tap'
import { createDatabase, execute } from '../databases.ts'
import { findFreePorts, launch, temporaryFolder, until } from '../processes.ts'
import { find, type Manifest, only, parse, renderSet, skip, writeSecret } from './helm.ts'

const skipped =
  skip || (find('pgbouncer') ? false : 'there is no pgbouncer on the PATH: its script is not tested')
const NOBODY = 65_534

t.test('servers work through it, with the limits that they have without it', { skip: skipped }, async (t) => {
  const owner = await createDatabase()
  const url = new URL(owner)
  // Marks that the forms of the two files could trip over.
  const [user, password] = [`hf "o'brien" ${process.pid}`, 'p"a\'ss wo%rd']
  await execute(
    owner,
    `create role ${pg.escapeIdentifier(user)} superuser login password ${pg.escapeLiteral(password)}`,
  )
  t.teardown(() => execute(owner, `drop role ${pg.escapeIdentifier(user)}`))
  url.username = encodeURIComponent(user)
  url.password = encodeURIComponent(password)

  const folder = await temporaryFolder(t)
  const secret = join(folder, 'database')
  writeSecret(secret, url.href)
  mkdirSync(join(folder, 'pgbouncer'))
  const [port = 0] = await findFreePorts(1)
  const { spec } = only(parse(renderSet('pgbouncer', '--set=database.sslMode=disable')), 'Deployment').spec
    .template
  const { command, args } = spec.initContainers.find(({ name }: Manifest) => name === 'pgbouncer')
  const script = args[0]
    .replaceAll('/mnt/secrets/database', secret)
    .replaceAll(' /pgbouncer/', ` ${folder}/pgbouncer/`)
    .replaceAll('>/pgbouncer/', `>${folder}/pgbouncer/`)
    .replace('listen_port = 6432', `listen_port = ${port}`)
  // It does not run as root.
  const isRoot = process.getuid?.() === 0
  if (isRoot) {
    for (const path of [
      folder,
      ...readdirSync(folder, { recursive: true }).map((file) => join(folder, String(file))),
    ]) {
      chownSync(path, NOBODY, NOBODY)
    }
  }
  const pooler = spawn(command[0], [...command.slice(1), script], {
    stdio: ['ignore', 'inherit', 'pipe'],
    ...(isRoot && { uid: NOBODY, gid: NOBODY }),
  })
  t.teardown(async () => {
    if (pooler.exitCode !== null) return
    pooler.kill('SIGTERM')
    await once(pooler, 'exit')
  })
  let said = ''
  await new Promise<void>((resolve, reject) => {
    pooler.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text
      if (said.includes('process up')) resolve()
    })
    pooler.once('exit', (code) => reject(new Error(`pgbouncer ended with ${code}: ${said}`)))
  })

  const connectionString = new URL(url)
  connectionString.hostname = '127.0.0.1'
  connectionString.port = `${port}`
  const { rows } = await execute(connectionString.href, 'show statement_timeout')
  t.strictSame(rows, [{ statement_timeout: '5s' }], 'a limit of the database itself')
  await t.rejects(
    execute(Object.assign(new URL(connectionString), { password: 'wrong' }).href, 'select 1'),
    { code: '08P01' },
    'nobody gets in without the password',
  )

  const [api = 0, health = 0, metrics = 0] = await findFreePorts(3)
  const server = launch(t, 'hyperfleet-api', ['serve'], {
    HYPERFLEET_CONFIG: '/dev/null',
    HYPERFLEET_CLUSTER_ADAPTERS: '[]',
    HYPERFLEET_NODEPOOL_ADAPTERS: '[]',
    HYPERFLEET_SERVER_JWT_ENABLED: 'false',
    HYPERFLEET_HEALTH_DRAIN_DELAY: '0s',
    HYPERFLEET_DATABASE_SECRET_DIR: secret,
    HYPERFLEET_DATABASE_HOST: '127.0.0.1',
    HYPERFLEET_DATABASE_PORT: `${port}`,
    HYPERFLEET_DATABASE_POOL_PREPARED_STATEMENTS: 'false',
    HYPERFLEET_SERVER_PORT: `${api}`,
    HYPERFLEET_HEALTH_PORT: `${health}`,
    HYPERFLEET_METRICS_PORT: `${metrics}`,
  })
  const isReady = () =>
    fetch(`http://localhost:${health}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    )
  await until('the server', server, isReady)
  const statuses = await Promise.all(
    Array.from({ length: 100 }, async (_, index) => {
      const body = JSON.stringify({ kind: 'Cluster', name: `cluster-${index}`, spec: {} })
      const headers = { 'content-type': 'application/json' }
      return (
        await fetch(`http://localhost:${api}/api/hyperfleet/v1/clusters`, { method: 'POST', body, headers })
      ).status
    }),
  )
  t.strictSame([...new Set(statuses)], [201])
})
