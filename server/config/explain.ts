import type { ErrorObject } from 'ajv'
import { nearest } from './nearest.ts'
import type { Origin } from './origin.ts'
import { bareName, hidden, redacted } from './secrets.ts'
import type { SettingSchema } from './settings.ts'
import { convert } from './sources.ts'

/** A rule that settings break: the keys it is about, and the line for the operator. */
export interface Problem {
  keys: string[]
  line: string
}

const LONGEST_VALUE = 200

const hints: Record<string, string> = {
  duration: 'write it like 500ms, 10s or 5m, up to 24d',
  delay: 'write it like 0s, 500ms or 10s',
  size: 'write it like 512KiB or 1MiB',
}

/** The key of a JSON pointer: /server/jwt/configs/0/issuer_url is server.jwt.configs[0].issuer_url. */
export const keyOf = (pointer: string) =>
  pointer
    .slice(1)
    .replaceAll(/\/(\d+)/g, '[$1]')
    .replaceAll('/', '.')

/** A value and where it came from, in brackets; the value only as far as it is no secret. */
export function given(key: string, value: unknown, origin: Origin, schema?: SettingSchema): string {
  const safe = schema ? redacted(value, schema) : value
  const text = safe === hidden ? 'not shown' : `it is ${JSON.stringify(safe)}`
  return `(${text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text}, from ${origin(key)})`
}

/** What is wrong with a value by the schema. */
export function explain(error: ErrorObject, origin: Origin): Problem {
  const { instancePath, keyword, params, parentSchema, data } = error
  const schema = parentSchema as SettingSchema
  const key = keyOf(instancePath)
  if (keyword === 'additionalProperties') return unknownKey(key, params.additionalProperty, schema, origin)
  if (keyword === 'required') {
    return { keys: [key], line: `${key} must have ${params.missingProperty} (from ${origin(key)})` }
  }
  const hint = hintFor(keyword, data, schema)
  return {
    keys: [key],
    line: `${key} ${rule(error, schema)} ${given(key, data, origin, schema)}${hint ? `: ${hint}` : ''}`,
  }
}

function unknownKey(group: string, name: string, schema: SettingSchema, origin: Origin): Problem {
  const bare = bareName(name)
  const path = (member: string) => (group ? `${group}.${member}` : member)
  const meant = nearest(name, Object.keys(schema.properties ?? {}))
  const hint = meant ? `did you mean ${path(meant)}?` : 'docs/configuration.md lists the settings'
  return {
    keys: [path(name)],
    line: `the setting ${path(bare)} is unknown (from ${origin(path(name))}): ${hint}`,
  }
}

function rule({ keyword, message }: ErrorObject, schema: SettingSchema): string {
  if (schema.enum) return `must be one of ${schema.enum.join(', ')}`
  if (keyword === 'minLength') return 'must not be empty'
  if (keyword === 'pattern') return `must be ${schema.title}`
  if (keyword === 'type' || keyword === 'format') return `must be ${typeName(schema)}`
  if (keyword === 'minimum' || keyword === 'maximum') return `must be ${typeName(schema)}`
  return message ?? keyword
}

/** What a value of a setting is, in words: `a whole number from 0 to 65535`. */
export function typeName({
  type,
  format,
  minimum,
  maximum = Number.POSITIVE_INFINITY,
}: SettingSchema): string {
  if (type === 'boolean') return 'true or false'
  if (type === 'array') return 'a list'
  if (type === 'object') return 'a mapping'
  if (type === 'string') return format ? `a ${format}` : 'a text'
  return `a whole number from ${minimum}${maximum < Number.POSITIVE_INFINITY ? ` to ${maximum}` : ' on'}`
}

function hintFor(keyword: string, data: unknown, schema: SettingSchema): string | undefined {
  if (schema.format) return hints[schema.format]
  if (keyword !== 'type' || schema.enum) return undefined
  if (schema.type === 'string') return /number|boolean/.test(typeof data) ? 'put it in quotes' : undefined
  if (typeof data !== 'string') return undefined
  if (schema.type === 'array') return `write it as JSON, like ${JSON.stringify(schema.examples?.[0] ?? [])}`
  // From a flag or a variable, such a text would have been converted.
  return convert(data, schema) === data ? undefined : 'write it without quotes'
}
