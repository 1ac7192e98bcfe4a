/** helm/values.schema.json, from helm/values.yaml and helm/files/reference-values.yaml, and from the schema of the settings. */
import { isMap, isScalar, parseDocument, type Scalar, type YAMLMap, type YAMLSeq } from 'yaml'
import { isTree, type Tree } from '../server/config/file.ts'
import {
  addMember,
  root,
  type SettingSchema,
  settings,
  known as withOtherNames,
} from '../server/config/settings.ts'
import { durationPattern, sizePattern } from '../server/config/units.ts'

const kept = ['type', 'description', 'enum', 'minimum', 'maximum', 'minLength', 'maxLength', 'pattern']
const patterns: Record<string, RegExp> = {
  duration: durationPattern,
  delay: durationPattern,
  size: sizePattern,
  'list-size': sizePattern,
}

/** The setting of a key, as something that derived() takes. */
function settingOf(key: string): SettingSchema {
  const found = settings().find((setting) => setting.key === key)
  if (!found) throw new Error(`the chart stands for ${key}, which is no setting`)
  return found.schema
}

const pullPolicy = { enum: ['Always', 'IfNotPresent', 'Never'] }
const adapters = {
  ...derived(settingOf('entities').items?.properties?.required_adapters ?? root),
  type: ['array', 'null'],
}

/** Values that the templates convert to a text. */
const scalar = ['string', 'number', 'boolean']

/** Schemas that do not follow from defaults: the settings of the server, choices, and values that may be of another type. */
const known: Record<string, object> = {
  // Null is refused by a template, with a hint.
  adapters: {
    type: ['object', 'null'],
    additionalProperties: false,
    properties: { cluster: adapters, nodepool: adapters },
  },
  'auth.issuers': derived(settingOf('server.jwt.configs'), camelCase),
  'database.sslMode': { enum: settingOf('database.ssl.mode').enum },
  'image.digest': { pattern: '^(sha256:[0-9a-f]{64})?$' },
  'image.pullPolicy': pullPolicy,
  'pgbouncer.imagePullPolicy': pullPolicy,
  'postgresql.imagePullPolicy': pullPolicy,
  'podDisruptionBudget.maxUnavailable': { type: ['integer', 'string'] },
  'podDisruptionBudget.minAvailable': { type: ['integer', 'string', 'null'] },
  'service.ipFamilyPolicy': { enum: ['', 'SingleStack', 'PreferDualStack', 'RequireDualStack'] },
  'service.ipFamilies': { items: { enum: ['IPv4', 'IPv6'] }, maxItems: 2, uniqueItems: true },
  'service.type': { enum: ['ClusterIP', 'NodePort', 'LoadBalancer'] },
  'ingress.hosts': { items: { type: 'string' } },
  extraEnv: {
    items: {
      type: 'object',
      required: ['name'],
      properties: { name: { type: 'string' }, value: { type: scalar } },
    },
  },
  topologySpreadConstraints: {
    items: { type: 'object', required: ['maxSkew', 'topologyKey', 'whenUnsatisfiable'] },
  },
  terminationGracePeriodSeconds: { type: ['integer', 'null'] },
}

/** Values that are passed to Kubernetes as they are, and validated there. */
export const passed = /(^|\.)(resources|podSecurityContext|securityContext|probes\.\w+|route\.tls)(\.|$)/

/** Maps whose values are texts to Kubernetes. */
const texts = /(annotations|labels|nodeSelector)$/i

function camelCase(name: string): string {
  return name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())
}

/** A schema of the settings without keywords that only the server understands; with `rename`, its members have other names. */
function derived(schema: SettingSchema, rename = (name: string) => name): object {
  const { format = '', items, required, properties } = schema
  return {
    ...Object.fromEntries(Object.entries(schema).filter(([keyword]) => kept.includes(keyword))),
    ...(patterns[format] && { pattern: patterns[format].source }),
    ...(items && { items: derived(items, rename) }),
    ...(required && { required: required.map(rename) }),
    ...(properties && {
      additionalProperties: false,
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, member]) => [rename(name), derived(member, rename)]),
      ),
    }),
  }
}

/** A schema of the settings as a file may be: a text that is empty counts as not set. */
function allowingEmpty(schema: Tree): Tree {
  const { minLength, ...rest } = schema
  const members = Object.entries((schema.properties ?? {}) as Record<string, Tree>)
  return {
    ...rest,
    ...(schema.properties !== undefined && {
      properties: Object.fromEntries(members.map(([name, member]) => [name, allowingEmpty(member)])),
    }),
  }
}

