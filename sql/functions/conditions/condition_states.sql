-- condition_states: conditions as an array of 'Type=Status', the form their index knows. The older names Available and
-- Ready come first, also of conditions that are not shown under them, so that searches find all names.
create or replace function condition_states(p_conditions jsonb) returns text[]
language plpgsql immutable parallel safe as $$
declare
    -- A copy that is not compressed (condition_of).
    v_conditions jsonb := p_conditions #> '{}';
    v_type text;
    v_status text;
    v_available text;
    v_ready text;
    v_states text[] := '{}';
begin
    for v_at in 0 .. jsonb_array_length(v_conditions) - 1 loop
        v_type := v_conditions -> v_at ->> 'type';
        v_status := v_conditions -> v_at ->> 'status';
        continue when v_type in ('Available', 'Ready');
        v_states := v_states || (v_type || '=' || v_status);
        if v_type = 'LastKnownReconciled' then
            v_available := 'Available=' || v_status;
        elsif v_type = 'Reconciled' then
            v_ready := 'Ready=' || v_status;
        end if;
    end loop;
    return array_remove(array[v_available, v_ready], null) || v_states;
end;
$$;
