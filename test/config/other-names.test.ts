/** The names that are not ours, in process: each of the Go implementation is taken, and no other. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { parse, stringify } from 'yaml'
import type { Tree } from '../../server/config/file.ts'
import { loadSettings } from '../../server/config/load.ts'
import { aliases, ignored } from '../../server/config/other-names.ts'
import { settings } from '../../server/config/settings.ts'
import { milliseconds } from '../../server/config/units.ts'
import { kinds } from '../databases.ts'
import { configMapFile, flags, variablesIn, wholeFile } from './reference-files.ts'
import { refusalOf } from './refusal.ts'

const folder = mkdtempSync(join(tmpdir(), 'hyperfleet-names-'))
t.teardown(() => rmSync(folder, { recursive: true, force: true }))
let written = 0

const database = new URL('postgres://fleet:p%20w@db.example.com:5433/fleet')
const places = { api: 8001, health: 8002, metrics: 8003, database }

interface Given {
  file?: string | Tree
  env?: Record<string, string>
  args?: string[]
}

function write(content: string): string {
  const file = join(folder, `${++written}`)
  writeFileSync(file, content)
  return file
}

const adapters = { HYPERFLEET_CLUSTER_ADAPTERS: '[]', HYPERFLEET_NODEPOOL_ADAPTERS: '[]' }
const minimal = { ...adapters, HYPERFLEET_SERVER_JWT_ENABLED: 'false' }

const load = ({ file = '', env = minimal, args = [] }: Given) =>
  loadSettings(kinds, { args, env, file: write(typeof file === 'string' ? file : stringify(file)) })

const refusal = (given: Given) => refusalOf(() => load(given))

t.test('a whole file of the reference is taken', async (t) => {
  const { config, ignored: names, origin } = load({ file: wholeFile(places), env: {} })
  t.match(config, {
    server: {
      host: '127.0.0.1',
      port: 8001,
      timeouts: { read: '1m30s', write: '15s' },
      tls: { enabled: false },
      jwt: { enabled: false, configs: [{ header: 'Authorization', identity_claim: 'email' }] },
    },
    database: {
      host: 'db.example.com',
      port: 5433,
      name: 'fleet',
      username: 'fleet',
      password: 'p w',
      pool: { max_connections: 50, conn_retry_interval: '1.5s' },
    },
    logging: { masking: { enabled: true } },
    metrics: { port: 8003, reconciliation_stuck_threshold: '10m0s' },
    health: { port: 8002 },
    tracing: { enabled: false, service_name: 'fleet-api' },
  })
  t.strictSame(
    config.entities.map(({ kind, plural, parent_kind, on_parent_delete, required_adapters }) =>
      [kind, plural, parent_kind, on_parent_delete, required_adapters?.join('+')].join(' '),
    ),
    [
      'Cluster clusters   validation+dns+pullsecret+hypershift',
      'NodePool nodepools Cluster cascade validation+hypershift',
      'Channel channels   ',
      'Version versions Channel restrict ',
      'WifConfig wifconfigs   ',
    ],
  )
  t.strictSame(names, [
    'server.hostname',
    'database.dialect',
    'database.debug',
    'database.pool.max_idle_connections',
    'database.pool.conn_max_lifetime',
    'database.pool.conn_max_idle_time',
    'database.pool.request_timeout',
    'database.pool.advisory_lock_timeout',
    'logging.masking.headers',
    'logging.masking.fields',
    'metrics.label_metrics_inclusion_duration',
  ])
  t.notMatch(JSON.stringify(config), /hostname|dialect|otel|headers/, 'nothing of it is left')
  t.match(origin('tracing.service_name'), folder)
})

t.test('the file of its chart is taken', async (t) => {
  const { config, ignored: names } = load({ file: configMapFile(places), env: {} })
  t.equal(config.entities.length, 5)
  t.notMatch(names, ['server.hostname'], 'an empty text is nothing that was set')
  t.ok(names.includes('database.dialect'))
})

/** Every path to a single value in a tree: names, and indices of lists. */
function pathsIn(value: unknown): (string | number)[][] {
  if (typeof value !== 'object' || value === null) return [[]]
  return Object.entries(value).flatMap(([name, member]) => {
    const key = Array.isArray(value) ? Number(name) : name
    return pathsIn(member).map((path) => [key, ...path])
  })
}

