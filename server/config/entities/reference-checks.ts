import type { Entity, Kinds } from '../../openapi/kinds.ts'

/** A member of an entity that breaks a rule: its name, its value, and the rule. */
export type Wrong = [member: string, value: unknown, rule: string]

/** The rules that the references of an entity break: their targets are kinds, each type is there once, and some order of creates exists. */
export function wrongReferences(kinds: Kinds, { kind, references = [] }: Entity): Wrong[] {
  return references.flatMap(({ ref_type, target_kind, min, max }, index): Wrong[] => {
    const at = `references[${index}]`
    const wrong: Wrong[] = []
    if (references.findIndex((other) => other.ref_type === ref_type) !== index)
      wrong.push([`${at}.ref_type`, ref_type, 'must not be there twice'])
    if (!Object.hasOwn(kinds, target_kind))
      wrong.push([
        `${at}.target_kind`,
        target_kind,
        `must be one of the kinds ${Object.keys(kinds).join(', ')}`,
      ])
    if (max > 0 && max < min) wrong.push([`${at}.max`, max, `must not be less than min, ${min}`])
    const cycle = min > 0 ? requiredPath(kinds, target_kind, kind) : undefined
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
  kinds: Kinds,
  from: string,
  to: string,
  seen = new Set<string>(),
): string[] | undefined {
  if (from === to) return [to]
  if (seen.has(from)) return undefined
  seen.add(from)
  for (const { target_kind, min } of kinds[from]?.references ?? []) {
    const path = min > 0 ? requiredPath(kinds, target_kind, to, seen) : undefined
    if (path) return [from, ...path]
  }
  return undefined
}
