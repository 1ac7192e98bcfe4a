import { configSchema } from './schema.ts'

/** What the schema says of one setting. */
export interface SettingSchema {
  type: 'string' | 'integer' | 'boolean' | 'array' | 'object'
  description: string
  default?: unknown
  examples?: readonly unknown[]
  format?: string
  title?: string
  enum?: readonly string[]
  minimum?: number
  maximum?: number
  items?: SettingSchema
  properties?: Record<string, SettingSchema>
  required?: readonly string[]
  'x-older-name'?: string
  'x-older-flag'?: string
  'x-secret'?: 'whole' | 'url'
  'x-secret-file'?: string
  'x-secret-path'?: string
}

interface Setting {
  /** Its path with dots, as in `server.port`. */
  key: string
  path: string[]
  schema: SettingSchema
}

/** The schema, as something to walk. */
export const root: SettingSchema = configSchema as unknown as SettingSchema

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
