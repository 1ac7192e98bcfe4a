import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import t from 'tap'
import { apiPage } from '../../scripts/api-page.ts'
import { loadDocument } from '../../server/openapi/document.ts'
import { operationsOf } from '../../server/openapi/operations.ts'
import { application } from '../application.ts'

const page = readFileSync(new URL('../../docs/api.md', import.meta.url), 'utf8')
const document = loadDocument()

/** The section of each operation: its commands, and the status that it says comes of them. */
const sections = page.split(/^### /m).flatMap((section) => {
  const [, operationId] = /^`[A-Z]+ \S+`.* Operation `(\w+)`/m.exec(section) ?? []
  const [, commands = ''] = /^```sh\n([\s\S]*?)```$/m.exec(section) ?? []
  const [, status] = /^\*\*(\d+)\*\*/m.exec(section) ?? []
  return operationId ? [{ operationId, commands, status: Number(status) }] : []
})

t.test('docs/api.md is made from the document as it is', async (t) => {
  t.ok(page === apiPage(document), 'npm run generate')
  t.strictSame(
    sections.map(({ operationId }) => operationId).sort(),
    operationsOf(document)
      .map(({ operation }) => operation.operationId)
      .sort(),
  )
})

t.test('the commands of docs/api.md are answered as it says', async (t) => {
  const { app, call } = await application(t, {
    HYPERFLEET_CLUSTER_ADAPTERS: '["validator"]',
    HYPERFLEET_NODEPOOL_ADAPTERS: '["validator"]',
  })
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  const statuses: number[] = []
  app.server.on('request', (_request, response) =>
    response.once('close', () => statuses.push(response.statusCode)),
  )
  const { schemas } = document.components as Record<string, Record<string, { example: { id: string } }>>
  const example = (kind: string) => schemas?.[kind]?.example.id ?? ''
  for (const [index, { operationId, commands, status }] of sections.entries()) {
    const cluster = await call('POST', 'clusters', { kind: 'Cluster', name: `cluster-${index}`, spec: {} })
    const pool = { kind: 'NodePool', name: `pool-${index}`, spec: {} }
    const nodePool = await call('POST', `${cluster.body.href}/nodepools`, pool)
    if (operationId.startsWith('force')) await call('DELETE', cluster.body.href)
    const own = commands
      .replaceAll('http://localhost:8000', url)
      .replaceAll(example('Cluster'), cluster.body.id)
      .replaceAll(example('NodePool'), nodePool.body.id)
    const script = `set -euo pipefail\nTOKEN=none\n${own}`
    const seen = statuses.length
    const { stdout } = await promisify(execFile)('bash', ['-c', script])
    const expected = commands.match(/^curl /gm)?.map(() => status)
    t.strictSame(statuses.slice(seen), expected, `${operationId}: ${stdout}`)
  }
})
