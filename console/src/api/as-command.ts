import { quotedForShell } from './as-curl.ts'
import type { Call } from './client.ts'
import type { Kind } from './document.ts'

interface Body {
  name: string
  labels?: Record<string, string>
  spec: object
  references?: object
  reason: string
  adapter: string
  observed_generation: number
  conditions: { type: string; status: string; reason?: string; message?: string }[]
}

/** The call as a command of `hyperfleet`; undefined where that has none for it. */
export function asCommand({ of, query = {}, body }: Call, kinds: Kind[], origin: string): string | undefined {
  const kind = kinds.find(({ name }) => name === of?.kind)
  if (!of || !kind) return undefined
  const parent = kind.parent_kind?.toLowerCase()
  const words = wordsOf(of.operation, of.parameters, query, body as Body, parent)
  if (!words) return undefined
  const [command = '', ...rest] = words
  return ['hyperfleet', command, kind.name.toLowerCase(), ...rest, '--server', quotedForShell(origin)].join(
    ' ',
  )
}

function wordsOf(
  operation: string,
  [id = '', generation]: (string | number)[],
  query: NonNullable<Call['query']>,
  body: Body,
  parent: string | undefined,
): string[] | undefined {
  const resource = quotedForShell(String(id))
  switch (operation) {
    case 'resources.list':
      return ['list', ...flags({ search: query.search, order: query.order, limit: query.size })]
    case 'resources.get':
      return ['get', resource]
    case 'history.changes':
      return ['history', resource]
    case 'history.generation':
      return query.diff === undefined
        ? undefined
        : ['diff', resource, ...flags({ from: query.diff, to: generation })]
    case 'resources.create': {
      // The command sets no references.
      if (body.references && Object.keys(body.references).length) return undefined
      const labels = Object.entries(body.labels ?? {}).flatMap(([key, value]) =>
        flags({ label: `${key}=${value}` }),
      )
      const above = parent ? flags({ parent: `${parent}/${id}` }) : []
      return [
        'create',
        quotedForShell(body.name),
        ...above,
        ...labels,
        ...flags({ spec: JSON.stringify(body.spec) }),
      ]
    }
    case 'resources.patch':
      return ['patch', resource, '--replace', ...flags({ patch: JSON.stringify(body) })]
    case 'resources.delete':
      return ['delete', resource]
    case 'resources.forceDelete':
      return ['force-delete', resource, ...flags({ reason: body.reason })]
    case 'reports.put': {
      const of = (type: string) => body.conditions.find((condition) => condition.type === type)
      return [
        'report',
        resource,
        ...flags({
          adapter: body.adapter,
          generation: body.observed_generation,
          available: of('Available')?.status,
          applied: of('Applied')?.status,
          health: of('Health')?.status,
          finalized: of('Finalized')?.status,
          reason: of('Available')?.reason,
          message: of('Available')?.message,
        }),
      ]
    }
    default:
      return undefined
  }
}

/** Flags of a command; those without a value are left out. */
const flags = (values: Record<string, string | number | boolean | undefined>): string[] =>
  Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}`, quotedForShell(String(value))],
  )
