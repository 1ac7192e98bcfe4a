/**
 * Many bad callers of one server, as a process of their own: each process has only so many connections.
 *
 * Usage: crowd.ts PORT COUNT half | crowd.ts PORT COUNT deaf PATH
 *
 * half  each says a part of a request, or nothing at all
 * deaf  each asks for PATH, and does not read the answer until a line comes in
 *
 * Prints `connected N` when all have said what they say, and `closed N, whole W` when all connections have been closed by
 * the server; on W of them a whole answer had come.
 */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

const [, , port = '', count = '', manner = '', path = ''] = process.argv
const half = 'POST /api/hyperfleet/v1/clusters HTTP/1.1\r\nHost: here\r\nContent-Length: 1000\r\n'
/** So many connect at a time: more would not fit into what the server lets wait. */
const AT_ONCE = 100

let whole = 0

async function join(index: number): Promise<Socket | undefined> {
  const socket = connect(Number(port), '127.0.0.1')
  const refusal = await once(socket, 'connect').then(
    () => undefined,
    (error) => error,
  )
  if (refusal) return
  socket.on('error', () => {})
  if (manner === 'half') socket.resume().write(half.slice(0, index % half.length))
  else {
    socket.pause().write(`GET ${path} HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n`)
    let [length, seen] = [Number.POSITIVE_INFINITY, 0]
    socket.on('data', (chunk) => {
      const head = seen ? undefined : /content-length: (\d+).*?\r\n\r\n/is.exec(chunk.toString('latin1'))
      if (head) length = head[0].length + head.index + Number(head[1])
      seen += chunk.length
    })
    socket.once('close', () => {
      if (seen >= length) whole++
    })
  }
  return socket
}

const sockets: Socket[] = []
for (let first = 0; first < Number(count); first += AT_ONCE) {
  const some = Array.from({ length: Math.min(AT_ONCE, Number(count) - first) }, (_, each) =>
    join(first + each),
  )
  sockets.push(...(await Promise.all(some)).filter((socket) => socket !== undefined))
}
console.log(`connected ${sockets.length}`)
if (manner === 'deaf') {
  await once(process.stdin, 'data')
  process.stdin.destroy()
  for (const socket of sockets) socket.resume()
}
await Promise.all(sockets.map((socket) => socket.closed || once(socket, 'close')))
console.log(`closed ${sockets.length}, whole ${whole}`)
