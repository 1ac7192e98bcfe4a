import { ExpressionError } from '../../../cel/cel-errors.ts'
import { compileExpression } from '../../../cel/expression.ts'
import { given, type Problem } from '../../config/explain.ts'
import type { Config } from '../../config/schema.ts'
import type { Origin } from '../../config/sources.ts'
import type { Kinds } from '../../openapi/kinds.ts'
import { type RuleSettings, VARIABLES } from './access-rule.ts'

const KEY = 'server.authorization.rules'

/** A rule of which some members may have been taken away since they break the schema. */
type Rule = Partial<RuleSettings>

/** A member of a rule that breaks a check: its name, its value, and the check. */
type Wrong = [member: string, value: unknown, check: string]

/**
 * The checks that rules of authorization break: names are there once, kinds are configured, only reports have adapters, and
 * expressions compile to a bool. `own` are the kinds of the document, `isDoubtful` as for checkEntities.
 */
export function checkAccessRules(
  { entities, server: { authorization } }: Pick<Config, 'entities' | 'server'>,
  own: Kinds,
  origin: Origin,
  isDoubtful: (name: string) => boolean,
): Problem[] {
  const rules: Rule[] = authorization.rules
  // A kind that breaks the schema has been taken away.
  const named = entities.flatMap(({ kind }: { kind?: string }) => kind ?? [])
  const kinds = new Set([...Object.keys(own), ...named])
  const ofKinds = ['entities', ...entities.map((_, index) => `entities[${index}].kind`)]
  return rules.flatMap((rule, index) =>
    [
      ...wrongName(rule, rules.slice(0, index)),
      ...wrongKinds(rule, kinds),
      ...wrongAdapters(rule),
      ...wrongWhen(rule),
    ].map(([member, value, check]) => {
      const at = `${KEY}[${index}].${member}`
      const isKind = member.startsWith('kinds') && isDoubtful(String(value))
      const ofRule = rule.name === undefined ? '' : ` of ${rule.name}`
      return {
        keys: [at, ...(isKind ? ofKinds : [])],
        line: `${at}${ofRule} ${check} ${given(at, value, origin)}`,
      }
    }),
  )
}

function wrongName({ name }: Rule, before: Rule[]): Wrong[] {
  if (name === undefined || !before.some((other) => other.name === name)) return []
  return [['name', name, 'must not be there twice']]
}

const wrongKinds = (rule: Rule, kinds: ReadonlySet<string>): Wrong[] =>
  (rule.kinds ?? []).flatMap((kind, at): Wrong[] =>
    kind === '*' || kinds.has(kind)
      ? []
      : [[`kinds[${at}]`, kind, `must be * or one of the kinds ${[...kinds].join(', ')}`]],
  )

function wrongAdapters({ adapters, verbs = [] }: Rule): Wrong[] {
  if (!adapters || !verbs.length || verbs.includes('report') || verbs.includes('*')) return []
  return [['adapters', adapters, 'must not be set without the verb report: no other request has an adapter']]
}

function wrongWhen({ when }: Rule): Wrong[] {
  if (when === undefined) return []
  try {
    const { type } = compileExpression(when, VARIABLES)
    return ['bool', 'dyn'].includes(type)
      ? []
      : [['when', when, `must be a bool, and is of the type ${type}`]]
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error
    return [['when', when, `must be an expression of CEL: ${error.message}`]]
  }
}
