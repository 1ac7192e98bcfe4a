import { nearest } from '../explain.ts'
import { isTree, type Tree } from '../file.ts'

/**
 * Tells whether a name that no kind has may be meant for an entity whose kind is missing or wrong: one with a text much like
 * it, or without any text. `keys` are the keys in `tree` at which the schema is broken.
 */
export function mayBeMeant({ entities }: Tree, keys: string[]): (name: string) => boolean {
  const list: unknown[] = Array.isArray(entities) ? entities : []
  const unnamed = list.filter((_, index) =>
    [`entities[${index}]`, `entities[${index}].kind`].some((key) => keys.includes(key)),
  )
  const texts = unnamed.map((entity) =>
    Object.values(isTree(entity) ? entity : {}).flatMap((value) =>
      typeof value === 'string' ? value.toLowerCase() : [],
    ),
  )
  return (name) =>
    keys.includes('entities') ||
    texts.some((each) => !each.length || nearest(name.toLowerCase(), each) !== undefined)
}
