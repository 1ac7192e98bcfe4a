import {
  componentsOf,
  dialects,
  isMapping,
  mapSchemas,
  RULES,
  SchemaFault,
  targetOf,
} from '../spec-schemas/bundle.ts'
import type { Schema, SpecRules } from '../spec-schemas/spec-schema.ts'
import { knowsPath, listKeysOf, placeOf } from './places.ts'
import type { Rule } from './rule.ts'
import { evaluateRules } from './rule-evaluation.ts'
import { rulesOf } from './rule-reader.ts'
import { typedValue } from './typed-values.ts'

/** The schemas of the value itself, of its members, and of its items. Rules elsewhere are not evaluated. */
const SAME = ['allOf', 'properties', 'patternProperties', 'additionalProperties']
const ITEMS = ['items', 'prefixItems']

/** Schemas that only others refer to. */
const DEFINITIONS = ['$defs', 'definitions']

/** Where a schema is, with what keeps rules there from being evaluated. */
interface Position {
  at: string
  /** The keyword that applies the schema only to some values. */
  alternative?: string
  /** The list whose items do not correspond to those of the former one. */
  uncorrelated?: string
}

/**
 * Compiles the rules (`x-kubernetes-validations`) of a schema made by `bundle`; undefined when it has none. Throws a
 * SchemaFault that names the place, the rule and the reason where one cannot be evaluated.
 */
export function compileRules(bundle: Schema): SpecRules | undefined {
  const rules = compiledRules(bundle)
  if (!rules.size) return undefined
  const root = placeOf(bundle, (schema) => rules.get(schema) ?? [])
  const reading = { hasDurations: bundle.$schema === dialects['3.0'] }
  return {
    hasTransitions: [...rules.values()].flat().some(({ isTransition }) => isTransition),
    check(spec, old) {
      const before = old === undefined ? undefined : typedValue(old, root, reading)
      return evaluateRules(root, typedValue(spec, root, reading), before)
    },
  }
}

/** The rules of each schema that has some. */
function compiledRules(bundle: Schema): Map<Schema, Rule[]> {
  const components = { components: { schemas: componentsOf(bundle) } }
  const rules = new Map<Schema, Rule[]>()
  const visited = new Map<Schema, Set<string>>()

  const visit = (schema: unknown, position: Position): void => {
    if (!isMapping(schema)) return
    const { at, alternative, uncorrelated } = position
    const seen = visited.get(schema) ?? new Set()
    const key = `${alternative !== undefined} ${uncorrelated !== undefined}`
    if (seen.has(key)) return
    visited.set(schema, seen.add(key))
    const own = rules.get(schema) ?? rulesOf(schema, at, (path) => knowsPath(bundle, schema, path))
    if (own.length) {
      refuseUnevaluated(own, position)
      rules.set(schema, own)
    }
    if (typeof schema.$ref === 'string')
      visit(targetOf(components, schema.$ref), { ...position, at: schema.$ref })
    mapSchemas(schema, (inner, below, keyword) => {
      if (!DEFINITIONS.includes(keyword)) visit(inner, inside(schema, position, below, keyword))
    })
  }
  visit(bundle, { at: '' })
  return rules
}

function inside(schema: Schema, position: Position, below: string, keyword: string): Position {
  const at = position.at + below
  if (SAME.includes(keyword)) return { ...position, at }
  if (!ITEMS.includes(keyword)) return { alternative: `${position.at}/${keyword}`, ...position, at }
  return listKeysOf(schema) ? { ...position, at } : { uncorrelated: position.at || '/', ...position, at }
}

/** Refuses rules of a schema that would never be evaluated. */
function refuseUnevaluated(rules: Rule[], { at, alternative, uncorrelated }: Position): void {
  if (alternative !== undefined)
    throw new SchemaFault(
      `${at}/${RULES} is within ${alternative}, where rules are not evaluated: put them beside it`,
    )
  const index = rules.findIndex(({ isTransition }) => isTransition)
  if (index < 0 || uncorrelated === undefined) return
  throw new SchemaFault(
    `${at}/${RULES}/${index}/rule ${JSON.stringify(rules[index]?.text)}: oldSelf cannot be used within ${uncorrelated}, ` +
      'whose items do not correspond to former ones (x-kubernetes-list-type: map with x-kubernetes-list-map-keys)',
  )
}
