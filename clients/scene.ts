/** A server of the quick start, and before it a proxy that answers as a later release might. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { quickStart, type Scope, temporaryFolder } from '../test/processes.ts'

/** What the cluster `given` has: a number that no double holds, and a time that no millisecond is. */
export const NUMBER = '9007199254740993'
export const TIME = '2026-03-10T08:01:00.123456Z'

export interface Scene {
  folder: string
  /** Where the clients ask: the proxy. */
  url: string
  /** The document that the server serves, as text. */
  document: string
  /** Asks the server itself, with the path after the base path; resolves with the text of the answer. */
  ask(method: string, path: string, body?: string): Promise<string>
}

/** Starts both, with the cluster that the clients read; they end with the scope. */
export async function openScene(t: Scope, settings: Record<string, string> = {}): Promise<Scene> {
  const folder = await temporaryFolder(t)
  const { api } = await quickStart(t, {
    HYPERFLEET_CLUSTER_ADAPTERS: '["validation"]',
    HYPERFLEET_DATABASE_EMBEDDED_DIR: join(folder, 'postgres'),
    ...settings,
  })
  const ask = async (method: string, path: string, body?: string) => {
    const headers = { 'content-type': 'application/json' }
    const response = await fetch(`${api}/api/hyperfleet/v1${path}`, {
      method,
      ...(body && { headers, body }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
    return text
  }
  const given = await ask(
    'POST',
    '/clusters',
    `{"kind":"Cluster","name":"given","spec":{"serial":${NUMBER}}}`,
  )
  const conditions = ['Available', 'Applied', 'Health'].map((type) => ({ type, status: 'True' }))
  const report = { adapter: 'validation', observed_generation: 1, observed_time: TIME, conditions }
  await ask('PUT', `/clusters/${JSON.parse(given).id}/statuses`, JSON.stringify(report))
  const document = await (await fetch(`${api}/openapi.json`)).text()
  return { folder, url: await openProxy(t, api), document, ask }
}

/** An answer as of a later release: with a member more in each of its objects, and another code for what is not there. */
export const asLater = (text: string) =>
  text
    .replace(/\{(?=\s*"(kind|type|adapter|field)"\s*:)/g, '{"added_later":{"level":1},')
    .replaceAll('HYPERFLEET-NTF-001', 'HYPERFLEET-NTF-901')

/** Headers that are of one connection, or that fetch sets. */
const ofTheConnection = [
  'accept-encoding',
  'connection',
  'content-length',
  'host',
  'http2-settings',
  'upgrade',
]

async function openProxy(t: Scope, api: string): Promise<string> {
  const pass = async (request: IncomingMessage, response: ServerResponse) => {
    const headers = new Headers(request.headers as Record<string, string>)
    for (const name of ofTheConnection) headers.delete(name)
    const body = Buffer.concat(await request.toArray())
    const answer = await fetch(`${api}${request.url}`, {
      method: request.method,
      headers,
      ...(body.length && { body }),
    })
    const { 'content-length': _, connection: __, ...rest } = Object.fromEntries(answer.headers)
    response.writeHead(answer.status, rest).end(asLater(await answer.text()))
  }
  const server = createServer((request, response) => {
    pass(request, response).catch((error) => response.destroy(error))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.close()
    server.closeAllConnections()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
