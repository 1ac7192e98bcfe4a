import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance } from 'fastify'
import { fastifyOpenapiGlue } from 'fastify-openapi-glue'
import { type Json, parseJson } from './json.ts'
import { buildListener, type Parts } from './listener.ts'
import { operationResolver } from './operations.ts'
import { validatorCompiler } from './validation.ts'

/** The page needs nothing but this server, over https or http. Swagger UI sets styles inline. */
const csp = {
  'default-src': ["'self'"],
  'img-src': ["'self'", 'data:'],
  'style-src': ["'self'", "'unsafe-inline'"],
  'object-src': ["'none'"],
  'frame-ancestors': ["'self'"],
}

/** The listener of the API: the operations of the document, and the document itself. */
export async function buildApp(parts: Parts): Promise<FastifyInstance> {
  const { config, database, document, documentText, metrics } = parts
  const app = buildListener(parts)
  app.decorate('database', database)
  app.decorate('document', document)
  app.decorate('settings', config)
  app.decorate('metrics', metrics)
  app.decorateRequest('json', undefined)
  app.decorateRequest('caller', 'system@hyperfleet.local')

  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    ['application/json', 'application/merge-patch+json', 'application/problem+json'],
    { parseAs: 'buffer' },
    async (request: { json: Json | undefined }, bytes: Buffer) => {
      request.json = parseJson(bytes)
      return request.json?.value
    },
  )
  app.setValidatorCompiler(validatorCompiler)
  // Answers come as JSON from the database, or are small.
  app.setSerializerCompiler(() => JSON.stringify)
  app.addHook('onRoute', ({ schema }) => {
    if (!schema || !('operationId' in schema)) return
    const { querystring, headers } = schema as { querystring?: object; headers?: { properties: object } }
    // An unknown parameter is a mistake: serach= must not list everything.
    schema.querystring = { type: 'object', properties: {}, ...querystring, additionalProperties: false }
    if (headers) schema.headers = { ...headers, properties: lowerCased(headers.properties) }
  })

  await app.register(swagger, { mode: 'static', specification: { document: document as never } })
  await app.register(swaggerUi, {
    routePrefix: '/openapi-ui',
    staticCSP: csp,
    uiConfig: { deepLinking: true, layout: 'BaseLayout' },
    theme: { title: 'HyperFleet API' },
  })
  for (const path of ['/openapi', '/openapi.json', '/api/hyperfleet/v1/openapi']) {
    app.get(path, async () => document)
  }
  app.get('/openapi.yaml', async (_request, reply) =>
    reply.type('application/yaml; charset=utf-8').send(documentText),
  )
  app.get('/api/hyperfleet/v1/openapi.html', async (_request, reply) => reply.redirect('/openapi-ui'))

  await app.register(fastifyOpenapiGlue, {
    specification: structuredClone(document) as never,
    operationResolver: operationResolver(document) as never,
    addEmptySchema: true,
  })
  return app
}

/** Node gives the names of headers in lower case. */
const lowerCased = (properties: object) =>
  Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name.toLowerCase(), schema]))
