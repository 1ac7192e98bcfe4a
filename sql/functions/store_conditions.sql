-- store_conditions: brings the conditions of a resource up to date, and writes them where they differ.
--
-- A report moves neither updated_time nor updated_by, but the version.
-- Requires the lock on the resource. Returns the resource as it is afterwards.
create or replace function store_conditions(p_resource resources) returns resources
language plpgsql as $$
declare
    v_conditions jsonb := current_conditions(p_resource);
    v_states text[];
begin
    if v_conditions = p_resource.conditions then
        return p_resource;
    end if;
    v_states := condition_states(v_conditions);
    -- Only these columns: a report must not write the spec again. `states` is assigned its stored value
    -- where it is equal, since an equal value written anew would break the heap-only update.
    update resources as resource
    set conditions = v_conditions,
        states = case when resource.states = v_states then resource.states else v_states end,
        unreconciled_since = unreconciled_since(v_conditions),
        version = resource.version + 1
    where resource.id = p_resource.id
    returning * into p_resource;
    return p_resource;
end;
$$;
