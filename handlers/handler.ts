import type { FastifyReply, FastifyRequest } from 'fastify'
import type { operations } from '../generated/openapi.d.ts'
import type { Target } from '../server/http/routing/target.ts'

type Id = keyof operations
type Parameters<Op extends Id, Part extends 'path' | 'query'> = NonNullable<
  operations[Op]['parameters'][Part]
>

/** Parameters as handlers see them: those with a default in the document are present. */
type Filled<Query> = Query & Required<Pick<Query, Extract<keyof Query, 'size'>>>

type Body<Op extends Id> = operations[Op] extends {
  requestBody: { content: { 'application/json': infer Content } }
}
  ? Content
  : undefined

/**
 * A handler: valid parameters and body in, the body of the answer out. `Op` is one of the operations that it serves; the
 * same operation on another kind differs in its path only, which becomes `request.target`.
 */
export type Handler<Op extends Id> = (
  request: FastifyRequest<{
    Params: Parameters<Op, 'path'>
    Querystring: Filled<Parameters<Op, 'query'>>
    Body: Body<Op>
  }> & { target: Target },
  reply: FastifyReply,
) => Promise<string | object | undefined>
