import type * as kinds from '../../openapi/kinds.ts'

/** An entity of which some members may have been taken away since they break the schema. */
export type Entity = Partial<Omit<kinds.Entity, 'references'>> & { references?: Partial<kinds.Reference>[] }

/** A member of an entity that breaks a rule: its name, its value, and the rule. */
export type Wrong = [member: string, value: unknown, rule: string]

/** The rules that the references of an entity break: their targets are kinds, each type is there once, and some order of creates exists. */
export function wrongReferences(kinds: kinds.Kinds, { kind, references = [] }: Entity): Wrong[] {
  return references.flatMap(({ ref_type, target_kind, min = 0, max = 0 }, index): Wrong[] => {
    const at = `references[${index}]`
    const wrong: Wrong[] = []
    if (ref_type !== undefined && references.findIndex((other) => other.ref_type === ref_type) !== index)
      wrong.push([`${at}.ref_type`, ref_type, 'must not be there twice'])
    if (target_kind !== undefined && !Object.hasOwn(kinds, target_kind))
      wrong.push([
        `${at}.target_kind`,
        target_kind,
        `must be one of the kinds ${Object.keys(kinds).join(', ')}`,
      ])
    if (max > 0 && max < min) wrong.push([`${at}.max`, max, `must not be less than min, ${min}`])
    const isNeed = min > 0 && kind !== undefined && target_kind !== undefined
    const cycle = isNeed ? requiredPath(kinds, target_kind, kind) : undefined
    if (cycle)
      wrong.push([
        `${at}.min`,
        min,
        `must be 0, since ${[kind, ...cycle].join(' needs ')}: none of them could be created first`,
      ])
    return wrong
  })
}

/** The kinds from one to another, each of which needs a reference to the next; undefined where there is no such path. */
function requiredPath(
  kinds: kinds.Kinds,
  from: string,
  to: string,
  seen = new Set<string>(),
): string[] | undefined {
  if (from === to) return [to]
  if (seen.has(from)) return undefined
  seen.add(from)
  for (const { target_kind, min } of kinds[from]?.references ?? []) {
    const path = min > 0 && target_kind !== undefined ? requiredPath(kinds, target_kind, to, seen) : undefined
    if (path) return [from, ...path]
  }
  return undefined
}
