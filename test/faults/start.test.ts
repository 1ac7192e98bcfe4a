/** Starts and ends, seen from outside: real processes, each with its own folder, ports and database. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { base } from '../application.ts'
import { createDatabase, createEmptyDatabase, execute } from '../databases.ts'
import {
  type Environment,
  end,
  findFreePorts,
  freePorts,
  launch,
  noAdapters,
  PATIENCE_MS,
  type Run,
  root,
  serving,
  until,
} from '../processes.ts'

interface Served extends Run {
  api: string
  health: string
  metrics: string
}

const JOBS = 3
t.jobs = JOBS

t.test('the quick start serves, and SIGTERM leaves nothing behind', async (t) => {
  const folder = dataFolder(t)
  const server = await quickStart(t, folder)
  for (const address of [
    `${server.api}/openapi-ui`,
    `${server.api}/openapi.json`,
    `${server.api}/openapi.yaml`,
    `${server.health}/readyz`,
    `${server.metrics}/metrics`,
  ]) {
    t.equal((await fetch(address)).status, 200, address)
  }
  t.match(server.output.stdout, `${server.api}/openapi-ui`, 'prints the page')
  t.match(server.output.stdout, `${server.api}/openapi.yaml`, 'prints the document')
  t.equal((statSync(join(folder, 'password')).mode & 0o777).toString(8), '600', 'the password is private')

  const postmaster = postmasterOf(folder) ?? 0
  t.ok(isAlive(postmaster), 'PostgreSQL runs')
  // As browsers do, ahead of any request.
  await openConnection(t, server.api)
  server.child.kill('SIGTERM')
  t.equal(await server.ended, 0)
  t.notOk(isAlive(postmaster), 'PostgreSQL has ended')
  t.equal(postmasterOf(folder), undefined, 'in good order')
})

t.test('the quick start takes a configuration file over its own', async (t) => {
  const file = join(temporaryFolder(t), 'config.yaml')
  const kinds = ['Cluster', 'NodePool'].map((kind) => ({ kind, required_adapters: ['dns'] }))
  writeFileSync(file, JSON.stringify({ lists: { default_size: 7 }, entities: kinds }))
  for (const [args, env] of [
    [['--config', file], {}],
    [[], { HYPERFLEET_CONFIG: file }],
  ] as const) {
    const folder = dataFolder(t)
    const server = await quickStart(t, folder, 'start', [...args], env)
    t.ok(isAlive(postmasterOf(folder) ?? 0), 'PostgreSQL runs')
    const listed = await fetch(`${server.api}${base}/clusters`)
    t.match([listed.status, await listed.json()], [200, { size: 0 }], 'without a token')
    const id = await createCluster(t, server)
    const cluster = await (await fetch(`${server.api}${base}/clusters/${id}`)).text()
    t.match(cluster, /dns/, 'the adapters of the file are required')
    server.child.kill('SIGTERM')
    t.equal(await server.ended, 0)
  }

  const url = new URL(await createEmptyDatabase())
  writeFileSync(file, JSON.stringify({ database: { url: url.href } }))
  const folder = dataFolder(t)
  const server = await quickStart(t, folder, 'start', ['--config', file])
  t.notOk(existsSync(join(folder, 'cluster')), 'a database of the file is used in its place')
  const id = await createCluster(t, server)
  t.same((await execute(url.href, 'select id from resources')).rows, [{ id }])
})

t.test('serve waits for whoever migrates the database', async (t) => {
  const url = await createEmptyDatabase()
  const settings = { ...serving(url), HYPERFLEET_DATABASE_POOL_CONN_RETRY_INTERVAL: '50ms' }
  const [port] = await findFreePorts(1)
  const server = launch(t, 'hyperfleet-api', ['serve', '--health-port', String(port)], {
    ...settings,
    HYPERFLEET_DATABASE_POOL_CONN_RETRY_ATTEMPTS: '1000',
  })
  await until('the server waits', server, async () => server.output.stdout.includes('no schema yet'))
  t.equal(await launch(t, 'hyperfleet-api', ['migrate'], settings).ended, 0)
  await until('the server serves', server, async () => (await ask(`http://localhost:${port}/readyz`)) === 200)
  t.equal(server.output.stdout.split('no schema yet').length, 2, 'says so once')
})

t.test('SIGTERM to npm start reaches the server, and npm ends with 0', async (t) => {
  const folder = dataFolder(t)
  const server = await quickStart(t, folder, 'npm start')
  server.child.kill('SIGTERM')
  t.equal(await server.ended, 0)
  t.equal(postmasterOf(folder), undefined, 'PostgreSQL has ended in good order')
})

t.test('SIGUSR1 opens no inspector, however the server was started', async (t) => {
  const url = await createDatabase()
  for (const [script, args, settings] of [
    ['npm start', [], { HYPERFLEET_DATABASE_URL: url }],
    ['npm run serve', [], serving(url)],
    ['hyperfleet-api', ['serve'], serving(url)],
  ] as const) {
    const [port = 0] = await findFreePorts(1)
    const run = launch(t, script, [...args], { ...freePorts, ...settings, HYPERFLEET_HEALTH_PORT: `${port}` })
    await until(
      'the server is ready',
      run,
      async () => (await ask(`http://localhost:${port}/readyz`)) === 200,
    )
    const processes = serversBelow(run.child.pid ?? 0)
    t.equal(processes.length, 1, script)
    for (const pid of processes) process.kill(pid, 'SIGUSR1')
    // Node opens it in another thread, and says so.
    await delay(500)
    t.equal(await ask(`http://localhost:${port}/readyz`), 200)
    run.child.kill('SIGTERM')
    t.equal(await run.ended, 0)
    t.notMatch(run.output.stderr + run.output.stdout, /Debugger/)
  }
})

t.test('SIGTERM during a start leaves no PostgreSQL behind', async (t) => {
  const folder = dataFolder(t)
  const run = launch(t, 'start', [], { ...freePorts, HYPERFLEET_DATABASE_EMBEDDED_DIR: folder })
  const postmaster = await until('PostgreSQL has started', run, async () => postmasterOf(folder))
  run.child.kill('SIGTERM')
  await run.ended
  for (const giveUp = Date.now() + PATIENCE_MS / 4; isAlive(postmaster) && Date.now() < giveUp; )
    await delay(20)
  t.notOk(isAlive(postmaster))
})

t.test(
  'SIGTERM as soon as the API answers ends in good order, and the other listeners with it',
  async (t) => {
    const env = serving(await createDatabase())
    for (let times = 0; times < 3; times++) {
      const [port] = await findFreePorts(1)
      const run = launch(t, 'hyperfleet-api', ['serve', '--server-port', String(port)], env)
      await until('the API answers', run, () => fetch(`http://localhost:${port}`).catch(() => undefined))
      run.child.kill('SIGTERM')
      t.equal(await run.ended, 0, run.output.stderr)
    }
  },
)

t.test('a start after kill -9 of the server serves what was acknowledged', async (t) => {
  const folder = dataFolder(t)
  const killed = await quickStart(t, folder)
  const id = await createCluster(t, killed)
  killed.child.kill('SIGKILL')
  await killed.ended
  const next = await quickStart(t, folder)
  t.equal((await fetch(`${next.api}${base}/clusters/${id}`)).status, 200)
})

t.test('a server whose PostgreSQL is killed ends with a word on it, and the next start serves', async (t) => {
  const folder = dataFolder(t)
  const bereft = await quickStart(t, folder)
  const id = await createCluster(t, bereft)
  const before = bereft.output.stdout.length
  process.kill(postmasterOf(folder) ?? 0, 'SIGKILL')
  t.equal(await bereft.ended, 1)
  const words = lines(bereft.output.stdout.slice(before) + bereft.output.stderr)
  t.equal(words.length, 1, words.join('\n'))
  t.match(words[0], /the embedded database has ended/)
  const next = await quickStart(t, folder)
  t.equal((await fetch(`${next.api}${base}/clusters/${id}`)).status, 200)
})

t.test('a second start on a folder in use is refused, and the first keeps serving', async (t) => {
  const folder = dataFolder(t)
  const first = await quickStart(t, folder)
  const second = launch(t, 'start', [], { ...freePorts, HYPERFLEET_DATABASE_EMBEDDED_DIR: folder })
  await refuses(t, second, /the data folder .* is in use by another server/)
  await createCluster(t, first)
})

t.test('a taken API port is one clear line, and the embedded database goes too', async (t) => {
  const folder = dataFolder(t)
  const port = portOf(await listenAnywhere(t))
  const env = {
    ...freePorts,
    HYPERFLEET_DATABASE_EMBEDDED_DIR: folder,
    HYPERFLEET_SERVER_PORT: String(port),
  }
  await refuses(t, launch(t, 'start', [], env), `:${port}: the port is taken; set HYPERFLEET_SERVER_PORT`)
  t.ok(existsSync(join(folder, 'cluster', 'PG_VERSION')), 'it had been made')
  t.equal(postmasterOf(folder), undefined, 'it has ended')
})

t.test('a data folder that cannot be used is one line that names its setting', async (t) => {
  const file = join(temporaryFolder(t), 'file')
  writeFileSync(file, '')
  for (const folder of [file, join(file, 'beneath')]) {
    const env = { ...freePorts, HYPERFLEET_DATABASE_EMBEDDED_DIR: folder }
    const line = await refuses(t, launch(t, 'start', [], env), 'HYPERFLEET_DATABASE_EMBEDDED_DIR')
    t.match(line, folder)
  }
})

t.test('a database that is not there is one line without its password', async (t) => {
  const [port] = await findFreePorts(1)
  const env = {
    ...serving(`postgres://someone:tell-nobody@127.0.0.1:${port}/fleet`),
    HYPERFLEET_DATABASE_POOL_CONN_RETRY_ATTEMPTS: '1',
  }
  const run = launch(t, 'hyperfleet-api', ['serve'], env)
  await refuses(t, run, `the database fleet at 127.0.0.1:${port} cannot be used`)
  t.notMatch(run.output, { stdout: /tell-nobody/ })
  t.notMatch(run.output, { stderr: /tell-nobody/ })
})

t.test('the required adapters must be set, be it to none', async (t) => {
  const { HYPERFLEET_CLUSTER_ADAPTERS: _, HYPERFLEET_NODEPOOL_ADAPTERS: __, ...env } = serving('postgres:///')
  const line = await refuses(t, launch(t, 'hyperfleet-api', ['serve'], env), 'HYPERFLEET_CLUSTER_ADAPTERS')
  t.match(line, 'HYPERFLEET_NODEPOOL_ADAPTERS')
  const { entities } = JSON.parse(await prints(t, ['config'], { ...env, ...noAdapters }))
  t.same(entities, [
    { kind: 'Cluster', required_adapters: [] },
    { kind: 'NodePool', required_adapters: [] },
  ])
})

t.test('settings that cannot be followed are one line each', async (t) => {
  t.jobs = JOBS
  const folder = temporaryFolder(t)
  const fileOf = (name: string, content: string) => {
    writeFileSync(join(folder, name), content)
    return ['--config', join(folder, name)]
  }
  const kinds = 'entities: [{kind: Cluster, required_adapters: []}, {kind: NodePool, required_adapters: []}'
  const cases: [string, string[], Environment, string | RegExp][] = [
    [
      'JWT, which is on by default',
      [],
      { HYPERFLEET_SERVER_JWT_ENABLED: 'true' },
      /JWT .*HYPERFLEET_SERVER_JWT_ENABLED=false/,
    ],
    ['an unknown key', fileOf('key.yaml', 'server: {prot: 8000}'), {}, 'the setting server.prot is unknown'],
    ['a file that is not YAML', fileOf('yaml.yaml', 'server: {port: 1'), {}, 'yaml.yaml cannot be read'],
    [
      'a bad duration',
      [],
      { HYPERFLEET_HEALTH_SHUTDOWN_TIMEOUT: 'soon' },
      /health\.shutdown_timeout .*soon.*10s/,
    ],
    [
      'adapters that share a condition',
      [],
      { HYPERFLEET_CLUSTER_ADAPTERS: '["a-b","a--b"]' },
      /a-b and a--b of Cluster .*ABSuccessful/,
    ],
    [
      'an unknown kind',
      fileOf('kind.yaml', `${kinds}, {kind: Toaster, required_adapters: []}]`),
      {},
      'plural of Toaster must be set',
    ],
  ]
  for (const [name, args, env, expected] of cases) {
    t.test(name, async (t) => {
      const run = launch(t, 'hyperfleet-api', ['serve', ...args], { ...serving('postgres:///'), ...env })
      await refuses(t, run, expected)
    })
  }
})

t.test('a database is served once it has been migrated, by however many at once', async (t) => {
  const url = await createEmptyDatabase()
  const env = { ...serving(url), HYPERFLEET_DATABASE_POOL_CONN_RETRY_ATTEMPTS: '1' }
  await refuses(t, launch(t, 'hyperfleet-api', ['serve'], env), 'no schema yet: run `migrate`')
  const migrations = [1, 2, 3].map(() => launch(t, 'hyperfleet-api', ['migrate'], env))
  for (const { ended, output } of migrations) {
    t.equal(await ended, 0)
    t.equal(output.stderr, '')
  }
  await execute(url, `update applied_functions set hash = 'other'`)
  await refuses(
    t,
    launch(t, 'hyperfleet-api', ['serve'], env),
    'the functions of the database are not those of this release',
  )
  await execute(url, `update applied_functions set release = '99.0.0'`)
  const [port] = await findFreePorts(1)
  const older = launch(t, 'hyperfleet-api', ['serve', '--health-port', String(port)], env)
  const isReady = async () => (await ask(`http://localhost:${port}/readyz`)) === 200
  await until('a server serves the schema of a newer release', older, isReady)

  const latest = 'select max(version) from schema_migrations'
  await execute(url, `delete from schema_migrations where version = (${latest})`)
  await refuses(
    t,
    launch(t, 'hyperfleet-api', ['serve'], env),
    /the schema of the database is \d+, and \d+ is needed/,
  )
})

t.test('a database whose tables are not for the user is one line', async (t) => {
  const url = new URL(await createDatabase())
  const role = `stranger_${process.pid}`
  await execute(url.href, `create role ${role} login password 'secret'`)
  t.teardown(async () => {
    await execute(url.href, `drop owned by ${role}`)
    await execute(url.href, `drop role ${role}`)
  })
  const stranger = new URL(url)
  stranger.username = role
  stranger.password = 'secret'
  await refuses(
    t,
    launch(t, 'hyperfleet-api', ['serve'], {
      ...serving(stranger.href),
      HYPERFLEET_DATABASE_POOL_CONN_RETRY_ATTEMPTS: '1',
    }),
    'cannot be used: permission denied for table schema_migrations',
  )

  // Its rights may come with the migration that it waits for.
  const port = await findFreePorts(1)
  const waiting = launch(t, 'hyperfleet-api', ['serve', '--health-port', `${port}`], {
    ...serving(stranger.href),
    HYPERFLEET_DATABASE_POOL_CONN_RETRY_INTERVAL: '50ms',
    HYPERFLEET_DATABASE_POOL_CONN_RETRY_ATTEMPTS: '1000',
  })
  await until('it waits', waiting, async () => waiting.output.stdout.includes('permission denied'))
  await execute(url.href, `grant select on all tables in schema public to ${role}`)
  await until('it serves', waiting, async () => (await ask(`http://localhost:${port}/readyz`)) === 200)
  await end(waiting.child)
})

t.test('a document of a provider that cannot be used is one line', async (t) => {
  const file = join(temporaryFolder(t), 'provider.yaml')
  writeFileSync(file, 'openapi: 3.0.3\ncomponents: { schemas: { ClusterSpec: { pattern: 5 } } }')
  const env = { ...serving(await createDatabase()), HYPERFLEET_SERVER_OPENAPI_SCHEMA_PATH: file }
  const line = await refuses(t, launch(t, 'hyperfleet-api', ['serve'], env), file)
  t.match(line, 'ClusterSpec: /pattern must be string')
  t.match(line, 'HYPERFLEET_SERVER_OPENAPI_SCHEMA_PATH')
  const embedded = { ...freePorts, HYPERFLEET_DATABASE_EMBEDDED_DIR: dataFolder(t) }
  const absent = { ...embedded, HYPERFLEET_SERVER_OPENAPI_SCHEMA_PATH: `${file}.no` }
  await refuses(t, launch(t, 'start', [], absent), 'no such file or directory')
  t.equal(postmasterOf(embedded.HYPERFLEET_DATABASE_EMBEDDED_DIR), undefined, 'PostgreSQL has ended')
})

t.test('a migrated database is served', async (t) => {
  const env = serving(await createDatabase())
  const [port] = await findFreePorts(1)
  const server = launch(t, 'hyperfleet-api', ['serve', '--server-port', String(port)], env)
  const api = `http://localhost:${port}`
  await until(`${api} answers`, server, () => fetch(`${api}/openapi.json`).catch(() => undefined))
  await createCluster(t, { api })
  server.child.kill('SIGTERM')
  t.equal(await server.ended, 0)
})

t.test('a server says where its kinds differ from those of the database', async (t) => {
  const entities = (...kinds: object[]) => ({ HYPERFLEET_ENTITIES: JSON.stringify(kinds) })
  const shelf = { kind: 'Shelf', plural: 'shelves' }
  const box = { kind: 'Box', plural: 'boxes' }
  const lid = { kind: 'Lid', plural: 'lids' }
  const below = { parent_kind: 'Shelf', on_parent_delete: 'restrict' }
  const reference = { ref_type: 'content', target_kind: 'Shelf', min: 0, max: 1 }
  const differs = (kind: string, ...members: string[]) =>
    `the kind ${kind} differs: ${members.join('; ')}. The database is followed: run \`migrate\` with this ` +
    'configuration, or give this server the one that the database was migrated with'
  const olderNames = 'conditions.older_names is true in the database and false here'
  const whole = entities(
    shelf,
    { ...box, ...below, references: [reference] },
    { ...lid, generation_on: 'spec' },
  )
  const cases: [stored: Environment, own: Environment, lines: string[]][] = [
    [whole, whole, []],
    [
      {},
      { HYPERFLEET_CLUSTER_ADAPTERS: '["dns"]', HYPERFLEET_CONDITIONS_OLDER_NAMES: 'false' },
      [
        differs('Cluster', "required_adapters is [] in the database and [ 'dns' ] here", olderNames),
        differs('NodePool', olderNames),
      ],
    ],
    [
      entities(
        shelf,
        { ...box, ...below, references: [reference] },
        { ...lid, ...below, required_adapters: [] },
        { kind: 'Desk', plural: 'desks' },
        { kind: 'Chair', plural: 'chairs' },
      ),
      entities(
        shelf,
        { ...box, plural: 'crates', references: [{ ...reference, max: 2 }], generation_on: 'any' },
        { ...lid, ...below, on_parent_delete: 'cascade' },
        { kind: 'Rack', plural: 'racks' },
      ),
      [
        differs(
          'Box',
          "plural is 'boxes' in the database and 'crates' here",
          "parent_kind is 'Shelf' in the database and not set here",
          "on_parent_delete is 'restrict' in the database and not set here",
          "references is [ { max: 1, min: 0, ref_type: 'content', target_kind: 'Shelf' } ] in the database " +
            "and [ { max: 2, min: 0, ref_type: 'content', target_kind: 'Shelf' } ] here",
          "generation_on is 'spec' in the database and 'any' here",
        ),
        differs(
          'Lid',
          "on_parent_delete is 'restrict' in the database and 'cascade' here",
          'required_adapters is [] in the database and not set here',
        ),
        'the kind Rack is configured and not in the database, so none can be created: run `migrate` with this configuration',
        'kinds of the database that are not configured: Chair, Desk. Only /resources reaches their resources: ' +
          'add their entries to `entities`, or run `migrate`, which forgets kinds without resources',
      ],
    ],
  ]
  for (const [stored, own, lines] of cases) {
    const env = { ...serving(await createDatabase(stored)), ...own }
    const [port] = await findFreePorts(1)
    const server = launch(t, 'hyperfleet-api', ['serve', '--health-port', `${port}`], env)
    const isReady = async () => (await ask(`http://localhost:${port}/readyz`)) === 200
    await until('the server is ready', server, isReady)
    server.child.kill('SIGTERM')
    t.equal(await server.ended, 0)
    const logged = server.output.stdout.split('\n').filter((line) => line.startsWith('{'))
    const warnings = logged.map((line) => JSON.parse(line)).filter(({ level }) => level === 'warn')
    t.strictSame(warnings.map(({ message }) => message).toSorted(), lines.toSorted())
  }
})

t.test('version and config print, and config keeps secrets', async (t) => {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  t.equal(await prints(t, ['version'], {}), `${version}\n`)
  const url = 'postgres://someone:tell-nobody@db.example.org:5433/fleet'
  const env = { ...serving(url), HYPERFLEET_DATABASE_PASSWORD: 'nor-this' }
  const text = await prints(t, ['config', '--server-port', '8001'], env)
  t.notMatch(text, /tell-nobody|nor-this/)
  const { database, server } = JSON.parse(text)
  t.match(database.url, /^postgres:\/\/someone:.*@db\.example\.org:5433\/fleet$/, 'where it is, is shown')
  t.equal(server.port, 8001, 'with the flags in force')
})

async function quickStart(
  t: Test,
  folder: string,
  script: 'start' | 'npm start' = 'start',
  args: string[] = [],
  settings: Environment = {},
): Promise<Served> {
  const env = { ...freePorts, HYPERFLEET_DATABASE_EMBEDDED_DIR: folder, ...settings }
  const run = launch(t, script, args, env)
  const printed = /The page\s+(\S+)\/openapi-ui[\s\S]*Health\s+(\S+)\/readyz[\s\S]*Metrics\s+(\S+)\/metrics/
  const [, api = '', health = '', metrics = ''] = await until('the addresses are printed', run, async () =>
    printed.exec(run.output.stdout),
  )
  return { ...run, api, health, metrics }
}

/** The process ends with code 1 after one line on standard error, which is returned. */
async function refuses(t: Test, run: Run, expected: string | RegExp): Promise<string> {
  t.equal(await run.ended, 1)
  const said = lines(run.output.stderr)
  t.equal(said.length, 1, said.join('\n'))
  t.match(said[0], /^hyperfleet-api: /)
  t.match(said[0], expected)
  return said[0] ?? ''
}

