/** Resources as they stand in files: YAML or JSON, several in a file, lists as `-o json` prints them. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { parseYaml } from './exact-values.ts'
import { CliError } from './exit-codes.ts'
import type { Resource } from './session.ts'

/** A resource that is to be: the members of a create; the parent by its id or name; more is ignored, as in an export. */
export interface Manifest {
  kind: string
  name: string
  id?: string
  deleted_time?: string
  labels?: Resource['labels']
  spec?: Resource['spec']
  references?: Record<string, { id: string; kind?: string }[]>
  owner_references?: { kind: string; id?: string; name?: string }
}

/** The manifests of files, of the files of folders (by name), and with `-` of the standard input. */
export function readManifests(files: string[]): Manifest[] {
  const found = files.flatMap(filesAt).flatMap((file) => {
    const source = file === '-' ? 'standard input' : file
    return parseYaml(textOf(file), source).flatMap((value) => manifestsIn(value, source))
  })
  if (!found.length) throw new CliError(`there is no resource in ${files.join(', ')}`, 'usage')
  return found
}

/** The text of a file, or with `-` the standard input. */
export function textOf(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8')
  } catch (error) {
    throw new CliError(`${file} cannot be read: ${(error as NodeJS.ErrnoException).code}`, 'usage')
  }
}

function filesAt(file: string): string[] {
  if (file === '-' || !statSync(file, { throwIfNoEntry: false })?.isDirectory()) return [file]
  return readdirSync(file)
    .filter((name) => /\.(ya?ml|json)$/.test(name))
    .sort()
    .map((name) => join(file, name))
}

function manifestsIn(value: unknown, source: string): Manifest[] {
  if (Array.isArray(value)) return value.flatMap((item) => manifestsIn(item, source))
  if (isObject(value) && Array.isArray(value.items)) return manifestsIn(value.items, source)
  if (isObject(value) && typeof value.kind === 'string' && typeof value.name === 'string')
    return [value as unknown as Manifest]
  throw new CliError(`${source}: each resource must be an object with kind and name`, 'usage')
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
