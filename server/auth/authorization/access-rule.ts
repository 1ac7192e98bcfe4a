import { compileExpression, type Expression } from '../../../cel/expression.ts'
import type { Config } from '../../config/schema.ts'

/** A rule as the configuration has it (server.authorization.rules). */
export type RuleSettings = Config['server']['authorization']['rules'][number]

/** The verbs of requests, as openapi.yaml gives them to operations (x-verbs). */
export type Verb = Exclude<RuleSettings['verbs'][number], '*'>

/** The names that `when` may use (docs/authorization.md). */
export const VARIABLES = ['caller', 'tenancy', 'resource', 'request'] as const

/** A rule whose expression is compiled. A set that is undefined has no limit. */
export interface AccessRule {
  /** Its place in the configuration, from 0. */
  index: number
  name: string
  effect: RuleSettings['effect']
  verbs: ReadonlySet<string> | undefined
  kinds: ReadonlySet<string> | undefined
  /** The adapters whose reports it is about; other verbs have no adapter. */
  adapters: ReadonlySet<string> | undefined
  when: Expression | undefined
}

/** Compiles a rule. Throws an ExpressionError when its expression cannot be compiled. */
export function compileAccessRule(settings: RuleSettings, index: number): AccessRule {
  const { name, effect, verbs, kinds, adapters, when } = settings
  return {
    index,
    name,
    effect,
    verbs: limitOf(verbs),
    kinds: limitOf(kinds),
    adapters: adapters && new Set(adapters),
    when: when === undefined ? undefined : compileExpression(when, VARIABLES),
  }
}

const limitOf = (names: readonly string[]): ReadonlySet<string> | undefined =>
  names.includes('*') ? undefined : new Set(names)

/** Whether a rule looks at the resource of a request. */
export const usesResource = ({ when }: AccessRule): boolean => when?.uses.has('resource') ?? false
