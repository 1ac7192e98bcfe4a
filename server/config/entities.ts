import { given, type Problem } from './explain.ts'
import type { Origin } from './origin.ts'
import type { Config } from './schema.ts'
import { adaptersName } from './settings.ts'
import { convert, type Environment, type Source } from './sources.ts'
import { isTree, type Tree } from './tree.ts'

/** HYPERFLEET_CLUSTER_ADAPTERS and its like replace the adapters of their kind, unless a flag sets these. */
export function applyAdapters(tree: Tree, kinds: string[], env: Environment, isByFlag: boolean): Source {
  const source: Source = new Map()
  tree.entities ??= []
  if (!Array.isArray(tree.entities)) return source
  for (const kind of kinds) {
    const variable = adaptersName(kind)
    const text = env[variable]
    const index = tree.entities.findIndex((entity) => isTree(entity) && entity.kind === kind)
    if (!text || (isByFlag && index >= 0)) continue
    const required_adapters = convert(text, { type: 'array' })
    if (index >= 0) tree.entities[index] = { ...tree.entities[index], required_adapters }
    else tree.entities.push({ kind, required_adapters })
    const at = index >= 0 ? index : tree.entities.length - 1
    source.set(`entities[${at}].required_adapters`, { value: required_adapters, from: variable })
  }
  return source
}

/** Every kind must have one word on its adapters, be it none; two adapters must not show as one condition. */
export function checkEntities({ entities }: Config, kinds: string[], origin: Origin): Problem[] {
  const lines: string[] = []
  const missing = kinds.filter((kind) => !entities.some((entity) => entity.kind === kind))
  if (missing.length) {
    lines.push(
      `the required adapters are not set: set ${missing.map(adaptersName).join(' and ')} to a JSON array such as ` +
        '["validator"] ([] for none), or required_adapters of entities[] in the configuration file',
    )
  }
  for (const [index, { kind, required_adapters }] of entities.entries()) {
    const key = `entities[${index}]`
    if (!kinds.includes(kind)) {
      lines.push(
        `${key}: the kind ${kind} is not one of the document's ${given(`${key}.kind`, kind, origin)}: ${kinds.join(', ')}`,
      )
    }
    if (entities.findIndex((other) => other.kind === kind) !== index) {
      lines.push(
        `${key}: the kind ${kind} is there twice ${given(`${key}.kind`, kind, origin)}: leave one out`,
      )
    }
    lines.push(...clashes(`${key}.required_adapters`, kind, required_adapters, origin))
  }
  return lines.map((line) => ({ keys: ['entities'], line }))
}

function clashes(key: string, kind: string, adapters: string[], origin: Origin): string[] {
  const taken = new Map<string, string>()
  return adapters.flatMap((adapter) => {
    const condition = `${conditionName(adapter)}Successful`
    const other = taken.get(condition)
    taken.set(condition, adapter)
    if (other === undefined) return []
    const where = given(key, adapters, origin)
    return other === adapter
      ? `${key}: the adapter ${adapter} of ${kind} is there twice ${where}: leave one out`
      : `${key}: the adapters ${other} and ${adapter} of ${kind} both give the condition ${condition} ${where}: rename one`
  })
}

/** As the database names it: my-adapter and my--adapter would show as one. */
const conditionName = (adapter: string) =>
  adapter
    .split('-')
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join('')
