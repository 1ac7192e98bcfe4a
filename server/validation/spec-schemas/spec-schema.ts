import type { ErrorObject } from 'ajv'
import type { components } from '../../../generated/openapi.d.ts'

/** A JSON schema, or the JSON around one. */
export type Schema = { [keyword: string]: unknown }

/** Returns the errors of Ajv; none when the value is valid. */
export type Check = (value: unknown) => ErrorObject[]

/** The rules of a schema (`x-kubernetes-validations`), for specs that fit it. */
export interface SpecRules {
  /** Whether there are rules that compare a spec with the former one. */
  hasTransitions: boolean
  /** The violations of a spec, as `parseWritten` gives it; `old` is the one that it replaces, if any. */
  check(spec: unknown, old?: unknown): components['schemas']['ValidationError'][]
}

/** The schema of the spec of a kind. Without `check` any spec fits it. */
export interface SpecSchema {
  /** As one JSON schema that needs nothing else. */
  schema: Schema
  check?: Check
  rules?: SpecRules | undefined
}

/** The schemas in force, by kind. */
export type SpecSchemas = Map<string, SpecSchema>
