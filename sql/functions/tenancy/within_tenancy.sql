-- within_tenancy: whether a resource is visible to a caller: its tenancy contains that of the caller.
--
-- p_tenancy  the resource's
-- p_caller   the caller's; `{}` for callers of all tenants, and null for a caller without a tenancy where tenants are kept apart:
--            no resource is visible to them
-- The only place with this rule. One expression, so that it is inlined.
create or replace function within_tenancy(p_tenancy jsonb, p_caller jsonb) returns boolean
language sql immutable parallel safe as $$
    select p_tenancy @> p_caller
$$;
