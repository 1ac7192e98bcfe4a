import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { settings } from './settings.ts'
import { convert, type Source } from './sources.ts'

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
      const content = readFileSync(file, 'utf8')
      // White space may be part of a password, but for the end of its line.
      const text = schema['x-secret'] ? content.replace(/\r?\n$/, '') : content.trim()
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
