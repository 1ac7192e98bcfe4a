-- store_derived: brings all that follows from a resource and its reports up to date (its conditions, and the forms in
-- which searches know conditions and labels), and writes it where any of it differs.
--
-- A report moves neither updated_time nor updated_by, but the version, as far as clients can see a difference.
-- Requires the lock on the resource. Returns the resource as it is afterwards.
create or replace function store_derived(p_resource resources) returns resources
language plpgsql as $$
declare
    v_conditions jsonb := current_conditions(
        p_resource.id,
        p_resource.kind,
        p_resource.generation,
        p_resource.generation_time,
        p_resource.deleted_time is not null,
        p_resource.conditions
    );
    v_states text[] := condition_states(v_conditions);
    v_unreconciled_since timestamptz := unreconciled_since(v_conditions);
    v_label_pairs text[] := label_pairs(p_resource.labels);
begin
    if v_conditions = p_resource.conditions
        and v_states = p_resource.states
        and v_unreconciled_since is not distinct from p_resource.unreconciled_since
        and v_label_pairs = p_resource.label_pairs
    then
        return p_resource;
    end if;
    -- Only these columns: a report must not write the spec again. What has an index is assigned its stored value
    -- where it is equal, since an equal value written anew would break the heap-only update.
    update resources as resource
    set conditions = v_conditions,
        unreconciled_since = v_unreconciled_since,
        states = case when resource.states = v_states then resource.states else v_states end,
        label_pairs = case
            when resource.label_pairs = v_label_pairs then resource.label_pairs else v_label_pairs
        end,
        version = resource.version + case when resource.conditions = v_conditions then 0 else 1 end
    where resource.id = p_resource.id
    returning * into p_resource;
    return p_resource;
end;
$$;