/** A copy of a tree in which one member has another name. */
function renamed(value: unknown, [key, ...rest]: (string | number)[], at: number): unknown {
  if (Array.isArray(value))
    return value.map((item, index) => (index === key ? renamed(item, rest, at - 1) : item))
  return Object.fromEntries(
    Object.entries(value as Tree).map(([name, member]) => {
      if (name !== key) return [name, member]
      return at === 0 ? [`${name}_`, member] : [name, renamed(member, rest, at - 1)]
    }),
  )
}

t.test('a name like each of them is refused, wherever it stands', async (t) => {
  const tree = parse(wholeFile(places)) as Tree
  const seen = new Set<string>()
  for (const path of pathsIn(tree)) {
    for (const [at, name] of path.entries()) {
      // Values of ignored names are not checked.
      const above = path.slice(0, at).join('.')
      const isWithin = ignored.some(({ member }) => above.replaceAll(/\.\d+/g, '[]').startsWith(member))
      const key = path.slice(0, at + 1).join('.')
      if (typeof name === 'number' || isWithin || seen.has(key)) continue
      seen.add(key)
      const line = refusal({ file: renamed(tree, path, at) as Tree, env: minimal })
      t.match(
        line,
        new RegExp(
          `the setting ${[...path.slice(0, at), `${name}_`].join('.').replaceAll(/\.(\d+)/g, '\\[$1\\]')}( of [A-Z]\\w+)? is unknown`,
        ),
        key,
      )
    }
  }
  t.ok(seen.size > 90, `${seen.size} names`)
  for (const [flag] of flags(places))
    if (flag.startsWith('--')) t.match(refusal({ args: [`${flag}x`, '1'] }), `the flag ${flag}x is unknown`)
  t.match(refusal({ args: ['-x', '1'] }), 'that is no flag')
})

t.test('each of its flags is taken', async (t) => {
  const args = flags(places).flatMap(([flag, value]) => (value === undefined ? [flag] : [flag, value]))
  const { config, ignored: names } = load({ args, env: adapters })
  t.match(config, {
    server: {
      port: 8001,
      timeouts: { read: '10s', write: '1m0s' },
      tls: { enabled: false, cert_file: '/tls/tls.crt', key_file: '/tls/tls.key' },
      jwt: { enabled: false },
    },
    database: {
      host: 'db.example.com',
      port: 5433,
      name: 'fleet',
      username: 'fleet',
      password: 'p w',
      ssl: { mode: 'disable', root_cert_file: '/tls/ca.crt' },
      pool: { max_connections: 50 },
    },
    logging: { level: 'info', format: 'json', output: 'stdout', masking: { enabled: true } },
  })
  t.strictSame(names, [
    '--server-hostname',
    '--db-dialect',
    '--db-debug',
    '--log-masking-sensitive-headers',
    '--log-masking-sensitive-fields',
    '--metrics-label-metrics-inclusion-duration',
  ])
  const schema = ['--server-openapi-schema-path', 'provider.yaml']
  t.equal(load({ args: schema }).config.server.openapi_schema_path, 'provider.yaml')
  for (const short of [['-l', 'debug'], ['-ldebug'], ['-l=debug']])
    t.equal(load({ args: short }).config.logging.level, 'debug', short.join(' '))
  for (const last of ['-l', '--log-level', '--logging-level']) {
    const args = ['-l', '--log-level', '--logging-level'].flatMap((flag) => [flag, 'debug'])
    t.equal(load({ args: [...args, last, 'warn'] }).config.logging.level, 'warn', `${last} comes last`)
  }
  t.match(refusal({ args: ['-l', 'loud'] }), '(it is "loud", from -l)')
  t.match(refusal({ args: ['-l'] }), 'the flag -l has no value')
})

