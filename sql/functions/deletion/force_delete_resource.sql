-- force_delete_resource: removes a marked resource with all its descendants, without waiting for adapters.
--
-- p_kind, p_id  the resource; p_owner_id  its parent in a nested path, null in a flat one
-- p_caller, p_reason  the caller and the reason, for the feed of changes
-- p_if_match    the header If-Match, null when there is none
-- p_tenancy     the caller's tenancy (within_tenancy)
-- Returns the other removed resources as [{kind, id}], for the audit log: its descendants, and a marked parent that
-- waited only for this resource, which goes as it does with any last child. Refuses: HF404, HF412, HF410 when it is not marked.
-- Plans are kept (delete_resource).
create or replace function force_delete_resource(
    p_kind text,
    p_owner_id text,
    p_id text,
    p_caller text,
    p_reason text,
    p_if_match text,
    p_tenancy jsonb
) returns jsonb
language plpgsql set plan_cache_mode = force_generic_plan as $$
declare
    v_resource resources := lock_tree(p_kind, p_owner_id, p_id, p_tenancy);
    v_removed jsonb;
begin
    perform check_tag(v_resource, p_if_match);
    if v_resource.deleted_time is null then
        perform raise_problem('HF410', format('%s with id=''%s'' is not marked for deletion', p_kind, p_id));
    end if;

    select coalesce(
        jsonb_agg(jsonb_build_object('kind', removed.kind, 'id', removed.id) order by removed.id)
            filter (where removed.id <> v_resource.id),
        '[]'
    )
    into v_removed
    from remove_resources(
        v_resource.id || array(select tree.id from descendants(v_resource.id) as tree), p_caller, null, p_reason
    ) as removed;
    return v_removed || remove_finalized(array[v_resource.owner_id], p_caller, null);
end;
$$;

-- As servers of an older commit call it: without the caller.
create or replace function force_delete_resource(
    p_kind text,
    p_owner_id text,
    p_id text,
    p_if_match text,
    p_tenancy jsonb
) returns jsonb
language sql as $$
    select force_delete_resource(p_kind, p_owner_id, p_id, null, null, p_if_match, p_tenancy)
$$;

-- As servers of the release before call it: for callers of all tenants.
create or replace function force_delete_resource(
    p_kind text,
    p_owner_id text,
    p_id text,
    p_if_match text
) returns jsonb
language sql as $$
    select force_delete_resource(p_kind, p_owner_id, p_id, p_if_match, '{}')
$$;
