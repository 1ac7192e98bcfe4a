import { readSource } from '../../openapi/document-source.ts'
import { clashesOf } from '../../openapi/kind-clashes.ts'
import { type Entity as Described, describeKinds, type Kind, type Kinds } from '../../openapi/kinds.ts'
import { given, type Problem } from '../explain.ts'
import { adaptersName } from '../settings.ts'
import type { Origin } from '../sources.ts'
import { wrongConditions } from './condition-checks.ts'
import { type Entity, type Wrong, wrongReferences } from './reference-checks.ts'

/** Segments of a path that are taken, beside the plurals of other kinds. */
const RESERVED = [
  'resources',
  'openapi',
  'schemas',
  'compatibility',
  'changes',
  'summary',
  'batch',
  'watch',
  'statuses',
  'explain',
  'force-delete',
]

/**
 * Every kind of the document must have one word on its adapters, be it none; two adapters must not show as one condition;
 * the kinds together must be trees, each at a path of its own and with names of its own in the document.
 *
 * Members that break the schema have been taken away, required ones as well. The keys of a problem are those of all
 * members that it depends on. `isDoubtful` tells whether a name that no kind has may be that of an entity whose kind has been
 * taken away: a reference to it may be right.
 */
export function checkEntities(
  { entities }: { entities: Entity[] },
  own: Kinds,
  origin: Origin,
  isDoubtful: (name: string) => boolean,
): Problem[] {
  const problems: Problem[] = []
  const allKinds = ['entities', ...entities.map((_, index) => `entities[${index}].kind`)]
  const missing = Object.keys(own).filter(
    (kind) => !entities.find((entity) => entity.kind === kind)?.required_adapters,
  )
  if (missing.length) {
    const unset = entities.flatMap(({ kind = '' }, index) =>
      missing.includes(kind) ? [`entities[${index}].required_adapters`] : [],
    )
    problems.push({
      keys: [...allKinds, ...unset],
      line:
        `the required adapters are not set: set ${missing.map(adaptersName).join(' and ')} to a JSON array such as ` +
        '["validator"] ([] for none), or required_adapters of entities[] in the configuration file',
    })
  }
  // Only members of references may be missing from a descriptor; the checks allow for that.
  const kinds = describeKinds(own, entities.filter(isNamed) as Described[], '')
  const ofAdapters = new Set(
    entities.flatMap(({ required_adapters = [] }) =>
      required_adapters.map((adapter) => `${conditionName(adapter)}Successful`),
    ),
  )
  const { 'x-kind-template': template, ...document } = readSource()
  const sameNames = clashesOf(document, template, kinds)
  for (const [index, entity] of entities.entries()) {
    const { kind, required_adapters = [] } = entity
    const key = `entities[${index}]`
    const ofKind = kind === undefined ? '' : ` of ${kind}`
    if (kind !== undefined && entities.findIndex((other) => other.kind === kind) !== index) {
      const line = `${key}: the kind ${kind} is there twice ${given(`${key}.kind`, kind, origin)}: leave one out`
      problems.push({ keys: [`${key}.kind`], line })
    }
    for (const line of clashes(`${key}.required_adapters`, ofKind, required_adapters, origin))
      problems.push({ keys: [`${key}.required_adapters`], line })
    const before = new Set(entities.slice(0, index).map((other) => other.kind))
    const clash = before.has(kind) ? undefined : sameNames.find((each) => each.kind === kind)
    for (const [member, value, rule] of [
      ...wrongMembers(kinds, own, entity),
      ...wrongReferences(kinds, entity, before),
      ...wrongConditions(entity, ofAdapters),
      ...(clash ? [[clash.member, entity[clash.member], clash.rule] as Wrong] : []),
    ]) {
      const at = `${key}.${member}`
      const found = value === undefined ? `(from ${origin(key)})` : given(at, value, origin)
      const others = member === 'on_parent_delete' ? [`${key}.parent_kind`] : []
      const isName = /(parent|target)_kind$/.test(member) && typeof value === 'string'
      const named = isName && !Object.hasOwn(kinds, value) && isDoubtful(value) ? allKinds : []
      problems.push({ keys: [at, ...others, ...named], line: `${at}${ofKind} ${rule} ${found}` })
    }
  }
  return problems
}

type Named = Entity & { kind: string }

const isNamed = (entity: Entity): entity is Named => entity.kind !== undefined

