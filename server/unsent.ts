import { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { Problem } from './problems.ts'
import { endIfSilent } from './silence.ts'

/** Smaller answers always fit: of those, Node itself keeps few for one connection. */
const SMALL_BYTES = 16 * 1024

/** After how long a connection that takes nothing of its answer is looked at more closely, while there is too much of them. */
const PATIENCE_MS = 1000

/**
 * Bounds what answers take that have not been read yet. Beyond `limit` bytes, large answers to reads are 503 until there
 * is room, and a connection that takes nothing of an answer for about five seconds is cut off. One that takes some of it,
 * however slowly, gets all of it; that is decided by what it has acknowledged (endIfSilent), not by a clock.
 *
 * Returns whether a connection was cut off, for that or for having been silent for its time.
 */
export function boundUnsent(app: FastifyInstance, limit: number): (socket: Socket) => boolean {
  /** What each connection has still to take. */
  const unsent = new Map<Socket, number>()
  let total = 0
  const stalled = new WeakSet<Socket>()
  const silence = () => app.server.timeout
  const add = (socket: Socket, bytes: number) => {
    const own = (unsent.get(socket) ?? 0) + bytes
    total += bytes
    if (own) unsent.set(socket, own)
    else unsent.delete(socket)
    if (!own && !socket.destroyed) socket.setTimeout(silence())
  }

  app.addHook('onSend', async (request, reply, payload) => {
    const { socket } = request.raw
    const bytes = typeof payload === 'string' ? Buffer.byteLength(payload) : 0
    // What is asked without a connection, as tests do, waits nowhere.
    if (bytes < SMALL_BYTES || !(socket instanceof Socket) || socket.destroyed) return
    // What has been written is told: a 503 would say that it has not.
    if (total > limit && request.method === 'GET') {
      reply.removeHeader('etag')
      throw new Problem('SVC-001', 'Too much waits for callers that are slow to read; try again')
    }
    add(socket, bytes)
    // Of an answer that is never sent, only this is told.
    reply.raw.once('close', () => add(socket, -bytes))
    reply.raw.on('timeout', () =>
      endIfSilent(socket, () => {
        // With nothing to take, it is the server that is slow.
        if (!socket.writableLength) return false
        stalled.add(socket)
        request.log.warn({ bytes: unsent.get(socket) }, 'a caller that does not read its answer is cut off')
        return true
      }),
    )
    if (total > limit) for (const each of unsent.keys()) each.setTimeout(Math.min(PATIENCE_MS, silence()))
  })
  return (socket) => stalled.has(socket)
}
