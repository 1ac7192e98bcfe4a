-- changed_conditions: the types of the conditions that differ in anything but their times, those that came or went included.
--
-- p_before, p_after  the conditions of a resource before and after a change
create or replace function changed_conditions(p_before jsonb, p_after jsonb) returns text[]
language plpgsql immutable parallel safe as $$
declare
    v_times constant text[] := array['created_time', 'last_updated_time', 'last_transition_time'];
    -- Copies that are not compressed (condition_of).
    v_before jsonb := p_before #> '{}';
    v_after jsonb := p_after #> '{}';
    v_old jsonb;
    v_new jsonb;
    v_kept int := 0;
    v_changed text[] := '{}';
begin
    for v_at in 0 .. jsonb_array_length(v_after) - 1 loop
        v_new := v_after -> v_at;
        v_old := v_before -> v_at;
        if v_old -> 'type' is distinct from v_new -> 'type' then
            v_old := condition_of(v_before, v_new ->> 'type');
        end if;
        if v_old is not null then
            v_kept := v_kept + 1;
        end if;
        if v_old is null or v_old - v_times <> v_new - v_times then
            v_changed := v_changed || (v_new ->> 'type');
        end if;
    end loop;
    if v_kept < jsonb_array_length(v_before) then
        for v_at in 0 .. jsonb_array_length(v_before) - 1 loop
            if condition_of(v_after, v_before -> v_at ->> 'type') is null then
                v_changed := v_changed || (v_before -> v_at ->> 'type');
            end if;
        end loop;
    end if;
    return v_changed;
end;
$$;
