import { existsSync, readFileSync } from 'node:fs'
import { parseDocument } from 'yaml'
import { formats } from './formats.ts'
import { known, type SettingSchema } from './settings.ts'

/** Settings as they are nested in a file. */
export type Tree = { [name: string]: unknown }

export const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The value at a path; undefined when there is none. */
export const valueAt = (tree: unknown, path: string[]): unknown =>
  path.reduce((node, name) => (isTree(node) && Object.hasOwn(node, name) ? node[name] : undefined), tree)

/** Puts a value at a path. Where the way there is something else than a mapping, that stays, to be told of. */
export function assign(tree: Tree, [name = '', ...rest]: string[], value: unknown): void {
  if (!rest.length) {
    tree[name] = value
    return
  }
  tree[name] ??= {}
  if (isTree(tree[name])) assign(tree[name], rest, value)
}

/** Takes away what is at a path. */
export function remove(tree: Tree, [name = '', ...rest]: string[]): void {
  if (!rest.length) delete tree[name]
  else if (isTree(tree[name])) remove(tree[name], rest)
}

/** Where the configuration file is looked for when nothing names one. */
export const places = ['/etc/hyperfleet/config.yaml', './config/config.yaml', './configs/config.yaml']

/**
 * The mapping in a configuration file, as it was written; empty when there is no file. Undefined, with a line in
 * `problems`, when it cannot be read.
 */
export function readFile(file: string | undefined, namedBy: string, problems: string[]): Tree | undefined {
  if (file === undefined) return {}
  try {
    const content = parseYaml(readFileSync(file, 'utf8')) ?? {}
    if (!isTree(content)) throw new Error('it must hold a mapping, such as `server: {port: 8000}`')
    return meant(content, known) as Tree
  } catch (error) {
    const reason = (error as Error).message.replace(/, \w+( '.*')?$/, '')
    problems.push(`the configuration file ${file} cannot be read${namedBy}: ${reason}`)
    return undefined
  }
}

/** The first of the places with a file. */
export const findFile = () => places.find((path) => existsSync(path))

/** What YAML says; throws an Error that quotes nothing of it, since there may be a password in it. */
function parseYaml(text: string): unknown {
  const document = parseDocument(text, { stringKeys: true, prettyErrors: true })
  const [problem] = [...document.errors, ...document.warnings]
  if (problem) {
    const [rule = ''] = (problem.message.split('\n')[0] ?? '').split(/: | at line \d+, column \d+|;/)
    const { line, col } = problem.linePos?.[0] ?? {}
    throw new Error(line ? `${rule} at line ${line}, column ${col}` : rule)
  }
  try {
    return document.toJS()
  } catch {
    throw new Error('an alias (*) has no anchor (&) before it; a text that begins with * must be in quotes')
  }
}

/**
 * The values that a file means: `"8000"` is a number where the schema wants one. A key without a value counts as absent, and
 * so does one with an empty text where no text may be empty; a key that the schema does not have is told of either way.
 */
function meant(value: unknown, schema: SettingSchema | undefined): unknown {
  if (Array.isArray(value)) return value.map((item) => meant(item, schema?.items))
  if (typeof value === 'string' && schema) return convertScalar(value, schema)
  if (!isTree(value)) return value
  const properties = schema?.properties ?? {}
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name, member]) => !Object.hasOwn(properties, name) || !isEmpty(member, properties[name]))
      .map(([name, member]) => [name, meant(member, properties[name])]),
  )
}

function isEmpty(value: unknown, { type, minLength, enum: choices, format }: Partial<SettingSchema> = {}) {
  if (value !== '' || type !== 'string') return value === null
  return minLength !== undefined || choices !== undefined || formats[format ?? '']?.isRight('') === false
}

/** The number, or true or false as Go writes them, that a text stands for by the schema; else the text. */
export function convertScalar(text: string, { type }: Pick<SettingSchema, 'type'>): unknown {
  if (type === 'integer' && /^\d+$/.test(text)) return Number(text)
  if (type !== 'boolean') return text
  if (/^(1|t|T|true|True|TRUE)$/.test(text)) return true
  return /^(0|f|F|false|False|FALSE)$/.test(text) ? false : text
}
