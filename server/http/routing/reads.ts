import type { FastifyRequest } from 'fastify'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whether the route only reads, whatever its method is. */
    isRead?: boolean
  }
}

/** Whether a request only reads: by its method, or a search, whose body says what to list. */
export const isRead = ({ method, routeOptions }: FastifyRequest): boolean =>
  method === 'GET' || method === 'HEAD' || routeOptions.config?.isRead === true