async function prints(t: Test, args: string[], env: Environment): Promise<string> {
  const { ended, output } = launch(t, 'hyperfleet-api', args, env)
  t.equal(await ended, 0)
  t.equal(output.stderr, '')
  return output.stdout
}

/** The processes that run a server, of this one and those below it. */
function serversBelow(pid: number): number[] {
  const lines = execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' }).trim().split('\n')
  const all = lines.map((line) => {
    const [, id, parent, args = ''] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? []
    return { id: Number(id), parent: Number(parent), args }
  })
  const below = (top: number): typeof all =>
    all
      .filter(({ id, parent }) => id === top || parent === top)
      .flatMap((each) => (each.id === top ? [each] : below(each.id)))
  return below(pid)
    .filter(({ args }) => /^\S*node .*commands\/(start\.ts|hyperfleet-api\.js)/.test(args))
    .map(({ id }) => id)
}

async function createCluster(t: Test, { api }: { api: string }): Promise<string> {
  const answer = await fetch(`${api}${base}/clusters`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ kind: 'Cluster', name: 'my-cluster', spec: {} }),
  })
  t.equal(answer.status, 201)
  const { id } = (await answer.json()) as { id: string }
  return id
}

const lines = (text: string) => text.split('\n').filter((line) => line.trim())

