-- delete_resource: marks a resource and all its descendants for deletion.
--
-- p_kind, p_id  the resource; p_owner_id  its parent in a nested path, null in a flat one
-- p_caller      written down as deleted_by
-- p_if_match    the header If-Match, null when there is none
-- p_tenancy     the caller's tenancy (within_tenancy)
-- Returns the marked resource, also when nothing held it and it went at once (a kind without required
-- adapters). Repeated, it changes nothing. Refuses: HF404, HF412, HF410 a descendant or another resource holds it
-- (check_restrictions).
-- Plans are kept, for any number of resources: PostgreSQL would plan a statement over an array of ids anew at each call, which
-- takes longer than to run it.
create or replace function delete_resource(
    p_kind text,
    p_owner_id text,
    p_id text,
    p_caller text,
    p_if_match text,
    p_tenancy jsonb
) returns resources
language plpgsql set plan_cache_mode = force_generic_plan as $$
declare
    v_resource resources := lock_tree(p_kind, p_owner_id, p_id, p_tenancy);
    v_ids uuid[];
begin
    perform check_tag(v_resource, p_if_match);
    if v_resource.deleted_time is not null then
        return v_resource;
    end if;

    -- Descendants that are marked already stay as they are.
    v_ids := v_resource.id || array(
        select resource.id
        from descendants(v_resource.id) as tree
        inner join resources as resource on resource.id = tree.id
        where resource.deleted_time is null
    );
    perform check_restrictions(v_resource, v_ids, p_tenancy);
    perform mark_resources(v_ids, p_caller);
    perform release_targets(v_ids);
    select resource.* into v_resource from resources as resource where resource.id = v_resource.id;

    -- No report is at a generation that has just begun: only kinds without required adapters can go now.
    perform remove_finalized(array(
        select resource.id
        from resources as resource
        inner join kinds on kinds.kind = resource.kind
        where resource.id = any (v_ids) and coalesce(cardinality(kinds.required_adapters), 0) = 0
    ), p_caller, null);
    return v_resource;
end;
$$;

-- As servers of the release before call it: for callers of all tenants.
create or replace function delete_resource(
    p_kind text,
    p_owner_id text,
    p_id text,
    p_caller text,
    p_if_match text
) returns resources
language sql as $$
    select delete_resource(p_kind, p_owner_id, p_id, p_caller, p_if_match, '{}')
$$;
