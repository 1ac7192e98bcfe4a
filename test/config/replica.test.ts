/** What the replica takes over of the settings of the database, where its own URL does not say it. */
import t from 'tap'
import { connection, replicaConfig } from '../../server/db/connection.ts'
import { testConfig } from '../databases.ts'

/** How the replica is connected to. */
function replicaOf(read_url: string, database: object) {
  const config = { ...testConfig('postgres://nowhere').database, url: undefined, read_url, ...database }
  const own = replicaConfig(config as never)
  if (!own) throw new Error('no replica')
  const { connectionString, ssl } = connection(own)
  const { username, password, host, pathname, searchParams } = new URL(String(connectionString))
  return {
    user: decodeURIComponent(username) || searchParams.get('user'),
    password: decodeURIComponent(password) || searchParams.get('password'),
    host,
    database: decodeURIComponent(pathname.slice(1)),
    ssl,
  }
}

const url = 'postgres://own%40er:se%2Fcret@primary/fleet'
const inherited = { user: 'own@er', password: 'se/cret', host: 'replica:6432', database: 'fleet' }

t.test('a replica of a URL alone is as the database but for its host', async (t) => {
  t.match(replicaOf('postgres://replica:6432', { url }), inherited, 'of its URL')
  const query = 'postgres:///fleet?host=/run&user=own%40er&password=se%2Fcret'
  t.match(replicaOf('postgres://replica:6432', { url: query }), inherited, 'of the query of its URL')
  const settings = { host: 'primary', name: 'fleet', username: 'own@er', password: 'se/cret' }
  t.match(replicaOf('postgres://replica:6432', settings), inherited, 'of its settings')
})

t.test('what the URL of the replica says goes before', async (t) => {
  t.match(replicaOf('postgres://reader:word@replica/copy', { url }), {
    user: 'reader',
    password: 'word',
    host: 'replica',
    database: 'copy',
  })
  t.match(replicaOf('postgres://replica/?user=reader', { url }), { user: 'reader', password: 'se/cret' })
})

t.test('TLS is as for the database, unless the URL of the replica says it', async (t) => {
  const require = { ssl: { mode: 'require' } }
  t.match(replicaOf('postgres://replica', { url, ...require }).ssl, { rejectUnauthorized: false })
  t.match(replicaOf('postgres://replica', { url: `${url}?sslmode=verify-full` }).ssl, {
    rejectUnauthorized: true,
  })
  t.equal(replicaOf('postgres://replica?sslmode=disable', { url: `${url}?sslmode=verify-full` }).ssl, false)
  t.equal(replicaOf('postgres://replica?sslmode=disable', { url, ...require }).ssl, false)
})
