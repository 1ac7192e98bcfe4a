import { environmentName, type SettingSchema, settings } from './settings.ts'

export type Environment = Record<string, string | undefined>

/** What one source says: values by key, each with where it came from (a flag, a variable, a file). */
export type Source = Map<string, { value: unknown; from: string }>

/**
 * The value that a text from a flag, a variable or a secret stands for, by the schema of its setting. A text that stands
 * for none stays as it is, and breaks the rule of its type.
 */
export function convert(text: string, { type }: Pick<SettingSchema, 'type'>): unknown {
  if (type === 'integer' && /^\d+$/.test(text)) return Number(text)
  if (type === 'boolean' && /^(true|false)$/.test(text)) return text === 'true'
  if (type !== 'array') return text
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** The settings in the environment. Other variables are not looked at: platforms put theirs beside. */
export function readEnvironment(env: Environment): Source {
  return new Map(
    settings().flatMap(({ key, path, schema }) => {
      // An empty variable is one that somebody could not leave out.
      const from = [environmentName(path), schema['x-older-name']].find((name) => name && env[name])
      return from ? [[key, { value: convert(env[from] ?? '', schema), from }]] : []
    }),
  )
}
