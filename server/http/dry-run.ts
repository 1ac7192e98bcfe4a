import type { FastifyReply, FastifyRequest } from 'fastify'

/** Has nothing of a request kept: its writes are rolled back, and the answer says so. */
export function startDryRun({ database }: Pick<FastifyRequest, 'database'>, reply: FastifyReply): void {
  database.isKept = false
  reply.header('hyperfleet-dry-run', 'true')
}
