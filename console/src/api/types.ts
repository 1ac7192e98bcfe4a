import type { components } from '../../../generated/openapi.d.ts'

type Schemas = components['schemas']

/** A resource of any kind: the members are the same for all. */
export type Resource = Omit<Schemas['Cluster'], 'kind'> & {
  kind: string
  owner_references?: Schemas['ObjectReference']
}
export type Condition = Schemas['ResourceCondition']
export type Report = Schemas['AdapterStatus']
export type NewReport = Schemas['AdapterStatusCreateRequest']
export type Explanation = Schemas['Explanation']
export type Change = Omit<Schemas['Change'], 'resource'> & { resource?: Partial<Resource> }
export type Generation = Schemas['Generation']
export type PatchOperation = Schemas['PatchOperation']
export type Summary = Schemas['ResourceSummary']
export type ProblemDetails = Schemas['ProblemDetails']
export type Violation = Schemas['ValidationError']

/** One page of a list. */
export interface Page<Item> {
  total: number
  items: Item[]
  next_cursor?: string
}

/** The members of JSON Schema that the console reads. */
export interface Schema {
  $ref?: string
  type?: string
  title?: string
  description?: string
  enum?: unknown[]
  minLength?: number
  maxLength?: number
  pattern?: string
  default?: unknown
  example?: unknown
  required?: string[]
  properties?: Record<string, Schema>
  additionalProperties?: boolean | Schema
  items?: Schema
}
