/** The settings, in process: every one of the schema through every source, and what is said of bad ones. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { stringify } from 'yaml'
import { configurationPage } from '../../scripts/configuration-page.ts'
import { assign, type Tree, valueAt } from '../../server/config/file.ts'
import { type loadConfig, loadSettings } from '../../server/config/load.ts'
import {
  environmentName,
  flagName,
  flagsOf,
  olderFlags,
  type SettingSchema,
  settings,
  variablesOf,
} from '../../server/config/settings.ts'
import { milliseconds } from '../../server/config/units.ts'
import { kinds } from '../databases.ts'
import { refusalOf } from './refusal.ts'

type Given = Omit<NonNullable<Parameters<typeof loadConfig>[1]>, 'file'> & { file?: Tree | string }

const names = Object.keys(kinds)
const folder = mkdtempSync(join(tmpdir(), 'hyperfleet-config-'))
t.teardown(() => rmSync(folder, { recursive: true, force: true }))
let written = 0

/** What makes any other setting right: certificates, issuers, a dimension of tenants, a word on adapters. */
function base(): Tree {
  const tls = { cert_file: 'cert', key_file: 'key' }
  return {
    server: {
      tls: { ...tls },
      jwt: { configs: [{ issuer_url: 'https://base.example.com', jwk_cert_file: 'keys' }] },
      tenant: { dimensions: [{ key: 'base', header: 'X-Base', required: true }] },
    },
    health: { tls: { ...tls } },
    metrics: { tls: { ...tls } },
    console: { oidc: { issuer: 'https://base.example.com', client_id: 'base' } },
    entities: names.map((kind) => ({ kind, required_adapters: ['base'] })),
  }
}

/** The base with a value put in. */
function baseWith(path: string[], value: unknown): Tree {
  const tree = base()
  assign(tree, path, value)
  return tree
}

/** Writes a file of the folder. */
function write(content: Tree | string): string {
  const file = join(folder, `${++written}.yaml`)
  writeFileSync(file, typeof content === 'string' ? content : stringify(content))
  return file
}

const load = ({ file = base(), env = {}, ...rest }: Given = {}) =>
  loadSettings(kinds, { env, file: write(file), ...rest })

/** What a start with these settings is refused with. */
const refusal = (given: Given) => refusalOf(() => load(given))

/** A folder with the secrets of a database. */
function secretFolder(files: Record<string, string>): string {
  const dir = join(folder, `secrets-${++written}`)
  mkdirSync(dir)
  for (const [name, content] of Object.entries(files)) writeFileSync(join(dir, name), content)
  return dir
}

const defaultSecrets = secretFolder({ 'db.name': 'hyperfleet' })
const otherSecrets = secretFolder({ 'db.name': 'hyperfleet' })

/** Files with the values of settings, for the settings that name such files: two of each. */
const valueFiles = ['1', '2'].map((value) => {
  const names = ['host', 'port', 'name', 'username', 'password']
  const dir = secretFolder(Object.fromEntries(names.map((name) => [name, value])))
  return (name: string) => join(dir, name)
})

/** Two right values of a setting, made from its schema: one that is not its default, and another. */
function valuesOf(key: string, schema: SettingSchema): [unknown, unknown] {
  if (key === 'database.secret_dir') return [otherSecrets, defaultSecrets]
  const { type, format, default: usual, examples: [example] = [], 'x-content-of': target } = schema
  if (target) return valueFiles.map((of) => of(target.replace('database.', ''))) as [string, string]
  if (schema.enum) return [schema.enum.find((choice) => choice !== usual), usual]
  if (type === 'boolean') return [!usual, usual]
  if (type === 'integer') return [Number(usual) + 1, usual]
  if (type === 'array') return [example, key === 'entities' ? base().entities : usual]
  if (format === 'size' || format === 'list-size') return ['2MiB', usual]
  if (format === 'period') return ['100h', usual]
  // Just shorter, so that limits still nest.
  if (format === 'duration' || format === 'delay')
    return [`${milliseconds(String(usual ?? example)) - 1}ms`, usual ?? example]
  return [`${usual ?? example}1`, usual ?? example]
}

const text = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value))
const flag = (path: string[], value: unknown) => [`--${flagName(path)}=${text(value)}`]
const variable = (path: string[], value: unknown) => ({ [environmentName(path)]: text(value) })

function arrives(t: Test, given: Given, path: string[], value: unknown, words: string) {
  const found = valueAt(load(given).config, path)
  if (Array.isArray(value)) t.has(found, value, words)
  else t.equal(found, value, words)
}

t.test('a base file holds for what no other source sets', async (t) => {
  const baseFile = write({
    server: { port: 1, jwt: { enabled: false } },
    database: { embedded: true },
    entities: names.map((kind) => ({ kind, required_adapters: ['beneath'] })),
  })
  const file = write({
    server: { port: 2 },
    logging: { level: 'warn' },
    entities: names.map((kind) => ({ kind, required_adapters: [] })),
  })
  for (const given of [{ args: ['--config', file] }, { env: { HYPERFLEET_CONFIG: file } }, { file }]) {
    const { config, origin } = loadSettings(kinds, { env: {}, ...given, baseFile })
    t.match(config, {
      server: { port: 2, host: 'localhost', jwt: { enabled: false } },
      database: { embedded: true },
      logging: { level: 'warn' },
      entities: names.map((kind) => ({ kind, required_adapters: [] })),
    })
    t.match([origin('server.port'), origin('database.embedded')], [file, baseFile])
  }
  const { config } = loadSettings(kinds, { env: {}, args: ['--server-port', '3'], baseFile })
  t.match(config, { server: { port: 3 }, entities: [{ required_adapters: ['beneath'] }, {}] })
  const issuers = {
    jwt: { enabled: true, configs: [{ issuer_url: 'https://a.example', jwk_cert_file: 'k' }] },
  }
  const secured = loadSettings(kinds, { env: {}, file: write({ server: issuers }), baseFile })
  t.equal(secured.config.server.jwt.enabled, true)
})

