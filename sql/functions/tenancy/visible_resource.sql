-- visible_resource: the resource with an id, of any kind, if it is visible to the caller; else no row.
--
-- p_tenancy  the caller's tenancy (within_tenancy)
create or replace function visible_resource(p_id text, p_tenancy jsonb) returns setof resources
language plpgsql stable rows 1 as $$
begin
    perform enter_tenancy(p_tenancy);
    return query
    select (scoped.resource).*
    from scoped_resources as scoped
    where (scoped.resource).id = as_uuid(p_id) and within_tenancy((scoped.resource).tenancy, p_tenancy);
end;
$$;
