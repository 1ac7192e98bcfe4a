/**
 * Real starts with the configuration of the Go implementation: migrate and serve take it by file, as a ConfigMap with variables, by
 * variables alone and by flags alone, and list the names that they ignore in one line.
 */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { parse } from 'yaml'
import { base } from '../application.ts'
import { createEmptyDatabase, execute } from '../databases.ts'
import {
  type Environment,
  end,
  findFreePorts,
  freePorts,
  launch,
  noAdapters,
  type Run,
  root,
  statusOf,
  temporaryFolder,
  until,
} from '../processes.ts'
import { configMapFile, flags, type Places, variablesIn, wholeFile } from './reference-files.ts'

t.jobs = 2

const SECRET = 'tell-nobody'
const IGNORED = /set, but ignored: (.*) \(docs\/configuration\.md says why\)/

/** Free ports, and an empty database. */
async function newPlaces(): Promise<Places> {
  const [api = 0, health = 0, metrics = 0] = await findFreePorts(3)
  return { api, health, metrics, database: new URL(await createEmptyDatabase()) }
}

/** A folder to run in, with `configs/config.yaml`. */
async function folderWith(t: Test, content: string): Promise<string> {
  const folder = await temporaryFolder(t)
  mkdirSync(join(folder, 'configs'))
  writeFileSync(join(folder, 'configs', 'config.yaml'), content)
  // The command lines of the tests name them by a relative path.
  symlinkSync(join(root, 'commands'), join(folder, 'commands'))
  return folder
}

/**
 * Migrates and serves with these settings, asks each listener, and `look` at the API; resolves with the names that the log says are
 * ignored.
 */
async function serves(
  t: Test,
  places: Places,
  args: string[],
  env: Environment,
  { cwd, look }: { cwd?: string; look?: (at: string) => Promise<void> } = {},
): Promise<string[]> {
  const migration = launch(t, 'hyperfleet-api', ['migrate', ...args], env, cwd)
  t.equal(await migration.ended, 0, migration.output.stderr)
  const server = launch(t, 'hyperfleet-api', ['serve', ...args], env, cwd)
  const health = `http://127.0.0.1:${places.health}/readyz`
  await until('it is ready', server, async () => (await statusOf(health)) === 200)
  t.equal(await statusOf(`http://127.0.0.1:${places.metrics}/metrics`), 200)
  const at = `http://127.0.0.1:${places.api}${base}`
  await creates(t, at)
  await look?.(at)
  const { rows } = await execute(places.database.href, 'select count(*)::int as count from resources')
  t.equal(rows[0].count, 1, 'in the database that the settings name')
  await end(server.child)
  return toldOf(t, server)
}

async function creates(t: Test, at: string): Promise<void> {
  const response = await fetch(`${at}/clusters`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ kind: 'Cluster', name: 'first', spec: {} }),
  })
  t.equal(response.status, 201, await response.text())
}

/** The ignored names in the one line of the log. */
function toldOf(t: Test, { output }: Run): string[] {
  const lines = output.stdout.split('\n').filter((line) => IGNORED.test(line))
  t.equal(lines.length, 1, 'says once what is ignored')
  const { level, message } = JSON.parse(lines[0] ?? '{}')
  t.match(level, /warn/i)
  t.notMatch(output.stdout, SECRET, 'and no value of it')
  return IGNORED.exec(message)?.[1]?.split(', ') ?? []
}

t.test('a whole configs/config.yaml, in the folder that the server runs in', async (t) => {
  const places = await newPlaces()
  const folder = await folderWith(t, wholeFile(places))
  const ignored = await serves(
    t,
    places,
    [],
    {},
    {
      cwd: folder,
      look: async (at) => {
        for (const plural of ['clusters', 'nodepools', 'channels', 'versions', 'wifconfigs'])
          t.equal(await statusOf(`${at}/${plural}`), 200, plural)
        t.equal(await statusOf(`${at}/clusters?ref_type=wif_config&ref_target_id=none`), 200)
      },
    },
  )
  t.ok(
    ignored.includes('database.pool.conn_max_lifetime') && !ignored.includes('entities[].conditions'),
    `${ignored}`,
  )
  const { rows } = await execute(
    places.database.href,
    'select kind, required_adapters from kinds order by kind',
  )
  t.strictSame(
    rows.map(({ kind, required_adapters }) => [kind, required_adapters]),
    [
      ['Channel', null],
      ['Cluster', ['validation', 'dns', 'pullsecret', 'hypershift']],
      ['NodePool', ['validation', 'hypershift']],
      ['Version', null],
      ['WifConfig', []],
    ],
  )
})

