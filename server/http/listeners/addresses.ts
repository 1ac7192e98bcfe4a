import { lookup } from 'node:dns/promises'
import { once } from 'node:events'
import { type AddressInfo, createServer, isIPv6, type Server } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { StartError } from '../../process/start-error.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** The sockets that take connections, one for each address; all connections go to the one HTTP server. */
    acceptors: Set<Server>
  }
}

/**
 * Has a listener take requests; resolves with its URL. Throws a StartError that names the setting when it cannot.
 *
 * `localhost` is all addresses that it resolves to. On the first, the HTTP server listens itself; each other one has
 * a socket that hands its connections to that server, so that limits, TLS and shutdown are the same on all. `addresses`
 * are used in their place.
 */
export async function listen(
  app: FastifyInstance,
  { host, port }: { host: string; port: number },
  name: string,
  addresses?: string[],
): Promise<string> {
  const [first = host, ...others] = addresses ?? (await addressesOf(host))
  try {
    await app.listen({ host: first, port })
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const reason = code === 'EADDRINUSE' ? 'the port is taken' : message
    const setting = code === 'EADDRINUSE' || code === 'EACCES' ? 'port' : 'host'
    throw new StartError(
      `cannot listen on ${inUrl(host)}:${port}: ${reason}; ` +
        `set HYPERFLEET_${name.toUpperCase()}_${setting.toUpperCase()} (${name}.${setting}) to another`,
    )
  }
  const { port: bound } = app.server.address() as AddressInfo
  for (const address of others) await listenAlso(app, address, bound)
  return urlOf(app, host, bound)
}

/** The addresses of `localhost`; any other host is taken as it is. */
async function addressesOf(host: string): Promise<string[]> {
  if (host !== 'localhost') return [host]
  const found = await lookup(host, { all: true }).catch(() => [])
  return [...new Set(found.map(({ address }) => address))]
}

/** Listens on one more address. Logs a warning where that fails, as on ::1 without IPv6. */
async function listenAlso(app: FastifyInstance, host: string, port: number): Promise<void> {
  // As the server of the API has them: half-open connections are allowed with HTTP, and not with TLS.
  const { allowHalfOpen, noDelay } = app.server as unknown as { allowHalfOpen: boolean; noDelay: boolean }
  const acceptor = createServer({ allowHalfOpen, noDelay })
  acceptor.on('connection', (socket) => app.server.emit('connection', socket))
  try {
    await once(acceptor.listen({ host, port }), 'listening')
    app.acceptors.add(acceptor)
    app.log.info(`Server listening at ${urlOf(app, host, port)}`)
  } catch (error) {
    app.log.warn(`cannot listen on ${host}, port ${port}, as well: ${(error as Error).message}`)
  }
}

const urlOf = (app: FastifyInstance, host: string, port: number) =>
  `${app.initialConfig.https ? 'https' : 'http'}://${inUrl(host)}:${port}`

/** A host as URLs have it: an address of IPv6 in brackets. */
const inUrl = (host: string) => (isIPv6(host) ? `[${host}]` : host)
