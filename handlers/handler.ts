import type { FastifyReply, FastifyRequest } from 'fastify'
import type { operations } from '../generated/openapi.d.ts'
import type { Target } from '../server/http/target.ts'

type Id = keyof operations
type Parameters<Op extends Id, Part extends 'path' | 'query'> = NonNullable<
  operations[Op]['parameters'][Part]
>

/** Parameters as handlers see them: what has a default in the document is there. */
type Filled<Query> = Query & Required<Pick<Query, Extract<keyof Query, 'size'>>>

type Body<Op extends Id> = operations[Op] extends {
  requestBody: { content: { 'application/json': infer Content } }
}
  ? Content
  : undefined

/**
 * What serves operations of the document: valid parameters and body in, the body of the answer out. `Op` is one of those
 * that it serves: of another kind, they differ in the path only, of which `request.target` is made.
 */
export type Handler<Op extends Id> = (
  request: FastifyRequest<{
    Params: Parameters<Op, 'path'>
    Querystring: Filled<Parameters<Op, 'query'>>
    Body: Body<Op>
  }> & { target: Target },
  reply: FastifyReply,
) => Promise<string | object | undefined>
