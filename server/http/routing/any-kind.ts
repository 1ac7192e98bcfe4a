import type { ValidateFunction } from 'ajv'
import type { FastifyRequest } from 'fastify'
import { ANY_KIND } from '../../openapi/kinds.ts'
import { type Document, operationsOf, type RequestBody } from '../../openapi/operations.ts'
import { createdUnderParent, Problem, type Violation } from '../../problem.ts'
import { refuse, toViolations } from '../../validation/violations.ts'
import { mediaTypeOf } from '../request-body.ts'
import { createPaths, type Target } from './target.ts'

/** The steps that an operation has on a route of any kind, beside those of a route of one kind. */
export interface Steps {
  /** Settles the kind of a request whose body is valid, as `request.kind`. */
  settle: (request: FastifyRequest) => Promise<void>
  /**
   * The violations of a body by the schema of its kind, which has all rules of the schema of any kind. Undefined where the
   * kind is not known, or where its schema says nothing of the body.
   */
  check?: (request: FastifyRequest) => Promise<Violation[] | undefined>
}

/**
 * The steps of the operations on routes of any kind. They determine the kind of a request: of a list by the parameter `kind`, of
 * a create by the body, else by the resource itself; and validate a body by the schema of that kind. `compile` compiles a
 * schema of the document by its reference.
 *
 * Refuses: 400 a change of a resource whose kind is not configured, and a body that breaks the rules of its kind; 422 a
 * create of a child; 404 no such resource.
 */
export function anyKind(document: Document, compile: (reference: string) => ValidateFunction) {
  const kinds = document['x-kinds']
  const paths = createPaths(document)
  const bodies = new Map<string, ValidateFunction>()

  const violationsOf = (operation: string, kind: string, body: unknown): Violation[] => {
    const key = `${operation} ${kind}`
    const validate = bodies.get(key) ?? compile(bodyOf(document, operation, kind))
    bodies.set(key, validate)
    return validate(body) ? [] : toViolations(validate.errors as never)
  }
  const ofResource: Steps['settle'] = async (request) => {
    // Authorization may have looked it up.
    if (request.kind) return
    request.kind = (await request.database.one('get_kind', request.target as Target)).kind
  }

  const ofList: Steps['settle'] = async (request) => {
    const { kind = '', ref_type } = request.query as { kind?: string; ref_type?: string }
    const types = kinds[kind]?.references?.map((reference) => reference.ref_type) ?? []
    if (ref_type !== undefined && !types.includes(ref_type))
      refuse([
        {
          field: 'ref_type',
          message: `must be one that ${kind} has: ${types.join(', ') || 'it has none'}`,
        },
      ])
    request.kind = kind
  }

  const steps: Record<string, Steps> = {
    'resources.list': { settle: ofList },
    'resources.search': { settle: ofList },
    'resources.create': {
      check: async ({ body }) => {
        const kind = (body as { kind?: unknown } | null)?.kind
        if (typeof kind !== 'string' || !Object.hasOwn(kinds, kind)) return undefined
        return violationsOf('resources.create', kind, body)
      },
      settle: async (request) => {
        const { kind } = request.body as { kind: string }
        if (kinds[kind]?.parent_kind) throw createdUnderParent(paths.get(kind) ?? '')
        request.kind = kind
      },
    },
    'resources.patch': {
      check: async (request) => {
        if (mediaTypeOf(request) !== 'application/json') return undefined
        try {
          await ofResource(request)
        } catch {
          // A body that is invalid for every kind is refused first; else it is thrown again by `settle`.
          return undefined
        }
        const { kind } = request
        return Object.hasOwn(kinds, kind) ? violationsOf('resources.patch', kind, request.body) : undefined
      },
      settle: async (request) => {
        await ofResource(request)
        if (!Object.hasOwn(kinds, request.kind))
          throw new Problem('VAL-000', `The kind ${request.kind} is not in the configuration of this server`)
      },
    },
  }
  return (operation: string): Steps => steps[operation] ?? { settle: ofResource }
}

/** Where the document has the schema of the body of an operation on a kind. */
function bodyOf(document: Document, name: string, kind: string): string {
  const found = operationsOf(document).find(
    ({ operation }) => operation['x-operation'] === name && operation['x-kind'] === kind,
  )
  if (!found) throw new Error(`the document has no operation ${name} on ${kind}`)
  const { content } = found.operation.requestBody as RequestBody
  return (content['application/json'] as { schema: { $ref: string } }).schema.$ref
}

/** Whether the routes of an operation have resources of any kind. */
export const isOfAnyKind = (kind: string | undefined) => kind === ANY_KIND.name
