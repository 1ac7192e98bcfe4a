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
import { serve } from '../server/process/lifecycle.ts'
import { fail } from './main.ts'

const baseFile = fileURLToPath(new URL('quick-start.yaml', import.meta.url))

async function start() {
  const kinds = loadDocument()['x-kinds']
  const settings = loadSettings(kinds, { args: process.argv.slice(2), baseFile })
  const { api, health, metrics } = await serve(settings, handlers, { migrating: true })
  const token = settings.config.server.jwt.enabled ? ` -H "authorization: Bearer $TOKEN"` : ''
  console.log(`
The console   ${api}/console/
The page      ${api}/openapi-ui
The document  ${api}/openapi.yaml
Health        ${health}/readyz
Metrics       ${metrics}/metrics

Try it:
  curl -s ${api}/api/hyperfleet/v1/clusters -H 'content-type: application/json'${token} \\
    -d '{"kind":"Cluster","name":"my-cluster","spec":{}}'
`)
}

start().catch(fail)
