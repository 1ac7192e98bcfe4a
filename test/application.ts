import type { FastifyBaseLogger, FastifyInstance, InjectOptions } from 'fastify'
import type { Test } from 'tap'
import { handlers } from '../handlers/index.ts'
import { Database } from '../server/db/database.ts'
import { openReplica, type Replica } from '../server/db/replica.ts'
import { buildApp } from '../server/http/app.ts'
import { buildHealthListener } from '../server/http/listeners/health-listener.ts'
import { createLogger } from '../server/observability/logger.ts'
import { createMetrics, type Metrics } from '../server/observability/metrics.ts'
import { loadDocument } from '../server/openapi/document.ts'
import { createDatabase, testConfig } from './databases.ts'
import { answerCheck } from './document-check.ts'

export const base = '/api/hyperfleet/v1'

/** An answer of the server, with its parsed body. */
export interface Answer {
  status: number
  headers: Record<string, string | string[] | number | undefined>
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies freely; their shape is checked against the document.
  body: any
  text: string
}

/** The server on a database of its own. */
export interface Application {
  app: FastifyInstance
  database: Database
  replica: Replica | undefined
  metrics: Metrics
  url: string
  /** Sends a request, and checks its answer against the document. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>
}

/** Builds the server for a test, on a database of its own unless it is given one; both go with the test. */
export async function application(
  t: Test,
  env: Record<string, string> = {},
  given?: string,
  logger?: FastifyBaseLogger,
): Promise<Application> {
  const url = given ?? (await createDatabase(env))
  const config = testConfig(url, env)
  const document = loadDocument(config)
  const checkAnswer = answerCheck(document)
  const database = new Database(config.database)
  const log = logger ?? (createLogger(config.logging) as never as FastifyBaseLogger)
  const replica = openReplica(config.database, database, log)
  const metrics = createMetrics(database, replica)
  const app = await buildApp({
    handlers,
    config,
    database,
    replica,
    document,
    logger: log,
    metrics,
  }).catch(async (error) => {
    await replica?.close()
    await database.close()
    throw error
  })
  await app.ready()
  t.teardown(async () => {
    await app.close()
    await replica?.close()
    await database.close()
  })
  return {
    app,
    database,
    replica,
    metrics,
    url,
    async call(method, path, body, headers = {}) {
      const options: InjectOptions = {
        method: method as 'GET',
        url: path.startsWith('/') ? path : `${base}/${path}`,
      }
      if (body !== undefined) {
        options.payload = typeof body === 'string' ? body : JSON.stringify(body)
        options.headers = { 'content-type': 'application/json', ...headers }
      } else options.headers = headers
      const response = await app.inject(options)
      const answer = {
        status: response.statusCode,
        headers: response.headers,
        text: response.body,
        body:
          /json/.test(String(response.headers['content-type'])) && response.body
            ? JSON.parse(response.body)
            : undefined,
      }
      checkAnswer(method, String(options.url), answer, body)
      return answer
    },
  }
}

/** What GET /readyz says. */
export async function readiness({ app, database }: Pick<Application, 'app' | 'database'>) {
  const { settings: config, document, counters: metrics, log: logger } = app
  const parts = { config, database, document, metrics, logger }
  const health = buildHealthListener(parts, () => undefined)
  const answer = await health.inject('/readyz')
  await health.close()
  return answer.json()
}

/** The conditions every report must have, with `Available` as given. */
export const conditions = (available: string, more: object[] = []) => [
  { type: 'Available', status: available },
  { type: 'Applied', status: 'True' },
  { type: 'Health', status: 'True' },
  ...more,
]

/** A report; its time is a minute of a day long past unless `more` says otherwise. */
export const report = (
  adapter: string,
  observed_generation: number,
  available: string,
  minute: number,
  more: object = {},
) => ({
  adapter,
  observed_generation,
  observed_time: new Date(Date.UTC(2026, 2, 10, 8, minute)).toISOString(),
  conditions: conditions(available),
  ...more,
})

/** A condition of a resource by its type. */
export const condition = (resource: { status: { conditions: { type: string }[] } }, type: string) =>
  resource.status.conditions.find((each) => each.type === type) as Record<string, unknown> | undefined
