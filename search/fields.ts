/** A field of a list: what it is in SQL, and what may be done with it. */
export interface Field {
  /** The expression over the row that the list query calls `resource` or `status`. */
  sql: string
  sortable?: boolean
  /** Values may be missing; they sort last in both directions. */
  nullable?: boolean
  searchable?: boolean
}

/** The fields of one list, its default order, and the field that breaks ties. */
export interface Fields {
  fields: Record<string, Field>
  /** Where labels are kept as an array of 'key=value', for lists that have labels. */
  labels?: string
  defaultOrder: string
  defaultField: string
  tieBreaker: string
}

export const resourceFields: Fields = {
  fields: {
    id: { sql: 'resource.id', sortable: true },
    name: { sql: 'resource.name', sortable: true, searchable: true },
    kind: { sql: 'resource.kind', sortable: true },
    // Paths of one kind differ in their ids only.
    href: { sql: 'resource.id', sortable: true },
    generation: { sql: 'resource.generation', sortable: true },
    created_time: { sql: 'resource.created_time', sortable: true },
    updated_time: { sql: 'resource.updated_time', sortable: true },
    deleted_time: { sql: 'resource.deleted_time', sortable: true, nullable: true },
    created_by: { sql: 'resource.created_by', sortable: true },
    updated_by: { sql: 'resource.updated_by', sortable: true },
    deleted_by: { sql: 'resource.deleted_by', sortable: true, nullable: true },
  },
  labels: 'resource.label_pairs',
  defaultOrder: 'created_time desc',
  defaultField: 'created_time',
  tieBreaker: 'id',
}

export const statusFields: Fields = {
  fields: {
    adapter: { sql: 'status.adapter', sortable: true, searchable: true },
    observed_generation: { sql: 'status.observed_generation', sortable: true },
    created_time: { sql: 'status.created_time', sortable: true },
    last_report_time: { sql: 'status.last_report_time', sortable: true },
  },
  defaultOrder: 'adapter asc',
  defaultField: 'adapter',
  tieBreaker: 'adapter',
}
