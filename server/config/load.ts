import { Ajv } from 'ajv'
import { postgresUrl } from '../lib/postgres-url.ts'
import type { Kinds } from '../openapi/kinds.ts'
import { StartError } from '../process/start-error.ts'
import { checkServing, checkTogether } from './checks/checks.ts'
import { mayBeMeant } from './entities/doubtful-names.ts'
import { isOfItem, isPointerOfItem, removeFromItems } from './entities/sound-items.ts'
import { explain } from './explain.ts'
import { assign, findFile, isTree, readFile, remove, type Tree } from './file.ts'
import { readFlags } from './flags.ts'
import { formats } from './formats.ts'
import { ignored } from './other-names.ts'
import type { Config } from './schema.ts'
import { adaptersName, known, root, type SettingSchema } from './settings.ts'
import {
  applyAdapters,
  type Environment,
  type Origin,
  originIn,
  readEnvironment,
  readNamedFiles,
  readSecretFolder,
  readTree,
  type Source,
  settingOf,
} from './sources.ts'
import { milliseconds } from './units.ts'

export type { Config } from './schema.ts'

interface Sources {
  /** The arguments of the command line. */
  args?: string[]
  env?: Environment
  /** The file when neither --config nor HYPERFLEET_CONFIG names one. */
  file?: string
  /** A file for all that no other source sets. The usual places are not searched for a file then. */
  baseFile?: string
  /** Whether these are for a server: other commands need no issuers of tokens. */
  serving?: boolean
}

const ajv = new Ajv({ allErrors: true, useDefaults: true, verbose: true })
ajv.addVocabulary(['x-older-flag', 'x-secret', 'x-content-of', 'x-secret-file', 'x-secret-path', 'x-ignored'])
for (const [name, { isRight }] of Object.entries(formats)) ajv.addFormat(name, isRight)
const validator = ajv.compile<Config>(known)

/**
 * The settings in force: flag over named files (database.password_file) over environment over secret files over
 * configuration file over base file over default.
 *
 * `kinds` are those of the document: each must have its required adapters set, be it to none.
 * Throws a StartError that tells of all that is wrong: the setting, the rule, the value, where it is from, and a hint.
 */
export function loadConfig(kinds: Kinds, sources: Sources = {}): Config {
  return loadSettings(kinds, sources).config
}

/** Settings, the source of each, and the ignored names that are set (other-names.ts). */
interface Loaded {
  config: Config
  origin: Origin
  ignored: string[]
}

/** The settings in force, and where each came from. */
export function loadSettings(
  kinds: Kinds,
  { args = [], env = process.env, file, baseFile, serving = true }: Sources = {},
): Loaded {
  const lines: string[] = []
  const { tree, sources, configFile } = readSources({ args, env, file, baseFile }, lines)
  for (const source of sources) {
    for (const [key, { value }] of source) assign(tree, key.split('.'), value)
  }
  const adapters = applyAdapters(tree, Object.keys(kinds), env, sources.at(-1)?.has('entities') ?? false)
  const origin = originIn([...sources, adapters], configFile)

  const broken = validator(tree) ? [] : (validator.errors ?? []).map((error) => explain(error, tree, origin))
  lines.push(...new Set(broken.map(({ line }) => line)))
  // Without what is wrong, the rest can be checked, too.
  const keys = broken.flatMap((problem) => problem.keys)
  const unsound = keys.map((key) => (isOfItem(key) ? key : settingOf(key)))
  const isDoubtful = mayBeMeant(tree, keys)
  removeFromItems(tree, keys.filter(isOfItem))
  for (const key of unsound) if (!isOfItem(key)) remove(tree, key.split('.'))
  if (!isSound(tree)) throw new StartError(lines.join('; '))
  const config = only(tree, root) as Config
  complete(config, origin)
  const isKept = (key: string) =>
    !unsound.some((each) => key === each || key.startsWith(`${each}.`) || key.startsWith(`${each}[`))
  const problems = [
    ...checkTogether(config, kinds, origin, isDoubtful),
    ...(serving ? checkServing(config, origin) : []),
  ]
  lines.push(...problems.filter(({ keys }) => keys.every(isKept)).map(({ line }) => line))
  if (lines.length) throw new StartError(lines.join('; '))

  const { url, read_url } = config.database
  if (url) config.database.url = completeUrl(plain(url), config.database, sources)
  if (read_url) config.database.read_url = plain(read_url)
  const set = ignored.filter(({ member }) => holds(tree, member.split(/\.|(?=\[\])/)))
  return { config, origin, ignored: set.map(({ member }) => nameOf(member, sources, [configFile, baseFile])) }
}

/**
 * Settings for a tool that only wants the database, from its arguments, the environment and the file. The adapters in force are
 * those in the database, not those of this configuration. Statements may take an hour.
 */
export function toolConfig(kinds: Kinds, args: string[]): Config {
  const adapters = Object.fromEntries(Object.keys(kinds).map((kind) => [adaptersName(kind), '[]']))
  const config = loadConfig(kinds, { args, env: { ...process.env, ...adapters }, serving: false })
  config.database.pool.statement_timeout = '1h'
  return config
}

