/** The settings from outside: real processes, and a real PostgreSQL with TLS. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import t, { type Test } from 'tap'
import { connection } from '../../server/db/connection.ts'
import { startEmbedded } from '../../server/embedded/embedded.ts'
import { execute, testConfig } from '../databases.ts'
import { temporaryFolder } from '../processes.ts'

type Environment = Record<string, string>

t.jobs = 2
const certificate = fileURLToPath(new URL('../data/localhost.crt', import.meta.url))
const key = fileURLToPath(new URL('../data/localhost.key', import.meta.url))
const otherCertificate = fileURLToPath(new URL('../data/tls/ca.pem', import.meta.url))
const noFile = { HYPERFLEET_CONFIG: '/dev/null' }
const right = {
  ...noFile,
  HYPERFLEET_SERVER_JWT_ENABLED: 'false',
  HYPERFLEET_CLUSTER_ADAPTERS: '["validation"]',
  HYPERFLEET_NODEPOOL_ADAPTERS: '[]',
}

/** Runs the command line with no settings but these, to its end. */
async function run(args: string[], env: Environment, cwd?: string) {
  const script = fileURLToPath(new URL('../../commands/hyperfleet-api.js', import.meta.url))
  const child = spawn(process.execPath, [script, ...args], {
    cwd,
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text
    })
  }
  const [code] = await once(child, 'close')
  return { code: code as number, ...output }
}

t.test('a start that is refused ends with 1 and one line on standard error', async (t) => {
  const folder = await temporaryFolder(t)
  const fileOf = (name: string, content: string) => {
    writeFileSync(join(folder, name), content)
    return ['--config', join(folder, name)]
  }
  const { HYPERFLEET_SERVER_JWT_ENABLED: _, ...withJwt } = right
  const cases: [string, string[], Environment, RegExp][] = [
    ['no adapters', [], noFile, /HYPERFLEET_CLUSTER_ADAPTERS and HYPERFLEET_NODEPOOL_ADAPTERS/],
    ['JWT without issuers', [], withJwt, /JWT is on .*HYPERFLEET_SERVER_JWT_CONFIGS/],
    ['a bad flag', ['--server-port=80a'], right, /server\.port .*"80a", from --server-port/],
    ['a bad variable', [], { ...right, HYPERFLEET_SERVER_PORT: '-1' }, /"-1", from HYPERFLEET_SERVER_PORT/],
    [
      'a bad value in the file',
      fileOf('bad', 'server: {port: "80a"}'),
      right,
      /server\.port must be a whole number .*"80a", from .*\/bad\)/,
    ],
    ['an unknown key', fileOf('key', 'server: {prot: 1}'), right, /server\.prot is unknown .*server\.port\?/],
    ['an unknown flag', ['--server-prot', '1'], right, /--server-prot is unknown/],
    [
      'no such file',
      ['--config', join(folder, 'none')],
      right,
      /none cannot be read \(from --config\): ENOENT/,
    ],
    ['a key twice', fileOf('twice', 'lists: {}\nlists: {}'), right, /Map keys must be unique at line 2/],
    ['a tag', fileOf('tag', 'lists: !x {}'), right, /Unresolved tag/],
    ['a key that is a list', fileOf('complex', '? [a]\n: 1'), right, /all keys must be strings/],
    [
      'a list that is no JSON',
      [],
      { ...right, HYPERFLEET_SERVER_CORS_ORIGINS: '*' },
      /server\.cors\.origins must be a list/,
    ],
    ['no such secrets', [], { ...right, HYPERFLEET_DATABASE_SECRET_DIR: '/none' }, /secret_dir .*"\/none"/],
    [
      'an older flag',
      ['--api-server-bindaddress', 'here'],
      right,
      /--api-server-bindaddress must be a host and a port/,
    ],
    ['an older variable', [], { ...right, LOG_FORMAT: 'xml' }, /logging\.format .*"xml", from LOG_FORMAT/],
    ['much at once', ['--no', '--no'], { ...right, LOG_LEVEL: 'x' }, /--no is unknown.*; logging\.level/],
  ]
  t.jobs = 2
  for (const [name, args, env, expected] of cases) {
    t.test(name, async (t) => {
      const { code, stdout, stderr } = await run(['serve', ...args], env)
      t.equal(code, 1)
      t.equal(stdout, '')
      t.match(stderr, /^hyperfleet-api: [^\n]+\n$/, 'one line')
      t.match(stderr, expected)
    })
  }
})

