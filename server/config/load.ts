import { Ajv } from 'ajv'
import { StartError } from '../start-error.ts'
import { checkServing, checkTogether } from './checks.ts'
import { completeUrl } from './database-url.ts'
import { applyAdapters, checkEntities } from './entities.ts'
import { explain } from './explain.ts'
import { findFile, readFile } from './file.ts'
import { readFlags } from './flags.ts'
import { type Origin, originIn, settingOf } from './origin.ts'
import { type Config, configSchema } from './schema.ts'
import { readSecretFolder } from './secret-folder.ts'
import { settings } from './settings.ts'
import { type Environment, readEnvironment, type Source } from './sources.ts'
import { assign, remove, valueAt } from './tree.ts'
import { isDelay, isDuration, isSize } from './units.ts'

export type { Config } from './schema.ts'

interface Sources {
  /** The arguments of the command line. */
  args?: string[]
  env?: Environment
  /** The file when neither --config nor HYPERFLEET_CONFIG names one. */
  file?: string
  /** Whether these are for a server: other commands need no issuers of tokens. */
  serving?: boolean
}

const validator = new Ajv({ allErrors: true, useDefaults: true, verbose: true })
  .addVocabulary(['x-older-name', 'x-older-flag', 'x-secret', 'x-secret-file', 'x-secret-path'])
  .addFormat('duration', isDuration)
  .addFormat('delay', isDelay)
  .addFormat('size', isSize)
  .compile<Config>(configSchema)

/**
 * The settings in force: flag over environment over secret files over configuration file over default.
 *
 * `kinds` are the kinds of the document: each must have its required adapters set, be it to none.
 * Throws a StartError that tells of all that is wrong: the setting, the rule, the value, where it is from, and a hint.
 */
export function loadConfig(kinds: string[], sources: Sources = {}): Config {
  return loadSettings(kinds, sources).config
}

/** The settings in force, and where each came from. */
export function loadSettings(
  kinds: string[],
  { args = [], env = process.env, file, serving = true }: Sources = {},
): { config: Config; origin: Origin } {
  const lines: string[] = []
  const { tree, sources, configFile } = readSources(args, env, file, lines)
  for (const source of sources) {
    for (const [key, { value }] of source) assign(tree, key.split('.'), value)
  }
  const adapters = applyAdapters(tree, kinds, env, sources.at(-1)?.has('entities') ?? false)
  const origin = originIn([...sources, adapters], configFile)

  const broken = validator(tree) ? [] : (validator.errors ?? []).map((error) => explain(error, origin))
  lines.push(...new Set(broken.map(({ line }) => line)))
  // Without what is wrong, the rest can be checked, too.
  const unsound = broken.flatMap(({ keys }) => keys.map(settingOf))
  for (const key of unsound) remove(tree, key.split('.'))
  if (!validator(tree)) throw new StartError(lines.join('; '))
  const config: Config = tree
  const isSound = (key: string) => !unsound.some((each) => key === each || key.startsWith(`${each}.`))
  const problems = [
    ...checkEntities(config, kinds, origin),
    ...checkTogether(config, origin),
    ...(serving ? checkServing(config, origin) : []),
  ]
  lines.push(...problems.filter(({ keys }) => keys.every(isSound)).map(({ line }) => line))
  if (lines.length) throw new StartError(lines.join('; '))

  if (config.database.url) config.database.url = completeUrl(config.database.url, config.database, sources)
  return { config, origin }
}

/** What all sources say, the weakest first; throws a StartError when there is no telling what is in force. */
function readSources(args: string[], env: Environment, fallback: string | undefined, lines: string[]) {
  const flags = readFlags(args, lines)
  const environment = readEnvironment(env)
  const named = flags.file ?? (env.HYPERFLEET_CONFIG || undefined)
  const namedBy = flags.file ? ' (from --config)' : named ? ' (from HYPERFLEET_CONFIG)' : ''
  const configFile = named ?? fallback ?? findFile()
  const tree = readFile(configFile, namedBy, lines)
  if (!tree) throw new StartError(lines.join('; '))

  const written: Source = new Map(
    settings().flatMap(({ key, path }) => {
      const value = valueAt(tree, path)
      return value === undefined ? [] : [[key, { value, from: configFile ?? '' }]]
    }),
  )
  const folder = [flags.source, environment, written]
    .map((source) => source.get('database.secret_dir'))
    .find((found) => found !== undefined)
  const secrets: Source =
    typeof folder?.value === 'string' && folder.value
      ? readSecretFolder(folder.value, folder.from, lines)
      : new Map()
  return { tree, sources: [written, secrets, environment, flags.source], configFile }
}
