/** The URL of the database is read as libpq reads it: all of it is followed, or the start says what cannot be. */
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import pg from 'pg'
import t from 'tap'
import { connection, describe, replicaConfig } from '../../server/db/connection.ts'
import { StartError } from '../../server/process/start-error.ts'
import { createDatabase, testConfig } from '../databases.ts'
import { temporaryFolder } from '../processes.ts'
import { refusalOf } from './refusal.ts'

const at = (query: string) => `postgres://u:p@h/db?${query}`
const mode = (value: string) => ({ HYPERFLEET_DATABASE_SSL_MODE: value })

const refusal = (url: string, env: Record<string, string> = {}) => refusalOf(() => testConfig(url, env))

const refused: [query: string, env: Record<string, string>, expected: RegExp][] = [
  ['sslmode=disable&ssl=true', {}, /must not have both ssl=true and sslmode=disable \(.*\): leave one out$/],
  ['sslmode=verify-full&ssl=0', {}, /must not have both ssl=0 and sslmode=verify-full/],
  ['sslmode=verify-full&ssl=no-verify', {}, /must not have both ssl=no-verify and sslmode=verify-full/],
  ['ssl=no-verify&sslrootcert=/ca', {}, /must not have both ssl=no-verify and sslrootcert/],
  ['sslmode=no-verify&sslrootcert=/ca', {}, /must not have both sslmode=no-verify and sslrootcert/],
  ['sslmode=disable&sslrootcert=/ca', {}, /must not have both sslmode=disable and sslrootcert/],
  ['ssl=false&sslcert=/c&sslkey=/k', {}, /must not have both ssl=false and sslcert, sslkey/],
  [
    'sslmode=disable&sslnegotiation=direct',
    {},
    /must not have both sslmode=disable and sslnegotiation=direct/,
  ],
  ['sslmode=require&sslcert=/c', {}, /must have sslkey beside sslcert/],
  ['sslmode=require&sslkey=/k', {}, /must have sslcert beside sslkey/],
  ['sslmode=require&sslrootcert=system', {}, /must not have both sslrootcert=system and sslmode=require/],
  ['sslrootcert=/ca', {}, /must have sslmode beside sslrootcert \(.*\): add sslmode=verify-full$/],
  ['sslmode=require&sslmode=disable', {}, /must have sslmode once/],
  ['sslmode=on', {}, /must have sslmode of disable, .*verify-full \(.*\): on is not one/],
  ['ssl=yes', {}, /must have ssl of .*: yes is not one/],
  ['sslcrl=/crl', {}, /must not have the parameter sslcrl/],
  ['channel_binding=require', {}, /must have channel_binding of disable, prefer/],
  ['client_encoding=latin1', {}, /must have client_encoding of /],
  ['statement_timeout=1', {}, /must not have the parameter statement_timeout/],
  ['target_session_attrs=standby', {}, /must have target_session_attrs of .*put it into database\.read_url/],
  ['host=a,b', {}, /must name one host \(.*\): take the name that leads to the one in charge/],
  // Beside the settings.
  [
    'ssl=false',
    mode('verify-full'),
    /must not ask for other TLS than database\.ssl\.mode \(it is "verify-full", from/,
  ],
  ['ssl=0', mode('require'), /must not ask for other TLS than database\.ssl\.mode/],
  ['ssl=no-verify', mode('verify-full'), /must not ask for other TLS than database\.ssl\.mode/],
  ['ssl=true', mode('disable'), /must not ask for other TLS than database\.ssl\.mode/],
  ['sslmode=require', mode('verify-full'), /must not ask for other TLS than database\.ssl\.mode/],
  ['sslmode=verify-full', mode('disable'), /must not ask for other TLS than database\.ssl\.mode/],
  [
    'sslmode=verify-full&sslrootcert=/one',
    { HYPERFLEET_DATABASE_SSL_ROOT_CERT_FILE: '/other' },
    /must not ask for other TLS than database\.ssl\.root_cert_file \(it is "\/other", from/,
  ],
]

t.test('what contradicts itself, or cannot be followed, is one sentence', async (t) => {
  for (const [query, env, expected] of refused) {
    const line = refusal(at(query), env)
    t.match(line, /^database\.url must .*\(it is "postgres:.*|not shown.*, from HYPERFLEET_DATABASE_URL\)/)
    t.match(line, expected, query)
    t.notMatch(line, ':p@', 'without the password')
  }
  for (const url of ['postgres://u:p@a,b/db', 'postgres://u:p@a:1,b:2/db', 'postgres://a,b'])
    t.match(refusal(url), /^database\.url must name one host/, url)
})

t.test('so it is in the URL of the replica, which goes before the settings', async (t) => {
  const replica = (query: string) => ({ HYPERFLEET_DATABASE_READ_URL: at(query) })
  const url = 'postgres://primary/db'
  for (const [query, expected] of [
    ['sslmode=disable&ssl=true', /^database\.read_url must not have both ssl=true and sslmode=disable/],
    ['sslcrl=/crl', /^database\.read_url must not have the parameter sslcrl/],
    ['host=a,b', /^database\.read_url must name one host/],
    ['target_session_attrs=primary', /^database\.read_url must have target_session_attrs .*database\.url/],
  ] as const)
    t.match(refusal(url, replica(query)), expected, query)
  const env = { ...mode('verify-full'), ...replica('ssl=no-verify&target_session_attrs=standby') }
  const own = replicaConfig(testConfig(url, env).database)
  t.match(own && connection(own).ssl, { rejectUnauthorized: false })
})

t.test('what asks for nothing else than is done is taken', async (t) => {
  for (const [query, ssl] of [
    ['target_session_attrs=read-write&connect_timeout=10&keepalives=1&client_encoding=UTF8', false],
    ['sslmode=prefer&channel_binding=prefer&gssencmode=disable', { rejectUnauthorized: false }],
    ['sslrootcert=system', { rejectUnauthorized: true, ca: undefined }],
    ['sslmode=verify-full', { rejectUnauthorized: true }],
  ] as const) {
    const taken = connection(testConfig(at(query)).database)
    t.match(taken.ssl, ssl, query)
    t.equal(taken.connectionString, 'postgres://u:p@h/db', 'and the driver does not see it')
  }
  const { connectionString } = connection(testConfig(at('application_name=mine&dbname=other')).database)
  t.equal(connectionString, 'postgres://u:p@h/other?application_name=mine')
})

t.test('a file that cannot be read is named by its parameter', async (t) => {
  for (const [query, name] of [
    ['sslmode=verify-full&sslrootcert=/none', 'sslrootcert'],
    [`sslmode=require&sslcert=/none&sslkey=/none`, 'sslcert'],
  ]) {
    const { database } = testConfig(at(query ?? ''))
    t.throws(() => connection(database), {
      constructor: StartError,
      message: `${name} of database.url cannot be read`,
    })
  }
})

t.test('a socket, as libpq writes it', async (t) => {
  const target = new URL(await createDatabase())
  const folder = await temporaryFolder(t)
  const listener = createServer((near) => {
    const far = connect(Number(target.port), target.hostname)
    near.pipe(far).on('error', () => near.destroy())
    far.pipe(near).on('error', () => far.destroy())
  }).listen(join(folder, '.s.PGSQL.5432'))
  t.teardown(() => listener.close())
  await once(listener, 'listening')
  const [name, login] = [target.pathname.slice(1), `${target.username}:${target.password}`]
  for (const url of [
    `postgres://${login}@/${name}?host=${folder}`,
    `postgres://${login}@/?dbname=${name}&host=${folder}`,
    `postgres:///${name}?host=${folder}&user=${target.username}&password=${target.password}`,
    `postgres://${login}@${encodeURIComponent(folder)}/${name}`,
  ]) {
    const { database } = testConfig(url)
    const client = new pg.Client(connection(database))
    await client.connect()
    t.match((await client.query('select current_database() as name')).rows, [{ name }], url)
    await client.end()
    t.equal(describe(database), `${name} at ${folder}`)
  }
  const { database } = testConfig('postgres://u:p@/db?host=/cloudsql/project:region:one', {
    HYPERFLEET_DATABASE_NAME: 'other',
    HYPERFLEET_DATABASE_READ_URL: 'postgres://u:p@/?host=/cloudsql/project:region:two',
  })
  t.equal(describe(database), 'db at /cloudsql/project:region:one', 'a URL goes before parts beside it')
  const replica = replicaConfig(database)
  t.equal(replica && describe(replica), 'db at /cloudsql/project:region:two')
})
