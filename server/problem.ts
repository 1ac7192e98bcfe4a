import type { components } from '../generated/openapi.d.ts'

export type Violation = components['schemas']['ValidationError']

/** The maximum number of violations in a problem document; more would not help. */
export const MAX_VIOLATIONS = 100
export type Code = keyof typeof problems

/** Every kind of problem: its code without the prefix, its status, the last part of its type, its title, its Retry-After in seconds. */
export const problems = {
  'VAL-000': { status: 400, slug: 'validation-error', title: 'Validation error' },
  'VAL-005': { status: 400, slug: 'bad-request', title: 'Bad request' },
  'VAL-006': { status: 400, slug: 'malformed-request', title: 'Malformed request' },
  'VAL-010': { status: 413, slug: 'payload-too-large', title: 'Payload too large' },
  'VAL-011': { status: 415, slug: 'unsupported-media-type', title: 'Unsupported media type' },
  'VAL-012': { status: 431, slug: 'headers-too-large', title: 'Headers too large' },
  'VAL-013': { status: 405, slug: 'method-not-allowed', title: 'Method not allowed' },
  'AUT-001': { status: 401, slug: 'authentication-required', title: 'Authentication required' },
  'AUT-002': { status: 401, slug: 'invalid-credentials', title: 'Invalid credentials' },
  'AUT-003': { status: 401, slug: 'invalid-credentials', title: 'Invalid credentials' },
  'AUZ-001': { status: 403, slug: 'permission-denied', title: 'Permission Denied' },
  'NTF-000': { status: 404, slug: 'not-found', title: 'Not found' },
  'NTF-001': { status: 404, slug: 'resource-not-found', title: 'Resource not found' },
  'CNF-001': { status: 409, slug: 'resource-conflict', title: 'Resource conflict' },
  'CNF-002': { status: 409, slug: 'version-conflict', title: 'Version conflict' },
  'CNF-003': { status: 409, slug: 'state-conflict', title: 'State conflict' },
  'GON-001': { status: 410, slug: 'token-expired', title: 'Token expired' },
  'LMT-001': { status: 429, slug: 'rate-limit-exceeded', title: 'Rate limit exceeded' },
  'INT-001': { status: 500, slug: 'internal-error', title: 'Internal error' },
  'SVC-001': { status: 503, slug: 'service-unavailable', title: 'Service unavailable', retry_after: 1 },
  'SVC-002': { status: 504, slug: 'service-timeout', title: 'Service timeout', retry_after: 1 },
} as const

/** An error that ends a request and is reported to the client. */
export class Problem extends Error {
  readonly code: Code
  readonly status: number
  readonly violations: Violation[] | undefined
  readonly headers: Record<string, string>
  /** Further members of its document. */
  readonly members: object | undefined

  constructor(
    code: Code,
    detail: string,
    options: {
      status?: number
      violations?: Violation[]
      headers?: Record<string, string>
      members?: object
      cause?: unknown
    } = {},
  ) {
    super(detail, { cause: options.cause })
    this.code = code
    this.status = options.status ?? problems[code].status
    this.violations = options.violations
    this.members = options.members
    const known = problems[code]
    this.headers = {
      ...('retry_after' in known && { 'retry-after': String(known.retry_after) }),
      ...options.headers,
    }
  }
}

/** The refusal of a create by a path that does not name the parent, with the path that does. */
export const createdUnderParent = (path: string) =>
  new Problem('VAL-000', `It is created under its parent: POST ${path}`, { status: 422 })