/** Whether settings fit the schema, but for members of entities and of rules of authorization that have been taken away. */
function isSound(tree: Tree): boolean {
  return (
    validator(tree) ||
    (validator.errors ?? []).every(
      ({ keyword, instancePath }) =>
        ['required', 'minItems'].includes(keyword) && isPointerOfItem(instancePath),
    )
  )
}

/** The settings that are in a schema, without ignored ones. */
function only(value: unknown, { items, properties }: SettingSchema): unknown {
  if (Array.isArray(value)) return items ? value.map((item) => only(item, items)) : value
  if (!isTree(value) || !properties) return value
  return Object.fromEntries(
    Object.entries(properties)
      .filter(([name]) => Object.hasOwn(value, name))
      .map(([name, schema]) => [name, only(value[name], schema)]),
  )
}

/** Whether there is something at a path, `[]` in it being any item of a list. */
function holds(value: unknown, [name, ...rest]: string[]): boolean {
  if (name === '[]') return Array.isArray(value) && value.some((item) => holds(item, rest))
  if (name !== undefined) return isTree(value) && holds(value[name], rest)
  return value !== undefined && value !== null && String(value) !== ''
}

/** How an operator has named a key: as it is in a file, else the variable or the flag. */
function nameOf(key: string, sources: Source[], files: (string | undefined)[]): string {
  const from = sources.findLast((source) => source.has(key))?.get(key)?.from
  return from === undefined || files.includes(from) ? key : from
}

/** Fills in defaults that follow from other settings: shorter limits below a short one, and the certificate of the API for the other listeners. */
function complete({ server, health, metrics, database: { pool } }: Config, origin: Origin) {
  const isDefault = (key: string) => origin(key) === 'the defaults'
  const { timeouts } = server
  const write = milliseconds(timeouts.write)
  if (isDefault('server.timeouts.request') && milliseconds(timeouts.request) >= write)
    timeouts.request = `${Math.floor(write / 2)}ms`
  const request = milliseconds(timeouts.request)
  if (isDefault('database.pool.statement_timeout') && milliseconds(pool.statement_timeout) >= request)
    pool.statement_timeout = `${Math.floor((request * 2) / 3)}ms`
  for (const { tls } of [health, metrics]) {
    if (tls.enabled && !tls.cert_file && !tls.key_file)
      Object.assign(tls, { ...server.tls, enabled: tls.enabled })
  }
}

/** What all sources say, the weakest first; throws a StartError when there is no telling what is in force. */
function readSources({ args = [], env = {}, file, baseFile }: Sources, lines: string[]) {
  const flags = readFlags(args, lines)
  const environment = readEnvironment(env)
  const named = flags.file ?? (env.HYPERFLEET_CONFIG || undefined)
  const namedBy = flags.file ? ' (from --config)' : named ? ' (from HYPERFLEET_CONFIG)' : ''
  const configFile = named ?? file ?? (baseFile ? undefined : findFile())
  const tree = readFile(configFile, namedBy, lines)
  const base = readFile(baseFile, '', lines)
  if (!tree || !base) throw new StartError(lines.join('; '))

  const sources = [readTree(base, baseFile), readTree(tree, configFile), environment, flags.source]
  const folder = sources.findLast((source) => source.has('database.secret_dir'))?.get('database.secret_dir')
  const secrets: Source =
    typeof folder?.value === 'string' && folder.value
      ? readSecretFolder(folder.value, folder.from, lines)
      : new Map()
  const contents = readNamedFiles(sources, lines)
  return { tree, sources: sources.toSpliced(2, 0, secrets).toSpliced(-1, 0, contents), configFile }
}

/** A URL of PostgreSQL that a URL of the web may not be, as one that it may. */
const plain = (url: string) => (URL.canParse(url) ? url : (postgresUrl(url)?.href ?? url))

/** How each part of database.url is set within it. */
const urlParts: Record<string, (url: URL, value: string) => void> = {
  'database.host': (url, value) => {
    // Of a host that is a folder of sockets, the slashes must not end it; an address of IPv6 needs brackets.
    url.hostname = value.includes(':') ? `[${value}]` : encodeURIComponent(value)
    url.searchParams.delete('host')
  },
  'database.port': (url, value) => {
    url.port = value
    url.searchParams.delete('port')
  },
  'database.name': (url, value) => {
    url.pathname = encodeURI(value)
    url.searchParams.delete('dbname')
  },
  'database.username': (url, value) => {
    url.username = encodeURIComponent(value)
    url.searchParams.delete('user')
  },
  'database.password': (url, value) => {
    url.password = encodeURIComponent(value)
    url.searchParams.delete('password')
  },
}

/**
 * The URL of the database with those parts that a stronger source sets on their own; `sources` are in order, the
 * strongest last. As it is when no part is, or when it is no URL.
 */
function completeUrl(url: string, database: Tree, sources: Source[]): string {
  const strength = (key: string) => sources.findLastIndex((source) => source.has(key))
  const stronger = Object.keys(urlParts).filter((key) => strength(key) > strength('database.url'))
  if (!stronger.length || !URL.canParse(url)) return url
  const completed = new URL(url)
  // A URL without a host takes no user and no port.
  if (!completed.hostname) completed.hostname = 'localhost'
  for (const key of stronger) urlParts[key]?.(completed, String(database[key.replace('database.', '')]))
  return completed.href
}
