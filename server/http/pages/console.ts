import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import helmet from '@fastify/helmet'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'
import type { Config } from '../../config/schema.ts'
import { Problem } from '../../problem.ts'

const PREFIX = '/console'
const PATHS = [PREFIX, `${PREFIX}/*`]
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
export async function addConsole(
  app: FastifyInstance,
  { console: settings, server }: Pick<Config, 'console' | 'server'>,
  dist = DIST,
): Promise<void> {
  if (!settings.enabled) return
  app.get('/', async (_request, reply) => reply.redirect(`${PREFIX}/`, 302))
  if (!existsSync(`${dist}/index.html`)) return refuseConsole(app)
  const { oidc } = settings
  await app.register(async (own) => {
    await own.register(helmet, { contentSecurityPolicy: contentSecurityPolicy(oidc.issuer) })
    await own.register(fastifyStatic, {
      root: dist,
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
    // The pages of the console are places within index.html; the file of an older build is none of them.
    for (const path of PATHS) own.get(path, async (_request, reply) => reply.sendFile('index.html'))
    own.get(`${PREFIX}/assets/*`, async ({ url }) => {
      throw new Problem('NTF-000', `There is no route ${url.slice(0, 200)}`)
    })
  })
}

function refuseConsole(app: FastifyInstance) {
  app.log.warn('the console is not served: it has not been built (npm run console)')
  for (const path of PATHS)
    app.get(path, async () => {
      throw new Problem('NTF-000', 'The console has not been built: npm run console')
    })
}

/** The names of these files change with their content. */
const FOREVER = 'public, max-age=31536000, immutable'
const REVALIDATED = 'no-cache'