t.test('every setting arrives from every source, and the stronger one is in force', (t) => {
  t.ok(settings().length > 50, 'they are walked')
  for (const { key, path, schema } of settings()) {
    const [value, other] = valuesOf(key, schema)
    t.notSame(value, other, `two values for ${key}`)
    t.notSame(value, schema.default, `one that is not the default of ${key}`)
    const weaker = variable(path, other)
    arrives(t, { args: flag(path, value) }, path, value, `${key} by flag`)
    arrives(t, { env: variable(path, value) }, path, value, `${key} by variable`)
    arrives(t, { file: baseWith(path, value) }, path, value, `${key} by file`)
    arrives(t, { args: flag(path, value), env: weaker }, path, value, `${key}: flag over variable`)
    arrives(
      t,
      { args: flag(path, value), file: baseWith(path, other) },
      path,
      value,
      `${key}: flag over file`,
    )
    arrives(
      t,
      { env: variable(path, value), file: baseWith(path, other) },
      path,
      value,
      `${key}: variable over file`,
    )
    if (schema.default !== undefined && schema.type !== 'array') {
      arrives(t, {}, path, schema.default, `${key}: default`)
      arrives(
        t,
        { env: { [environmentName(path)]: '' } },
        path,
        schema.default,
        `${key}: an empty variable is none`,
      )
    }
  }
  t.end()
})

t.test('every value says where it came from', (t) => {
  const env = { HYPERFLEET_HEALTH_PORT: '1', LOG_LEVEL: 'warn', HYPERFLEET_CLUSTER_ADAPTERS: '["a"]' }
  const { origin } = load({ env, args: ['--server-port', '1', '--metrics-server-bindaddress', ':1'] })
  t.equal(origin('server.port'), '--server-port')
  t.equal(origin('metrics.host'), '--metrics-server-bindaddress')
  t.equal(origin('health.port'), 'HYPERFLEET_HEALTH_PORT')
  t.equal(origin('logging.level'), 'LOG_LEVEL')
  t.equal(origin('entities[0].required_adapters'), 'HYPERFLEET_CLUSTER_ADAPTERS')
  t.match(origin('entities[1].required_adapters'), /\.yaml$/)
  t.match(origin('server.tls.cert_file'), /\.yaml$/)
  t.equal(origin('health.host'), 'the defaults')
  t.end()
})

t.test('what an alias repeats in the file is set in each place on its own', (t) => {
  const file = `${stringify({ entities: base().entities })}
health: {tls: &tls {cert_file: a, key_file: b}}
metrics: {tls: *tls}`
  const env = { HYPERFLEET_METRICS_TLS_ENABLED: 'true', HYPERFLEET_SERVER_JWT_ENABLED: 'false' }
  const { health, metrics } = load({ file, env }).config
  t.same([health.tls.enabled, metrics.tls.enabled, metrics.tls.key_file], [false, true, 'b'])
  t.end()
})

t.test('settings of the items of a list are filled up', (t) => {
  const configs = [{ issuer_url: 'https://a.example.com', jwk_cert_file: 'keys' }]
  const own = { header: 'Authorization', identity_claim: 'email', allow_unverified_email: false }
  const filled = [{ ...configs[0], ...own }]
  for (const given of [
    { env: { HYPERFLEET_SERVER_JWT_CONFIGS: JSON.stringify(configs) } },
    { file: baseWith(['server', 'jwt', 'configs'], configs) },
    { file: baseWith(['server', 'jwt', 'configs'], [{ ...configs[0], header: null }]) },
  ]) {
    t.same(load(given).config.server.jwt.configs, filled)
  }
  t.end()
})

/** Values that break the rule of a setting: as texts, and as what stands in a file. */
function badValues({ type, format, enum: choices, minimum, maximum }: SettingSchema): [string[], unknown[]] {
  if (type === 'integer') {
    const outside = [...(minimum ? [minimum - 1] : []), ...(maximum ? [maximum + 1] : [])]
    const texts = ['abc', '1.5', '1e1', '0x1', '-1', '+1', ' 1', ...outside.map(String)]
    return [texts, ['abc', '1.5', true, 1.5, -1, [1], { a: 1 }, ...outside]]
  }
  if (type === 'boolean')
    return [
      ['yes', '2', 'tRUE', 'on'],
      ['yes', 1, 0, [true]],
    ]
  if (type === 'array')
    return [
      ['nope', '{}', '"a"', '[', 'null'],
      ['a', 1, {}],
    ]
  if (choices)
    return [
      ['other', String(choices[0]).toUpperCase()],
      ['other', 1, true],
    ]
  if (format === 'period')
    return [
      ['soon', '1.s', '36501d', '10', '-1s', '1m 30s', '0s'],
      ['soon', 10],
    ]
  if (format === 'size')
    return [
      ['1MB', '0B', '-1B', '1'],
      ['1MB', 1024],
    ]
  if (format === 'list-size')
    return [
      ['1MB', '0B', '257MiB'],
      ['1MB', 1024],
    ]
  if (format === 'postgres-url')
    return [
      ['soon', 'h/db'],
      ['soon', 12],
    ]
  if (format === 'header')
    return [
      ['a b', 'a:b', 'é'],
      ['a b', 12],
    ]
  if (format)
    return [
      ['soon', '1.s', '25d', '10', '-1s', '1m 30s', format === 'duration' ? '0s' : '1'],
      ['soon', 10],
    ]
  return [[], [12, true, ['a'], { a: 'b' }]]
}

