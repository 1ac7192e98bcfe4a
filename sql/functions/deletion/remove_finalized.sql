-- remove_finalized: removes those of these resources that nothing holds (is_finalized), and then their parents
-- likewise, which may have waited for them only.
--
-- p_ids  the resources; p_caller, p_adapter  see remove_resources
-- Requires the locks on the resources and on their ancestors (lock_ancestors).
-- Returns the removed resources as [{kind, id}].
-- Plans are kept (delete_resource).
create or replace function remove_finalized(p_ids uuid[], p_caller text, p_adapter text) returns jsonb
language plpgsql set plan_cache_mode = force_generic_plan as $$
declare
    v_ids uuid[] := p_ids;
    v_gone jsonb;
    v_removed jsonb := '[]'::jsonb;
begin
    -- One statement for each level: children first.
    while cardinality(v_ids) > 0 loop
        v_ids := array(
            select resource.id
            from resources as resource
            where resource.id = any (v_ids)
                and is_finalized(resource.id, resource.kind, resource.generation, resource.deleted_time)
        );
        exit when cardinality(v_ids) = 0;
        select
            coalesce(jsonb_agg(jsonb_build_object('kind', gone.kind, 'id', gone.id) order by gone.id), '[]'::jsonb),
            array_agg(distinct gone.owner_id) filter (where gone.owner_id is not null)
        into v_gone, v_ids
        from remove_resources(v_ids, p_caller, p_adapter, null) as gone;
        v_removed := v_removed || v_gone;
    end loop;
    return v_removed;
end;
$$;

-- As a function of the release before calls it (save_resource).
create or replace function remove_finalized(p_ids uuid[]) returns jsonb
language sql as $$
    select remove_finalized(p_ids, null, null)
$$;
