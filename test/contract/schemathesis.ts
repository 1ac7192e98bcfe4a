/** schemathesis against a server in a process of its own, and which of its findings are explained. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createReadStream, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { parse } from 'yaml'
import { createDatabase } from '../databases.ts'
import { find } from '../helm/helm.ts'
import { createIssuer, inSeconds, trusting } from '../issuers.ts'
import { root, type Scope, serving, startReplica, temporaryFolder } from '../processes.ts'

const program = find('schemathesis')
export const skip = program ? false : 'there is no schemathesis on the PATH'

/** A failure that is none of the server's, and why. */
export interface Explanation {
  check: string
  status: number
  /** What the server or schemathesis says of it. */
  says: string
  /** The parameter of the query that must have been sent. */
  query?: string
  /** What was sent, as a method and a URL. */
  request?: string
  /** The body that was sent. */
  sent?: string
  reason: string
}

export const explanations: Explanation[] = parse(
  readFileSync(join(root, 'test/contract/schemathesis.yaml'), 'utf8'),
)

/** One failure of a check, with what was sent and answered. */
export interface Failure {
  check: string
  operation: string
  message: string
  request: string
  sent: string
  status: number | undefined
  body: string
}

export interface Outcome {
  version: string
  cases: Record<string, number>
  failures: Failure[]
  /** What schemathesis could not do. */
  errors: string[]
}

/** The checks that find something in an answer, and not in a request. */
const OF_ANSWERS = ['response_schema_conformance', 'allow_header_conformance']

/** What is said of a failure: each violation of the request, or the detail; else what schemathesis says of it. */
function sayings(failure: Failure): string[] {
  const { check, message, body, status = 0 } = failure
  if (OF_ANSWERS.includes(check)) return [message.split('\n')[0] ?? '']
  if (check === 'negative_data_rejection' && status < 400) return accepted(failure)
  try {
    const { errors, detail } = JSON.parse(body)
    return (
      errors?.map((each: { field: string; message: string }) => `${each.field}: ${each.message}`) ?? [
        detail ?? message,
      ]
    )
  } catch {
    return [message]
  }
}

/** The parameters of a query that should have been refused, as they were sent; the message where it is of anything else. */
function accepted({ message, request }: Failure): string[] {
  const [, components = ''] = /^Invalid components?: (.*?)(?: - .*)?$/m.exec(message) ?? []
  if (!/^parameters? (`\w+`(, )?)+ in query$/.test(components)) return [message]
  const query = queryOf(request)
  return [...components.matchAll(/`(\w+)`/g)].map(([, name = '']) =>
    query.has(name) ? `query ${name}=${query.get(name)}` : `query ${name} was not sent`,
  )
}

const queryOf = (request: string) => new URL(request.replace(/^\w+ /, '')).searchParams

/** The explanations of a failure; none when any of what is said of it has none. */
export function explain(failure: Failure): Explanation[] {
  const found = sayings(failure).map((saying) =>
    explanations.find(
      ({ check, status, says, query, request, sent }) =>
        check === failure.check &&
        status === failure.status &&
        new RegExp(says).test(saying) &&
        (!query || queryOf(failure.request).has(query)) &&
        (!request || new RegExp(request).test(failure.request)) &&
        (!sent || new RegExp(sent).test(failure.sent)),
    ),
  )
  return found.includes(undefined) ? [] : [...new Set(found as Explanation[])]
}

export interface Amount {
  seed: number
  /** For how long; without it, as long as `examples` of each operation take. */
  seconds?: number
  examples: number
  phases?: readonly string[]
}

export const allPhases = ['examples', 'coverage', 'fuzzing', 'stateful']

/** Tries a new server, with or without tokens. Without a time, nothing but the seed and the server decides what is tried. */
export async function run(t: Scope, jwt: boolean, amount: Amount): Promise<Outcome> {
  const { seed, seconds, examples, phases = allPhases } = amount
  const settings: Record<string, string> = {
    HYPERFLEET_CLUSTER_ADAPTERS: '["validator"]',
    HYPERFLEET_NODEPOOL_ADAPTERS: '["validator"]',
    HYPERFLEET_LOGGING_LEVEL: 'error',
    HYPERFLEET_SERVER_MAX_EVENT_LOOP_DELAY: '1m',
  }
  const args: string[] = []
  if (jwt) {
    const issuer = await createIssuer(t)
    Object.assign(settings, trusting({ issuer_url: issuer.url, jwk_cert_url: issuer.url }))
    args.push(`--header=Authorization: Bearer ${await issuer.token('first', { exp: inSeconds(86_400) })}`)
  }
  const { api } = await startReplica(t, { ...serving(await createDatabase(settings)), ...settings })
  const folder = await temporaryFolder(t)
  const report = join(folder, 'report.ndjson')
  args.push(
    '--no-color',
    '--continue-on-failure',
    '--generation-database=none',
    '--output-truncate=false',
    '--report=ndjson',
    `--report-ndjson-path=${report}`,
    `--phases=${phases}`,
    `--seed=${seed}`,
    `--max-examples=${examples}`,
  )
  if (seconds) args.push(`--max-time=${seconds}`)
  const child = spawn(program ?? 'schemathesis', ['run', `${api}/openapi.json`, ...args], {
    cwd: folder,
    env: { ...process.env, SCHEMATHESIS_HOOKS: 'hooks', PYTHONPATH: join(root, 'test/contract') },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  t.teardown(() => child.kill())
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  const [code] = await once(child, 'close')
  // 1 says that there are failures.
  if (code !== 0 && code !== 1) throw new Error(`schemathesis ended with ${code}: ${output}`)
  return read(report)
}

interface Scenario {
  phase: string
  recorder: {
    label: string
    checks?: Record<
      string,
      { name: string; status: string; failure_info?: { failure: { message: string } } }[]
    >
    interactions?: Record<
      string,
      {
        request: { method: string; uri: string; body?: { $base64?: string } }
        response?: { status_code: number; content?: { $base64?: string } }
      }
    >
  }
}

/** Reads the events of a run. */
async function read(report: string): Promise<Outcome> {
  const outcome: Outcome = { version: '', cases: {}, failures: [], errors: [] }
  for await (const line of createInterface({ input: createReadStream(report) })) {
    const event = JSON.parse(line)
    if (event.Initialize) outcome.version = event.Initialize.schemathesis_version
    if (event.NonFatalError ?? event.FatalError) outcome.errors.push(line)
    if (event.ScenarioFinished) add(outcome, event.ScenarioFinished)
  }
  return outcome
}

function add({ cases, failures }: Outcome, { phase, recorder }: Scenario) {
  const { label, checks = {}, interactions = {} } = recorder
  for (const [id, list] of Object.entries(checks)) {
    cases[phase] = (cases[phase] ?? 0) + 1
    for (const { name, status, failure_info: info } of list) {
      if (status === 'success') continue
      const { request, response } = interactions[id] ?? {}
      failures.push({
        check: name,
        operation: label,
        message: info?.failure.message ?? status,
        request: `${request?.method} ${request?.uri}`,
        sent: textOf(request?.body),
        status: response?.status_code,
        body: textOf(response?.content),
      })
    }
  }
}

const textOf = (content?: { $base64?: string }) => Buffer.from(content?.$base64 ?? '', 'base64').toString()
