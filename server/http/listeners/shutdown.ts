import { Server, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import { running } from '../../lib/running.ts'

/** How often, 10 ms apart, it is looked whether open connections are used once more before they are ended. */
const DRAIN_LOOKS = 100

/**
 * When the listener closes, a running request may finish within `limit` milliseconds, and its connection ends with the answer. A
 * connection that has not said anything yet, as browsers open them in advance, is not waited for.
 */
export function endConnections(app: FastifyInstance, limit: number) {
  const sockets = new Set<Socket>()
  let isClosing = false
  const watch = (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  }
  // With TLS, a connection is two sockets: that of the encrypted bytes, and, after the handshake, that of HTTP.
  app.server.on('connection', watch)
  app.server.on('secureConnection', watch)
  app.addHook('preClose', async () => {
    isClosing = true
    for (const end of app.beforeClose) end()
    // No new connections; those that are open are kept for the moment, since a client may be sending on one just
    // now: it gets its answer, and learns from it that the connection ends.
    for (const acceptor of app.acceptors) Server.prototype.close.call(acceptor)
    for (let look = 0; sockets.size && look < DRAIN_LOOKS; look++) await sleep(10)
    for (const socket of sockets) if (!socket.bytesRead) socket.destroy()
    running(limit, { ref: false }).then(() => {
      for (const socket of sockets) socket.destroy()
    })
    // Fastify waits for the connections of the first address only.
    for (; sockets.size; await sleep(10)) app.server.closeIdleConnections()
  })
  app.addHook('onSend', async (_request, reply) => {
    if (isClosing) reply.header('connection', 'close')
  })
}
