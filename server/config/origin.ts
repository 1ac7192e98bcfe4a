import { settings } from './settings.ts'
import type { Source } from './sources.ts'

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
