-- mark_resources: marks resources for deletion, which begins a new generation of each; updated_by stays.
--
-- p_ids     the resources; those that are marked already are left as they are
-- p_caller  the caller, stored as deleted_by
-- One statement for all, since there may be thousands of children, and in PL/pgSQL, which keeps its plan. Specs are neither read
-- nor written.
-- Each has an entry in the feed of changes.
-- Requires the locks on the resources.
create or replace function mark_resources(p_ids uuid[], p_caller text) returns void
language plpgsql as $$
begin
    with marked as (
        update resources as resource
        set generation = derived.generation,
            generation_time = derived.time,
            version = resource.version + 1,
            updated_time = derived.time,
            deleted_time = derived.time,
            deleted_by = p_caller,
            conditions = derived.conditions::json,
            states = condition_states(derived.conditions),
            unreconciled_since = unreconciled_since(derived.conditions)
        from (
            select
                marked.id,
                marked.generation,
                marked.time,
                marked.conditions::jsonb as before,
                aggregate_conditions(
                    marked.kind, marked.generation, marked.time, true, facts.has_children, facts.required,
                    marked.conditions::jsonb, facts.reports, facts.older_names,
                    mapped_conditions(marked.conditions::jsonb, facts.condition_rules)
                ) as conditions
            from (
                select
                    live.id,
                    live.kind,
                    live.generation + 1 as generation,
                    change_time(live.updated_time) as time,
                    live.conditions
                from resources as live
                where live.id = any (p_ids) and live.deleted_time is null
                offset 0 -- the clock is read once for each
            ) as marked
            cross join lateral resource_facts(marked.id, marked.kind) as facts
            offset 0 -- the conditions are computed once for each
        ) as derived
        where resource.id = derived.id
        returning
            resource.kind, resource.id, resource.owner_id, resource.version, resource.generation, resource.tenancy,
            array['deleted_time'] || changed_conditions(derived.before, derived.conditions) as changed
    )
    insert into changes (type, kind, resource_id, owner_id, version, generation, tenancy, caller, changed)
    select
        'marked', marked.kind, marked.id, marked.owner_id, marked.version, marked.generation, marked.tenancy, p_caller,
        marked.changed
    from marked;
end;
$$;
