-- store_derived: brings all that follows from the reports on a resource up to date (its conditions, and the forms in
-- which searches know them), and writes it where any of it differs.
--
-- p_adapter  the adapter whose report has come, null where none has
-- A report moves neither updated_time nor updated_by, but the version, as far as clients can see a difference.
-- Requires the lock on the resource. Returns the resource as it is afterwards.
create or replace function store_derived(p_resource resources, p_adapter text) returns resources
language plpgsql as $$
declare
    v_before jsonb := p_resource.conditions;
    v_conditions jsonb := current_conditions(
        p_resource.id,
        p_resource.kind,
        p_resource.generation,
        p_resource.generation_time,
        p_resource.deleted_time is not null,
        v_before
    );
begin
    if v_conditions = v_before
        and condition_states(v_conditions) = p_resource.states
        and unreconciled_since(v_conditions) is not distinct from p_resource.unreconciled_since
    then
        return p_resource;
    end if;
    return save_resource(
        p_resource, v_conditions, 'reported', changed_conditions(v_before, v_conditions), p_adapter
    );
end;
$$;

-- As a function of the release before calls it (save_resource).
create or replace function store_derived(p_resource resources) returns resources
language sql as $$
    select store_derived(p_resource, null)
$$;