/** The settings that the config of a chart must have, since the templates read them. A port that is chosen at the start suits no Service. */
function needed(schema: Tree, values: unknown): Tree {
  const properties = schema.properties as Record<string, Tree> | undefined
  if (!properties || !isTree(values)) return schema
  const members = Object.entries(properties).map(([name, member]) => [name, needed(member, values[name])])
  const ports = 'port' in values ? { port: { ...properties.port, minimum: 1 } } : {}
  return {
    ...schema,
    required: Object.keys(values),
    properties: { ...Object.fromEntries(members), ...ports },
  }
}

/** The comment above a key; throws when there is none, unless it is a mapping whose members have theirs. */
function descriptionOf(map: YAMLMap, index: number, path: string): string | undefined {
  const { key, value } = map.items[index] as { key: Scalar; value: unknown }
  const comment = key.commentBefore ?? (index === 0 ? map.commentBefore : undefined) ?? ''
  const description = comment.split(/^ -- /m)[1]?.replaceAll(/\s*\n\s*/g, ' ')
  if (!description && !isMap(value))
    throw new Error(`helm/values.yaml: ${path} has no comment that begins with --`)
  return description
}

function schemaOf(map: YAMLMap, path: string[] = []): object {
  const properties = map.items.map((pair, index) => {
    const name = String((pair.key as Scalar).value)
    const key = [...path, name].join('.')
    const { value } = pair
    const description = descriptionOf(map, index, key)
    if (key === 'config') {
      return [
        name,
        {
          ...needed(allowingEmpty(derived(withOtherNames) as Tree), (value as YAMLMap).toJSON()),
          description,
        },
      ]
    }
    if (isMap(value) && value.items.length && !passed.test(key)) {
      return [name, { description, ...schemaOf(value, [...path, name]), ...known[key] }]
    }
    const type = isMap(value) ? 'object' : isScalar(value) ? typeOf(value.value) : 'array'
    const bounds = {
      ...(type === 'integer' && { minimum: 0 }),
      // Kubernetes wants objects in almost all of its lists.
      ...(type === 'array' && { items: { type: 'object' } }),
      ...(texts.test(key) && { additionalProperties: { type: scalar } }),
    }
    return [name, { type, ...bounds, ...known[key], description }]
  })
  // A value that someone sets to null is gone with its default, which the templates read.
  const required = map.items.flatMap(({ key, value }) =>
    isEmpty(value) ? [] : [String((key as Scalar).value)],
  )
  return {
    type: 'object',
    additionalProperties: false,
    ...(required.length && { required }),
    properties: Object.fromEntries(properties),
  }
}

/** Whether a default is the same to the templates as no value at all. */
const isEmpty = (value: unknown) =>
  isScalar(value) ? value.value === '' || value.value === null : !(value as YAMLMap | YAMLSeq).items.length

const typeOf = (value: unknown) => (typeof value === 'number' ? 'integer' : typeof value)

/** The values of the reference's chart (helm/files/reference-values.yaml). */
interface ReferenceValues {
  moved: Record<string, string>
  combined: string[]
  variables: Record<string, string>
  ignored: Record<string, string>
}

/**
 * Adds the values of the reference's chart to a schema, except those that it has: each has the schema of ours that it becomes; one
 * without effect may be anything.
 */
function addReference(schema: SettingSchema, { moved, combined, variables, ignored }: ReferenceValues) {
  const add = (path: string, own: object = {}) => {
    if (!schemaAt(schema, path)) addMember(schema, path, own)
  }
  for (const path of [...combined, ...Object.keys(variables), ...Object.keys(ignored)]) add(path)
  for (const [path, own] of Object.entries(moved)) add(path, schemaAt(schema, own))
}

const schemaAt = (schema: SettingSchema, path: string) =>
  path.split('.').reduce<SettingSchema | undefined>((at, name) => at?.properties?.[name], schema)

/** The schema, for the text of helm/values.yaml and of helm/files/reference-values.yaml. */
export function chartSchema(values: string, reference: string): string {
  const schema = schemaOf(parseDocument(values).contents as YAMLMap) as { properties: object }
  addReference(schema as unknown as SettingSchema, parseDocument(reference).toJS())
  // Of a chart that is part of another, helm adds this one.
  const properties = { ...schema.properties, global: { type: 'object' } }
  const whole = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    $comment:
      'Made by `npm run generate` from helm/values.yaml, helm/files/reference-values.yaml and server/config/schema.ts.',
    ...schema,
    properties,
  }
  return `${JSON.stringify(whole, null, 2)}\n`
}
