-- lock_resource: the resource that a path names (find_resource), locked until the transaction ends; HF404 naming the kind that
-- is not there, HF503 under an isolation level in which a lock would not show the commits of others.
--
-- p_kind, p_id  the resource; p_owner_id  the parent's id in a nested path, null in a flat one
-- p_tenancy     the caller's tenancy (within_tenancy)
-- Every path that derives something from a resource and its reports begins here. The lock is a
-- statement of its own, so that every later read sees the state under the lock.
create or replace function lock_resource(p_kind text, p_owner_id text, p_id text, p_tenancy jsonb) returns resources
language plpgsql as $$
declare
    v_resource resources;
begin
    perform require_read_committed();
    perform enter_tenancy(p_tenancy);
    select (scoped.resource).*
    into v_resource
    from scoped_resources as scoped
    where (scoped.resource).id = as_uuid(p_id)
        and (scoped.resource).kind = p_kind
        and (p_owner_id is null or (scoped.resource).owner_id = as_uuid(p_owner_id))
        and within_tenancy((scoped.resource).tenancy, p_tenancy)
    for no key update;
    if not found then
        perform raise_not_found(p_kind, p_owner_id, p_id, p_tenancy);
    end if;
    return v_resource;
end;
$$;
