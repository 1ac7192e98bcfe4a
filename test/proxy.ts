/** A way to a server that can be lost while the server is well. */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import type { Test } from 'tap'

export interface Proxy {
  url: string
  /** What happens to connections that are new; those that are open go on. */
  mode: 'pass' | 'refuse' | 'swallow'
  /** How many there have been. */
  count: number
  /** Ends those that are open. */
  cut(): void
}

/** Opens a way to the server of a URL; it is closed with the test. */
export async function openProxy(t: Test, target: string): Promise<Proxy> {
  const { hostname, port } = new URL(target)
  const open = new Set<Socket>()
  const proxy: Proxy = {
    url: '',
    mode: 'pass',
    count: 0,
    cut() {
      for (const socket of open) socket.destroy()
    },
  }
  const keep = (socket: Socket) => {
    open.add(socket)
    return socket.on('error', () => {}).on('close', () => open.delete(socket))
  }
  const server = createServer((near) => {
    proxy.count++
    keep(near)
    if (proxy.mode === 'swallow') return near.resume()
    if (proxy.mode === 'refuse') return near.destroy()
    const far = keep(connect(Number(port), hostname))
    near.pipe(far).on('close', () => near.destroy())
    far.pipe(near).on('close', () => far.destroy())
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.close()
    proxy.cut()
  })
  const url = new URL(target)
  url.port = String((server.address() as AddressInfo).port)
  proxy.url = url.href
  return proxy
}
