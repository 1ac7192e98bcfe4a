import cors from '@fastify/cors'
import postgres from '@fastify/postgres'
import type { FastifyInstance } from 'fastify'
import { fastifyOpenapiGlue } from 'fastify-openapi-glue'
import { openIdentity } from '../auth/authenticator.ts'
import { openAuthorization } from '../auth/authorization/open-authorization.ts'
import { SYSTEM } from '../auth/caller-names.ts'
import { tenancyReader } from '../auth/tenancy.ts'
import { ChangeFeed } from '../changes/change-feed.ts'
import { ConditionMapping, type Failure } from '../conditions/condition-mapping.ts'
import { bytesIn, milliseconds } from '../config/units.ts'
import { kindRows } from '../db/kind-rows.ts'
import { ALL_TENANTS, NO_TENANT } from '../db/scope.ts'
import { parseWritten } from '../lib/written-numbers.ts'
import { published } from '../openapi/document.ts'
import { type Document, operationsOf } from '../openapi/operations.ts'
import { referenceCompiler, validatorCompiler } from '../validation/ajv.ts'
import { loadSpecSchemas } from '../validation/spec-schemas/provider-schemas.ts'
import { BatchRoutes } from './batch/batch-routes.ts'
import { Batches } from './batch/batches.ts'
import { compressAnswers } from './compression.ts'
import { buildListener, type Parts } from './listeners/listener.ts'
import { shedLoad } from './load-shedding.ts'
import { addConsole } from './pages/console.ts'
import { addPage } from './pages/docs-ui.ts'
import { createRateLimit } from './rate-limit.ts'
import { type ParsedBody, parseJson } from './request-body.ts'
import { anyKind } from './routing/any-kind.ts'
import { withMovedCreates } from './routing/moved-creates.ts'
import { separateParameters } from './routing/parameters.ts'
import { addQueryMethod, hasQueryMethod, QUERY } from './routing/query-method.ts'
import { isRead } from './routing/reads.ts'
import { bindOperations, type Handlers, operationResolver } from './routing/routes.ts'

/** How long a stream may be silent: proxies often end connections after a minute of silence, and some after 30 seconds. */
const HEARTBEAT_MS = 15_000

/**
 * The listener of the API: the operations of the document, and the document itself. The pool of the database is the app's,
 * which ends it once all requests have ended. Throws a StartError when the settings of JWT, or the schemas of the provider,
 * cannot be followed.
 */
