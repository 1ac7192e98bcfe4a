import { aliases, ignored } from './other-names.ts'
import { configSchema } from './schema.ts'

/** The schema of one setting; of a name that is not ours it may be empty. */
export interface SettingSchema {
  type: 'string' | 'integer' | 'boolean' | 'array' | 'object'
  description: string
  default?: unknown
  examples?: readonly unknown[]
  format?: string
  title?: string
  enum?: readonly (string | number | boolean)[]
  minLength?: number
  maxLength?: number
  pattern?: string
  minimum?: number
  maximum?: number
  items?: SettingSchema
  properties?: Record<string, SettingSchema>
  required?: readonly string[]
  'x-content-of'?: string
  'x-older-flag'?: string
  'x-secret'?: 'whole' | 'url'
  'x-secret-file'?: string
  'x-secret-path'?: string
  'x-ignored'?: string
}

export interface Setting {
  /** Its path with dots, as in `server.port`. */
  key: string
  path: string[]
  schema: SettingSchema
}

/** The schema, as something to walk. */
export const root: SettingSchema = configSchema as unknown as SettingSchema

/** The schema with the members of other names beside ours (other-names.ts). An ignored one says why in `x-ignored`. */
export const known: SettingSchema = withOtherNames()

function withOtherNames(): SettingSchema {
  const schema = structuredClone(root)
  for (const { member } of aliases) if (member) addMember(schema, member, {})
  for (const { member, why, ...rule } of ignored) {
    const { type, only } = rule
    addMember(schema, member, {
      ...(type && { type }),
      ...(only !== undefined && { enum: [only] }),
      'x-ignored': why,
    })
  }
  return schema
}

/** Adds a member to a schema, with the groups above it that are not there; `[]` in its path is each item of a list. */
export function addMember(schema: SettingSchema, member: string, added: Partial<SettingSchema>): void {
  const path = member.split(/\.|(?=\[\])/)
  const name = path.pop() ?? ''
  let group = schema
  for (const each of path) {
    const groups = group.properties as Record<string, SettingSchema>
    if (each !== '[]') groups[each] ??= emptyGroup()
    const below = each === '[]' ? group.items : groups[each]
    if (below) group = below
  }
  group.properties = { ...group.properties, [name]: added as SettingSchema }
}

function emptyGroup(): SettingSchema {
  return { type: 'object', additionalProperties: false, properties: {} } as unknown as SettingSchema
}

/** The variables of a setting, by falling weight: its own, then those of other names. */
export const variablesOf = ({ key, path }: Setting): string[] => [
  environmentName(path),
  ...aliases.flatMap(({ setting, member, variables = [] }) =>
    setting === key ? [...variables, ...(member ? [environmentName(member.split('.'))] : [])] : [],
  ),
]

/** The flags of a setting with their dashes: its own, then those of other names. The last one on a command line counts. */
export const flagsOf = ({ key, path }: Setting): string[] => [
  `--${flagName(path)}`,
  ...[...aliases, ...ignored].flatMap((other) =>
    ('setting' in other ? other.setting : other.member) === key ? (other.flags ?? []) : [],
  ),
]

/** Where a setting stands in a file, by falling weight. */
export const pathsOf = ({ key, path }: Setting): string[][] => [
  path,
  ...aliases.flatMap(({ setting, member }) => (setting === key && member ? [member.split('.')] : [])),
]

/** Every single setting of the schema; lists are one each. */
export function settings(schema = root, path: string[] = []): Setting[] {
  if (!schema.properties) return [{ key: path.join('.'), path, schema }]
  return Object.entries(schema.properties).flatMap(([name, inner]) => settings(inner, [...path, name]))
}

/** The groups of the schema, such as `server`, that have an older flag for their host and port in one. */
export function olderFlags(): { group: string; flag: string }[] {
  return Object.entries(root.properties ?? {}).flatMap(([group, { 'x-older-flag': flag }]) =>
    flag ? [{ group, flag }] : [],
  )
}

/** The environment variable of a setting: server.port is HYPERFLEET_SERVER_PORT. */
export const environmentName = (path: string[]) => `HYPERFLEET_${path.join('_').toUpperCase()}`

/** The environment variable for the required adapters of one kind. */
export const adaptersName = (kind: string) => environmentName([kind, 'adapters'])

/** The flag of a setting, without its dashes: server.port is server-port. */
export const flagName = (path: string[]) => path.join('-').replaceAll('_', '-')
