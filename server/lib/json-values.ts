/** How deep objects and arrays nest in a value, itself counted; stops counting beyond the limit. */
export function isDeeperThan(value: unknown, limit: number): boolean {
  let level = [value].filter(isContainer)
  for (let depth = 1; level.length; depth++) {
    if (depth > limit) return true
    level = level.flatMap((container) => Object.values(container).filter(isContainer))
  }
  return false
}

const isContainer = (value: unknown): value is object => typeof value === 'object' && value !== null

/** Names are cut beyond this: a path is told for each violation, and a name may be as long as the body. */
const MAX_NAME = 256

/** A dotted path of keys and indexes: spec.a.b, conditions[0].status. */
export function joinPath(keys: (string | number)[]): string {
  return keys.reduce<string>((path, key) => {
    if (typeof key === 'number') return `${path}[${key}]`
    const name = key.length > MAX_NAME ? `${key.slice(0, MAX_NAME)}…` : key
    return path ? `${path}.${name}` : name
  }, '')
}
