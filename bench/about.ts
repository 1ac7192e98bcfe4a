import { execFileSync } from 'node:child_process'
import { availableParallelism } from 'node:os'
import pg from 'pg'

/** With what figures were had: software, cores, commit. */
export async function about(database: string): Promise<string> {
  const client = new pg.Client({ connectionString: database })
  await client.connect()
  const { rows } = await client.query(
    `select current_setting('server_version') as version, current_setting('shared_buffers') as buffers,
       current_setting('fsync') as fsync`,
  )
  await client.end()
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim()
  const [{ version, buffers, fsync }] = rows as [{ version: string; buffers: string; fsync: string }]
  return `Node.js ${process.versions.node}, PostgreSQL ${version} (shared_buffers ${buffers}, fsync ${fsync}), ${availableParallelism()} cores, at commit ${commit} on ${new Date().toISOString().slice(0, 10)}.`
}