t.test('a flag of a switch may stand alone', async (t) => {
  for (const args of [
    ['--server-compression'],
    ['--server-compression', '--server-port', '1'],
    ['--server-compression', '-l', 'info'],
    ['--server-compression', 'true'],
    ['--server-compression=1'],
  ])
    t.equal(
      load({ args, env: { ...minimal, HYPERFLEET_SERVER_COMPRESSION: 'false' } }).config.server.compression,
      true,
      args.join(' '),
    )
  t.equal(load({ args: ['--server-compression', 'false'] }).config.server.compression, false)
  t.match(refusal({ args: ['--server-compression', 'maybe'] }), 'server.compression must be true or false')
})

t.test('each of its variables is taken', async (t) => {
  const variables = variablesIn(parse(wholeFile(places)))
  t.ok(Object.keys(variables).length > 50)
  const { config, ignored: names } = load({ env: { ...variables, ...adapters } })
  t.match(config, {
    server: { port: 8001, timeouts: { read: '1m30s' }, jwt: { enabled: false } },
    database: { host: 'db.example.com', port: 5433, password: 'p w', pool: { conn_retry_interval: '1.5s' } },
    logging: { masking: { enabled: true } },
    tracing: { service_name: 'fleet-api' },
  })
  t.strictSame(
    names,
    [
      'SERVER_HOSTNAME',
      'DATABASE_DIALECT',
      'DATABASE_DEBUG',
      'DATABASE_POOL_MAX_IDLE_CONNECTIONS',
      'DATABASE_POOL_CONN_MAX_LIFETIME',
      'DATABASE_POOL_CONN_MAX_IDLE_TIME',
      'DATABASE_POOL_REQUEST_TIMEOUT',
      'DATABASE_POOL_ADVISORY_LOCK_TIMEOUT',
      'LOGGING_MASKING_HEADERS',
      'LOGGING_MASKING_FIELDS',
      'METRICS_LABEL_METRICS_INCLUSION_DURATION',
    ].map((name) => `HYPERFLEET_${name}`),
  )
  const both = { ...minimal, HYPERFLEET_LOGGING_OTEL_ENABLED: 'true', HYPERFLEET_TRACING_ENABLED: 'false' }
  t.equal(load({ env: both }).config.tracing.enabled, false, 'ours first')
})

t.test('an older member of the file sets what it stands for', async (t) => {
  const tracing = (file: string) => load({ file }).config.tracing.enabled
  t.equal(tracing('logging: {otel: {enabled: true}}'), true)
  t.equal(tracing('logging: {otel: {enabled: true}}\ntracing: {enabled: false}'), false, 'ours first')
  t.equal(tracing('logging: {otel: }'), false)
  t.match(
    refusal({ file: 'logging: {otel: {enabled: maybe}}' }),
    /^tracing\.enabled must be true or false \(it is "maybe", from logging\.otel\.enabled of \S+\)$/,
  )
})

t.test('what cannot be ignored without harm is refused', async (t) => {
  const cases: [Given, RegExp][] = [
    [
      { file: 'server: {tenant: {enabled: true}}' },
      /^server\.tenant\.dimensions must have one that is required, since server\.tenant\.enabled is true \(from \S+\)$/,
    ],
    [
      { env: { ...minimal, HYPERFLEET_SERVER_TENANT_ENABLED: '1' } },
      /server\.tenant\.enabled is true \(from HYPERFLEET_SERVER_TENANT_ENABLED\)/,
    ],
    [
      { args: ['--server-tenant-enabled'] },
      /server\.tenant\.enabled is true \(from --server-tenant-enabled\)/,
    ],
    [
      { args: ['--db-dialect', 'mysql'] },
      /^database\.dialect must be postgres \(it is "mysql", from --db-dialect\)/,
    ],
    [{ file: 'server: {tenant: 5}' }, /^server\.tenant must be a mapping/],
  ]
  for (const [given, expected] of cases) t.match(refusal(given), expected)
})

