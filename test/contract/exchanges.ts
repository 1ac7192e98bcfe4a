/** What clients say to a running server and it to them, recorded. */

import { base, report } from '../application.ts'
import { createDatabase } from '../databases.ts'
import { createIssuer, inSeconds, trusting } from '../issuers.ts'
import { type Scope, serving, startReplica } from '../processes.ts'

interface Message {
  headers: Record<string, string>
  body: string
}

export interface Exchange {
  name: string
  request: Message & { method: string; url: string }
  response: Message & { status: number }
}

/** The document as a server with JWT on serves it, and an exchange of each sort. */
export async function record(t: Scope): Promise<{ document: string; exchanges: Exchange[] }> {
  const issuer = await createIssuer(t)
  const settings = {
    HYPERFLEET_CLUSTER_ADAPTERS: '["validator"]',
    ...trusting({ issuer_url: issuer.url, jwk_cert_url: issuer.url }),
  }
  const { api } = await startReplica(t, { ...serving(await createDatabase(settings)), ...settings })
  const authorization = `Bearer ${await issuer.token('first', { exp: inSeconds(600) })}`
  const exchanges: Exchange[] = []

  async function send(
    name: string,
    method: string,
    path: string,
    sent?: object,
    more: Record<string, string> = {},
  ) {
    const headers = { authorization, ...(sent && { 'content-type': 'application/json' }), ...more }
    const body = sent ? JSON.stringify(sent) : ''
    const url = `${api}${base}/${path}`
    const answer = await fetch(url, { method, headers, ...(sent && { body }) })
    const response = {
      status: answer.status,
      headers: Object.fromEntries(answer.headers),
      body: await answer.text(),
    }
    exchanges.push({ name: `${name}: ${answer.status}`, request: { method, url, headers, body }, response })
    return response
  }

  const cluster = {
    kind: 'Cluster',
    name: 'first',
    labels: { environment: 'production' },
    spec: { region: 'east' },
  }
  const created = await send('create', 'POST', 'clusters', cluster, { 'idempotency-key': 'one' })
  const path = `clusters/${JSON.parse(created.body).id}`
  const read = await send('get', 'GET', path)
  await send('create what was read', 'POST', 'clusters', { ...JSON.parse(read.body), name: 'second' })
  await send('list', 'GET', 'clusters?page=1&size=10&order=name%20asc')
  await send(
    'list with search',
    'GET',
    `clusters?search=${encodeURIComponent("name = 'first' and labels.environment = 'production'")}`,
  )
  await send('get what is known', 'GET', path, undefined, { 'if-none-match': read.headers.etag ?? '' })
  await send('patch', 'PATCH', path, { spec: { region: 'west' }, generation: 1 })
  const merge = { 'content-type': 'application/merge-patch+json' }
  await send('merge patch', 'PATCH', path, { spec: { nodes: 3 }, labels: { environment: null } }, merge)
  await send(
    'patch of another version',
    'PATCH',
    path,
    { labels: {} },
    { 'if-match': read.headers.etag ?? '' },
  )
  await send('report', 'PUT', `${path}/statuses`, report('validator', 3, 'True', 1))
  await send('late report', 'PUT', `${path}/statuses`, report('validator', 2, 'True', 0))
  await send('list of reports', 'GET', `${path}/statuses`)
  await send('create a node pool', 'POST', `${path}/nodepools`, { kind: 'NodePool', name: 'pool', spec: {} })
  await send('create what breaks rules', 'POST', 'clusters', { kind: 'Cluster', name: 'A name', spec: {} })
  await send('get what is not there', 'GET', 'clusters/019ad2a5-7d3c-7cc0-8f2e-3c1f5e0a9b11')
  await send('delete', 'DELETE', path)
  await send('schema', 'GET', 'schemas/Cluster')
  await send('compatibility', 'GET', 'compatibility')
  return { document: await (await fetch(`${api}/openapi.json`)).text(), exchanges }
}
