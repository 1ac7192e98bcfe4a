import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'

/**
 * Bounds what answers take that callers do not read. Beyond `limit` bytes, whoever has let one wait longest is cut off,
 * so that all others are served. An answer is never cut off for its own size.
 */
export function boundUnsent(app: FastifyInstance, limit: number): void {
  /** What each connection has still to take, the one that has waited longest first. */
  const unsent = new Map<Socket, number>()
  let total = 0
  const add = (socket: Socket, bytes: number) => {
    const own = (unsent.get(socket) ?? 0) + bytes
    total += bytes
    if (own) unsent.set(socket, own)
    else unsent.delete(socket)
  }
  const forget = (socket: Socket) => add(socket, -(unsent.get(socket) ?? 0))
  const follow = (socket: Socket) => socket.once('close', () => forget(socket))
  app.server.on('connection', follow).on('secureConnection', follow)

  app.addHook('onSend', async (request, reply, payload) => {
    const { socket } = request.raw
    const bytes = typeof payload === 'string' ? payload.length : 0
    if (!bytes || socket.destroyed) return
    add(socket, bytes)
    reply.raw.once('finish', () => unsent.has(socket) && add(socket, -bytes))
    for (const [oldest, waiting] of unsent) {
      if (total <= limit || (oldest === socket && waiting === bytes)) break
      app.log.warn({ bytes: waiting }, 'a caller that does not read its answer is cut off')
      forget(oldest)
      oldest.destroy()
    }
  })
}
