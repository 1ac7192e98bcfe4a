-- lock_resource: the resource, locked until the transaction ends; HF404 when it is not there,
-- HF503 where a lock would not show what others have committed.
--
-- Every path that derives something from a resource and its reports begins here. The lock is a
-- statement of its own, so that whatever is read next is read after the lock was had.
create or replace function lock_resource(p_kind text, p_id uuid) returns resources
language plpgsql as $$
declare
    v_resource resources;
begin
    perform require_read_committed();
    select resource.*
    into v_resource
    from resources as resource
    where resource.id = p_id
    for no key update;
    if not found then
        perform raise_not_found(p_kind, null, p_id::text);
    end if;
    return v_resource;
end;
$$;
