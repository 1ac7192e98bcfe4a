import type { FastifyContextConfig, FastifyReply, FastifyRequest } from 'fastify'

/**
 * The steps of a request of one operation, in their order; each rejects with what refuses the request. Of a request of its own they
 * are hooks of its route, and an operation of a batch passes them one after another.
 */
export interface Operation {
  id: string
  method: string
  path: string
  isSecured: boolean
  /** What a request does to resources (Verb); undefined for an operation that rules of authorization do not decide on. */
  verb: string | undefined
  config: FastifyContextConfig
  /** Whether it has a body. */
  hasBody: boolean
  /** Whether its body is made of operations with bodies of their own. */
  isBatch: boolean
  /** Whether a step follows the validation of its body, or settles the kind. */
  hasContent: boolean
  /** Authorization by headers and path; parameters (400), the media type of the body (415). */
  admit(request: FastifyRequest, reply: FastifyReply): void
  /** What authorization has left open. */
  authorize(request: FastifyRequest): Promise<void>
  /** Syntax of the body (400). */
  checkSyntax(request: FastifyRequest): Promise<void>
  /** Content of the body, validated by its schema (400); the kind. */
  checkContent(request: FastifyRequest): Promise<void>
  /** The handler. Resolves with the body of the answer. */
  serve(request: FastifyRequest, reply: FastifyReply): Promise<unknown>
}
