-- within_tenancy: whether a caller may know of a resource: its tenancy has all that the caller's has.
--
-- p_tenancy  the resource's
-- p_caller   the caller's; `{}` for callers of all tenants, and null for a caller without a tenancy where tenants are kept apart:
--            nothing is there for them
-- The only place with this rule. One expression, so that it is inlined.
create or replace function within_tenancy(p_tenancy jsonb, p_caller jsonb) returns boolean
language sql immutable parallel safe as $$
    select p_tenancy @> p_caller
$$;
