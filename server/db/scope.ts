/** The tenancy that a statement is for, as statements take it (sql/functions/tenancy/within_tenancy.sql). */
export interface Scope {
  /** The caller's tenancy as JSON: `{}` for callers of all tenants, null where there is none yet and nothing is there. */
  tenancy: string | null
  /** The required dimensions of it, as a text; empty for callers of all tenants. */
  tenant: string
}

/** The scope of callers of all tenants: system callers, and everybody where tenants are not kept apart. */
export const ALL_TENANTS: Scope = { tenancy: '{}', tenant: '' }

/** The scope of a request whose caller is not known yet: nothing is there. */
export const NO_TENANT: Scope = { tenancy: null, tenant: 'none' }
