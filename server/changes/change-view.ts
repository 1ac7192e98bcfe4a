import { resourceFields } from '../../search/fields.ts'
import { ofAllTenants, type Selection, select } from '../../search/selection.ts'
import type { Scope } from '../db/scope.ts'

/** The entries that a request is told, and their members. Requests with equal views share statements and texts. */
export interface ChangeView extends Scope {
  /** Equal for equal views. */
  key: string
  /** Null: of all kinds. */
  kind: string | null
  /** The members of the resources that are told with the entries; null where none are. */
  fields: string[] | null
  /** The search that resources must fit; undefined without one. */
  search: Selection | undefined
}

/** The view of a request. Throws a SearchError where its search cannot be understood. */
export function viewOf(
  { tenancy, tenant }: Scope,
  { kind = null, fields, search }: { kind?: string | null; fields?: string[]; search?: string },
): ChangeView {
  const members = fields ? [...fields].sort() : null
  return {
    tenancy,
    tenant,
    kind,
    fields: members,
    search: search === undefined ? undefined : select({ search }, resourceFields),
    key: JSON.stringify([tenancy, tenant, kind, members, search]),
  }
}

/** The selection of statements that look resources up by their ids, with the search of a view. */
export const byIds = ({ search }: ChangeView): Selection => ({ ...(search ?? WHOLE), unindexed: false })

/** The selection of a walk through the present state in the order of ids, of which there is an index but by tenant. */
export function inOrderOfIds({ kind, tenant, search }: ChangeView): Selection {
  const isOfAllTenants = tenant === ''
  const selection = search ?? WHOLE
  return {
    ...selection,
    unindexed: !isOfAllTenants || (search?.unindexed ?? false),
    ...(kind === null && { scope: 'true' }),
    ...(isOfAllTenants && { ...ofAllTenants(selection), source: 'resources' }),
  }
}

const WHOLE = select({}, resourceFields)
