-- last_known_condition: LastKnownReconciled: is there a generation, maybe an older one, that every required
-- adapter has confirmed?
--
-- p_kind      the kind, as the messages name it
-- p_ref       when the resource's generation began, formatted (format_time)
-- p_required  the required adapters, sorted (sorted_names); so the lists in the message are
-- p_usable    the usable reports (usable_reports), in the same order
-- p_previous  the condition as it is stored; null before there is one
-- Returns the condition.
create or replace function last_known_condition(
    p_kind text,
    p_ref text,
    p_required text[],
    p_usable adapter_report[],
    p_previous jsonb
) returns jsonb
language plpgsql stable parallel safe as $$
declare
    v_report adapter_report;
    v_silent text[] := p_required;
    v_available text;
    v_unavailable text;
    v_lowest int;
    v_highest int;
    v_oldest timestamptz;
    v_oldest_at_highest timestamptz;
    v_false_at_highest boolean;
    v_false_at_tracked boolean := false;
    v_tracked int := (p_previous ->> 'observed_generation')::int;
    v_was_true boolean := coalesce(p_previous ->> 'status' = 'True', false);
    v_all_report boolean := cardinality(p_usable) > 0 and cardinality(p_usable) = cardinality(p_required);
    v_all_true boolean;
    v_is_mixed boolean;

    v_status boolean;
    v_generation int;
    v_time text;
    v_reason text;
    v_message text;
begin
    foreach v_report in array p_usable loop
        v_silent := array_remove(v_silent, v_report.adapter);
        v_lowest := least(v_lowest, v_report.observed_generation);
        v_oldest := least(v_oldest, v_report.observed_time);
        if v_highest is null or v_report.observed_generation > v_highest then
            v_highest := v_report.observed_generation;
            v_oldest_at_highest := v_report.observed_time;
            v_false_at_highest := not v_report.available;
        elsif v_report.observed_generation = v_highest then
            v_oldest_at_highest := least(v_oldest_at_highest, v_report.observed_time);
            v_false_at_highest := v_false_at_highest or not v_report.available;
        end if;
        if v_report.available then
            v_available := concat_ws(
                ', ', v_available, v_report.adapter || ' at generation ' || v_report.observed_generation
            );
        else
            v_unavailable := concat_ws(
                ', ', v_unavailable, v_report.adapter || ' at generation ' || v_report.observed_generation
            );
            v_false_at_tracked := v_false_at_tracked or v_report.observed_generation is not distinct from v_tracked;
        end if;
    end loop;
    v_is_mixed := v_lowest < v_highest;
    v_all_true := v_all_report and v_unavailable is null;

    v_status := case
        when not v_all_report then false
        when v_all_true then v_was_true or not v_is_mixed
        else v_was_true and v_is_mixed and not v_false_at_tracked
    end;
    v_generation := case
        when v_status and v_is_mixed then coalesce(v_tracked, 1)
        else coalesce(v_highest, v_tracked, 1)
    end;
    v_time := case
        when cardinality(p_required) = 0 then p_ref
        when v_all_true and not v_is_mixed then format_time(v_oldest)
        when not v_status and v_false_at_highest then format_time(v_oldest_at_highest)
        else coalesce(p_previous ->> 'last_updated_time', p_ref)
    end;

    if cardinality(p_required) = 0 then
        v_reason := 'NoRequiredAdapters';
        v_message := no_adapters_message(p_kind);
    elsif v_status then
        v_reason := 'AllAdaptersReconciled';
        v_message := format(
            'All required adapters reported Available=True at generation %s. Latest reports: Available=True: [%s]; Available=False: [%s]',
            v_generation, v_available, v_unavailable
        );
    elsif not v_all_report then
        v_reason := 'AdaptersMissingReports';
        v_message := format(
            'Required adapters without a usable report: [%s]. Available=True: [%s]; Available=False: [%s]',
            array_to_string(v_silent, ', '), v_available, v_unavailable
        );
    elsif not v_all_true then
        v_reason := 'AdapterReportedNotAvailable';
        v_message := format(
            'Required adapters reporting Available=False: [%s]. Available=True: [%s]',
            v_unavailable, v_available
        );
    else
        v_reason := 'AdaptersNotAtSameGeneration';
        v_message := format(
            'Required adapters report Available=True at different generations: [%s]', v_available
        );
    end if;
    return condition(
        'LastKnownReconciled',
        v_status,
        v_generation,
        v_reason,
        v_message,
        coalesce(p_previous ->> 'created_time', p_ref),
        v_time,
        case
            when (p_previous ->> 'status' = 'True') = v_status then p_previous ->> 'last_transition_time'
            else v_time
        end
    );
end;
$$;
