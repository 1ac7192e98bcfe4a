-- tenant_resources: the resources of one tenant, of one kind or of all, for a search or an order without an index by tenant. No row of
-- another tenant is read: the time of an answer must not depend on other tenants.
--
-- p_kind    null: of all kinds
-- p_tenant  the required dimensions of the tenancy (resources.tenant)
-- The tenancy itself is compared by the caller (within_tenancy). One query, so that it is inlined; with `offset 0` the planner keeps the
-- conditions of the caller outside of it, and with them the indexes over all tenants.
create or replace function tenant_resources(p_kind text, p_tenant text) returns setof resources
language sql stable as $$
    select resource.*
    from resources as resource
    where resource.kind = any (array(select kinds.kind from kinds where p_kind is null or kinds.kind = p_kind))
        and resource.tenant = p_tenant
        and resource.tenant <> ''
    offset 0
$$;
