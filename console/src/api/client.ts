import { authorization } from './session.ts'
import type { ProblemDetails, Violation } from './types.ts'

/** A request as it goes to the server, and as it can be shown. */
export interface Call {
  method: string
  path: string
  query?: Record<string, string | number | boolean | undefined> | undefined
  headers?: Record<string, string>
  body?: unknown
  /** The operation that is called, with the parameters of its path. */
  of?: { operation: string; kind: string | undefined; parameters: (string | number)[] }
}

export interface Answer<Body> {
  status: number
  headers: Headers
  body: Body
}

/** An answer of 400 or more, with the problem that the server told; without one, status is 0: there was no answer. */
export class CallFailed extends Error {
  readonly status: number
  readonly problem: ProblemDetails | undefined
  readonly violations: Violation[]

  constructor(status: number, problem: ProblemDetails | undefined, message?: string) {
    super(problem?.detail ?? message ?? `The server answered ${status}.`)
    this.status = status
    this.problem = problem
    this.violations = problem?.errors ?? []
  }
}

/** Sends a request. Rejects as CallFailed for a problem, and as AbortError once the signal is aborted. */
export async function send<Body>(call: Call, signal?: AbortSignal): Promise<Answer<Body>> {
  const answer = await fetch(addressOf(call), {
    method: call.method,
    headers: headersOf(call, authorization()),
    ...(call.body !== undefined && { body: JSON.stringify(call.body) }),
    ...(signal && { signal }),
  }).catch((error: Error) => {
    throw error.name === 'AbortError' ? error : new CallFailed(0, undefined, 'The server cannot be reached.')
  })
  if (!answer.ok) throw await failureOf(answer)
  const text = await answer.text()
  return {
    status: answer.status,
    headers: answer.headers,
    body: (text ? JSON.parse(text) : undefined) as Body,
  }
}

/** The failure that an answer stands for. */
export async function failureOf(answer: Response): Promise<CallFailed> {
  const isProblem = answer.headers.get('content-type')?.startsWith('application/problem+json')
  return new CallFailed(answer.status, isProblem ? await answer.json() : undefined)
}

/** Path and query of a call; parameters without a value are left out. */
export function addressOf({ path, query = {} }: Call): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined)
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString()
  return text ? `${path}?${text}` : path
}

/** The headers of a call, with those that say who calls. */
export const headersOf = ({ headers, body }: Call, credentials: Record<string, string>) => ({
  ...(body !== undefined && { 'Content-Type': 'application/json' }),
  ...headers,
  ...credentials,
})
