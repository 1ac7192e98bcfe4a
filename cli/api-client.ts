/** Requests to a server: openapi-fetch on the types of the document, with errors that can be printed. */
import createClient, { type Client, type Middleware } from 'openapi-fetch'
import type { components, paths } from '../generated/openapi.d.ts'
import { parseJson, toJson } from './exact-values.ts'
import { CliError, type Outcome, Printed } from './exit-codes.ts'

export type Api = Client<paths>
type Problem = components['schemas']['ProblemDetails']

/** Where requests go, and what they carry. With `isPrinted` they are printed as commands of curl, and not sent. */
export interface ServerAccess {
  server: string
  token: string | undefined
  headers: Record<string, string>
  timeoutS: number
  isPrinted?: boolean
}

/** An error that the server has answered with. */
export class ApiError extends CliError {
  readonly status: number
  readonly code: string
  /** The body of the answer, as far as it is a problem. */
  readonly problem: Partial<Problem>
  /** After how many milliseconds to try again, where the server says so. */
  readonly retryMs: number | undefined

  constructor(response: Response, text: string) {
    const problem = readProblem(text)
    super(describe(response, problem), outcomeOf(response.status))
    this.status = response.status
    this.code = problem.code ?? ''
    this.problem = problem
    this.retryMs = Number(response.headers.get('retry-after')) * 1000 || undefined
  }
}

const outcomes: Record<number, Outcome> = {
  401: 'refused',
  403: 'refused',
  404: 'not found',
  409: 'conflict',
  412: 'conflict',
  408: 'unavailable',
  429: 'unavailable',
  502: 'unavailable',
  503: 'unavailable',
  504: 'unavailable',
}
const outcomeOf = (status: number): Outcome => outcomes[status] ?? 'failure'

function readProblem(text: string): Partial<Problem> {
  try {
    const value = parseJson(text)
    return typeof value === 'object' && value !== null ? (value as Partial<Problem>) : {}
  } catch {
    return {}
  }
}

function describe({ status, statusText, url }: Response, { code, title, detail, errors }: Partial<Problem>) {
  if (!code) return `${status} ${statusText} from ${url}, which is no answer of this API`
  const violations = (errors ?? []).map(({ field, message }) => `\n  ${field}: ${message}`)
  return `${code} ${title}: ${detail}${violations.join('')}`
}

/** Whether the same request may succeed later: the server cannot be reached, or says so. */
export const isTransient = (error: unknown): error is CliError =>
  error instanceof CliError && error.outcome === 'unavailable'

/** An answer whose numbers are read as they were written. */
class ExactResponse extends Response {
  override json = async () => parseJson(await this.text())
}

const errors: Middleware = {
  async onResponse({ response }) {
    if (!response.ok) throw new ApiError(response, await response.text())
    if (!/json/.test(response.headers.get('content-type') ?? '')) return undefined
    const text = await response.text()
    const headers = new Headers(response.headers)
    // With a length, openapi-fetch leaves parsing to the answer.
    headers.set('content-length', String(Buffer.byteLength(text)))
    return new ExactResponse(text, { status: response.status, headers })
  },
  onError: ({ error, request }) => withoutAnswer(error, request.url),
}

/** The error of a request that was not answered. */
export function withoutAnswer(error: unknown, url: string): CliError {
  const { name, cause, message } = error as Error
  if (name === 'TimeoutError') return new CliError(`no answer in time from ${url}`, 'timeout')
  const { code } = (cause ?? {}) as NodeJS.ErrnoException
  return new CliError(`${new URL(url).origin} cannot be reached: ${code ?? message}`, 'unavailable')
}

const printing: Middleware = {
  async onRequest({ request }) {
    console.log(await asCurl(request))
    throw new Printed()
  },
}

/** A client of a server. What it throws is a CliError, or Printed. */
export function createApi({ server, token, headers, timeoutS, isPrinted }: ServerAccess): Api {
  const api = createClient<paths>({
    baseUrl: server,
    headers: { ...headers, ...(token && { Authorization: `Bearer ${token}` }) },
    bodySerializer: (body) => toJson(body),
    // A stream goes on; its silence is bounded by the comments that the server sends.
    fetch: (request) =>
      fetch(
        request,
        isStream(request)
          ? {}
          : { signal: AbortSignal.any([request.signal, AbortSignal.timeout(timeoutS * 1000)]) },
      ),
  })
  api.use(errors)
  if (isPrinted) api.use(printing)
  return api
}

const isStream = ({ headers }: Request) => headers.get('accept') === 'text/event-stream'

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`

/** The command of curl that sends a request; the token is that of the variable HYPERFLEET_TOKEN. */
async function asCurl(request: Request): Promise<string> {
  const body = await request.clone().text()
  const headers = [...request.headers].map(([name, value]) =>
    name === 'authorization'
      ? '-H "Authorization: Bearer $HYPERFLEET_TOKEN"'
      : `-H ${quoted(`${name}: ${value}`)}`,
  )
  return [
    'curl -sS',
    ...(request.method === 'GET' ? [] : [`-X ${request.method}`]),
    quoted(request.url),
    ...headers,
    ...(body ? [`--data-binary ${quoted(body)}`] : []),
  ].join(' ')
}
