import type { FastifyRequest } from 'fastify'

/** Writes an audit line for a request. A log that keeps only errors keeps it, too; a silent log does not. */
export function audit(
  request: FastifyRequest,
  fields: { audit: string } & Record<string, unknown>,
  message: string,
): void {
  const log = request.log.level === 'silent' ? request.log : request.log.child({}, { level: 'warn' })
  log.warn({ ...fields, caller: request.caller, ...(request.issuer && { issuer: request.issuer }) }, message)
}
