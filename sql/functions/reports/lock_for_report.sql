-- lock_for_report: locks a resource for a report on it, and returns it as it is under the lock.
--
-- p_resource is the resource as read before. A report on a marked child may remove the child and then its
-- ancestors, so those are locked first: everywhere, parents are locked before children. When the
-- mark was set between that read and the lock, the order can only be kept by beginning again: 40001,
-- which the caller retries.
create or replace function lock_for_report(p_resource resources) returns resources
language plpgsql as $$
declare
    v_locked resources;
begin
    if p_resource.deleted_time is not null then
        perform lock_ancestors(p_resource);
    end if;
    v_locked := lock_resource(p_resource.kind, null, p_resource.id::text, p_resource.tenancy);
    if v_locked.deleted_time is not null and p_resource.deleted_time is null
        and p_resource.owner_id is not null then
        raise exception using
            errcode = 'serialization_failure',
            message = 'the resource was marked for deletion while it was being locked';
    end if;
    return v_locked;
end;
$$;
