/**
 * The quick start: serves on an embedded PostgreSQL, migrated, with the settings of quick-start.yaml.
 * A configuration file, HYPERFLEET_… variables and flags go over those; a database.url or database.host uses that server
 * instead.
 *
 * Usage: npm start [-- --config FILE --server-port 8001 …]
 */

import { fileURLToPath } from 'node:url'
import { handlers } from '../handlers/index.ts'
import { loadSettings } from '../server/config/load.ts'
import { loadDocument } from '../server/openapi/document.ts'
import { isEmbedded, serve } from '../server/process/lifecycle.ts'
import { fail } from './main.ts'

const baseFile = fileURLToPath(new URL('quick-start.yaml', import.meta.url))

async function start() {
  const kinds = loadDocument()['x-kinds']
  const settings = loadSettings(kinds, { args: process.argv.slice(2), baseFile })
  const { database, server } = settings.config
  const hasOwn = isEmbedded(database)
  const { api, health, metrics } = await serve(settings, handlers, { migrating: true })
  const token = server.jwt.enabled ? ` -H "authorization: Bearer $TOKEN"` : ''
  console.log(`
The console   ${api}/console/
The page      ${api}/openapi-ui
The document  ${api}/openapi.yaml
Health        ${health}/readyz
Metrics       ${metrics}/metrics${hasOwn ? shownDatabase(database) : ''}

Try it:
  curl -s ${api}/api/hyperfleet/v1/clusters -H 'content-type: application/json'${token} \\
    -d '{"kind":"Cluster","name":"my-cluster","spec":{}}'
`)
}

/** Where the PostgreSQL of the quick start listens, for psql, pg_dump and the other commands. */
function shownDatabase({ url = '', embedded_dir }: { url?: string; embedded_dir: string }): string {
  const shown = new URL(url)
  shown.password = ''
  return `\nDatabase      ${shown.href} (its password is in ${embedded_dir}/password)`
}

start().catch(fail)
