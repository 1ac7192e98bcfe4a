import type { AccessRule } from './access-rule.ts'

/** A rule that no request can reach, and the rules before it that decide on all that it matches. */
export interface Unreachable {
  rule: AccessRule
  by: AccessRule[]
}

/** A part of the requests that a rule matches: one verb, one kind, one adapter; undefined for all. */
interface Part {
  verb: string | undefined
  kind: string | undefined
  adapter: string | undefined
}

/** The rules that can never match, since rules without a condition before them match all of their verbs, kinds and adapters. */
export function unreachableRules(rules: readonly AccessRule[]): Unreachable[] {
  return rules.flatMap((rule) => {
    const by = decidedBy(rules, rule)
    return by ? { rule, by } : []
  })
}

/**
 * The rules before one, in their order, that together decide on all requests that it matches; undefined where it can match.
 * `rule` may be a narrower form of the rule at its index.
 */
export function decidedBy(rules: readonly AccessRule[], rule: AccessRule): AccessRule[] | undefined {
  const before = rules.slice(0, rule.index).filter(({ when }) => !when)
  const covering = partsOf(rule).map((part) => before.find((other) => covers(other, part)))
  if (covering.some((other) => !other)) return undefined
  return before.filter((other) => covering.includes(other))
}

function partsOf({ verbs, kinds, adapters }: AccessRule): Part[] {
  const each = (names: ReadonlySet<string> | undefined) => (names ? [...names] : [undefined])
  return each(verbs).flatMap((verb) =>
    each(kinds).flatMap((kind) =>
      (isOfReports(verb) ? each(adapters) : [undefined]).map((adapter) => ({ verb, kind, adapter })),
    ),
  )
}

function covers({ verbs, kinds, adapters }: AccessRule, { verb, kind, adapter }: Part): boolean {
  const includes = (names: ReadonlySet<string> | undefined, name: string | undefined) =>
    !names || (name !== undefined && names.has(name))
  if (!includes(verbs, verb) || !includes(kinds, kind)) return false
  return !isOfReports(verb) || includes(adapters, adapter)
}

/** Whether a verb is that of reports, the only ones that have an adapter, or includes it. */
const isOfReports = (verb: string | undefined) => verb === undefined || verb === 'report'
