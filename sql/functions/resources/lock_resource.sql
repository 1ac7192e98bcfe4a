-- lock_resource: the resource, locked until the transaction ends; HF404 when it is not there,
-- HF503 under an isolation level in which a lock would not show the commits of others.
--
-- Every path that derives something from a resource and its reports begins here. The lock is a
-- statement of its own, so that every later read sees the state under the lock.
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
