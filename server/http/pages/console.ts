import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import helmet from '@fastify/helmet'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Config } from '../../config/schema.ts'
import { Problem } from '../../problem.ts'

const PREFIX = '/console'
const DIST = fileURLToPath(new URL('../../../console/dist', import.meta.url))

/** Nothing but what this server sends is run or shown; the issuer is asked for tokens where people sign in there. */
const contentSecurityPolicy = (issuer: string | undefined) => ({
  useDefaults: false,
  directives: {
    'default-src': ["'none'"],
    'script-src': ["'self'"],
    'style-src': ["'self'"],
    'img-src': ["'self'", 'data:'],
    'connect-src': ["'self'", ...(issuer ? [new URL(issuer).origin] : [])],
    'base-uri': ["'none'"],
    'form-action': ["'self'"],
    'frame-ancestors': ["'none'"],
  },
})

/**
 * The console: the files that `npm run console` has built, at /console, where / leads. Where they have not been built,
 * /console is 404 and the log says so once. None of them needs a token: the console sends one with its requests.
 */
export async function addConsole(app: FastifyInstance, { console: settings, server }: Config): Promise<void> {
  if (!settings.enabled) return
  if (!existsSync(`${DIST}/index.html`)) {
    app.log.warn('the console is not served, for it has not been built: npm run console')
    return
  }
  const { oidc } = settings
  await app.register(async (own) => {
    await own.register(helmet, { contentSecurityPolicy: contentSecurityPolicy(oidc.issuer) })
    await own.register(fastifyStatic, {
      root: DIST,
      prefix: `${PREFIX}/`,
      index: false,
      wildcard: false,
      preCompressed: true,
      cacheControl: false,
      globIgnore: ['**/*.br', '**/*.gz', 'index.html'],
      setHeaders: (reply, path) =>
        reply.setHeader('cache-control', path.includes('/assets/') ? FOREVER : REVALIDATED),
    })
    own.get(`${PREFIX}/config.json`, async (_request, reply) => {
      reply.header('cache-control', REVALIDATED)
      return { authentication: server.jwt.enabled, ...(oidc.issuer && { oidc }) }
    })
    // The pages of the console are places within index.html.
    for (const path of [PREFIX, `${PREFIX}/*`])
      own.get(path, async (request, reply) => {
        if (!isNavigation(request))
          throw new Problem('NTF-000', `There is no route ${request.url.slice(0, 200)}`)
        return reply.sendFile('index.html')
      })
  })
  app.get('/', async (_request, reply) => reply.redirect(`${PREFIX}/`, 302))
}

/** The names of these files change with their content. */
const FOREVER = 'public, max-age=31536000, immutable'
const REVALIDATED = 'no-cache'

/** Whether a browser asks for a page, rather than a program for a file. */
const isNavigation = ({ headers: { accept = '' } }: FastifyRequest) => accept.includes('text/html')
