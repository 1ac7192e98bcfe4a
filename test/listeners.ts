/** The three listeners in this process, on real sockets, and what goes over these. */
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { pino } from 'pino'
import type { Test } from 'tap'
import { listen } from '../server/http/listeners/addresses.ts'
import { buildHealthListener } from '../server/http/listeners/health-listener.ts'
import { buildMetricsListener } from '../server/http/listeners/metrics-listener.ts'
import { type Application, application } from './application.ts'
import { testConfig } from './databases.ts'

export type ListenerName = 'api' | 'health' | 'metrics'
export const listenerNames = ['api', 'health', 'metrics'] as const

export interface Listeners extends Application {
  listeners: Record<ListenerName, FastifyInstance>
  ports: Record<ListenerName, number>
  /** What has been logged since, as objects. */
  lines: Record<string, unknown>[]
}

/** The three listeners, each on these addresses and a port of its own; they close with the test. */
export async function openListeners(
  t: Test,
  env: Record<string, string> = {},
  addresses = ['127.0.0.1'],
): Promise<Listeners> {
  const lines: Record<string, unknown>[] = []
  const write = (line: string) => lines.push(JSON.parse(line))
  const logger = pino({ messageKey: 'message', level: 'debug' }, { write }) as never
  const served = await application(t, env, undefined, logger)
  const { app, database, metrics, url } = served
  const parts = { config: testConfig(url, env), database, document: app.document, metrics, logger }
  const listeners = {
    api: app,
    health: buildHealthListener(parts, () => undefined),
    metrics: buildMetricsListener(parts),
  }
  const ports = { api: 0, health: 0, metrics: 0 }
  for (const name of listenerNames) {
    t.teardown(() => listeners[name].close())
    await listen(listeners[name], { host: 'localhost', port: 0 }, name, addresses)
    ports[name] = (listeners[name].server.address() as AddressInfo).port
  }
  lines.length = 0
  return { ...served, listeners, ports, lines }
}

/** What a socket receives until it is closed, as text. */
export async function received(socket: Socket): Promise<string> {
  const chunks: Buffer[] = []
  socket.on('data', (chunk) => chunks.push(chunk)).on('error', () => {})
  await once(socket, 'close')
  return Buffer.concat(chunks).toString()
}

/** Sends bytes on a connection of its own, and returns what comes back until the server closes it. */
export async function ask(port: number, bytes: string | Buffer, address = '127.0.0.1'): Promise<string> {
  const socket = connect(port, address)
  socket.write(bytes)
  return received(socket)
}

/** The status of the first answer in what was received. */
export const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1])

/** A certificate that is its own authority, and its key, as files. */
export function createCertificate(
  folder: string,
  name: string,
  subjectAltName = 'DNS:localhost,IP:127.0.0.1',
) {
  const [cert, key] = [join(folder, `${name}.crt`), join(folder, `${name}.key`)]
  const of = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
  const named = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=${subjectAltName}`]
  execFileSync('openssl', ['req', '-x509', ...of, ...named, '-keyout', key, '-out', cert], {
    stdio: 'ignore',
  })
  return { cert, key, ca: readFileSync(cert) }
}

/** Settings that have all listeners use TLS. */
export const secured = ({ cert, key }: { cert: string; key: string }): Record<string, string> =>
  Object.fromEntries(
    ['SERVER', 'HEALTH', 'METRICS'].flatMap((name) => [
      [`HYPERFLEET_${name}_TLS_ENABLED`, 'true'],
      [`HYPERFLEET_${name}_TLS_CERT_FILE`, cert],
      [`HYPERFLEET_${name}_TLS_KEY_FILE`, key],
    ]),
  )