t.test('values are taken in the forms of Go', async (t) => {
  const read = (text: string) =>
    load({ file: { server: { timeouts: { read: text } } } }).config.server.timeouts.read
  for (const [text, expected] of [
    ['1m30s', 90_000],
    ['1.5h', 5_400_000],
    ['168h0m0s', 604_800_000],
    ['1500us', 2],
    ['1500000µs', 1500],
    ['2500000ns', 3],
    ['250ms', 250],
  ] as const)
    t.equal(milliseconds(read(text)), expected, text)
  for (const text of ['1ns', '0s', '-1s', '1', '1m 30s', '1h30', 's', '600h'])
    t.match(
      refusal({ file: { server: { timeouts: { read: text } } } }),
      'server.timeouts.read must be a duration',
      text,
    )
  for (const [text, expected] of [
    ...['1', 't', 'T', 'true', 'True', 'TRUE'].map((each) => [each, true] as const),
    ...['0', 'f', 'F', 'false', 'False', 'FALSE'].map((each) => [each, false] as const),
  ]) {
    const by = (given: Given) => load(given).config.server.compression
    t.equal(by({ file: { server: { compression: text } } }), expected, `${text} in a file`)
    t.equal(
      by({ env: { ...minimal, HYPERFLEET_SERVER_COMPRESSION: text } }),
      expected,
      `${text} in a variable`,
    )
    t.equal(by({ args: ['--server-compression', text] }), expected, `${text} by a flag`)
  }
  t.equal(load({ file: { server: { port: '81' } } }).config.server.port, 81, 'a number in quotes')
})

t.test('an empty text in the file is nothing, where no text may be empty', async (t) => {
  const file = {
    server: { host: '', openapi_schema_path: '', tls: { cert_file: '' } },
    logging: { level: '' },
    entities: [
      { kind: 'Slot', plural: 'slots', parent_kind: '', on_parent_delete: '', spec_schema_name: '' },
    ],
  }
  const { config } = load({ file })
  t.strictSame(
    [
      config.server.host,
      config.server.openapi_schema_path,
      config.server.tls.cert_file,
      config.logging.level,
    ],
    ['localhost', undefined, undefined, 'info'],
  )
  t.strictSame(config.entities[0], { kind: 'Slot', plural: 'slots', parent_kind: '', spec_schema_name: '' })
})

