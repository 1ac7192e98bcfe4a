import { CONDITION_TYPE, DIMENSION, type Form, KIND, LABEL_KEY, MAX_SPEC_DEPTH, REF_TYPE } from './forms.ts'
import { SearchError } from './search-error.ts'
import type { Path } from './tree.ts'

/** The SQL expression of a field, over the row that its list's query calls `resource` or `status`; its type says how it is compared. */
export type Field =
  | { type: 'text' | 'integer' | 'time' | 'id' | 'href'; sql: string; form?: Form }
  | { type: 'label'; key: string }
  | { type: 'reference'; ref_type: string }
  | { type: 'spec'; members: string[] }
  | { type: 'status'; condition: string }
  | { type: 'member'; condition: string; member: keyof typeof conditionMembers }

/** A field that has one value at most. */
export type ValueField = Exclude<Field, { type: 'reference' }>

/** A field that is a column, or made of one. */
export type Column = Extract<Field, { sql: string }> & {
  /** The expression to sort by, where that differs from the one to compare by. */
  sortedBy?: string
  /** Values may be missing; they sort last in both directions. */
  nullable?: boolean
  /** Never changes, so that a walk by cursor can go on from it. */
  fixed?: boolean
  unsortable?: boolean
  /** Has an index that finds single values and ranges, and that lists are read in the order of. */
  indexed?: boolean
}

/** The fields of one list, its default order, and the field that breaks ties. */
export interface Fields {
  columns: Record<string, Column>
  /** Whether there are labels, a spec and conditions beside the columns. */
  isOfResources: boolean
  defaultOrder: string
  defaultField: string
  tieBreaker: string
}

/** Its columns that can be sorted by stand in sql/queries/list_resources.sql as well. */
export const resourceFields: Fields = {
  columns: {
    id: { type: 'id', sql: 'resource.id', fixed: true, indexed: true },
    name: { type: 'text', sql: 'resource.name', fixed: true, indexed: true },
    kind: { type: 'text', sql: 'resource.kind', form: KIND, fixed: true },
    href: {
      type: 'href',
      sql: '(select resource_href(kinds, resource.id) from kinds where kinds.kind = resource.kind)',
      // Paths of one kind differ in their ids only.
      sortedBy: 'resource.id',
      indexed: true,
    },
    owner_id: { type: 'id', sql: 'resource.owner_id', unsortable: true, indexed: true },
    owner_kind: {
      type: 'text',
      sql: '(select kinds.parent_kind from kinds where kinds.kind = resource.kind)',
      form: KIND,
      unsortable: true,
    },
    generation: { type: 'integer', sql: 'resource.generation' },
    created_time: { type: 'time', sql: 'resource.created_time', fixed: true, indexed: true },
    updated_time: { type: 'time', sql: 'resource.updated_time', indexed: true },
    deleted_time: { type: 'time', sql: 'resource.deleted_time', nullable: true },
    created_by: { type: 'text', sql: 'resource.created_by', fixed: true, indexed: true },
    updated_by: { type: 'text', sql: 'resource.updated_by' },
    deleted_by: { type: 'text', sql: 'resource.deleted_by', nullable: true },
    tenancy: { type: 'text', sql: "nullif(resource.tenant, '')", unsortable: true },
  },
  isOfResources: true,
  defaultOrder: 'created_time desc',
  defaultField: 'created_time',
  tieBreaker: 'id',
}

export const statusFields: Fields = {
  columns: {
    adapter: { type: 'text', sql: 'status.adapter' },
    observed_generation: { type: 'integer', sql: 'status.observed_generation' },
    created_time: { type: 'time', sql: 'status.created_time' },
    last_report_time: { type: 'time', sql: 'status.last_report_time' },
  },
  isOfResources: false,
  defaultOrder: 'adapter asc',
  defaultField: 'adapter',
  tieBreaker: 'adapter',
}

/** The members of a condition that can be searched beside its status. */
export const conditionMembers = {
  reason: 'text',
  observed_generation: 'integer',
  last_updated_time: 'time',
  last_transition_time: 'time',
} as const

/** A column by its name; undefined when there is none. */
export const columnOf = ({ columns }: Fields, name: string): Column | undefined =>
  Object.hasOwn(columns, name) ? columns[name] : undefined

/** Whether a path has the form of a field of some list, rather than that of a text without quotes. */
export const isFieldLike = ({ steps: [first = '', ...others] }: Path): boolean =>
  others.length
    ? ['labels', 'references', 'spec', 'status', 'tenancy'].includes(first)
    : [resourceFields, statusFields].some((list) => columnOf(list, first) !== undefined)

/** The field that a path of a search names. Throws a SearchError when there is none, or when no resource can have it. */
export function fieldOf({ steps, text, position }: Path, list: Fields): Field {
  const [first = '', second = '', third = '', fourth = ''] = steps
  const column = columnOf(list, first)
  if (column && steps.length === 1) return column
  if (list.isOfResources) {
    const mustBe = (name: string, { pattern, what }: Form) => {
      if (!pattern.test(name))
        throw new SearchError('search', `${name.slice(0, 100)} is not ${what}`, position)
    }
    if (first === 'labels' && second && steps.length === 2) {
      mustBe(second, LABEL_KEY)
      return { type: 'label', key: second }
    }
    if (first === 'tenancy' && second && steps.length === 2) {
      mustBe(second, DIMENSION)
      return { type: 'text', sql: `(resource.tenancy ->> '${second}')` }
    }
    if (first === 'references' && second && steps.length === 2) {
      mustBe(second, REF_TYPE)
      return { type: 'reference', ref_type: second }
    }
    if (first === 'spec' && steps.length > 1) {
      const members = steps.slice(1)
      if (members.includes('__proto__')) {
        throw new SearchError('search', '__proto__ is not a member that a spec can have', position)
      }
      if (members.length > MAX_SPEC_DEPTH) {
        throw new SearchError('search', `a spec does not nest deeper than ${MAX_SPEC_DEPTH}`, position)
      }
      return { type: 'spec', members }
    }
    if (first === 'status' && second === 'conditions' && third) {
      mustBe(third, CONDITION_TYPE)
      if (steps.length === 3) return { type: 'status', condition: third }
      if (steps.length === 4 && Object.hasOwn(conditionMembers, fourth)) {
        return { type: 'member', condition: third, member: fourth as keyof typeof conditionMembers }
      }
    }
  }
  const known = [
    ...Object.keys(list.columns),
    ...(list.isOfResources
      ? [
          'tenancy.<dimension>',
          'labels.<key>',
          'references.<type>',
          'spec.<member>',
          'status.conditions.<Type>',
        ]
      : []),
    ...(list.isOfResources
      ? Object.keys(conditionMembers).map((each) => `status.conditions.<Type>.${each}`)
      : []),
  ]
  throw new SearchError(
    'search',
    `${text.slice(0, 100)} is not a field to search by (there are ${known.join(', ')})`,
    position,
  )
}