t.test('config', async (t) => {
  const folder = await temporaryFolder(t)
  const secret = 'tell-nobody'
  const issuer = {
    issuer_url: 'https://a.example.com',
    jwk_cert_url: `https://a.example.com?password=${secret}`,
  }
  mkdirSync(join(folder, 'config'))
  writeFileSync(join(folder, 'db.password'), `${secret}\n`)
  writeFileSync(
    join(folder, 'config', 'config.yaml'),
    `server: {jwt: {configs: ${JSON.stringify([issuer])}}}`,
  )
  const { HYPERFLEET_CONFIG: _, ...env } = right
  const args = ['config', '--server-port', '8001']

  t.test('prints the settings in force', async (t) => {
    const { code, stdout, stderr } = await run(args, { ...env, HYPERFLEET_HEALTH_PORT: '8002' }, folder)
    t.same([code, stderr], [0, ''])
    const { server, health, metrics, entities } = JSON.parse(stdout)
    t.same([server.port, health.port, metrics.port], [8001, 8002, 9090])
    t.equal(server.jwt.configs[0].header, 'Authorization', 'with the file of the folder it runs in')
    t.same(entities, [
      { kind: 'Cluster', required_adapters: ['validation'] },
      { kind: 'NodePool', required_adapters: [] },
    ])
  })

  t.test('keeps secrets, whichever way they came', async (t) => {
    for (const more of [
      { HYPERFLEET_DATABASE_PASSWORD: secret },
      { HYPERFLEET_DATABASE_URL: `postgres://u:${secret}@h/db?sslpassword=${secret}` },
      { HYPERFLEET_DATABASE_SECRET_DIR: folder },
      { HYPERFLEET_DATABASE_SECRET_DIR: folder, HYPERFLEET_DATABASE_URL: 'postgres://u@h/db' },
    ] as Environment[]) {
      for (const sources of [[], ['--sources']]) {
        const { code, stdout } = await run([...args, ...sources], { ...env, ...more }, folder)
        t.equal(code, 0)
        t.notMatch(stdout, secret)
        t.match(stdout, '***')
        t.match(stdout, 'a.example.com', 'where it is, is shown')
      }
    }
  })

  t.test('prints what no server would start with, for who is about to mend it', async (t) => {
    const { HYPERFLEET_SERVER_JWT_ENABLED: _, ...withJwt } = env
    const cors = { HYPERFLEET_SERVER_CORS_ORIGINS: '["*", "https://a.example.com"]' }
    const { code, stdout, stderr } = await run(['config'], { ...withJwt, ...cors, ...noFile })
    t.same([code, stderr], [0, ''])
    const { jwt, cors: shown } = JSON.parse(stdout).server
    t.same(jwt, { enabled: true, configs: [] })
    t.same(shown.origins, ['*', 'https://a.example.com'], 'origins are no secrets')
    const bad = await run(['config'], { ...withJwt, ...noFile, HYPERFLEET_SERVER_PORT: 'abc' })
    t.same([bad.code, bad.stdout], [1, ''], 'a bad value is still refused')
    t.match(bad.stderr, /server\.port must be .*"abc"/)
  })

  t.test('says where each came from', async (t) => {
    const { stdout } = await run(
      [...args, '--sources'],
      { ...env, HYPERFLEET_DATABASE_SECRET_DIR: folder },
      folder,
    )
    t.match(JSON.parse(stdout), {
      'server.port': { value: 8001, from: '--server-port' },
      'server.jwt.enabled': { value: false, from: 'HYPERFLEET_SERVER_JWT_ENABLED' },
      'server.jwt.configs': { from: './config/config.yaml' },
      'database.password': { value: '***', from: join(folder, 'db.password') },
      'lists.default_size': { value: 100, from: 'the defaults' },
    })
  })
})

t.test('migrate needs no issuers', async (t) => {
  const { HYPERFLEET_SERVER_JWT_ENABLED: _, ...env } = right
  const url = 'postgres://u:p@127.0.0.1:1/none'
  const attempts = { HYPERFLEET_DATABASE_POOL_CONN_RETRY_ATTEMPTS: '1' }
  const { stderr } = await run(['migrate'], { ...env, ...attempts, HYPERFLEET_DATABASE_URL: url })
  t.match(stderr, /^hyperfleet-api: the database none at 127\.0\.0\.1:1 cannot be used/)
})

