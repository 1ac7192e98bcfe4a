/** A forward proxy for HTTP CONNECT, as companies have between their network and the Internet. */
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import type { Test } from 'tap'

export interface ConnectProxy {
  /** Its host and port. */
  host: string
  /** The targets that it was asked for, as `host:port`. */
  targets: string[]
  /** The value of Proxy-Authorization in each of these requests. */
  credentials: (string | undefined)[]
  /** The status of its next answers; 200 opens the tunnel. */
  status: number
}

/** Opens a proxy that takes every name for this machine; it is closed with the test. */
export async function openConnectProxy(t: Test): Promise<ConnectProxy> {
  const open = new Set<Socket>()
  const keep = (socket: Socket) => {
    open.add(socket)
    return socket.on('error', () => {}).on('close', () => open.delete(socket))
  }
  const proxy: ConnectProxy = { host: '', targets: [], credentials: [], status: 200 }
  const server = createServer((_request, response) => response.writeHead(405).end())
  server.on('connection', keep)
  server.on('connect', (request: IncomingMessage, near: Socket) => {
    const target = request.url ?? ''
    proxy.targets.push(target)
    proxy.credentials.push(request.headers['proxy-authorization'])
    if (proxy.status !== 200) return near.end(`HTTP/1.1 ${proxy.status} No\r\n\r\n`)
    const far = keep(connect(Number(target.split(':').at(-1)), '127.0.0.1'))
    far.on('connect', () => near.write('HTTP/1.1 200 OK\r\n\r\n'))
    near.pipe(far).on('close', () => near.destroy())
    far.pipe(near).on('close', () => far.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.close()
    for (const socket of open) socket.destroy()
  })
  proxy.host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return proxy
}
