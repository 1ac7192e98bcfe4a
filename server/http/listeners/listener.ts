import { randomUUID } from 'node:crypto'
import http, { type IncomingMessage, type RequestListener } from 'node:http'
import https from 'node:https'
import { Socket } from 'node:net'
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type FastifyServerOptions,
} from 'fastify'
import type { ChangeFeed } from '../../changes/change-feed.ts'
import type { ConditionMapping } from '../../conditions/condition-mapping.ts'
import type { Config } from '../../config/schema.ts'
import { bytesIn, milliseconds } from '../../config/units.ts'
import type { Database, RequestDatabase } from '../../db/database.ts'
import type { Lists, Replica } from '../../db/replica.ts'
import { originForm } from '../../lib/origin-form.ts'
import type { Metrics } from '../../observability/metrics.ts'
import { describeRequest } from '../../observability/request-line.ts'
import { nameSpan, traceOf } from '../../observability/request-trace.ts'
import type { Document } from '../../openapi/operations.ts'
import { Problem } from '../../problem.ts'
import type { SpecSchemas } from '../../validation/spec-schemas/spec-schema.ts'
import {
  answerClientError,
  answerWithProblems,
  CLIENT_CLOSED_REQUEST,
  sendProblem,
} from '../error-handler.ts'
import { fragmentProblem, hostProblem } from '../headers.ts'
import type { Json } from '../request-body.ts'
import { type AnswerBound, boundAnswers } from '../response-buffer.ts'
import { targetOf } from '../routing/target.ts'
import { endConnections } from './shutdown.ts'
import { arrives, endIfSilent, isAnswered, watchArrivals } from './silent-connections.ts'
import { followRenewals, readTls } from './tls.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Called when the listener begins to close, to end the waits of requests. */
    beforeClose: (() => void)[]
    document: Document
    settings: Config
    counters: Metrics
    changes: ChangeFeed
    mapping: ConditionMapping
    specSchemas: SpecSchemas
    /** Takes room for a large answer (AnswerBound). */
    reserve: AnswerBound['reserve']
  }
  interface FastifyRequest {
    /** The W3C trace id. */
    traceId: string
    /** The body and its text; undefined when there is none, or when it is malformed. */
    json: Json | undefined
    /** Why the body could not be parsed. */
    malformed: Problem | undefined
    /** The database; the statements of this request are cancelled when the request is aborted. */
    database: RequestDatabase
    /** The source of lists of resources: the database, or a replica that may be behind. */
    lists: Lists
    /** The caller, as stored in created_by and the like; empty where a read has none. */
    caller: string
    /** Lets the work on the request, and the silence of its connection, take so many milliseconds longer, from now on (`server.timeouts`). */
    extend(ms: number): void
    /** The issuer of the token; empty where authentication is off. */
    issuer: string
    /** The claims of the token; none where authentication is off. */
    claims: Record<string, unknown>
    /** The time from which the token is not accepted any more, in milliseconds since 1970; infinite where authentication is off. */
    expires: number
    /** Whether the answer is a stream that lasts until one of both sides ends it. */
    isStream: boolean
  }
}

/** The parts that listeners are built from. */
export interface Parts {
  config: Config
  database: Database
  replica?: Replica | undefined
  document: Document
  logger: FastifyBaseLogger
  metrics: Metrics
}

