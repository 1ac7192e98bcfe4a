import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { convertScalar, isTree, type Tree, valueAt } from './file.ts'
import { adaptersName, known, pathsOf, type SettingSchema, settings, variablesOf } from './settings.ts'

export type Environment = Record<string, string | undefined>

/** What one source says: values by key, each with where it came from (a flag, a variable, a file). */
export type Source = Map<string, { value: unknown; from: string }>

/**
 * The value that a text from a flag, a variable or a secret stands for, by the schema of its setting. A text that stands
 * for none stays as it is, and breaks the rule of its type.
 */
export function convert(text: string, { type }: Pick<SettingSchema, 'type'>): unknown {
  if (type !== 'array') return convertScalar(text, { type })
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** The settings in the environment. Other variables are not looked at: platforms put theirs beside. */
export function readEnvironment(env: Environment): Source {
  return new Map(
    settings(known).flatMap((setting) => {
      // An empty variable is one that somebody could not leave out.
      const from = variablesOf(setting).find((name) => env[name])
      return from ? [[setting.key, { value: convert(env[from] ?? '', setting.schema), from }]] : []
    }),
  )
}

/** The settings that a file has. */
export function readTree(tree: Tree, file = ''): Source {
  return new Map(
    settings(known).flatMap((setting) => {
      const path = pathsOf(setting).find((each) => valueAt(tree, each) !== undefined)
      if (!path) return []
      const from = path === setting.path ? file : `${path.join('.')} of ${file}`
      return [[setting.key, { value: valueAt(tree, path), from }]]
    }),
  )
}

/**
 * The settings in the files that others name, such as database.password_file, each by the strongest of `sources` (the last)
 * that has it. Unreadable files go to `problems`.
 */
export function readNamedFiles(sources: Source[], problems: string[]): Source {
  const named: Source = new Map()
  const schemas = new Map(settings().map(({ key, schema }) => [key, schema]))
  for (const [key, { 'x-content-of': target = '' }] of schemas) {
    const schema = schemas.get(target)
    const { value: file, from } = sources.findLast((source) => source.has(key))?.get(key) ?? {}
    if (!schema || typeof file !== 'string' || !file) continue
    try {
      named.set(target, {
        value: convert(textOf(file, schema), schema),
        from: `${file}, which ${from} names`,
      })
    } catch (error) {
      problems.push(
        `${key} (it is ${JSON.stringify(file)}, from ${from}) cannot be read: ${(error as Error).message}`,
      )
    }
  }
  return named
}

/** The text of a file with one value. White space may be part of a password, but for the end of its line. */
function textOf(file: string, { 'x-secret': secret }: SettingSchema): string {
  const content = readFileSync(file, 'utf8')
  return secret ? content.replace(/\r?\n$/, '') : content.trim()
}

/**
 * The settings in the files of database.secret_dir. Each file may be absent, and one with nothing in it counts as absent.
 * A folder that is not there or holds none of them goes to `problems`.
 */
export function readSecretFolder(folder: string, from: string, problems: string[]): Source {
  const source: Source = new Map()
  const where = `database.secret_dir (it is ${JSON.stringify(folder)}, from ${from})`
  const parts = settings().flatMap((setting) => {
    const name = setting.schema['x-secret-file'] ?? setting.schema['x-secret-path']
    return name ? [{ ...setting, name, file: join(folder, name) }] : []
  })
  try {
    const there = readdirSync(folder)
    for (const { key, schema, file } of parts.filter(({ name }) => there.includes(name))) {
      const text = textOf(file, schema)
      const value = schema['x-secret-path'] ? file : convert(text, schema)
      if (text.trim()) source.set(key, { value, from: file })
    }
    if (!source.size) {
      const names = parts.map(({ name }) => name).join(', ')
      problems.push(`${where} must hold one of the files ${names} with something in it`)
    }
  } catch (error) {
    problems.push(`${where} cannot be read: ${(error as Error).message}`)
  }
  return source
}

/** HYPERFLEET_CLUSTER_ADAPTERS and its like replace the adapters of their kind, unless a flag sets these. */
export function applyAdapters(tree: Tree, kinds: string[], env: Environment, isByFlag: boolean): Source {
  const source: Source = new Map()
  tree.entities ??= []
  if (!Array.isArray(tree.entities)) return source
  for (const kind of kinds) {
    const variable = adaptersName(kind)
    const text = env[variable]
    const index = tree.entities.findIndex((entity) => isTree(entity) && entity.kind === kind)
    if (!text || (isByFlag && index >= 0)) continue
    const required_adapters = convert(text, { type: 'array' })
    if (index >= 0) tree.entities[index] = { ...tree.entities[index], required_adapters }
    else tree.entities.push({ kind, required_adapters })
    const at = index >= 0 ? index : tree.entities.length - 1
    source.set(`entities[${at}].required_adapters`, { value: required_adapters, from: variable })
  }
  return source
}

/** Where the value of a key came from: a flag, a variable, a file, or `the defaults`. */
export type Origin = (key: string) => string

/** Where values came from: by the strongest source (the last) that has the key, or else one above it. */
export function originIn(sources: Source[], file: string | undefined): Origin {
  return (key) => {
    for (const each of ancestors(key)) {
      const from = sources.findLast((source) => source.has(each))?.get(each)?.from
      if (from) return from
    }
    // What is no setting can only be in the file.
    return settings().some((setting) => setting.key === key) ? 'the defaults' : (file ?? 'the defaults')
  }
}

/** A key and those above it: a.b[0].c, a.b[0], a.b, a. */
function ancestors(key: string): string[] {
  const above = key.replace(/(\.[^.[]*|\[\d+\])$/, '')
  return above === key ? [key] : [key, ...ancestors(above)]
}

/** The setting that a key is in; keys above and beside settings are themselves. */
export const settingOf = (key: string) =>
  ancestors(key).find((each) => settings().some((setting) => setting.key === each)) ?? key
