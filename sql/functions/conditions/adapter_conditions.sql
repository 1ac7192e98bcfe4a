-- adapter_conditions: one <Adapter>Successful for each required adapter that has a usable report: it shows its Available.
--
-- p_ref       when the generation began, formatted (format_time)
-- p_required  the required adapters, in configured order
-- p_usable    the usable reports (usable_reports), in any order
-- p_previous  the stored conditions
-- Returns the conditions, in configured order.
create or replace function adapter_conditions(
    p_ref text,
    p_required text[],
    p_usable adapter_report[],
    p_previous jsonb
) returns jsonb[]
language plpgsql stable parallel safe as $$
declare
    v_adapter text;
    v_report adapter_report;
    v_type text;
    v_time text;
    v_previous jsonb;
    v_conditions jsonb[] := '{}';
begin
    foreach v_adapter in array p_required loop
        foreach v_report in array p_usable loop
            continue when v_report.adapter <> v_adapter;
            v_type := condition_name(v_adapter);
            v_time := format_time(v_report.observed_time);
            v_previous := condition_of(p_previous, v_type);
            v_conditions := v_conditions || condition(
                v_type,
                v_report.available,
                v_report.observed_generation,
                v_report.reason,
                v_report.message,
                coalesce(v_previous ->> 'created_time', p_ref),
                v_time,
                case
                    when (v_previous ->> 'status' = 'True') = v_report.available
                        then v_previous ->> 'last_transition_time'
                    else v_time
                end
            );
        end loop;
    end loop;
    return v_conditions;
end;
$$;