export async function buildApp(parts: Parts & { handlers: Handlers }): Promise<FastifyInstance> {
  const { config, database, replica, document, handlers, metrics } = parts
  const { authorization, jwt, cors: web } = config.server
  const specSchemas = loadSpecSchemas(document, config.server)
  const app = buildListener('server', parts)
  await app.register(postgres, database.settings)
  database.use(app.pg.pool)
  const identity = jwt.enabled ? await openIdentity(jwt, parts.logger) : undefined
  app.addHook('onClose', () => identity?.close())
  // Before anything that refuses: a page must be able to read why.
  if (web.origins.length) await app.register(cors, crossOrigin(web.origins, document))
  await shedLoad(app, milliseconds(config.server.max_event_loop_delay))
  if (config.server.compression) await compressAnswers(app)
  app.decorate('document', document)
  app.decorate('settings', config)
  app.decorate('counters', metrics)
  const changes = new ChangeFeed(database, {
    maxWatchers: config.changes.max_watchers,
    heartbeat: Math.min(HEARTBEAT_MS, milliseconds(config.server.timeouts.write) / 2),
  })
  app.decorate('changes', changes)
  metrics.watchChanges(changes)
  app.beforeClose.push(() => changes.end())
  app.addHook('onResponse', (request, _reply, done) => {
    if (!isRead(request)) changes.wake()
    done()
  })
  const fail = ({ kind, id, type, reason }: Failure) => {
    metrics.conditionFailed(kind, type)
    const about = { resource_type: kind.toLowerCase(), resource_id: id, condition: type, reason }
    parts.logger.warn(about, 'a condition could not be mapped')
  }
  app.decorate('mapping', new ConditionMapping(kindRows(document['x-kinds'], config), fail))
  for (const { kind, conditions = [] } of config.entities)
    for (const { type } of conditions) metrics.conditionFailed(kind, type, 0)
  app.decorate('specSchemas', specSchemas)
  app.decorateRequest('json', undefined)
  app.decorateRequest('malformed', undefined)
  app.decorateRequest('database')
  app.decorateRequest('lists')
  app.addHook('onRequest', (request, reply, done) => {
    // Not by Fastify's signal: it is aborted as soon as a body has been read.
    request.database = database.until(reply.raw)
    request.lists = replica?.until(reply.raw) ?? request.database
    request.claims = none
    request.expires = Number.POSITIVE_INFINITY
    request.tenancy = none
    request.scope = initial
    done()
  })
  app.decorateRequest('caller', identity ? '' : SYSTEM)
  app.decorateRequest('claims')
  app.decorateRequest('expires', 0)
  app.decorateRequest('scope')
  app.decorateRequest('tenancy')
  app.decorateRequest('isSystem', false)
  const [none, initial] = [{}, config.server.tenant.enabled ? NO_TENANT : ALL_TENANTS]
  app.decorateRequest('issuer', '')
  app.decorateRequest('isUndecided', false)

  // Only a provider's schema looks at the last digits of numbers.
  const isChecked = [...specSchemas.values()].some(({ check }) => check)
  const parse: (text: string) => unknown = isChecked ? parseWritten : JSON.parse
  passOverBodies(app, document)
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    // The glue warns of each type of an answer without a parser, too; of bodies, operations take their own types only.
    ['application/json', 'application/merge-patch+json', 'application/problem+json', 'text/event-stream'],
    { parseAs: 'buffer' },
    async (request: ParsedBody, bytes: Buffer) => {
      Object.assign(request, parseJson(bytes, parse))
      return request.json?.value
    },
  )
  const compile = validatorCompiler(specSchemas)
  app.setValidatorCompiler(compile)
  // Answers come as JSON from the database, or are small.
  app.setSerializerCompiler(() => JSON.stringify)
  const stepsOf = anyKind(document, referenceCompiler(document, specSchemas))
  const routed = withMovedCreates(document)
  const limit = await createRateLimit(app, config.server.rate_limit)
  const authorizer = openAuthorization(authorization, document, parts.logger, metrics)
  const operations = bindOperations(routed, handlers, stepsOf, authorizer)
  const routes = new BatchRoutes(app, operations)
  app.decorate('batches', new Batches(routes, limit))
  // Before the schemas of a route are separated: the other route has them, too.
  addQueryMethod(app)
  app.addHook('onRoute', (route) => {
    separateParameters(route, compile)
    routes.add(route)
  })

  await addPage(app, published(document, config))
  await addConsole(app, config)
  await app.register(fastifyOpenapiGlue, {
    specification: structuredClone(routed) as never,
    operationResolver: operationResolver(
      operations,
      { identity, settleTenancy: tenancyReader(config.server.tenant), limit },
      bytesIn(config.server.body_limit),
    ) as never,
    addEmptySchema: true,
  })
  return app
}

/**
 * Makes methods whose operations have no body ignore a body of any type and size (RFC 9110, section 9.3.5); Node
 * reads it to its end, so that the connection can be reused.
 */
function passOverBodies(app: FastifyInstance, document: Document) {
  const operations = operationsOf(document)
  const withBody = new Set(
    operations.flatMap(({ method, operation }) => (operation.requestBody ? method : [])),
  )
  for (const { method } of operations)
    if (!withBody.has(method)) app.addHttpMethod(method, { hasBody: false, overrideExisting: true })
}

/** CORS: pages of other origins may use all operations of the document, and see the headers that it declares. */
const crossOrigin = (origins: string[], document: Document) => ({
  origin: origins.includes('*') ? '*' : origins,
  methods: [
    ...new Set([
      'HEAD',
      ...(hasQueryMethod ? [QUERY] : []),
      ...operationsOf(document).map(({ method }) => method),
    ]),
  ],
  exposedHeaders: ['X-Request-ID', ...Object.keys(document.components.headers ?? {})],
  // One that asks for nothing is answered like one that asks.
  strictPreflight: false,
})
