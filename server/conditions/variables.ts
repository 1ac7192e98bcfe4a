/** The facts about one resource, as condition_inputs of the database gives them. */
export interface Input {
  id: string
  version: number
  /** The rules of its kind, as text. */
  rules: string
  resource: {
    kind: string
    generation: number
    owner_references?: { id: string; kind: string; href: string }
    status: { conditions: StoredCondition[] }
    [member: string]: unknown
  }
  /** Null where the reports are too large together. */
  statuses: Status[] | null
}

interface Status {
  adapter: string
  observed_generation: number
  conditions: ReportedCondition[]
  data: unknown
}

/** A condition of a resource, as far as a rule makes it. */
export interface StoredCondition {
  type: string
  status: string
  reason?: string
  message?: string
  observed_generation: number
}

interface ReportedCondition {
  type: string
  status: string
  reason?: string
  message?: string
}

/** Members of `data` and of the resource whose names contain one of these words have no value for expressions. */
const SECRET =
  /password|secret|token|apikey|privatekey|secretkey|accesskey|sshkey|encryptionkey|accountkey|servicekey|registrykey|signingkey|credential|api_key|passphrase|private|auth|connection|cert|kubeconfig|bearer/i
const REDACTED = '***REDACTED***'
const MAX_DEPTH = 20

/**
 * The variables of expressions: `statuses`, all reports by adapter, without conditions that are Unknown; and `resource`
 * without its status. Secrets are redacted, and nothing is deeper than 20 levels.
 */
export function variablesOf({
  resource,
  statuses,
}: Input & { statuses: Status[] }): Record<'statuses' | 'resource', unknown> {
  const { owner_references: owner, status: _, ...own } = resource
  return {
    statuses: statuses.map(({ adapter, observed_generation, conditions, data }) => ({
      adapter,
      observed_generation,
      conditions: conditions
        .filter(({ status }) => status !== 'Unknown')
        .map(({ type, status, reason = '', message = '' }) => ({ type, status, reason, message })),
      data: redacted(data, 1),
    })),
    resource: redacted(
      { ...own, ...(owner && { owner_id: owner.id, owner_kind: owner.kind, owner_href: owner.href }) },
      1,
    ),
  }
}

function redacted(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return depth > MAX_DEPTH ? [] : value.map((each) => redacted(each, depth + 1))
  if (depth > MAX_DEPTH) return {}
  const result: Record<string, unknown> = {}
  for (const [name, each] of Object.entries(value))
    result[name] = SECRET.test(name) ? REDACTED : redacted(each, depth + 1)
  return result
}
