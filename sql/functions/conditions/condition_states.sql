-- condition_states: conditions as an array of 'Type=Status', the form their index knows. The older names Available and
-- Ready come first, also of conditions that are not shown under them, so that searches find all names.
create or replace function condition_states(p_conditions jsonb) returns text[]
language plpgsql immutable parallel safe as $$
declare
    -- A copy that is not compressed (condition_of).
    v_conditions jsonb := p_conditions #> '{}';
    v_states text[] := '{}';
begin
    for v_at in 0 .. jsonb_array_length(v_conditions) - 1 loop
        v_states := v_states || ((v_conditions -> v_at ->> 'type') || '=' || (v_conditions -> v_at ->> 'status'));
    end loop;
    -- Without Reconciled, there are those only that the configuration maps.
    if coalesce(v_states[1], '') not like 'Reconciled=%' then
        return v_states;
    end if;
    return array[
        'Available=' || (condition_of(v_conditions, 'LastKnownReconciled') ->> 'status'),
        'Ready=' || (condition_of(v_conditions, 'Reconciled') ->> 'status')
    ] || v_states;
end;
$$;
