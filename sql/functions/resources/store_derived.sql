-- store_derived: brings all that follows from the reports on a resource up to date (its conditions, and the forms in
-- which searches know them), and writes it where any of it differs.
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
begin
    if v_conditions = p_resource.conditions
        and v_states = p_resource.states
        and v_unreconciled_since is not distinct from p_resource.unreconciled_since
    then
        return p_resource;
    end if;
    p_resource.conditions := v_conditions;
    p_resource.states := v_states;
    p_resource.unreconciled_since := v_unreconciled_since;
    return save_resource(p_resource);
end;
$$;
