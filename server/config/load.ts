import { existsSync, readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { Ajv, type ErrorObject } from 'ajv'
import { parse } from 'yaml'
import { StartError } from '../start-error.ts'
import { type Config, configSchema } from './schema.ts'
import { isDelay, isDuration, sizePattern } from './units.ts'

export type { Config } from './schema.ts'

type Environment = Record<string, string | undefined>
type Tree = { [name: string]: unknown }

interface Setting {
  path: string[]
  schema: { type: string; description?: string; default?: unknown; format?: string; enum?: readonly string[] }
}

/** Every single setting of the schema, with its path. */
export function settings(schema: object = configSchema, path: string[] = []): Setting[] {
  const { properties } = schema as { properties?: Record<string, object> }
  if (!properties) return [{ path, schema: schema as Setting['schema'] }]
  return Object.entries(properties).flatMap(([name, inner]) => settings(inner, [...path, name]))
}

/** The environment variable of a setting: server.port is HYPERFLEET_SERVER_PORT. */
export const environmentName = (path: string[]) => `HYPERFLEET_${path.join('_').toUpperCase()}`

/** The flag of a setting, without its dashes: server.port is server-port. */
export const flagName = (path: string[]) => path.join('-').replaceAll('_', '-')

const validator = new Ajv({
  allErrors: true,
  coerceTypes: true,
  useDefaults: true,
  strict: false,
  verbose: true,
})
  .addFormat('duration', isDuration)
  .addFormat('delay', isDelay)
  .addFormat('size', sizePattern)
  .compile<Config>(configSchema)

const hints: Record<string, string> = {
  duration: 'write it like 500ms, 10s or 5m, up to 24d',
  delay: 'write it like 0s, 500ms or 10s',
  size: 'write it like 512KiB or 1MiB',
}

/**
 * The settings in force: flag over environment over file over default.
 *
 * `kinds` are the kinds of the document: each must have its required adapters set, be it to none.
 * Throws a StartError that names the setting, the rule, the value and a hint.
 */
export function loadConfig(
  kinds: string[],
  { args = [], env = process.env, file }: { args?: string[]; env?: Environment; file?: string } = {},
): Config {
  const flags = readFlags(args)
  const config = readFile(flags.config ?? env.HYPERFLEET_CONFIG ?? file)
  for (const { path, schema } of settings()) {
    // An empty variable is one that somebody could not leave out.
    const value = flags[flagName(path)] ?? (env[environmentName(path)] || undefined)
    if (value !== undefined) assign(config, path, schema.type === 'array' ? readJson(path, value) : value)
  }
  if (env.LOG_LEVEL && !env.HYPERFLEET_LOGGING_LEVEL) assign(config, ['logging', 'level'], env.LOG_LEVEL)
  requireAdapters(config, kinds, env)

  const problems = validator(config) ? [] : (validator.errors ?? []).map(explain)
  if (problems.length) throw new StartError(problems.join('; '))
  const settled = config as Config
  for (const entity of settled.entities) checkEntity(entity, kinds, settled.entities)
  return settled
}

function readFlags(args: string[]): Record<string, string> {
  const options = Object.fromEntries(
    settings().map(({ path }) => [flagName(path), { type: 'string' as const }]),
  )
  try {
    const { values } = parseArgs({ args, options: { ...options, config: { type: 'string' } } })
    return values as Record<string, string>
  } catch (error) {
    throw new StartError(
      `${(error as Error).message.split('. ')[0]}; docs/configuration.md lists the settings`,
    )
  }
}

function readFile(named: string | undefined): Tree {
  const file =
    named ?? ['/etc/hyperfleet/config.yaml', './config/config.yaml'].find((path) => existsSync(path))
  if (!file) return {}
  try {
    const content: unknown = parse(readFileSync(file, 'utf8')) ?? {}
    if (typeof content !== 'object' || Array.isArray(content)) throw new Error('it must hold a mapping')
    return withoutNulls(content as Tree)
  } catch (error) {
    throw new StartError(
      `the configuration file ${file} cannot be read: ${(error as Error).message.split('\n')[0]?.replace(/:$/, '')}`,
    )
  }
}

/** A key without a value counts as absent. */
function withoutNulls(tree: Tree): Tree {
  const members = Object.entries(tree).filter(([, value]) => value !== null)
  return Object.fromEntries(
    members.map(([name, value]) => [name, isTree(value) ? withoutNulls(value) : value]),
  )
}

const isTree = (value: unknown): value is Tree => typeof value === 'object' && !Array.isArray(value)

function readJson(path: string[], value: string): unknown {
  try {
    return JSON.parse(value)
  } catch {
    throw new StartError(`${environmentName(path)} must be JSON, not ${JSON.stringify(value)}`)
  }
}

function assign(tree: Tree, path: string[], value: unknown) {
  const [name = '', ...rest] = path
  if (!rest.length) {
    tree[name] = value
    return
  }
  if (typeof tree[name] !== 'object' || tree[name] === null) tree[name] = {}
  assign(tree[name] as Tree, rest, value)
}

/** HYPERFLEET_CLUSTER_ADAPTERS and its like replace the adapters of their kind; every kind must have some word on them. */
function requireAdapters(config: Tree, kinds: string[], env: Environment) {
  config.entities ??= []
  if (!Array.isArray(config.entities)) return
  const entities = config.entities as { kind?: string; required_adapters?: unknown }[]
  const missing: string[] = []
  for (const kind of kinds) {
    const variable = `HYPERFLEET_${kind.toUpperCase()}_ADAPTERS`
    const value = env[variable]
    const entity = entities.find((candidate) => candidate?.kind === kind)
    if (value !== undefined) {
      const required_adapters = readJson([kind, 'adapters'], value)
      if (entity) entity.required_adapters = required_adapters
      else entities.push({ kind, required_adapters })
    } else if (!entity) missing.push(variable)
  }
  if (missing.length) {
    throw new StartError(
      `the required adapters are not set: set ${missing.join(' and ')} to a JSON array such as ["validator"] ` +
        `([] for none), or required_adapters of entities[] in the configuration file`,
    )
  }
}

function checkEntity(entity: Config['entities'][number], kinds: string[], all: Config['entities']) {
  const { kind, required_adapters } = entity
  if (all.find((other) => other.kind === kind) !== entity) {
    throw new StartError(`entities: the kind ${kind} is there twice`)
  }
  if (!kinds.includes(kind)) {
    throw new StartError(`entities: the kind ${kind} is not one of the document's: ${kinds.join(', ')}`)
  }
  const taken = new Map<string, string>()
  for (const adapter of required_adapters) {
    // my-adapter and my--adapter would show as one condition; compare what is left of the name.
    const shown = adapter
      .split('-')
      .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
      .join('')
    const other = taken.get(shown)
    if (other !== undefined) {
      throw new StartError(
        `entities: the adapters ${other} and ${adapter} of ${kind} both give the condition ${shown}Successful`,
      )
    }
    taken.set(shown, adapter)
  }
}

function explain({ instancePath, keyword, params, message, data }: ErrorObject & { data?: unknown }): string {
  const path = instancePath.slice(1).replaceAll('/', '.')
  if (keyword === 'additionalProperties') {
    const name = [path, (params as { additionalProperty: string }).additionalProperty]
      .filter(Boolean)
      .join('.')
    return `the setting ${name} is unknown; docs/configuration.md lists the settings`
  }
  const hint = hints[(params as { format?: string }).format ?? '']
  const value = isSecret(path) || data === undefined ? '' : ` (it is ${JSON.stringify(data)})`
  const rule =
    keyword === 'enum'
      ? `must be one of ${(params as { allowedValues: string[] }).allowedValues.join(', ')}`
      : message
  return `${path} ${rule}${value}${hint ? `: ${hint}` : ''}`
}

/** Settings whose values hold a password, or may. */
const isSecret = (path: string) => ['database', 'database.url', 'database.password'].includes(path)