t.test('every bad value is one line with key, rule, value and source, from every source', (t) => {
  for (const { key, path, schema } of settings()) {
    const [texts, values] = badValues(schema)
    const parts = [schema, schema.items ?? schema, ...Object.values(schema.items?.properties ?? {})]
    const isSecret = parts.some((part) => part['x-secret'])
    const expected = (given: Given, value: unknown, from: string | RegExp) => {
      const line = refusal(given)
      t.ok(line.startsWith(`${key} must `), line)
      t.notMatch(line, '; ', 'nothing else is wrong')
      t.match(line, from, `it says where ${key} is from`)
      if (isSecret) t.match(line, '(not shown, ')
      else t.ok(line.includes(`(it is ${JSON.stringify(value)}, `), line)
    }
    for (const bad of texts) {
      const value =
        schema.type === 'array'
          ? (parsed(bad) ?? bad)
          : /^\d+$/.test(bad) && schema.type === 'integer'
            ? Number(bad)
            : bad
      if (bad === 'null') continue
      expected({ args: flag(path, bad) }, value, `from --${flagName(path)})`)
      expected({ env: variable(path, bad) }, value, `from ${environmentName(path)})`)
    }
    if (schema.type === 'string')
      expected({ args: [`--${flagName(path)}=`] }, '', `from --${flagName(path)})`)
    for (const bad of values) expected({ file: baseWith(path, bad) }, bad, /from \S+\.yaml\)/)
  }
  t.end()
})

function parsed(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}

t.test('all that is wrong is told at once', (t) => {
  const line = refusal({
    args: ['--server-port', 'abc', '--serverport', '1', '--metrics-server-bindaddress', 'here'],
    env: { HYPERFLEET_LOGGING_LEVEL: 'loud', HYPERFLEET_CLUSTER_ADAPTERS: 'none' },
    file: { server: { prot: 1, tls: { enabled: true } }, health: 5 },
  })
  t.equal(line.split('; ').length, 11, line)
  for (const part of [
    'the flag --serverport is unknown: did you mean --server-port?',
    '--metrics-server-bindaddress must be a host and a port (it is "here")',
    'server.port must be a whole number from 0 to 65535 (it is "abc", from --server-port)',
    /the setting server\.prot is unknown \(from .*\.yaml\): did you mean server\.port\?/,
    /health must be a mapping \(it is 5, from .*\.yaml\)/,
    'logging.level must be one of trace',
    'entities[0].required_adapters of Cluster must be a list (it is "none", from HYPERFLEET_CLUSTER_ADAPTERS): write it as JSON',
    'server.tls.cert_file must be set, since server.tls.enabled is true',
    'server.tls.key_file must be set',
    'JWT is on',
    'the required adapters are not set: set HYPERFLEET_NODEPOOL_ADAPTERS to',
  ]) {
    t.match(line, part)
  }
  t.end()
})

const inFile = (path: string, value: unknown): Given => ({ file: baseWith(path.split('.'), value) })
const issuers = (...configs: object[]): Given => inFile('server.jwt.configs', configs)
const adapters = { HYPERFLEET_CLUSTER_ADAPTERS: '[]', HYPERFLEET_NODEPOOL_ADAPTERS: '[]' }
const issuer = { issuer_url: 'https://a.example.com', jwk_cert_file: 'keys' }
const entities = (...list: object[]): Given => inFile('entities', list)
/** A condition of an entity, by default one that breaks no rule. */
const mapped = ({ type = 'Fine', when = 'true', message = "''" }) => ({
  type,
  when: { expression: when },
  output: {
    status: { expression: 'true' },
    reason: { expression: "'Fine'" },
    message: { expression: message },
  },
})
const [cluster, nodePool] = names.map((kind) => ({ kind, required_adapters: [] as string[] }))

