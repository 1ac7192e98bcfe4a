-- find_and_lock: the resource that a path names (find_resource), locked as by lock_resource, in one statement: for a write that
-- takes no other lock in between.
--
-- p_kind, p_id  the resource; p_owner_id  the parent's id in a nested path, null in a flat one
-- Refuses: HF404, HF503 as they do.
create or replace function find_and_lock(p_kind text, p_owner_id text, p_id text) returns resources
language plpgsql as $$
declare
    v_resource resources;
begin
    perform require_read_committed();
    select resource.*
    into v_resource
    from resources as resource
    where resource.id = as_uuid(p_id)
        and resource.kind = p_kind
        and (p_owner_id is null or resource.owner_id = as_uuid(p_owner_id))
    for no key update;
    if not found then
        perform raise_not_found(p_kind, p_owner_id, p_id);
    end if;
    return v_resource;
end;
$$;
