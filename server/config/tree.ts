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
