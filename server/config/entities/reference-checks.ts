import type * as kinds from '../../openapi/kinds.ts'

/** An entity of which some members may have been taken away since they break the schema. */
export type Entity = Partial<Omit<kinds.Entity, 'references'>> & { references?: Partial<kinds.Reference>[] }

/** A member of an entity that breaks a rule: its name, its value, and the rule. */
export type Wrong = [member: string, value: unknown, rule: string]

/**
 * The rules that the references of an entity break: their targets are kinds, each type is there once, and some order of
 * creates exists. A circle of kinds that need each other is reported once, at the first entity whose reference is part of it:
 * `before` has the kinds of the entities before this one, and circles with references of theirs have been reported.
 */
export function wrongReferences(
  kinds: kinds.Kinds,
  { kind, references = [] }: Entity,
  before: ReadonlySet<string | undefined>,
): Wrong[] {
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
    const circle = isNeed ? pathOfNeeds(kinds, target_kind, kind, new Set(before)) : undefined
    if (circle)
      wrong.push([
        `${at}.min`,
        min,
        `must be 0, since ${[kind, ...circle].join(' needs ')}: none of them could be created first`,
      ])
    return wrong
  })
}

/**
 * The kinds from one to another, each of which needs the next, as its parent or by a reference; the references of the kinds
 * `before` do not count. Undefined where there is no such path.
 */
function pathOfNeeds(
  kinds: kinds.Kinds,
  from: string,
  to: string,
  before: ReadonlySet<string | undefined>,
  seen = new Set<string>(),
): string[] | undefined {
  if (from === to) return [to]
  if (seen.has(from) || !Object.hasOwn(kinds, from)) return undefined
  seen.add(from)
  const { parent_kind, references = [] } = kinds[from] as kinds.Kind
  const needed = references.filter(({ min }) => min > 0 && !before.has(from))
  for (const next of [parent_kind, ...needed.map(({ target_kind }) => target_kind)]) {
    const path = next === undefined ? undefined : pathOfNeeds(kinds, next, to, before, seen)
    if (path) return [from, ...path]
  }
  return undefined
}