t.test('what each mode of TLS asks of the database', async (t) => {
  const { port, password } = await databaseWithTls(t)
  /** Whether a connection is taken, and encrypted; else why not. */
  const connect = async (mode: string | undefined, host: string, ca?: string, url = '') => {
    const { database } = testConfig(url, {
      HYPERFLEET_DATABASE_HOST: host,
      HYPERFLEET_DATABASE_PORT: port,
      HYPERFLEET_DATABASE_USERNAME: 'postgres',
      HYPERFLEET_DATABASE_PASSWORD: password,
      ...(mode && { HYPERFLEET_DATABASE_SSL_MODE: mode }),
      ...(ca && { HYPERFLEET_DATABASE_SSL_ROOT_CERT_FILE: ca }),
    })
    const client = new pg.Client(connection(database))
    try {
      await client.connect()
      const { rows } = await client.query('select ssl from pg_stat_ssl where pid = pg_backend_pid()')
      return rows[0].ssl ? 'encrypted' : 'plain'
    } catch (error) {
      return (error as NodeJS.ErrnoException).code
    } finally {
      await client.end()
    }
  }
  t.equal(await connect('disable', '127.0.0.1'), 'plain')
  t.equal(await connect('require', '127.0.0.1'), 'encrypted', 'anybody')
  t.equal(
    await connect('verify-ca', '127.0.0.1', certificate),
    'encrypted',
    'its certificate, of whatever host',
  )
  t.equal(await connect('verify-ca', '127.0.0.1'), 'DEPTH_ZERO_SELF_SIGNED_CERT', 'no other certificate')
  t.equal(
    await connect('verify-full', 'localhost', certificate),
    'encrypted',
    'its certificate, of this host',
  )
  t.equal(
    await connect('verify-full', '127.0.0.1', certificate),
    'ERR_TLS_CERT_ALTNAME_INVALID',
    'no other host',
  )
  t.equal(await connect('verify-full', 'localhost'), 'DEPTH_ZERO_SELF_SIGNED_CERT', 'no other certificate')
  const url = (query: string) => `postgres://postgres:${password}@localhost:${port}/postgres?${query}`
  t.equal(
    await connect(undefined, 'localhost', certificate, url('sslmode=verify-full')),
    'encrypted',
    'the mode of a URL, and the authority of the settings',
  )
  const files = `sslrootcert=${certificate}`
  for (const [query, expected] of [
    [`sslmode=verify-full&${files}`, 'encrypted'],
    [`sslmode=require&${files}`, 'encrypted'],
    [`ssl=true&${files}`, 'encrypted'],
    ['ssl=true', 'encrypted'],
    ['ssl=1', 'encrypted'],
    ['ssl=no-verify', 'encrypted'],
    ['sslmode=require&sslnegotiation=postgres', 'encrypted'],
    ['ssl=false', 'plain'],
    ['ssl=0', 'plain'],
    ['sslmode=disable', 'plain'],
    ['', 'plain'],
    ['sslmode=verify-full', 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    // The root of somebody else: where there is one, it counts.
    [`sslmode=require&sslrootcert=${otherCertificate}`, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    [`ssl=true&sslrootcert=${otherCertificate}`, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
  ])
    t.equal(await connect(undefined, 'localhost', undefined, url(query ?? '')), expected, query ?? '')
  t.equal(
    await connect('verify-full', 'localhost', certificate, url('ssl=true')),
    'encrypted',
    'a switch beside a mode',
  )
  t.equal(
    await connect('verify-full', 'localhost', undefined, url('ssl=true')),
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'does not weaken it',
  )

  await execute(url('sslmode=require&uselibpqcompat=true'), `alter system set ssl_ca_file = 'server.crt'`)
  await execute(url('sslmode=require&uselibpqcompat=true'), 'select pg_reload_conf()')
  /** Whom the database sees in the certificate of its client. */
  const seen = async (query: string) => {
    const client = new pg.Client(connection(testConfig(url(query)).database))
    await client.connect()
    const { rows } = await client.query('select client_dn from pg_stat_ssl where pid = pg_backend_pid()')
    await client.end()
    return rows[0].client_dn
  }
  while ((await seen(`sslmode=require&sslcert=${certificate}&sslkey=${key}`)) !== '/CN=localhost');
  t.equal(await seen('sslmode=require'), null, 'and nobody without one')
})

/** A PostgreSQL with the certificate of test/data, which is for localhost. */
async function databaseWithTls(t: Test): Promise<{ port: string; password: string }> {
  const folder = join(await temporaryFolder(t), 'postgres')
  const { url, stop } = await startEmbedded({ dir: folder })
  t.teardown(stop)
  const cluster = join(folder, 'cluster')
  const { uid, gid } = statSync(cluster)
  for (const [source, name] of [
    [certificate, 'server.crt'],
    [key, 'server.key'],
  ] as const) {
    const file = join(cluster, name)
    // PostgreSQL takes no key that others may read.
    writeFileSync(file, readFileSync(source), { mode: 0o600 })
    chownSync(file, uid, gid)
  }
  await execute(url, 'alter system set ssl = on')
  await execute(url, 'select pg_reload_conf()')
  // A reload is noticed by and by.
  while ((await execute(url, 'show ssl')).rows[0].ssl !== 'on');
  const { port, password } = new URL(url)
  return { port, password }
}

t.test('what is no command is told so', async (t) => {
  for (const command of ['toast', 'constructor', '__proto__', '-h']) {
    const { code, stderr } = await run([command], right)
    t.equal(code, 1, command)
    t.equal(
      stderr,
      `hyperfleet-api: ${command} is not a command; there are serve, migrate, verify, import, openapi, can-i, config, version, help\n`,
    )
  }
})
