import { isTree, type Tree } from '../file.ts'
import { root, type SettingSchema } from '../settings.ts'

const schema = root.properties?.entities as SettingSchema

/** Whether a key is within an item of `entities`. */
export const isOfEntity = (key: string) => key.startsWith('entities[')

/** ` of Cluster`, for a key within the entity of that kind; empty for other keys, and where the kind is missing or wrong. */
export function ofKind(key: string, { entities }: Tree): string {
  const [, index] = /^entities\[(\d+)\]/.exec(key) ?? []
  const entity: unknown = index !== undefined && Array.isArray(entities) ? entities[Number(index)] : undefined
  const kind = isTree(entity) ? entity.kind : undefined
  const { pattern = '', maxLength = 0 } = schema.items?.properties?.kind ?? {}
  const isRight = typeof kind === 'string' && kind.length <= maxLength && new RegExp(pattern).test(kind)
  return isRight ? ` of ${kind}` : ''
}

/**
 * Removes the values at some keys from `entities`. The other items of a list keep their places: instead of a mapping there
 * is an empty one. An empty list stands for one that is wrong, since it was set.
 */
export function removeFromEntities(tree: Tree, keys: string[]): void {
  if (tree.entities !== undefined) tree.entities = without(tree.entities, new Set(keys), 'entities', schema)
}

function without(
  value: unknown,
  keys: Set<string>,
  key: string,
  { items, properties }: Partial<SettingSchema>,
) {
  const rest = (member: unknown, at: string, its: SettingSchema | undefined): unknown[] => {
    if (!keys.has(at)) return [without(member, keys, at, its ?? {})]
    if (its?.type === 'array') return [[]]
    return Array.isArray(value) && its?.properties ? [{}] : []
  }
  if (Array.isArray(value)) return value.flatMap((item, index) => rest(item, `${key}[${index}]`, items))
  if (!isTree(value)) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]) =>
      rest(member, `${key}.${name}`, properties?.[name]).map((left) => [name, left]),
    ),
  )
}
