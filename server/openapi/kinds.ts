/** The descriptor of a kind, from x-kinds of the document and entities[] of the configuration. */
export interface Kind {
  plural: string
  base_path: string
  /** Absent: a root kind. */
  parent_kind?: string
  /** The effect of a deletion of its parent. A kind with a parent has it. */
  on_parent_delete?: 'restrict' | 'cascade'
  /** The schema of its spec in the provider's document; '' when its spec is not checked. */
  spec_schema_name?: string
  /** Whether the start fails without that schema. */
  require_spec_schema?: boolean
  /** How many characters its names have at least and at most; 0 and absent: as the document says. */
  name_min_len?: number
  name_max_len?: number
  /** The references that its resources may have. */
  references?: Reference[]
  /** The changes that begin a generation: of the spec, or of the labels, too. */
  generation_on?: 'spec' | 'any'
}

/** References of one type from a kind to another, which own nothing. */
export interface Reference {
  ref_type: string
  target_kind: string
  /** How many a resource has at least, and at most; a `max` of 0 is no limit. */
  min: number
  max: number
}

/** The name and plural in the paths, schemas and operations of resources of any kind. */
export const ANY_KIND = { name: 'Resource', plural: 'resources' } as const

/** The kinds by their names. */
export type Kinds = Record<string, Kind>

/** A kind as an entry of the configuration; members that it leaves out come from the document. */
export type Entity = { kind: string; required_adapters?: string[]; conditions?: Condition[] } & Partial<
  Omit<Kind, 'base_path'>
>

/** A condition beside those of adapters, by expressions of CEL. */
export interface Condition {
  type: string
  when: { expression: string }
  output: Record<'status' | 'reason' | 'message', { expression: string }>
}

/** The kinds of the document, and those that are entries of the configuration alone, at `basePath`. */
export function describeKinds(own: Kinds, entities: Entity[], basePath: string): Kinds {
  const configured = entities.map((entity): [string, Kind] => {
    const { kind, required_adapters: _, conditions: __, parent_kind, ...descriptor } = entity
    // An empty parent is none.
    const parent = parent_kind ? { parent_kind } : {}
    return [kind, { plural: '', base_path: basePath, ...own[kind], ...descriptor, ...parent }]
  })
  return { ...own, ...Object.fromEntries(configured) }
}

/** The kinds, each after its parent. */
export function parentsFirst(kinds: Kinds): [name: string, kind: Kind][] {
  const depth = ({ parent_kind }: Kind): number => {
    const parent = parent_kind === undefined ? undefined : kinds[parent_kind]
    return parent ? 1 + depth(parent) : 0
  }
  return Object.entries(kinds).sort(([, one], [, other]) => depth(one) - depth(other))
}
