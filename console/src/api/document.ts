import type { Call } from './client.ts'
import { send } from './client.ts'
import type { Schema } from './types.ts'

interface Operation {
  operationId: string
  'x-operation': string
  'x-kind'?: string
  'x-created-at'?: string
  parameters?: ({ $ref: string } | { name: string; in: string })[]
}

interface KindEntry {
  plural: string
  parent_kind?: string
  references?: { ref_type: string; target_kind: string }[]
}

interface Source {
  info: { title: string; version: string }
  'x-kinds': Record<string, KindEntry>
  paths: Record<string, Record<string, Operation>>
  components: {
    schemas: Record<string, Schema>
    parameters: Record<string, { name: string; schema: Schema & { items?: Schema } }>
  }
}

export interface Kind extends KindEntry {
  name: string
}

/** The parts of the published document that the console is made of: kinds, operations and schemas. */
export interface ApiDocument {
  version: string
  kinds: Kind[]
  /** The path of an operation (`x-operation`) on a kind, its parameters filled in order; undefined where there is none. */
  pathOf(operation: string, kind: string | undefined, ...parameters: (string | number)[]): string | undefined
  /** A call of an operation. Throws where there is none. */
  call(
    operation: string,
    kind: string | undefined,
    parameters: (string | number)[],
    more?: Partial<Call>,
  ): Call
  schema(name: string): Schema | undefined
}

const PLACE = /\{\w+\}/g

/** Reads the document that the server publishes. Rejects as CallFailed. */
export async function loadDocument(): Promise<ApiDocument> {
  const { body } = await send<Source>({ method: 'GET', path: '/api/hyperfleet/v1/openapi' })
  return readDocument(body)
}

/** The parts of a document. Of several paths of an operation, the one that has as many places as there are parameters is taken. */
export function readDocument(source: Source): ApiDocument {
  const operations = Object.entries(source.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path,
      operation,
      places: path.match(PLACE)?.length ?? 0,
    })),
  )
  const find = (name: string, kind: string | undefined, count: number) =>
    operations.find(
      ({ operation, places }) =>
        operation['x-operation'] === name &&
        operation['x-kind'] === kind &&
        !operation['x-created-at'] &&
        places === count,
    )
  const fill = (path: string, parameters: (string | number)[]) => {
    const values = parameters.map((value) => encodeURIComponent(value))
    return path.replaceAll(PLACE, () => values.shift() ?? '')
  }
  return {
    version: source.info.version,
    kinds: Object.entries(source['x-kinds']).map(([name, entry]) => ({ name, ...entry })),
    pathOf(name, kind, ...parameters) {
      const found = find(name, kind, parameters.length)
      return found && fill(found.path, parameters)
    },
    call(name, kind, parameters, more = {}) {
      const found = find(name, kind, parameters.length)
      if (!found) throw new Error(`The server has no operation ${name} for ${kind ?? 'it'}.`)
      return {
        method: found.method,
        path: fill(found.path, parameters),
        of: { operation: name, kind, parameters },
        ...more,
      }
    },
    schema: (name) => source.components.schemas[name],
  }
}
