import { constants } from 'node:zlib'
import compress from '@fastify/compress'
import type { FastifyInstance, FastifyReply, RouteOptions } from 'fastify'

/** Smaller answers cost more to compress than to send within a cluster. */
const COMPRESSED_FROM_BYTES = 32 * 1024

/**
 * Compresses large answers for callers who accept it. For caches, every answer says that it varies by that, and a compressed
 * answer has an entity tag of its own: `"3-gzip"` beside `"3"`. The function `sent_tag` of the database takes both.
 */
export async function compressAnswers(app: FastifyInstance): Promise<void> {
  app.addHook('onRequest', (_request, reply, done) => {
    // In the form in which @fastify/compress looks for it.
    const vary = reply.getHeader('vary')
    reply.header('vary', vary ? [vary, 'accept-encoding'].flat().join(', ') : 'accept-encoding')
    done()
  })
  await app.register(compress, {
    encodings: ['gzip', 'br'],
    threshold: COMPRESSED_FROM_BYTES,
    zlibOptions: { level: constants.Z_BEST_SPEED },
    brotliOptions: { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MIN_QUALITY } },
    globalDecompression: false,
  })
  app.addHook('onRoute', (route) => {
    route.onSend = withTags(route)
  })
}

/**
 * The hooks of a route, with the one that makes the tag behind that of @fastify/compress, which is the last. The hook of a HEAD
 * that takes the body away comes behind both, so that HEAD has the headers of GET.
 */
function withTags({ method, onSend }: RouteOptions): RouteOptions['onSend'] {
  const hooks = [onSend ?? []].flat()
  const compressing = hooks.splice(-1)
  const removing = method === 'HEAD' ? hooks.splice(-1) : []
  return [...hooks, ...compressing, tagCompressed, ...removing]
}

/** Gives a compressed answer its own entity tag. Weak tags, as those of the page's files, may stand for several forms. */
const tagCompressed = (_request: unknown, reply: FastifyReply, _payload: unknown, done: () => void) => {
  const coding = reply.getHeader('content-encoding')
  const tag = coding && reply.getHeader('etag')
  if (typeof tag === 'string' && tag.startsWith('"'))
    reply.header('etag', tagOf(tag.slice(1, -1), String(coding)))
  done()
}

/** The entity tag of a version in a coding; null is the plain form. */
export const tagOf = (version: number | string, coding: string | null) =>
  coding === null ? `"${version}"` : `"${version}-${coding}"`