t.test('config/config.yaml goes before configs/config.yaml', async (t) => {
  const folder = await folderWith(t, 'server: {port: 1}')
  const args = ['config', '--sources']
  const portFrom = async () => {
    const { ended, output } = launch(t, 'hyperfleet-api', args, { ...noAdapters }, folder)
    t.equal(await ended, 0, output.stderr)
    return JSON.parse(output.stdout)['server.port']
  }
  t.strictSame(await portFrom(), { value: 1, from: './configs/config.yaml' })
  mkdirSync(join(folder, 'config'))
  writeFileSync(join(folder, 'config', 'config.yaml'), 'server: {port: 2}')
  t.strictSame(await portFrom(), { value: 2, from: './config/config.yaml' })
})

t.test('the file of its ConfigMap, with the database in files that variables name', async (t) => {
  const places = await newPlaces()
  const folder = await temporaryFolder(t)
  const file = join(folder, 'config.yaml')
  writeFileSync(file, configMapFile(places))
  const { hostname, port, pathname, username, password } = places.database
  const values = { HOST: hostname, PORT: port, NAME: pathname.slice(1), USERNAME: username }
  const secrets = { ...values, PASSWORD: decodeURIComponent(password) }
  const env: Environment = { HYPERFLEET_CONFIG: file, HYPERFLEET_TRACING_ENABLED: 'false' }
  for (const [name, value] of Object.entries(secrets)) {
    const path = join(folder, name)
    writeFileSync(path, `${value}\n`)
    env[`HYPERFLEET_DATABASE_${name}_FILE`] = path
  }
  t.match(await serves(t, places, [], env), ['database.dialect', 'database.debug'])
})

t.test('variables alone', async (t) => {
  const places = await newPlaces()
  const env = { ...variablesIn(parse(wholeFile(places))), ...noAdapters, HYPERFLEET_CONFIG: '/dev/null' }
  t.ok((await serves(t, places, [], env)).includes('HYPERFLEET_DATABASE_DEBUG'))
})

t.test('flags alone', async (t) => {
  const places = await newPlaces()
  const args = flags(places).flatMap(([flag, value]) => (value === undefined ? [flag] : [flag, value]))
  const kinds = ['Cluster', 'NodePool'].map((kind) => ({ kind, required_adapters: [] }))
  const own = ['--entities', JSON.stringify(kinds), '--config', '/dev/null']
  t.ok((await serves(t, places, [...args, ...own], {})).includes('--db-debug'))
})

t.test('names that nobody knows are refused all at once, whatever is ignored beside them', async (t) => {
  const places = await newPlaces()
  const folder = await folderWith(
    t,
    wholeFile(places)
      .replace('max_idle_connections', 'max_idle_connection_s')
      .replace('hostname:', 'hostnme:'),
  )
  const { ended, output } = launch(
    t,
    'hyperfleet-api',
    ['serve', '--db-deubg', '--db-dialect', 'mysql'],
    {},
    folder,
  )
  t.equal(await ended, 1)
  t.equal(output.stdout, '')
  for (const part of [
    'the flag --db-deubg is unknown: did you mean --db-debug?',
    'the setting database.pool.max_idle_connection_s is unknown (from ./configs/config.yaml): did you mean database.pool.max_idle_connections?',
    'the setting server.hostnme is unknown (from ./configs/config.yaml): did you mean server.hostname?',
    'database.dialect must be postgres (it is "mysql", from --db-dialect): there is only PostgreSQL',
  ])
    t.match(output.stderr, part)
})

t.test('the quick start takes such a file over its own, by flag or variable', async (t) => {
  const places = await newPlaces()
  const folder = await temporaryFolder(t)
  const file = join(folder, 'config.yaml')
  const whole = wholeFile(places)
  const kept = whole.replace(
    /(?<=\ndatabase:\n {2}dialect: postgres\n) {2}host:[\s\S]*?(?= {2}host_file:)/,
    '',
  )
  const ports = { ...freePorts, HYPERFLEET_DATABASE_EMBEDDED_DIR: join(folder, 'postgres') }
  const api = async (run: Run) =>
    until('the page is printed', run, async () => /The page\s+(\S+)\/openapi-ui/.exec(run.output.stdout)?.[1])

  // Without a word on the database and on tokens, both are as in the quick start.
  writeFileSync(file, kept.replace(/ {2}jwt:[\s\S]*?(?= {2}tenant:)/, ''))
  for (const [args, env] of [
    [['--config', file], {}],
    [[], { HYPERFLEET_CONFIG: file }],
  ] as const) {
    const run = launch(t, 'start', [...args], { ...ports, ...env })
    const found = await api(run)
    t.equal(await statusOf(`${found}${base}/wifconfigs`), 200)
    await end(run.child)
    t.ok(toldOf(t, run).includes('server.hostname'))
  }

  // With a word on either, that holds.
  writeFileSync(file, whole.replace('enabled: "False"', 'enabled: true'))
  const run = launch(t, 'start', ['--config', file], ports)
  t.equal(await statusOf(`${await api(run)}${base}/clusters`), 401)
  const { rows } = await execute(places.database.href, 'select count(*)::int as count from kinds')
  t.equal(rows[0].count, 5, 'in the database that the file names')
})
