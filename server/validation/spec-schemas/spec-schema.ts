import type { ErrorObject } from 'ajv'

/** A JSON schema, or the JSON around one. */
export type Schema = { [keyword: string]: unknown }

/** Returns the errors of Ajv; none when the value is valid. */
export type Check = (value: unknown) => ErrorObject[]

/** The schema of the spec of a kind. Without `check` any spec fits it. */
export interface SpecSchema {
  /** As one JSON schema that needs nothing else. */
  schema: Schema
  check?: Check
}

/** The schemas in force, by kind. */
export type SpecSchemas = Map<string, SpecSchema>
