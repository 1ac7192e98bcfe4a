-- find_resource: the resource that a path names, as it is without a lock; HF404 naming the kind that is
-- not there.
--
-- p_kind, p_id  the resource; p_owner_id  the parent's id in a nested path, null in a flat one.
-- p_tenancy     the caller's tenancy (within_tenancy)
-- A child under another parent is not found.
create or replace function find_resource(p_kind text, p_owner_id text, p_id text, p_tenancy jsonb) returns resources
language plpgsql stable as $$
declare
    v_resource resources;
begin
    perform enter_tenancy(p_tenancy);
    select (scoped.resource).*
    into v_resource
    from scoped_resources as scoped
    where (scoped.resource).id = as_uuid(p_id)
        and (scoped.resource).kind = p_kind
        and (p_owner_id is null or (scoped.resource).owner_id = as_uuid(p_owner_id))
        and within_tenancy((scoped.resource).tenancy, p_tenancy);
    if not found then
        perform raise_not_found(p_kind, p_owner_id, p_id, p_tenancy);
    end if;
    return v_resource;
end;
$$;

-- As servers of the release before call it: for callers of all tenants.
create or replace function find_resource(p_kind text, p_owner_id text, p_id text) returns resources
language sql stable as $$
    select find_resource(p_kind, p_owner_id, p_id, '{}')
$$;
