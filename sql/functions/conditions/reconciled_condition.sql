-- reconciled_condition: Reconciled: does every required adapter confirm the resource's generation?
--
-- p_ref       when the generation began, formatted (format_time)
-- p_judged    the reports of the required adapters (judged_reports), sorted by adapter: so the lists in the message are
-- p_previous  the condition as it is stored; null before there is one
-- All else as in aggregate_conditions. Returns the condition.
create or replace function reconciled_condition(
    p_kind text,
    p_generation int,
    p_ref text,
    p_deleting boolean,
    p_has_children boolean,
    p_judged judged_report[],
    p_previous jsonb
) returns resource_condition
language plpgsql stable parallel safe as $$
declare
    v_judged judged_report;
    v_missing text;
    v_reporting text;
    v_goal text := case when p_deleting then 'Finalized=True' else 'Available=True' end;
    v_status boolean := false;
    v_reason text;
    v_message text;
    v_time text := coalesce(oldest_at(p_judged, p_generation), p_ref);
begin
    foreach v_judged in array p_judged loop
        if not v_judged.met then
            v_missing := concat_ws(', ', v_missing, v_judged.adapter);
        end if;
        if v_judged.usable then
            v_reporting := concat_ws(', ', v_reporting, v_judged.adapter);
        end if;
    end loop;

    if cardinality(p_judged) = 0 then
        v_reason := 'NoRequiredAdapters';
        v_message := no_adapters_message(p_kind);
    elsif v_missing is not null then
        v_reason := 'ReconciledMissingAdapters';
        v_message := missing_adapters_message(v_goal, v_missing, v_reporting);
    elsif p_deleting and p_has_children then
        v_reason := 'ReconciledWaitingForChildren';
        v_message := 'All required adapters report Finalized=True; child resources are left';
    else
        v_status := true;
        v_reason := 'ReconciledAll';
        v_message := 'All required adapters report ' || v_goal || ' at generation ' || p_generation;
    end if;
    return condition(
        p_previous, p_ref, 'Reconciled', v_status, p_generation, v_reason, v_message, v_time,
        case
            -- It fell because the generation rose.
            when not v_status and (p_previous ->> 'observed_generation')::int < p_generation then p_ref
            else v_time
        end
    );
end;
$$;