t.test('settings that do not go together are one line', (t) => {
  const cases: [string, Given, string | RegExp][] = [
    [
      'JWT without issuers',
      { file: { entities: base().entities }, env: {} },
      /^JWT is on \(server\.jwt\.enabled, from the defaults\).*set HYPERFLEET_SERVER_JWT_CONFIGS to.*HYPERFLEET_SERVER_JWT_ENABLED=false$/,
    ],
    ...['server', 'health', 'metrics'].flatMap((listener): [string, Given, string | RegExp][] =>
      ['cert_file', 'key_file'].map((missing) => [
        `TLS of ${listener} without ${missing}`,
        inFile(`${listener}.tls`, {
          enabled: true,
          [missing === 'cert_file' ? 'key_file' : 'cert_file']: 'a',
        }),
        new RegExp(
          `^${listener}\\.tls\\.${missing} must be set, since ${listener}\\.tls\\.enabled is true \\(from .*: ` +
            `set HYPERFLEET_${listener.toUpperCase()}_TLS_${missing.toUpperCase()}, or `,
        ),
      ]),
    ),
    [
      'an issuer without keys',
      issuers({ issuer_url: 'https://a.example.com' }),
      /^server\.jwt\.configs\[0\] must have jwk_cert_url or jwk_cert_file \(it has neither/,
    ],
    [
      'an issuer twice',
      issuers(issuer, issuer),
      /^server\.jwt\.configs\[1\]\.issuer_url must not be there twice/,
    ],
    ...['bad header', 'Content-Length', 'HOST'].flatMap((name) =>
      ['header', 'identity_header'].map((member): [string, Given, RegExp] => [
        `${member} ${name}`,
        issuers({ ...issuer, [member]: name }),
        new RegExp(`^server\\.jwt\\.configs\\[0\\]\\.${member} must `),
      ]),
    ),
    ...['Authorization', 'x-TOKEN'].map((name): [string, Given, RegExp] => [
      `${name} as the header that says who calls`,
      issuers({ ...issuer, header: 'X-Token', identity_header: name }),
      /^server\.jwt\.configs\[0\]\.identity_header must not be a header that tokens come in/,
    ]),
    ...['a b', 'a\u200b', 'é'].map((prefix): [string, Given, RegExp] => [
      `a prefix ${prefix}`,
      issuers({ ...issuer, identity_prefix: prefix }),
      /^server\.jwt\.configs\[0\]\.identity_prefix must be a text of printable ASCII/,
    ]),
    [
      'a pattern with a look-ahead',
      issuers({ ...issuer, identity_claim_pattern: '(?=a)a' }),
      /^server\.jwt\.configs\[0\]\.identity_claim_pattern must be a regular expression \(RE2\)/,
    ],
    [
      'an authority without a URL',
      issuers({ ...issuer, jwk_cert_ca_file: 'ca' }),
      /^server\.jwt\.configs\[0\]\.jwk_cert_ca_file must not be set without jwk_cert_url \(it is "ca"/,
    ],
    ...[
      'http://a.example.com',
      'http://128.0.0.1',
      'http://localhost.example.com',
      'ftp://localhost',
      'a.example',
    ].map((url): [string, Given, RegExp] => [
      `the issuer ${url}`,
      issuers({ ...issuer, issuer_url: url }),
      /^server\.jwt\.configs\[0\]\.issuer_url must be an https URL/,
    ]),
    [
      'keys from where anybody may answer',
      issuers({ issuer_url: 'https://a.example.com', jwk_cert_url: 'http://a.example.com' }),
      /^server\.jwt\.configs\[0\]\.jwk_cert_url must be an https URL.*\(it is "http:\/\/a\.example\.com"/,
    ],
    ...['https://u:p@a.example.com/keys', 'https://u@a.example.com/keys'].map(
      (url): [string, Given, RegExp] => [
        `keys at ${url}`,
        issuers({ issuer_url: 'https://a.example.com', jwk_cert_url: url }),
        /^server\.jwt\.configs\[0\]\.jwk_cert_url must be an https URL.* without user and password \(not shown, from /,
      ],
    ),
    [
      'a misspelt member of an issuer',
      { env: { HYPERFLEET_SERVER_JWT_CONFIGS: JSON.stringify([{ ...issuer, audince: 'a' }]) } },
      /^the setting server\.jwt\.configs\[0\]\.audince is unknown \(from HYPERFLEET_SERVER_JWT_CONFIGS\): did you mean server\.jwt\.configs\[0\]\.audience\?$/,
    ],
    [
      'an issuer without its URL',
      issuers({ jwk_cert_file: 'keys' }),
      /^server\.jwt\.configs\[0\] must have issuer_url/,
    ],
    ...[
      'https://a.example.com/',
      'https://a.example.com/path',
      'https://a.example.com:443',
      'https://A.example.com',
      'https://a.example.com?x',
      'https://u:p@a.example.com',
      'a.example.com',
      'null',
      'https://*.example.com',
    ].map((origin): [string, Given, RegExp] => [
      `the origin ${origin}`,
      inFile('server.cors.origins', ['*', origin]),
      /^server\.cors\.origins\[1\] must be \* or an origin/,
    ]),
    [
      'a statement that may take as long as a request',
      inFile('database.pool.statement_timeout', '15s'),
      /^database\.pool\.statement_timeout \(it is "15s", from .*\) must be shorter than server\.timeouts\.request \(it is "15s", from the defaults\)/,
    ],
    [
      'a request that may take longer than its connection',
      inFile('server.timeouts.request', '31s'),
      /^server\.timeouts\.request \(it is "31s".* must be shorter than server\.timeouts\.write/,
    ],
    ...['mysql://h/db', 'postgres://h:port/db', 'h/db', 'postgres://u:1#2@h/db', 'postgres://u:1/2@h/db'].map(
      (url): [string, Given, RegExp] => [
        `the database ${url}`,
        { env: { HYPERFLEET_DATABASE_URL: url } },
        /^database\.url must be a URL of postgres:\/\/ or postgresql:\/\/ .*from HYPERFLEET_DATABASE_URL\)/,
      ],
    ),
    [
      'no word on a kind',
      entities(cluster as object),
      /^the required adapters are not set: set HYPERFLEET_NODEPOOL_ADAPTERS to/,
    ],
    [
      'a kind twice',
      entities(cluster as object, nodePool as object, cluster as object),
      /^entities\[2\]: the kind Cluster is there twice/,
    ],
    [
      'an unknown kind',
      entities(cluster as object, nodePool as object, { ...cluster, kind: 'Toaster' }),
      /^entities\[2\]\.plural of Toaster must be set: the kind is not of the document, and needs a name in paths \(from /,
    ],
    ...(
      [
        [
          'a kind in other letters',
          { kind: 'CLuster', plural: 'others' },
          'kind',
          'must not differ from Cluster in',
        ],
        [
          'a plural of a path below',
          { kind: 'Toaster', plural: 'statuses' },
          'plural',
          'must not be one of resources,',
        ],
        [
          'a plural that is taken',
          { kind: 'Toaster', plural: 'clusters' },
          'plural',
          'must not be that of Cluster',
        ],
        [
          'a plural that is reserved',
          { kind: 'Toaster', plural: 'resources' },
          'plural',
          'must not be one of resources,',
        ],
        [
          'a plural with a slash',
          { kind: 'Toaster', plural: 'a/b' },
          'plural',
          'must be a name of small letters',
        ],
        [
          'a kind with a small letter',
          { kind: 'toaster', plural: 'toasters' },
          'kind',
          'must be a name of letters',
        ],
        [
          'a parent that is no kind',
          { kind: 'Slot', plural: 'slots', parent_kind: 'Toaster', on_parent_delete: 'cascade' },
          'parent_kind',
          'must be one of the kinds Cluster, NodePool, Slot',
        ],
        [
          'a kind below itself',
          { kind: 'Slot', plural: 'slots', parent_kind: 'Slot', on_parent_delete: 'cascade' },
          'parent_kind',
          'must not be below the kind itself',
        ],
        [
          'a child without a policy',
          { kind: 'Slot', plural: 'slots', parent_kind: 'Cluster' },
          'on_parent_delete',
          'must be restrict or cascade, since',
        ],
        [
          'a policy without a parent',
          { kind: 'Slot', plural: 'slots', on_parent_delete: 'cascade' },
          'on_parent_delete',
          'must not be set, since',
        ],
        [
          'another policy',
          { kind: 'Slot', plural: 'slots', on_parent_delete: 'orphan' },
          'on_parent_delete',
          'must be ',
        ],
        [
          'a schema that is required and not named',
          { kind: 'Slot', plural: 'slots', spec_schema_name: '', require_spec_schema: true },
          'require_spec_schema',
          'must not be true where spec_schema_name is empty',
        ],
        [
          'a condition of the database',
          { kind: 'Slot', plural: 'slots', conditions: [mapped({ type: 'Ready' })] },
          'conditions\\[0\\]\\.type',
          'must not be the type of a built-in condition',
        ],
        [
          'the condition of a required adapter',
          {
            kind: 'Slot',
            plural: 'slots',
            required_adapters: ['validation'],
            conditions: [mapped({ type: 'ValidationSuccessful' })],
          },
          'conditions\\[0\\]\\.type',
          'must not be the type of a built-in condition',
        ],
        [
          'a condition twice',
          { kind: 'Slot', plural: 'slots', conditions: [mapped({}), mapped({})] },
          'conditions\\[1\\]\\.type',
          'must not be there twice',
        ],
        [
          'a condition whose type is too long',
          { kind: 'Slot', plural: 'slots', conditions: [mapped({ type: 'A'.repeat(101) })] },
          'conditions\\[0\\]\\.type',
          'must NOT have more than 100 characters',
        ],
        [
          'an expression that cannot be parsed',
          { kind: 'Slot', plural: 'slots', conditions: [mapped({ when: 'resource.' })] },
          'conditions\\[0\\]\\.when\\.expression',
          'must be an expression of CEL, for the condition Fine: line 1, column \\d+: ',
        ],
        [
          'an expression with an unknown variable',
          { kind: 'Slot', plural: 'slots', conditions: [mapped({ message: 'string(env)' })] },
          'conditions\\[0\\]\\.output\\.message\\.expression',
          'must be an expression of CEL, for the condition Fine: line 1, column 8: ',
        ],
        [
          'limits that exclude every name',
          { kind: 'Slot', plural: 'slots', name_min_len: 9, name_max_len: 8 },
          'name_min_len',
          'must not exceed name_max_len, 8',
        ],
      ] as const
    ).map(([what, entity, member, rule]): [string, Given, RegExp] => [
      what,
      entities(cluster as object, nodePool as object, entity),
      new RegExp(`^entities\\[2\\]\\.${member}( of \\w+)? ${rule}`),
    ]),
    [
      'another plural of a kind of the document',
      entities({ ...cluster, plural: 'klusters' }, nodePool as object),
      /^entities\[0\]\.plural of Cluster must be clusters, as in the document \(it is "klusters"/,
    ],
    [
      'another parent of a kind of the document',
      entities(cluster as object, { ...nodePool, parent_kind: 'NodePool' }),
      /^entities\[1\]\.parent_kind of NodePool must be Cluster, as in the document/,
    ],
    [
      'an adapter twice',
      { env: { HYPERFLEET_CLUSTER_ADAPTERS: '["a","a"]' } },
      /^entities\[0\]\.required_adapters: the adapter a of Cluster is there twice \(it is \["a","a"\], from HYPERFLEET_CLUSTER_ADAPTERS\)/,
    ],
    [
      'adapters that share a condition',
      { env: { HYPERFLEET_CLUSTER_ADAPTERS: '["a-b","a--b"]' } },
      /the adapters a-b and a--b of Cluster both give the condition ABSuccessful/,
    ],
    [
      'an adapter with capital letters',
      { env: { HYPERFLEET_CLUSTER_ADAPTERS: '["Validation"]' } },
      /^entities\[0\]\.required_adapters\[0\] of Cluster must be a name of small letters, digits and inner hyphens \(it is "Validation"/,
    ],
  ]
  for (const [what, given, expected] of cases) {
    const line = refusal(given)
    t.match(line, expected, what)
    t.notMatch(line, '; ', `${what} is all that is wrong`)
  }
  t.end()
})

t.test('what does go together is taken', (t) => {
  const url = 'https://a.example.com/keys'
  for (const given of [
    issuers({ issuer_url: 'http://localhost:1', jwk_cert_url: url, jwk_cert_ca_file: 'ca' }),
    issuers(
      issuer,
      { ...issuer, issuer_url: 'http://127.9.9.9' },
      { ...issuer, issuer_url: 'http://[::1]:80/a' },
    ),
    inFile('server.cors.origins', [
      '*',
      'https://a.example.com',
      'http://localhost:3000',
      'http://[::1]:1',
      'app://a',
    ]),
    inFile('database.url', 'postgresql:///'),
    { file: { entities: base().entities }, serving: false },
    { ...inFile('database.pool.statement_timeout', '1h'), serving: false },
  ]) {
    t.equal(refusal(given), 'it was taken', JSON.stringify(given))
  }
  t.end()
})

t.test('a file that cannot be understood is one line that shows nothing of it', (t) => {
  const cases: [string, RegExp][] = [
    ['server: {port: 1', /cannot be read \(from --config\): .* at line 1, column \d+$/],
    ['lists: {}\nlists: {}', /Map keys must be unique at line 2, column 1$/],
    ['database: {password: tell-nobody, password: tell-nobody}', /Map keys must be unique/],
    ['- tell-nobody', /it must hold a mapping/],
    ['tell-nobody', /it must hold a mapping/],
    ['database: {password: *tell-nobody}', /an alias \(\*\) has no anchor/],
    ['database: {password: !tell-nobody x}', /Unresolved tag/],
    ['database: {password: ]tell-nobody', /cannot be read/],
    ['lists: {}\n---\nlists: {}', /Source contains multiple documents at line 2/],
    ['? [tell-nobody]\n: 1', /all keys must be strings/],
  ]
  for (const [content, expected] of cases) {
    const line = refusal({ args: ['--config', write(content)] })
    t.match(line, /^the configuration file \S+\.yaml cannot be read/)
    t.match(line, expected)
    t.notMatch(line, 'tell-nobody')
  }
  const missing = join(folder, 'none.yaml')
  const env = { HYPERFLEET_CONFIG: missing }
  t.equal(
    refusal({ env }),
    `the configuration file ${missing} cannot be read (from HYPERFLEET_CONFIG): ENOENT: no such file or directory`,
  )
  t.match(refusal({ args: ['--config', folder] }), /cannot be read \(from --config\): EISDIR/)
  t.match(
    refusal({ args: ['--config', missing], env: { HYPERFLEET_CONFIG: write(base()) } }),
    /from --config/,
  )
  t.equal(load({ file: '# nothing', env: adapters, serving: false }).config.server.port, 8000)
  t.equal(load({ file: 'server:\nhealth: {port: }', env: adapters, serving: false }).config.health.port, 8080)
  t.end()
})

t.test('keys and flags that nobody knows are told of, with what was meant', (t) => {
  const keys: [Tree | string, RegExp][] = [
    ['sever: {}', /^the setting sever is unknown .*did you mean server\?/],
    ['foo:', /^the setting foo is unknown .*docs\/configuration\.md/],
    [
      'logging: {masking: {enabled: true}, levle: info}',
      /the setting logging\.levle is unknown .*did you mean logging\.level\?/,
    ],
    [
      'entities: [{kind: Cluster, required_adapters: [], adapter: 1}]',
      /the setting entities\[0\]\.adapter of Cluster is unknown/,
    ],
    ['database: {password:tell-nobody}', /the setting database\.password is unknown/],
    ['constructor: 1', /the setting constructor is unknown/],
    ['__proto__: {a: 1}', /the setting __proto__ is unknown/],
  ]
  for (const [file, expected] of keys) {
    const line = refusal({ file })
    t.match(line, expected)
    t.notMatch(line, 'tell-nobody')
  }
  const flags: [string[], RegExp][] = [
    [['--server-prot', '1'], /^the flag --server-prot is unknown: did you mean --server-port\?$/],
    [['--toaster'], /^the flag --toaster is unknown: docs\/configuration\.md lists them$/],
    [
      ['--database-pasword', 'tell-nobody'],
      /^the flag --database-pasword is unknown: did you mean --database-password\?$/,
    ],
    [['--database-password:tell-nobody'], /^the flag --database-password is unknown/],
    [
      ['--server-port', '1', 'tell-nobody'],
      /^there is an argument after --server-port that is no flag: write them/,
    ],
    [['-p', '1'], /^there is an argument that is no flag/],
    [['--server-port'], /^the flag --server-port has no value$/],
    [['--server-host', '--server-port', '1'], /^the flag --server-host has no value$/],
  ]
  for (const [args, expected] of flags) t.match(refusal({ args }), expected, args.join(' '))
  t.equal(
    refusal({ env: { HYPERFLEET_SERVICE_HOST: '10.0.0.1', HYPERFLEET_PORT: 'tcp://x' } }),
    'it was taken',
  )
  t.end()
})

t.test('variables of other names are read where ours are not set', (t) => {
  const others = settings().flatMap((setting) =>
    variablesOf(setting)
      .slice(1)
      .map((name) => ({ ...setting, name })),
  )
  t.same(others.map(({ name }) => name).sort(), [
    'HYPERFLEET_LOGGING_OTEL_ENABLED',
    'HYPERFLEET_LOG_FORMAT',
    'HYPERFLEET_LOG_LEVEL',
    'HYPERFLEET_LOG_OUTPUT',
    'LOG_FORMAT',
    'LOG_LEVEL',
    'OPENAPI_SCHEMA_PATH',
    'TRACING_ENABLED',
  ])
  for (const { key, path, schema, name } of others) {
    const [value, other] = valuesOf(key, schema)
    arrives(t, { env: { [name]: text(value) } }, path, value, name)
    arrives(
      t,
      { env: { [name]: text(value), ...variable(path, '') } },
      path,
      value,
      `${name} over an empty one`,
    )
    arrives(
      t,
      { env: { [name]: text(value) }, file: baseWith(path, other) },
      path,
      value,
      `${name} over the file`,
    )
    arrives(t, { env: { [name]: text(other), ...variable(path, value) } }, path, value, `${key} over ${name}`)
    arrives(t, { env: { [name]: text(other) }, args: flag(path, value) }, path, value, `flag over ${name}`)
  }
  t.match(
    refusal({ env: { LOG_LEVEL: 'loud' } }),
    /^logging\.level must be .*\(it is "loud", from LOG_LEVEL\)/,
  )
  t.end()
})

t.test('older flags set a host and a port', (t) => {
  const groups = olderFlags()
  t.equal(groups.length, 3)
  for (const { group, flag } of groups) {
    const listener = (given: Given) => {
      const { host, port } = load(given).config[group as 'server' | 'health' | 'metrics']
      return `${host} ${port}`
    }
    const args = (address: string, ...more: string[]) => ({ args: [`--${flag}`, address, ...more] })
    t.equal(listener(args('example.com:81')), 'example.com 81')
    t.equal(listener(args(':81')), '0.0.0.0 81', 'all addresses')
    t.equal(listener(args('[::1]:81')), '::1 81')
    t.equal(listener(args('a:81', `--${group}-port`, '82')), 'a 82', 'the newer port')
    t.equal(listener(args('a:81', `--${group}-host`, 'b')), 'b 81', 'the newer host')
    const env = { ...variable([group, 'port'], 83), ...variable([group, 'host'], 'c') }
    t.equal(listener({ ...args('a:81'), env }), 'a 81', 'over variables')
    for (const bad of ['a', 'a:', '::1:81', '[::1', '[::1]', 'a:b', 'http://a:81', 'a:81/', '[a]:81', '']) {
      t.match(refusal(args(bad)), `--${flag} must be a host and a port (it is ${JSON.stringify(bad)})`)
    }
    t.match(
      refusal(args('a:65536')),
      `${group}.port must be a whole number from 0 to 65535 (it is 65536, from --${flag})`,
    )
  }
  t.end()
})

t.test('an empty parent_kind is none, of a kind of the document as well', (t) => {
  const list = [{ ...cluster, parent_kind: '' }, nodePool, { kind: 'Slot', plural: 'slots', parent_kind: '' }]
  t.equal(load({ env: { HYPERFLEET_ENTITIES: JSON.stringify(list) } }).config.entities.length, 3)
  t.end()
})

t.test('a variable has the adapters of one kind, below a flag and above the rest', (t) => {
  const required = (given: Given) =>
    load(given).config.entities.map(({ required_adapters }) => required_adapters?.join())
  const env = { HYPERFLEET_NODEPOOL_ADAPTERS: '["v"]' }
  const list = JSON.stringify([cluster, nodePool])
  t.same(required({ env }), ['base', 'v'], 'above the file')
  t.same(required({ env: { ...env, HYPERFLEET_ENTITIES: list } }), ['', 'v'], 'above the other variable')
  t.same(required({ env, args: ['--entities', list] }), ['', ''], 'below the flag')
  t.same(required({ env: { HYPERFLEET_NODEPOOL_ADAPTERS: '' } }), ['base', 'base'], 'an empty one is none')
  t.same(
    required({ env: { ...env, HYPERFLEET_CLUSTER_ADAPTERS: '[]' }, file: '', serving: false }),
    ['', 'v'],
    'alone',
  )
  t.end()
})

t.test('secrets in files', (t) => {
  const files = {
    'db.host': 'host\n',
    'db.port': ' 5433 \n',
    'db.name': 'name',
    'db.user': 'user\r\n',
    'db.password': ' pass word \n',
    'db.rootcert': 'PEM',
    'db.other': 'x',
  }
  const dir = secretFolder(files)
  const parts = settings().filter(({ schema }) => schema['x-secret-file'] ?? schema['x-secret-path'])
  const of = (given: Given) => load(given).config.database
  const from = (secret_dir: string, more: object = {}) => inFile('database', { secret_dir, ...more })

  t.test('set what they are for', (t) => {
    const { host, port, name, username, password, ssl } = of(from(dir))
    t.same(
      { host, port, name, username, password },
      { host: 'host', port: 5433, name: 'name', username: 'user', password: ' pass word ' },
    )
    t.equal(ssl.root_cert_file, join(dir, 'db.rootcert'), 'the path of the certificate')
    t.same(of({ env: { HYPERFLEET_DATABASE_SECRET_DIR: dir } }).host, 'host', 'the folder from a variable')
    t.same(of({ args: ['--database-secret-dir', dir] }).host, 'host', 'the folder from a flag')
    t.equal(load(from(dir)).origin('database.host'), join(dir, 'db.host'))
    t.equal(parts.length, 6)
    t.end()
  })

  t.test('go before the file, and after variables and flags', (t) => {
    for (const { key, path, schema } of parts) {
      const [value, other] = valuesOf(key, schema)
      const name = schema['x-secret-file'] ?? schema['x-secret-path'] ?? ''
      const one = secretFolder({ [name]: text(value) })
      const secret = schema['x-secret-path'] ? join(one, name) : value
      const file = inFile('database', { secret_dir: one })
      const written = baseWith(path, other)
      assign(written, ['database', 'secret_dir'], one)
      arrives(t, { file: written }, path, secret, `${key} over the file`)
      arrives(t, { ...file, env: variable(path, other) }, path, other, `variable over ${key}`)
      arrives(t, { ...file, args: flag(path, other) }, path, other, `flag over ${key}`)
    }
    t.end()
  })

  t.test('may be absent or empty', (t) => {
    const some = secretFolder({
      ...files,
      'db.host': '',
      'db.port': ' \n',
      'db.rootcert': '\n',
      'db.password': '\n',
    })
    t.match(of(from(some, { host: 'written' })), { host: 'written', port: 5432, name: 'name' })
    t.equal(of(from(some)).ssl.root_cert_file, undefined)
    t.equal(of(from(some)).password, undefined)
    t.equal(of(from(secretFolder({ 'db.password': 'p\n' }))).password, 'p')
    t.end()
  })

  t.test('that cannot be read stop the start', (t) => {
    const missing = join(folder, 'no-secrets')
    t.match(
      refusal(from(missing)),
      /^database\.secret_dir \(it is ".*no-secrets", from .*\.yaml\) cannot be read: ENOENT/,
    )
    for (const files of [{}, { 'db.other': 'x' }, { 'db.host': '\n' }] as Record<string, string>[]) {
      t.match(
        refusal(from(secretFolder(files))),
        /must hold one of the files db\.host, .*, db\.rootcert with something/,
      )
    }
    const port = secretFolder({ 'db.port': 'abc' })
    t.match(
      refusal(from(port)),
      `database.port must be a whole number from 0 to 65535 (it is "abc", from ${port}/db.port)`,
    )
    const nested = secretFolder({})
    mkdirSync(join(nested, 'db.host'))
    t.match(refusal(from(nested)), /^database\.secret_dir .* cannot be read: EISDIR/)
    t.end()
  })
  t.end()
})

t.test('a URL of the database, and parts of it on their own', (t) => {
  const url = 'postgres://u:p@h:1/n?sslmode=disable'
  const urlOf = (given: Given) => load(given).config.database.url
  const dir = secretFolder({ 'db.host': 'secret', 'db.port': '2', 'db.password': 'a/@ #%\n' })
  const file = (more: object = {}) => inFile('database', { url, ...more })
  t.equal(urlOf(file({ host: 'other', password: 'other' })), url, 'goes before parts of the same source')
  t.equal(
    urlOf({ ...file({ host: 'other' }), env: { HYPERFLEET_DATABASE_URL: url } }),
    url,
    'and of a weaker one',
  )
  const completed = new URL(urlOf(file({ secret_dir: dir })) ?? '')
  t.same(
    [
      completed.host,
      completed.username,
      decodeURIComponent(completed.password),
      completed.pathname + completed.search,
    ],
    ['secret:2', 'u', 'a/@ #%', '/n?sslmode=disable'],
    'parts of a stronger one are put in',
  )
  t.equal(
    urlOf({ ...file(), env: { HYPERFLEET_DATABASE_NAME: 'm' } }),
    'postgres://u:p@h:1/m?sslmode=disable',
  )
  t.equal(urlOf({ ...file(), args: ['--database-host', '::1'] }), 'postgres://u:p@[::1]:1/n?sslmode=disable')
  t.equal(
    urlOf({ ...file(), args: ['--database-host', '/run/pg'] }),
    'postgres://u:p@%2Frun%2Fpg:1/n?sslmode=disable',
  )
  t.equal(
    urlOf({ ...inFile('database.url', 'postgres:///n?user=a'), env: { HYPERFLEET_DATABASE_USERNAME: 'b' } }),
    'postgres://b@localhost/n',
  )
  t.end()
})

t.test('no line shows a secret', (t) => {
  const secret = 'tell-nobody'
  for (const given of [
    { env: { HYPERFLEET_DATABASE_URL: `mysql://u:${secret}@h/db` } },
    { env: { HYPERFLEET_DATABASE_URL: `postgres://u:${secret}@h:port/db` } },
    { env: { HYPERFLEET_DATABASE_URL: `postgres://u:1#${secret}@h/db` } },
    { env: { HYPERFLEET_DATABASE_URL: `postgres://u:1?${secret}@h/db` } },
    { env: { HYPERFLEET_DATABASE_URL: secret } },
    { env: { HYPERFLEET_DATABASE_URL: `mysql://h/db?password=${secret}` } },
    inFile('database.password', [secret]),
    inFile('server.jwt.configs', [`https://u:${secret}@a.example.com`]),
    inFile('database.url', [secret]),
    inFile('database', secret),
    inFile('database', `password:${secret}`),
    inFile('database', [{ password: secret }]),
    issuers({ ...issuer, issuer_url: `http://u:${secret}@a.example.com` }),
    issuers({ jwk_cert_url: `https://u:${secret}@a.example.com` }),
    issuers({ ...issuer, jwk_cert_file: undefined, jwk_cert_url: `https://${secret}@a.example.com` }),
    issuers(
      { ...issuer, issuer_url: `https://a.example.com?password=${secret}` },
      { ...issuer, issuer_url: `https://a.example.com?password=${secret}` },
    ),
    inFile('server.jwt.configs', { issuer_url: `https://u:${secret}@a.example.com` }),
    inFile('server.cors.origins', [`https://u:${secret}@a.example.com`]),
    inFile('server.cors.origins', [`https://${secret}@a.example.com`]),
    inFile('server.cors.origins', `https://u:${secret}@a.example.com`),
  ] as Given[]) {
    const line = refusal(given)
    t.not(line, 'it was taken', JSON.stringify(given))
    t.notMatch(line, secret, line)
  }
  t.end()
})

t.test('the page has every setting, and its file is taken', (t) => {
  const page = configurationPage(names)
  t.equal(
    readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8'),
    page,
    'npm run generate',
  )
  for (const setting of settings()) {
    const { key, path, schema } = setting
    const row = page.split('\n').find((line) => line.startsWith(`| \`${key}\` |`))
    for (const name of [
      environmentName(path),
      `--${flagName(path)}`,
      ...variablesOf(setting),
      ...flagsOf(setting),
      schema.description,
    ]) {
      t.ok(row?.includes(name ?? ''), `${key}: ${name}`)
    }
    for (const member of Object.keys(schema.items?.properties ?? {}))
      t.match(page, `| \`${key}[].${member}\` |`)
  }
  const [, file = ''] = /```yaml\n([\s\S]*?)```/.exec(page) ?? []
  t.equal(refusal({ file }), 'it was taken')
  const uncommented = file.replaceAll('# ', '')
  const known = settings().filter(
    ({ key, schema }) => key !== 'database.secret_dir' && !schema['x-content-of'],
  )
  const { origin } = load({ file: uncommented.replaceAll(/.*(secret_dir|_file: \/mnt).*\n/g, '') })
  for (const { key } of known) t.match(origin(key), /\.yaml$/, `${key} is in it`)
  t.end()
})