/** A Fastify instance with the common parts of all three listeners: TLS, ids, problems, limits, one log line a request. */
export function buildListener(
  name: 'server' | 'health' | 'metrics',
  { config, logger, metrics }: Pick<Parts, 'config' | 'logger' | 'metrics'>,
): FastifyInstance {
  const { timeouts, body_limit, unsent_limit } = config.server
  const { tls } = config[name]
  const files = readTls(name, tls)
  // Node takes the smaller of its two limits for headers only: both must be the same.
  const limits = {
    maxHeaderSize: 64 * 1024,
    headersTimeout: milliseconds(timeouts.read),
    requestTimeout: milliseconds(timeouts.read),
    connectionsCheckingInterval: 1000,
    keepAliveTimeout: milliseconds(timeouts.keep_alive),
    // Node would answer without a problem; checkHost does it.
    requireHostHeader: false,
  }
  const silence = milliseconds(timeouts.write)
  const patience = milliseconds(timeouts.request)
  const conclude = (request: FastifyRequest, reply: FastifyReply, status = reply.statusCode) => {
    metrics.observe(request, reply, status)
    request.log.info(describeRequest(request, reply, status), 'request')
  }
  /** Connections that were answered before, or in the middle of, their request. */
  const refused = new WeakSet<Socket>()
  const refuse = async (error: NodeJS.ErrnoException, socket: Socket) => {
    if (isTimeout(error) && (await arrives(socket))) return
    // A load balancer that looks whether the port is open, or a browser that connects in advance.
    if (isTimeout(error) && !socket.bytesRead) return socket.destroy()
    // The rest of a body that is not read needs no further error.
    if (isAnswered(socket)) return socket.destroy()
    const answered = answerClientError(error, socket)
    if (!answered) return
    refused.add(socket)
    const { status: status_code, ...ids } = answered
    metrics.observeUnparsed(status_code)
    logger.info({ ...ids, status_code }, 'request')
  }
  const app: FastifyInstance = Fastify({
    loggerInstance: logger,
    logController: new Fastify.LogController({
      disableRequestLogging: true,
      requestIdLogLabel: 'request_id',
    }),
    bodyLimit: bytesIn(body_limit),
    // It would end the wait for requests when the listener closes (shutdown_timeout does that), not only that for plugins.
    pluginTimeout: 0,
    // While the listener closes, requests on open connections are still answered.
    return503OnClosing: false,
    ...(files && { https: { ...limits, ...files } }),
    serverFactory: (handler: RequestListener) => {
      const server = files
        ? https.createServer({ ...limits, handshakeTimeout: limits.headersTimeout, ...files }, handler)
        : http.createServer(limits, handler)
      // Node would answer an unknown Expect with a bare 417, without a log line and a problem document.
      server.on('checkExpectation', (request, response) => server.emit('request', request, response))
      server.on('clientError', refuse)
      server.on('timeout', (socket) => endIfSilent(socket))
      watchArrivals(server)
      return server.setTimeout(silence)
    },
    rewriteUrl: ({ url = '/' }: IncomingMessage) => originForm(url),
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 64 * 1024 },
    // Every line of a request says which one and of which trace.
    childLoggerFactory: (parent, bindings, options, raw) => {
      const { traceId, span } = traceOf(raw as IncomingMessage)
      const ids = { ...bindings, trace_id: traceId, ...(span && { span_id: span.spanContext().spanId }) }
      return parent.child(ids, options)
    },
    genReqId: ({ headers }) => saneId(headers['x-request-id']) ?? randomUUID(),
    frameworkErrors: (error, request, reply) => {
      request.traceId = traceOf(request.raw).traceId
      reply.header('x-request-id', request.id)
      sendProblem(error, request, reply)
      conclude(request, reply)
    },
    // serverFactory has set its own.
    clientErrorHandler: () => {},
  } as FastifyServerOptions)
  app.decorate('acceptors', new Set([app.server]))
  app.decorate('beforeClose', [])
  followRenewals(app, name, tls)
  app.decorateRequest('traceId', '')
  app.decorateRequest('extend')
  app.decorateRequest('isStream', false)
  app.decorateRequest('kind', '')
  app.decorateRequest('target', {
    getter() {
      return targetOf(this)
    },
  })
  // These hooks wait for nothing: with a callback they cost each request no promise.
  app.addHook('onRequest', (request, reply, done) => {
    const { traceId, span } = traceOf(request.raw)
    request.traceId = traceId
    if (span) nameSpan(span, request)
    reply.header('x-request-id', request.id)
    const refuseLate = () => {
      if (!reply.raw.headersSent) reply.send(new Problem('SVC-002', 'The request took too long'))
    }
    // Not by Fastify's handlerTimeout, which makes an AbortController for each request.
    let late = setTimeout(refuseLate, patience)
    request.extend = (ms) => {
      clearTimeout(late)
      if (reply.raw.closed) return
      late = setTimeout(refuseLate, patience + ms)
      // Node sets it anew for the next request. A request without a connection, as in tests, has no silence.
      const { socket } = request.raw
      if (socket instanceof Socket && silence) socket.setTimeout(silence + ms)
    }
    // Of a caller that hangs up, Fastify says nothing.
    reply.raw.once('close', () => {
      clearTimeout(late)
      const hasHungUp = !reply.raw.writableFinished && !refused.has(request.socket)
      // Most streams end like that.
      if (hasHungUp) conclude(request, reply, request.isStream ? reply.statusCode : CLIENT_CLOSED_REQUEST)
    })
    done(hostProblem(request.raw) ?? fragmentProblem(request.raw))
  })
  const { isStalled, reserve } = boundAnswers(app, bytesIn(unsent_limit))
  app.decorate('reserve', reserve)
  app.addHook('onResponse', (request, reply, done) => {
    // Node takes an answer for finished whose connection it has ended.
    conclude(request, reply, isStalled(request.raw.socket) ? CLIENT_CLOSED_REQUEST : reply.statusCode)
    done()
  })
  // Fastify adds a charset, which JSON does not have (RFC 8259, section 11).
  app.addHook('onSend', (_request, reply, _payload, done) => {
    const [, mediaType] = WITH_CHARSET.exec(String(reply.getHeader('content-type'))) ?? []
    if (mediaType) reply.header('content-type', mediaType)
    done()
  })
  answerWithProblems(app)
  endConnections(app, milliseconds(config.health.shutdown_timeout))
  return app
}

/** Whether Node has waited in vain for a request, or for the handshake before it. */
const isTimeout = ({ code = '' }: NodeJS.ErrnoException) =>
  ['ERR_HTTP_REQUEST_TIMEOUT', 'ERR_TLS_HANDSHAKE_TIMEOUT'].includes(code)

const WITH_CHARSET = /^(application\/(?:.+\+)?json);/

const saneId = (id: unknown) => (typeof id === 'string' && /^[\w.:/+=-]{1,128}$/.test(id) ? id : undefined)
