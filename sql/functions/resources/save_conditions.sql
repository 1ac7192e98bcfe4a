-- save_conditions: writes the conditions of resources after reports on them, and what searches make of these.
--
-- p_ids, p_versions, p_conditions  of each resource its id, its new version and its new conditions
-- p_entries  for the feed of changes: one for each version that a report has begun; `type`, `time` and `seq` are set here
-- Requires the locks on the resources.
create or replace function save_conditions(p_ids uuid[], p_versions int[], p_conditions jsonb[], p_entries changes[])
returns void
language plpgsql as $$
begin
    update resources as resource
    set version = saved.version,
        conditions = saved.conditions::json,
        -- As in save_resource: an equal value written anew would break a heap-only update.
        states = case when resource.states = saved.states then resource.states else saved.states end,
        unreconciled_since = unreconciled_since(saved.conditions)
    from (
        select each.id, each.version, each.conditions, condition_states(each.conditions) as states
        from unnest(p_ids, p_versions, p_conditions) as each (id, version, conditions)
        offset 0 -- the states are computed once for each
    ) as saved
    where resource.id = saved.id;

    insert into changes (type, kind, resource_id, owner_id, version, generation, tenancy, adapter, changed)
    select
        'reported', entry.kind, entry.resource_id, entry.owner_id, entry.version, entry.generation, entry.tenancy,
        entry.adapter, entry.changed
    from unnest(p_entries) as entry;
end;
$$;
