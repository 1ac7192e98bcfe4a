-- lock_family: locks a resource for a change that may also reach its parent and its children: the parent
-- first, then the resource, then its children by id. Every path locks in this order, so no two of them can
-- wait for each other; and none can add a child, since that needs a share lock on the parent.
--
-- Returns the resource as it is under the locks; HF404 when it is not there.
create or replace function lock_family(p_kind text, p_owner_id text, p_id text) returns resources
language plpgsql as $$
declare
    v_resource resources := find_resource(p_kind, p_owner_id, p_id);
begin
    -- A resource never changes its parent.
    perform from resources as owner
    where owner.id = v_resource.owner_id
    for no key update;
    v_resource := lock_resource(p_kind, v_resource.id);
    perform from resources as child where child.owner_id = v_resource.id order by child.id for no key update;
    return v_resource;
end;
$$;
