import { about } from '../server/lib/version.ts'
import { jsonOf } from '../server/lib/written-numbers.ts'
import { Problem } from '../server/problem.ts'
import type { Handler } from './handler.ts'

const metadata = { id: 'hyperfleet', kind: 'API', href: '/api/hyperfleet/v1', ...about }

/** The name, version and build of this server. */
export const getMetadata: Handler<'getMetadata'> = async () => metadata

/** Which clients are served, as the document says it. */
export const getCompatibility: Handler<'getCompatibility'> = async ({ server }) =>
  server.document['x-compatibility']

/** The schema that the spec of a kind must fit. */
export const getSchema: Handler<'getSchema'> = async ({ server, params: { kind } }) => {
  const found = server.specSchemas.get(kind)
  if (!found) throw new Problem('NTF-001', `Schema with kind='${kind}' not found`)
  return jsonOf(found.schema)
}
