import { about } from '../server/about.ts'
import type { Handler } from '../server/handler.ts'

const metadata = { id: 'hyperfleet', kind: 'API', href: '/api/hyperfleet/v1', ...about }

/** What this server is. */
export const getMetadata: Handler<'getMetadata'> = async () => metadata

/** What this version of the API is. */
export const getVersionMetadata: Handler<'getVersionMetadata'> = async () => metadata

/** Which clients are served, as the document says it. */
export const getCompatibility: Handler<'getCompatibility'> = async ({ server }) =>
  server.document['x-compatibility']
