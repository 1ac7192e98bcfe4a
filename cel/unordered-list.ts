import { isMap, keysOf, type Value, valueAt } from './cel-values.ts'
import type { Evaluation } from './evaluation.ts'

/**
 * A list whose order does not count: two are equal that have the same items, and `+` adds the items of another that are not
 * there yet. With `names` of members, items that are equal in these stand for each other, and `+` replaces such an item.
 */
export class UnorderedList extends Array<Value> {
  /** Methods of arrays make plain lists of it. */
  static override get [Symbol.species]() {
    return Array
  }

  names: readonly string[] | undefined

  /** A list of some items. */
  static over(items: readonly Value[], names?: readonly string[]): UnorderedList {
    const list = new UnorderedList()
    for (const item of items) list.push(item)
    list.names = names
    return list
  }

  /** Items by the values that distinguish them in this list. The cost is proportional to their size. */
  byIdentity(items: readonly Value[], evaluation: Evaluation): Map<string, Value> {
    const found = new Map<string, Value>()
    for (const item of items) {
      const text = this.identityOf(item)
      evaluation.charge(4 + text.length / 4)
      found.set(text, item)
    }
    return found
  }

  /** This list with the items of another. */
  plus(other: readonly Value[], evaluation: Evaluation): UnorderedList {
    const items = this.byIdentity(this, evaluation)
    // A key that is there keeps its place.
    for (const [identity, item] of this.byIdentity(other, evaluation)) items.set(identity, item)
    return UnorderedList.over([...items.values()], this.names)
  }

  private identityOf(item: Value): string {
    const { names } = this
    return identity(names && isMap(item) ? names.map((name) => valueAt(item, name) ?? []) : item)
  }
}

/** One text for all values that are equal. */
function identity(value: Value): string {
  if (Array.isArray(value)) return `[${value.map(identity).join()}]`
  if (isMap(value)) {
    const members = keysOf(value).map((key) => `${identity(key)}:${identity(valueAt(value, key) as Value)}`)
    return `{${members.sort().join()}}`
  }
  if (typeof value === 'bigint' || typeof value === 'number') return String(value)
  return JSON.stringify(value, (_key, each) => (typeof each === 'bigint' ? `${each}` : each))
}