t.test('files that hold a setting each', async (t) => {
  const dir = join(folder, 'values')
  mkdirSync(dir)
  const values = { host: 'h\n', port: ' 5433\n', name: 'n', username: 'u\r\n', password: ' p w \n' }
  for (const [name, value] of Object.entries(values)) writeFileSync(join(dir, name), value)
  const path = (name: string) => join(dir, name)
  const named = Object.fromEntries(
    Object.keys(values).map((name) => [`HYPERFLEET_DATABASE_${name.toUpperCase()}_FILE`, path(name)]),
  )
  const of = (given: Given) => load(given).config.database
  const read = { host: 'h', port: 5433, name: 'n', username: 'u', password: ' p w ' }

  t.test('set it', async (t) => {
    t.match(of({ env: { ...minimal, ...named } }), read)
    const members = Object.fromEntries(Object.keys(values).map((name) => [`${name}_file`, path(name)]))
    t.match(of({ file: { database: members } }), read)
    t.equal(
      load({ env: { ...minimal, ...named } }).origin('database.host'),
      `${path('host')}, which HYPERFLEET_DATABASE_HOST_FILE names`,
    )
    const url = { HYPERFLEET_DATABASE_URL: 'postgres://a@b:1/c' }
    t.equal(of({ env: { ...minimal, ...named, ...url } }).url, 'postgres://u:%20p%20w%20@h:5433/n')
  })

  t.test('go before variable and file, and after the flag', async (t) => {
    const plain = { HYPERFLEET_DATABASE_HOST: 'plain', HYPERFLEET_DATABASE_PASSWORD: 'plain' }
    t.match(of({ env: { ...minimal, ...named, ...plain } }), read)
    t.equal(of({ file: { database: { host: 'plain', host_file: path('host') } } }).host, 'h')
    t.equal(of({ file: { database: { host_file: path('host') } }, env: { ...minimal, ...plain } }).host, 'h')
    t.equal(of({ env: { ...minimal, ...named }, args: ['--db-host', 'flag'] }).host, 'flag')
    t.equal(of({ env: { ...minimal, ...named }, args: ['--database-host-file', path('name')] }).host, 'n')
  })

  t.test('that cannot be read, or hold nothing, stop the start', async (t) => {
    const none = { ...minimal, HYPERFLEET_DATABASE_HOST_FILE: '/none', HYPERFLEET_DATABASE_NAME_FILE: dir }
    const line = refusal({ env: none })
    t.match(
      line,
      'database.host_file (it is "/none", from HYPERFLEET_DATABASE_HOST_FILE) cannot be read: ENOENT',
    )
    t.match(
      line,
      /database\.name_file \(it is ".*", from HYPERFLEET_DATABASE_NAME_FILE\) cannot be read: EISDIR/,
    )
    const empty = write('\n')
    for (const name of ['HOST', 'NAME', 'USERNAME', 'PASSWORD'])
      t.match(
        refusal({ env: { ...minimal, [`HYPERFLEET_DATABASE_${name}_FILE`]: empty } }),
        new RegExp(
          `^database\\.${name.toLowerCase()} must not be empty \\(.*, from ${empty}, which HYPERFLEET_DATABASE_${name}_FILE names\\)`,
        ),
      )
    const port = refusal({ env: { ...minimal, HYPERFLEET_DATABASE_PORT_FILE: path('password') } })
    t.match(port, /^database\.port must be a whole number/)
  })
})

t.test('limits that are not set are shorter than one that is', async (t) => {
  const limits = (file: Tree) => {
    const { server, database } = load({ file }).config
    return [server.timeouts.write, server.timeouts.request, database.pool.statement_timeout]
  }
  t.strictSame(limits({ server: { timeouts: { write: '31s' } } }), ['31s', '15s', '10s'])
  t.strictSame(limits({ server: { timeouts: { write: '15s' } } }), ['15s', '7500ms', '5000ms'])
  t.strictSame(limits({ server: { timeouts: { write: '1s' } } }), ['1s', '500ms', '333ms'])
  t.strictSame(limits({ server: { timeouts: { request: '10s' } } }), ['30s', '10s', '6666ms'])
  const file = { server: { timeouts: { write: '10s', request: '10s' } } }
  t.match(refusal({ file }), 'server.timeouts.request (it is "10s"', 'one that is set stays')
})

t.test('health and metrics take the certificate of the API where they have none', async (t) => {
  const tls = { enabled: true, cert_file: 'cert', key_file: 'key' }
  const own = { enabled: true, cert_file: 'c', key_file: 'k' }
  const { config } = load({
    file: { server: { tls }, health: { tls: { enabled: true } }, metrics: { tls: own } },
  })
  t.strictSame([config.health.tls, config.metrics.tls], [tls, own])
  t.match(
    refusal({ file: { health: { tls: { enabled: true } } } }),
    'health.tls.cert_file must be set',
    'where it has none either',
  )
})

t.test('the table has each name once, and no setting of ours as an ignored one', async (t) => {
  const own = new Set(settings().map(({ key }) => key))
  for (const { setting } of aliases) t.ok(own.has(setting), setting)
  for (const { member } of [...aliases, ...ignored]) if (member) t.notOk(own.has(member), member)
  const names = [...aliases, ...ignored].flatMap(({ member = [], variables = [], flags = [] }) =>
    [member, variables, flags].flat(),
  )
  t.equal(new Set(names).size, names.length)
})
