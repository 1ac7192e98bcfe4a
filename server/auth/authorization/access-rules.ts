import { type AccessRule, compileAccessRule, type RuleSettings, type Verb } from './access-rule.ts'

/** The rules of one verb. */
interface OfVerb {
  all: AccessRule[]
  /** By the kinds that rules name. */
  byKind: Map<string, AccessRule[]>
  /** Those of kinds that no rule names. */
  others: AccessRule[]
}

/** The compiled rules of the configuration, with a table of those that can match a request. */
export class AccessRules {
  /** All of them, in their order. */
  readonly all: readonly AccessRule[]
  private readonly table = new Map<Verb, OfVerb>()

  /** Throws an ExpressionError when an expression cannot be compiled. */
  constructor(settings: readonly RuleSettings[]) {
    this.all = settings.map(compileAccessRule)
  }

  /** The rules that can match, in their order, up to the first that always does; of an unknown kind, those of every kind. */
  of(verb: Verb, kind: string | undefined): readonly AccessRule[] {
    const ofVerb = this.table.get(verb) ?? this.tabulate(verb)
    if (kind === undefined) return ofVerb.all
    return ofVerb.byKind.get(kind) ?? ofVerb.others
  }

  private tabulate(verb: Verb): OfVerb {
    const all = this.all.filter(({ verbs }) => verbs?.has(verb) ?? true)
    const named = new Set(all.flatMap(({ kinds }) => [...(kinds ?? [])]))
    const of = (kind: string) => upToFirstMatch(all.filter(({ kinds }) => kinds?.has(kind) ?? true))
    const ofVerb = {
      all,
      byKind: new Map([...named].map((kind) => [kind, of(kind)])),
      others: upToFirstMatch(all.filter(({ kinds }) => kinds === undefined)),
    }
    this.table.set(verb, ofVerb)
    return ofVerb
  }
}

function upToFirstMatch(rules: AccessRule[]): AccessRule[] {
  const at = rules.findIndex(({ adapters, when }) => !adapters && !when)
  return at < 0 ? rules : rules.slice(0, at + 1)
}
