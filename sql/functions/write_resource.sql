-- write_resource: writes a changed resource over the stored one, at the next version.
--
-- Conditions may have changed, so `states` and `unreconciled_since` follow them. What has an index is assigned its
-- stored value where it is equal, since an equal value written anew would break a heap-only update.
-- Requires the lock on the resource. Returns the resource as it is afterwards.
create or replace function write_resource(p_resource resources) returns resources
language plpgsql as $$
declare
    v_states text[] := condition_states(p_resource.conditions);
begin
    update resources as resource
    set labels = p_resource.labels,
        label_pairs = case
            when resource.label_pairs = p_resource.label_pairs then resource.label_pairs
            else p_resource.label_pairs
        end,
        spec = p_resource.spec,
        generation = p_resource.generation,
        generation_time = p_resource.generation_time,
        version = resource.version + 1,
        updated_time = p_resource.updated_time,
        updated_by = p_resource.updated_by,
        deleted_time = p_resource.deleted_time,
        deleted_by = p_resource.deleted_by,
        conditions = p_resource.conditions,
        states = case when resource.states = v_states then resource.states else v_states end,
        unreconciled_since = unreconciled_since(p_resource.conditions)
    where resource.id = p_resource.id
    returning * into p_resource;
    return p_resource;
end;
$$;
