-- last_known_condition: LastKnownReconciled: is there a generation, maybe an older one, that every required
-- adapter has confirmed?
--
-- p_kind      the kind, as the messages name it
-- p_ref       when the resource's generation began, formatted (format_time)
-- p_judged    the reports of the required adapters (judged_reports), sorted by adapter: so the lists in the message are
-- p_previous  the condition as it is stored; null before there is one
-- Returns the condition.
create or replace function last_known_condition(
    p_kind text,
    p_ref text,
    p_judged judged_report[],
    p_previous jsonb
) returns resource_condition
language plpgsql stable parallel safe as $$
declare
    v_judged judged_report;
    v_report text;
    v_silent text;
    v_available text;
    v_unavailable text;
    v_lowest int;
    v_highest int;
    v_was_true boolean := coalesce(p_previous ->> 'status' = 'True', false);
    v_tracked int := (p_previous ->> 'observed_generation')::int;
    v_all_true boolean;
    v_is_mixed boolean;

    v_status boolean;
    v_generation int;
    v_time text;
    v_reason text;
    v_message text;
begin
    foreach v_judged in array p_judged loop
        if not v_judged.usable then
            v_silent := concat_ws(', ', v_silent, v_judged.adapter);
            continue;
        end if;
        v_lowest := least(v_lowest, v_judged.generation);
        v_highest := greatest(v_highest, v_judged.generation);
        v_report := v_judged.adapter || ' at generation ' || v_judged.generation;
        if v_judged.available then
            v_available := concat_ws(', ', v_available, v_report);
        else
            v_unavailable := concat_ws(', ', v_unavailable, v_report);
        end if;
    end loop;
    v_is_mixed := v_lowest < v_highest;
    v_all_true := cardinality(p_judged) > 0 and v_silent is null and v_unavailable is null;

    -- As the table in docs/architecture.md.
    v_status := case
        when cardinality(p_judged) = 0 or v_silent is not null then false
        when v_all_true and not v_is_mixed then true
        when v_all_true then v_was_true
        when not v_was_true then false
        when not v_is_mixed then false
        when unavailable_at(p_judged, v_tracked) then false
        else true
    end;
    v_generation := case
        when v_status and v_is_mixed then coalesce(v_tracked, 1)
        else coalesce(v_highest, v_tracked, 1)
    end;
    v_time := case
        when cardinality(p_judged) = 0 then p_ref
        when v_all_true and not v_is_mixed then oldest_at(p_judged, v_generation)
        when not v_status and unavailable_at(p_judged, v_generation) then oldest_at(p_judged, v_generation)
        else coalesce(p_previous ->> 'last_updated_time', p_ref)
    end;

    if cardinality(p_judged) = 0 then
        v_reason := 'NoRequiredAdapters';
        v_message := no_adapters_message(p_kind);
    elsif v_status then
        v_reason := 'AllAdaptersReconciled';
        v_message := format(
            'All required adapters reported Available=True at generation %s. Latest reports: Available=True: [%s]; Available=False: [%s]',
            v_generation, v_available, v_unavailable
        );
    elsif v_silent is not null then
        v_reason := 'AdaptersMissingReports';
        v_message := missing_reports_message(v_silent, v_available, v_unavailable);
    elsif v_unavailable is not null then
        v_reason := 'AdapterReportedNotAvailable';
        v_message := format(
            'Required adapters reporting Available=False: [%s]. Available=True: [%s]', v_unavailable, v_available
        );
    else
        v_reason := 'AdaptersNotAtSameGeneration';
        v_message := format(
            'Required adapters report Available=True at different generations: [%s]', v_available
        );
    end if;
    return condition(
        p_previous, p_ref, 'LastKnownReconciled', v_status, v_generation, v_reason, v_message, v_time, v_time
    );
end;
$$;