/** The rules that the members of an entity break, beside its references. Without a kind, there is no telling where it belongs. */
function wrongMembers(kinds: Kinds, own: Kinds, entity: Entity): Wrong[] {
  const lengthsAndSchema = [...wrongLengths(entity), ...wrongSchema(entity)]
  if (!isNamed(entity)) return lengthsAndSchema
  const document = Object.hasOwn(own, entity.kind) ? own[entity.kind] : undefined
  return [...(document ? redescribed(document, entity) : misplaced(kinds, entity)), ...lengthsAndSchema]
}

/** A kind of the document is where the document has it. */
function redescribed(own: Kind, entity: Entity): Wrong[] {
  const fixed = (['plural', 'parent_kind'] as const).filter(
    // An empty parent is none.
    (member) => entity[member] && entity[member] !== own[member],
  )
  return [
    ...fixed.map(
      (member): Wrong => [member, entity[member], `must be ${own[member] ?? 'absent'}, as in the document`],
    ),
    ...wrongPolicy({ ...own, ...entity, parent_kind: own.parent_kind }),
  ]
}

function misplaced(kinds: Kinds, entity: Named): Wrong[] {
  const { kind, plural } = entity
  const parent_kind = entity.parent_kind || undefined
  const wrong: Wrong[] = []
  const others = Object.entries(kinds).filter(([name]) => name !== kind)
  const holder = others.find(([, other]) => other.plural === plural)?.[0]
  const alike = others.find(([name]) => name.toLowerCase() === kind.toLowerCase())?.[0]
  if (alike) wrong.push(['kind', kind, `must not differ from ${alike} in capital letters only`])
  if (plural === undefined)
    wrong.push(['plural', plural, 'must be set: the kind is not of the document, and needs a name in paths'])
  else if (RESERVED.includes(plural))
    wrong.push(['plural', plural, `must not be one of ${RESERVED.join(', ')}`])
  else if (holder) wrong.push(['plural', plural, `must not be that of ${holder}`])
  if (parent_kind !== undefined && !Object.hasOwn(kinds, parent_kind))
    wrong.push(['parent_kind', parent_kind, `must be one of the kinds ${Object.keys(kinds).join(', ')}`])
  else if (isBelowItself(kinds, kind))
    wrong.push(['parent_kind', parent_kind, 'must not be below the kind itself'])
  return [...wrong, ...wrongPolicy({ ...entity, parent_kind })]
}

function isBelowItself(kinds: Kinds, kind: string): boolean {
  const seen = new Set<string>()
  for (let at: string | undefined = kind; at !== undefined; at = kinds[at]?.parent_kind) {
    if (seen.has(at)) return at === kind
    seen.add(at)
  }
  return false
}

type Policy = { parent_kind?: string | undefined } & Pick<Kind, 'on_parent_delete'>

function wrongPolicy({ parent_kind, on_parent_delete: policy }: Policy): Wrong[] {
  if (parent_kind !== undefined && policy === undefined)
    return [['on_parent_delete', policy, 'must be restrict or cascade, since the kind has a parent']]
  if (parent_kind === undefined && policy !== undefined)
    return [['on_parent_delete', policy, 'must not be set, since the kind has no parent']]
  return []
}

function wrongSchema({ spec_schema_name: name, require_spec_schema: isRequired }: Entity): Wrong[] {
  return name === '' && isRequired
    ? [['require_spec_schema', isRequired, 'must not be true where spec_schema_name is empty']]
    : []
}

function wrongLengths({ name_min_len: least = 0, name_max_len: most = 0 }: Entity): Wrong[] {
  return most && least > most ? [['name_min_len', least, `must not exceed name_max_len, ${most}`]] : []
}

function clashes(key: string, ofKind: string, adapters: string[], origin: Origin): string[] {
  const taken = new Map<string, string>()
  return adapters.flatMap((adapter) => {
    const condition = `${conditionName(adapter)}Successful`
    const other = taken.get(condition)
    taken.set(condition, adapter)
    if (other === undefined) return []
    const where = given(key, adapters, origin)
    return other === adapter
      ? `${key}: the adapter ${adapter}${ofKind} is there twice ${where}: leave one out`
      : `${key}: the adapters ${other} and ${adapter}${ofKind} both give the condition ${condition} ${where}: rename one`
  })
}

/** As the database names it: my-adapter and my--adapter would show as one. */
const conditionName = (adapter: string) =>
  adapter
    .split('-')
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join('')
