import type { IncomingMessage } from 'node:http'
import { createRequire } from 'node:module'
import { inspect } from 'node:util'
import { type DiagLogFunction, DiagLogLevel, diag, type Span } from '@opentelemetry/api'
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http'
import { PgInstrumentation } from '@opentelemetry/instrumentation-pg'
import { NodeSDK, resources } from '@opentelemetry/sdk-node'
import type { FastifyBaseLogger } from 'fastify'
import type { Config } from '../config/schema.ts'
import { originForm } from '../lib/origin-form.ts'
import { within } from '../lib/timeout.ts'
import { about } from '../lib/version.ts'

/** How long the end of the process waits for the last spans to be taken: a dead collector must not hold it. */
const FLUSH_MS = 3000

/** Probes and scrapes would be most of all traces, and tell nothing. */
const isProbe = ({ url = '' }: IncomingMessage) =>
  /^\/(healthz|readyz|healthcheck|metrics)\b/.test(originForm(url))

/**
 * Starts to trace requests and queries; where spans go, and which, is said by the variables OTEL_… of the
 * environment. Closing it sends what has not been sent.
 *
 * The span of a request is that of the HTTP server: it begins before there is a Fastify request, so that every
 * line of the log has it, and what Fastify refuses is traced as well.
 */
export function startTracing(
  { service_name }: Config['tracing'],
  logger: FastifyBaseLogger,
): { close(): Promise<void> } {
  const { defaultResource, envDetector, hostDetector, resourceFromAttributes } = resources
  const sdk = new NodeSDK({
    resource: defaultResource().merge(
      resourceFromAttributes({ 'service.name': service_name, 'service.version': about.version }),
    ),
    // Not that of the process: its arguments may hold the password of the database.
    resourceDetectors: [envDetector, hostDetector],
    // Metrics are served at /metrics, and the log is written; neither is sent.
    metricReaders: [],
    logRecordProcessors: [],
    instrumentations: [
      new HttpInstrumentation({
        disableOutgoingRequestInstrumentation: true,
        ignoreIncomingRequestHook: isProbe,
        redactedQueryParamsServer: ['search', 'cursor'],
      }),
      // Values of statements are not reported by default; only what belongs to a request is traced.
      new PgInstrumentation({ requireParentSpan: true, requestHook: withoutWords }),
    ],
  })
  speakThrough(logger)
  sdk.start()
  instrument()
  return { close: () => within(FLUSH_MS, sdk.shutdown(), undefined) }
}

/**
 * The instrumentations change a module when it is required. By now pg and http have been imported, and imports go
 * past the hook of require anyway; but both are CommonJS, of which there is one copy however it is loaded. To
 * require them once, now that the hook is there, changes the classes that everybody has.
 */
function instrument() {
  const require = createRequire(import.meta.url)
  for (const name of ['http', 'https', 'pg']) require(name)
  createRequire(require.resolve('pg'))('pg-pool')
}

/** PostgreSQL's words on an error may quote values; the span says only that there was one. */
function withoutWords(span: Span) {
  const { setStatus } = span
  span.setStatus = ({ code }) => setStatus.call(span, { code })
}

/**
 * What OpenTelemetry has to say goes to the log, such as that nobody takes the spans: all arguments, since the first may be
 * no more than the component that speaks.
 */
function speakThrough(logger: FastifyBaseLogger) {
  const at =
    (level: 'error' | 'warn' | 'debug'): DiagLogFunction =>
    (...parts) =>
      logger[level](`tracing: ${parts.map(asText).join(' ')}`)
  const warn = at('warn')
  const debug = at('debug')
  diag.setLogger(
    { error: warn, warn, info: debug, debug, verbose: debug },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  )
}

/** A part of a message: texts as they are, anything else in one line, cut where it is long. */
const asText = (part: unknown): string =>
  typeof part === 'string'
    ? part
    : inspect(part, { breakLength: Number.POSITIVE_INFINITY, maxStringLength: 1024 })
