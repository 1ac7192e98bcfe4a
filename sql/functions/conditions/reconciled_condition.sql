-- reconciled_condition: Reconciled: does every required adapter confirm the resource's generation?
--
-- p_required  the required adapters, sorted (sorted_names); so the lists in the message are
-- p_ref       when the generation began, formatted (format_time)
-- p_usable    the usable reports (usable_reports), in the same order
-- p_previous  the condition as it is stored; null before there is one
-- All else as in aggregate_conditions. Returns the condition.
create or replace function reconciled_condition(
    p_kind text,
    p_generation int,
    p_ref text,
    p_deleting boolean,
    p_has_children boolean,
    p_required text[],
    p_usable adapter_report[],
    p_previous jsonb
) returns jsonb
language plpgsql stable parallel safe as $$
declare
    v_report adapter_report;
    v_reporting text[] := '{}';
    v_oldest timestamptz;
    v_unconfirmed text[] := unconfirmed_adapters(p_generation, p_deleting, p_required, p_usable);
    v_all_confirm boolean := cardinality(v_unconfirmed) = 0;
    v_status boolean := cardinality(p_required) > 0 and v_all_confirm and not (p_deleting and p_has_children);
    v_goal text := case when p_deleting then 'Finalized=True' else 'Available=True' end;
    v_reason text;
    v_message text;
    v_time text;
begin
    foreach v_report in array p_usable loop
        v_reporting := v_reporting || v_report.adapter;
        if v_report.observed_generation = p_generation then
            v_oldest := least(v_oldest, v_report.observed_time);
        end if;
    end loop;
    v_time := coalesce(format_time(v_oldest), p_ref);

    if cardinality(p_required) = 0 then
        v_reason := 'NoRequiredAdapters';
        v_message := no_adapters_message(p_kind);
    elsif v_status then
        v_reason := 'ReconciledAll';
        v_message := format('All required adapters report %s at generation %s', v_goal, p_generation);
    elsif v_all_confirm then
        v_reason := 'ReconciledWaitingForChildren';
        v_message := 'All required adapters report Finalized=True; child resources are left';
    else
        v_reason := 'ReconciledMissingAdapters';
        v_message := format(
            'Required adapters not reporting %s: [%s]. Currently reporting: [%s]',
            v_goal, array_to_string(v_unconfirmed, ', '), array_to_string(v_reporting, ', ')
        );
    end if;
    return condition(
        'Reconciled',
        v_status,
        p_generation,
        v_reason,
        v_message,
        coalesce(p_previous ->> 'created_time', p_ref),
        v_time,
        case
            when (p_previous ->> 'status' = 'True') = v_status then p_previous ->> 'last_transition_time'
            -- It fell because the generation rose.
            when not v_status and (p_previous ->> 'observed_generation')::int < p_generation then p_ref
            else v_time
        end
    );
end;
$$;
