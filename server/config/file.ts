import { existsSync, readFileSync } from 'node:fs'
import { parseDocument } from 'yaml'
import { root, type SettingSchema } from './settings.ts'

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
export const places = ['/etc/hyperfleet/config.yaml', './config/config.yaml']

/**
 * The mapping in a configuration file, as it was written; empty when there is no file. Undefined, with a line in
 * `problems`, when it cannot be read.
 */
export function readFile(file: string | undefined, namedBy: string, problems: string[]): Tree | undefined {
  if (file === undefined) return {}
  try {
    const content = parseYaml(readFileSync(file, 'utf8')) ?? {}
    if (!isTree(content)) throw new Error('it must hold a mapping, such as `server: {port: 8000}`')
    return withoutNulls(content, root) as Tree
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

/** A key without a value counts as absent; one that the schema does not have is told of, with or without. */
function withoutNulls(value: unknown, schema: SettingSchema | undefined): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutNulls(item, schema?.items))
  if (!isTree(value)) return value
  const properties = schema?.properties ?? {}
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name, member]) => member !== null || !Object.hasOwn(properties, name))
      .map(([name, member]) => [name, withoutNulls(member, properties[name])]),
  )
}
