import type { ValidateFunction } from 'ajv'
import type { FastifyRequest } from 'fastify'
import { ANY_KIND } from '../../openapi/kinds.ts'
import { type Document, operationsOf, type RequestBody } from '../../openapi/operations.ts'
import { createdUnderParent } from '../../problem.ts'
import { refuse, toViolations } from '../../validation/violations.ts'
import { mediaTypeOf } from '../request-body.ts'
import { createPaths } from './target.ts'

/** Settles the kind of a request on a route of any kind, as `request.kind`. */
export type SettleKind = (request: FastifyRequest) => Promise<void>

/**
 * The steps that routes of any kind have beside those of one kind. They determine the kind of a request: of a list by the
 * parameter `kind`, of a create by the body, else by the resource itself; and validate a body by the schema of that kind.
 * `compile` compiles a schema of the document by its reference.
 *
 * Refuses: 400 a change of a resource whose kind is configured no more, and a body that breaks the rules of its kind; 422 a
 * create of a child; 404 no such resource.
 */
export function anyKind(document: Document, compile: (reference: string) => ValidateFunction) {
  const kinds = document['x-kinds']
  const paths = createPaths(document)
  const bodies = new Map<string, ValidateFunction>()

  const check = (operation: string, kind: string, body: unknown) => {
    const key = `${operation} ${kind}`
    const validate = bodies.get(key) ?? compile(bodyOf(document, operation, kind))
    bodies.set(key, validate)
    if (!validate(body)) refuse(toViolations(validate.errors as never))
  }
  const ofResource: SettleKind = async (request) => {
    const { id = '' } = request.target ?? {}
    request.kind = (await request.database.one('get_kind', { id })).kind
  }

  const settle: Record<string, SettleKind> = {
    'resources.list': async (request) => {
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
    },
    'resources.create': async (request) => {
      const { kind } = request.body as { kind: string }
      if (kinds[kind]?.parent_kind) throw createdUnderParent(paths.get(kind) ?? '')
      check('resources.create', kind, request.body)
      request.kind = kind
    },
    'resources.patch': async (request) => {
      await ofResource(request)
      const { kind } = request
      if (!Object.hasOwn(kinds, kind))
        refuse([{ field: '', message: `The kind ${kind} is configured no more` }])
      if (mediaTypeOf(request) === 'application/json') check('resources.patch', request.kind, request.body)
    },
  }
  return (operation: string): SettleKind => settle[operation] ?? ofResource
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
