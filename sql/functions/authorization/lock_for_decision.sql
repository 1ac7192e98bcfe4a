-- lock_for_decision: locks a resource as a write of it does, and in the same order, so that rules of authorization are evaluated
-- on the state that the write changes. The write that follows takes no lock before these.
--
-- p_verb        update, delete, force-delete or report
-- p_kind, p_id  the resource; p_owner_id its parent in a nested path, null in a flat one
-- p_references  of an update that sets references: these, as in given_references; else null
-- p_tenancy     the caller's tenancy (within_tenancy)
-- Returns the resource as it is under the locks; HF404 when it is not there, 40001 as lock_for_report.
create or replace function lock_for_decision(
    p_verb text,
    p_kind text,
    p_owner_id text,
    p_id text,
    p_references jsonb,
    p_tenancy jsonb
) returns resources
language plpgsql as $$
declare
    v_resource resources;
begin
    if p_verb in ('delete', 'force-delete') then
        return lock_tree(p_kind, p_owner_id, p_id, p_tenancy);
    end if;
    if p_verb = 'report' then
        v_resource := find_resource(p_kind, p_owner_id, p_id, p_tenancy);
        return lock_for_report(v_resource);
    end if;
    if p_references is not null then
        v_resource := find_resource(p_kind, p_owner_id, p_id, p_tenancy);
        perform lock_targets(p_references, v_resource.id, null, p_tenancy);
    end if;
    return lock_resource(p_kind, p_owner_id, p_id, p_tenancy);
end;
$$;
