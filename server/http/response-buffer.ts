import { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { Problem } from '../problem.ts'
import { endIfSilent } from './listeners/silent-connections.ts'
import { isRead } from './routing/reads.ts'

/** Smaller answers always fit: of those, Node itself keeps few for one connection. */
const SMALL_BYTES = 16 * 1024

/** After how long a connection that takes nothing of its answer is looked at more closely, while there is too much of them. */
const PATIENCE_MS = 1000

/** The limit on the memory of unsent answers in this process. */
export interface AnswerBound {
  /** Whether a connection was closed for not reading its answer. */
  isStalled(socket: Socket): boolean
  /**
   * Reserves room for an answer of up to so many bytes that is about to be read from the database; returns the function
   * that releases it. Throws a 503 when there is none. With nothing else in memory, any answer fits.
   */
  reserve(bytes: number): () => void
}

/**
 * Bounds the memory of answers that are read from the database, or that callers have not read yet. Beyond `limit` bytes, large
 * answers to reads are 503 until there is room, and a connection that takes nothing of an answer for about five seconds is
 * closed. A connection takes some of an answer when its kernel acknowledges bytes of it (endIfSilent); one that takes some in
 * each such time gets all of it.
 */
export function boundAnswers(app: FastifyInstance, limit: number): AnswerBound {
  /** The unsent bytes of each connection. */
  const unsent = new Map<Socket, number>()
  let total = 0
  const stalled = new WeakSet<Socket>()
  const silence = () => app.server.timeout
  const full = () => new Problem('SVC-001', 'Too many large answers are being read; try again')
  /** The timeout of a connection while memory is short. It is set once: setting it again would restart it, at each refusal. */
  const patience = () => Math.min(PATIENCE_MS, silence())
  const hurry = () => {
    for (const each of unsent.keys()) if (each.timeout !== patience()) each.setTimeout(patience())
  }
  const add = (socket: Socket, bytes: number) => {
    const own = (unsent.get(socket) ?? 0) + bytes
    total += bytes
    if (own) unsent.set(socket, own)
    else unsent.delete(socket)
    // Of a connection that is idle by now, Node has set how long it is kept.
    if (!own && !socket.destroyed && socket.timeout === patience()) socket.setTimeout(silence())
  }

  app.addHook('onSend', (request, reply, payload, done) => {
    const { socket } = request.raw
    const bytes = typeof payload === 'string' ? Buffer.byteLength(payload) : 0
    // A request without a connection, as in tests, leaves nothing unsent.
    if (bytes < SMALL_BYTES || !(socket instanceof Socket) || socket.destroyed) return done()
    // Only for reads: after a write, a 503 would say that nothing was written.
    if (total > limit && isRead(request)) {
      reply.removeHeader('etag')
      return done(full())
    }
    add(socket, bytes)
    // The only event for an answer that is never sent.
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
    if (total > limit) hurry()
    done()
  })
  return {
    isStalled: (socket) => stalled.has(socket),
    reserve(bytes) {
      if (total && total + bytes > limit) {
        hurry()
        throw full()
      }
      total += bytes
      return () => {
        total -= bytes
      }
    },
  }
}
