import { assign, isTree, type Tree, valueAt } from '../file.ts'
import { root, type SettingSchema } from '../settings.ts'

/** A list whose items are checked beyond the schema: what is wrong in one of them hides nothing of the others. */
interface CheckedList {
  key: string
  path: string[]
  schema: SettingSchema
}

const lists: CheckedList[] = ['entities', 'server.authorization.rules'].map((key) => {
  const path = key.split('.')
  const schema = path.reduce((group, name) => group.properties?.[name] as SettingSchema, root)
  return { key, path, schema }
})

/** Whether a key is within an item of such a list. */
export const isOfItem = (key: string) => lists.some((list) => key.startsWith(`${list.key}[`))

/** Whether a JSON pointer is. */
export const isPointerOfItem = (pointer: string) =>
  lists.some(({ path }) => pointer.startsWith(`/${path.join('/')}/`))

/** ` of Cluster`, for a key within the entity of that kind; empty for other keys, and where the kind is missing or wrong. */
export function ofKind(key: string, { entities }: Tree): string {
  const [, index] = /^entities\[(\d+)\]/.exec(key) ?? []
  const entity: unknown = index !== undefined && Array.isArray(entities) ? entities[Number(index)] : undefined
  const kind = isTree(entity) ? entity.kind : undefined
  const { pattern = '', maxLength = 0 } = root.properties?.entities?.items?.properties?.kind ?? {}
  const isRight = typeof kind === 'string' && kind.length <= maxLength && new RegExp(pattern).test(kind)
  return isRight ? ` of ${kind}` : ''
}

/**
 * Removes the values at some keys from such lists. The other items of a list keep their places: instead of a mapping there
 * is an empty one. An empty list stands for one that is wrong, since it was set.
 */
export function removeFromItems(tree: Tree, keys: string[]): void {
  for (const { key, path, schema } of lists) {
    const list = valueAt(tree, path)
    if (list !== undefined) assign(tree, path, without(list, new Set(keys), key, schema))
  }
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
