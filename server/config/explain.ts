import type { ErrorObject } from 'ajv'
import distance from 'damerau-levenshtein'
import { ofKind } from './entities/sound-items.ts'
import { isTree, type Tree } from './file.ts'
import { formats } from './formats.ts'
import { bareName, hidden, redacted } from './secrets.ts'
import type { SettingSchema } from './settings.ts'
import { convert, type Origin } from './sources.ts'

/** A rule that settings break: the keys it is about, and the line for the operator. */
export interface Problem {
  keys: string[]
  line: string
}

const LONGEST_VALUE = 200

/** The key of a JSON pointer: /server/jwt/configs/0/issuer_url is server.jwt.configs[0].issuer_url. */
const keyOf = (pointer: string) =>
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

/** The problem of a value of `tree` that breaks the schema. Within an entity, the line names its kind. */
export function explain(error: ErrorObject, tree: Tree, origin: Origin): Problem {
  const { instancePath, keyword, params, parentSchema, data } = error
  const schema = parentSchema as SettingSchema
  const key = keyOf(instancePath)
  const kind = ofKind(key, tree)
  if (keyword === 'additionalProperties') return unknownKey(error, key, kind, origin)
  if (keyword === 'required') {
    const { missingProperty } = params
    return {
      keys: [`${key}.${missingProperty}`],
      line: `${key}${kind} must have ${missingProperty} (from ${origin(key)})`,
    }
  }
  const hint = hintFor(keyword, data, schema)
  return {
    keys: [key],
    line: `${key}${kind} ${rule(error, schema)} ${given(key, data, origin, schema)}${hint ? `: ${hint}` : ''}`,
  }
}

/** The keys are the unknown one and, where it is not set, the one that was meant: a rule about that is no further problem. */
function unknownKey(
  { params, parentSchema, data }: ErrorObject,
  group: string,
  kind: string,
  origin: Origin,
): Problem {
  const name: string = params.additionalProperty
  const { properties = {} } = parentSchema as SettingSchema
  const bare = bareName(name)
  const path = (member: string) => (group ? `${group}.${member}` : member)
  const meant = nearest(name, Object.keys(properties))
  const isSet = isTree(data) && meant !== undefined && Object.hasOwn(data, meant)
  const hint = meant ? `did you mean ${path(meant)}?` : 'docs/configuration.md lists the settings'
  return {
    keys: [path(name), ...(meant && !isSet ? [path(meant)] : [])],
    line: `the setting ${path(bare)}${kind} is unknown (from ${origin(path(name))}): ${hint}`,
  }
}

function rule({ keyword, message }: ErrorObject, schema: SettingSchema): string {
  if (schema.enum) return `must be ${schema.enum.length > 1 ? 'one of ' : ''}${schema.enum.join(', ')}`
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
  if (type === 'string') return formats[format ?? '']?.what ?? 'a text'
  return `a whole number from ${minimum}${maximum < Number.POSITIVE_INFINITY ? ` to ${maximum}` : ' on'}`
}

function hintFor(keyword: string, data: unknown, schema: SettingSchema): string | undefined {
  // The only value that may be ignored.
  if (schema['x-ignored'])
    return schema['x-ignored'].replace(/^./, (first) => first.toLowerCase()).replace(/\.$/, '')
  if (schema.format) return formats[schema.format]?.hint
  if (keyword !== 'type' || schema.enum) return undefined
  if (schema.type === 'string') return /number|boolean/.test(typeof data) ? 'put it in quotes' : undefined
  if (typeof data !== 'string') return undefined
  if (schema.type === 'array') return `write it as JSON, like ${JSON.stringify(schema.examples?.[0] ?? [])}`
  // From a flag or a variable, such a text would have been converted.
  return convert(data, schema) === data ? undefined : 'write it without quotes'
}

/** Which of the names somebody may have meant who wrote another: the one that takes the fewest edits (a swap of neighbours is one), if few do. */
export function nearest(written: string, names: string[]): string | undefined {
  const [best] = names
    .map((name) => ({ name, edits: distance(written, name).steps }))
    .sort((one, other) => one.edits - other.edits)
  return best && best.edits <= Math.ceil(written.length / 4) ? best.name : undefined
}
