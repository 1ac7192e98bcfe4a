import type { FastifyReply, FastifyRequest } from 'fastify'

/**
 * Reads a list, and gives its answer the token from which the changes after it can be read. The token is that of a position that was known
 * before: the list is never older, also one of a replica. Without the header where the server knows no such position. Rejects as
 * `read` does.
 */
export async function withToken<Result>(
  { server, lists }: Pick<FastifyRequest, 'server' | 'lists'>,
  reply: FastifyReply,
  read: () => Promise<Result>,
): Promise<Result> {
  const token = await server.changes.tokenForList(lists.completeUntil)
  const result = await read()
  if (token !== undefined) reply.header('hyperfleet-token', token)
  return result
}
