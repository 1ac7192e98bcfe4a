-- adapter_conditions: one <Adapter>Successful for each required adapter that has a usable report: it shows its Available.
--
-- p_ref       when the generation began, formatted (format_time)
-- p_required  the required adapters, in configured order
-- p_judged    their reports (judged_reports), in any order
-- p_previous  the stored conditions
-- Returns the conditions, in configured order.
create or replace function adapter_conditions(
    p_ref text,
    p_required text[],
    p_judged judged_report[],
    p_previous jsonb
) returns resource_condition[]
language plpgsql immutable parallel safe as $$
declare
    v_adapter text;
    v_judged judged_report;
    v_type text;
    v_previous jsonb;
    v_conditions resource_condition[] := '{}';
begin
    foreach v_adapter in array p_required loop
        foreach v_judged in array p_judged loop
            continue when v_judged.adapter <> v_adapter or not v_judged.usable;
            v_type := condition_name(v_adapter);
            v_previous := condition_of(p_previous, v_type);
            v_conditions := v_conditions || condition(
                v_previous, p_ref, v_type, v_judged.available, v_judged.generation, v_judged.reason, v_judged.message,
                v_judged.time, v_judged.time
            );
        end loop;
    end loop;
    return v_conditions;
end;
$$;