function temporaryFolder(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'hyperfleet-start-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A data folder for an embedded PostgreSQL, which goes with the test even when its server could not stop it. */
function dataFolder(t: Test): string {
  const folder = join(temporaryFolder(t), 'postgres')
  t.teardown(async () => {
    const postmaster = postmasterOf(folder)
    if (!postmaster || !isAlive(postmaster)) return
    process.kill(postmaster, 'SIGINT')
    for (const giveUp = Date.now() + PATIENCE_MS; postmasterOf(folder) && Date.now() < giveUp; )
      await delay(20)
  })
  return folder
}

/** The process id of the PostgreSQL on a data folder; undefined when it has ended in good order. */
function postmasterOf(folder: string): number | undefined {
  const file = join(folder, 'cluster', 'postmaster.pid')
  return existsSync(file) ? Number.parseInt(readFileSync(file, 'utf8'), 10) : undefined
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

async function openConnection(t: Test, address: string): Promise<void> {
  const { port, hostname: host } = new URL(address)
  const socket = connect({ port: Number(port), host }).on('error', () => {})
  t.teardown(() => void socket.destroy())
  await new Promise((resolve) => socket.once('connect', resolve))
}

/** Listens on a free port of the host that the server listens on. */
async function listenAnywhere(t: Test): Promise<Server> {
  const listener = createServer()
  t.teardown(() => void listener.close())
  await new Promise<void>((resolve) => listener.listen(0, 'localhost', resolve))
  return listener
}

const portOf = (listener: Server) => (listener.address() as AddressInfo).port

/** The status of what is at an address, if anything answers there. */
const ask = (address: string) =>
  fetch(address).then(
    ({ status }) => status,
    () => undefined,
  )
