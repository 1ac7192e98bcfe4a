import { createHash } from 'node:crypto'
import helmet from '@fastify/helmet'
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance } from 'fastify'
import { errors } from '../../../generated/errors.ts'
import { toYaml } from '../../openapi/document.ts'
import type { Document } from '../../openapi/operations.ts'
import { Problem } from '../../problem.ts'

/** The page needs nothing but this server, over https or http. Swagger UI sets styles inline. */
const contentSecurityPolicy = {
  useDefaults: false,
  directives: {
    'default-src': ["'self'"],
    'img-src': ["'self'", 'data:'],
    'style-src': ["'self'", "'unsafe-inline'"],
    'object-src': ["'none'"],
    'frame-ancestors': ["'self'"],
  },
}

/** The document as JSON and YAML, Swagger UI, and the page of each error. None of them needs a token. */
export async function addPage(app: FastifyInstance, document: Document): Promise<void> {
  await app.register(swagger, { mode: 'static', specification: { document: document as never } })
  await app.register(async (page) => {
    await page.register(helmet, { contentSecurityPolicy })
    for (const routePrefix of ['/openapi-ui', '/api/hyperfleet/v1/openapi.html']) {
      await page.register(async (own) => {
        await own.register(swaggerUi, {
          routePrefix,
          uiConfig: { deepLinking: true, layout: 'BaseLayout', persistAuthorization: true },
          theme: { title: 'HyperFleet API' },
        })
      })
    }
  })
  // Weak, for it stands for the compressed form, too.
  const tag = `W/"${createHash('sha256').update(JSON.stringify(document)).digest('base64url')}"`
  for (const path of ['/openapi', '/openapi.json', '/api/hyperfleet/v1/openapi']) {
    app.get(path, async (request, reply) => {
      reply.header('etag', tag)
      if (request.headers['if-none-match'] === tag) return reply.code(304).send()
      return document
    })
  }
  app.get('/errors/:name', async (request, reply) => {
    const { name } = request.params as { name: string }
    const section = Object.hasOwn(errors, name) && errors[name]
    if (!section) throw new Problem('NTF-000', `There is no error ${request.url.slice(0, 200)}`)
    return reply.type('text/markdown; charset=utf-8').send(section)
  })
  let yaml: string | undefined
  app.get('/openapi.yaml', async (_request, reply) => {
    yaml ??= toYaml(document)
    return reply.type('application/yaml; charset=utf-8').send(yaml)
  })
}
