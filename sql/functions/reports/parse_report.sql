-- parse_report: the body of a report as the row that would be stored.
--
-- p_report    the request body, valid by the document; an optional member that is null counts as absent
-- p_stored    this adapter's stored report, null when there is none: its times are carried over;
--             a condition keeps its transition time while its status is unchanged
-- p_received  when the report came: the time of a report without observed_time
-- Returns a row of adapter_statuses without a resource_id.
create or replace function parse_report(p_report jsonb, p_stored adapter_statuses, p_received timestamptz)
returns adapter_statuses
language plpgsql stable as $$
declare
    v_status adapter_statuses;
    v_available jsonb;
begin
    v_status.resource_id := p_stored.resource_id;
    v_status.adapter := p_report ->> 'adapter';
    v_status.observed_generation := (p_report ->> 'observed_generation')::numeric::int;
    v_status.last_report_time := coalesce((p_report ->> 'observed_time')::timestamptz, p_received);
    v_status.created_time := coalesce(p_stored.created_time, v_status.last_report_time);
    v_status.data := coalesce(nullif(p_report -> 'data', 'null'::jsonb), '{}'::jsonb);
    v_status.metadata := nullif(p_report -> 'metadata', 'null'::jsonb);

    select
        jsonb_agg(
            jsonb_strip_nulls(jsonb_build_object(
                'type', reported.condition -> 'type',
                'status', reported.condition -> 'status',
                'reason', reported.condition -> 'reason',
                'message', reported.condition -> 'message',
                'last_transition_time', coalesce(
                    stored.condition ->> 'last_transition_time', format_time(v_status.last_report_time)
                )
            ))
            order by reported.position
        ),
        coalesce(
            bool_or(reported.condition ->> 'status' = 'True')
                filter (where reported.condition ->> 'type' = 'Finalized'),
            false
        )
    into v_status.conditions, v_status.finalized
    from jsonb_array_elements(p_report -> 'conditions') with ordinality as reported (condition, position)
    left join jsonb_array_elements(p_stored.conditions) as stored (condition)
        on stored.condition -> 'type' = reported.condition -> 'type'
        and stored.condition -> 'status' = reported.condition -> 'status';

    v_available := condition_of(p_report -> 'conditions', 'Available');
    v_status.available := case v_available ->> 'status' when 'True' then true when 'False' then false end;
    v_status.available_reason := v_available ->> 'reason';
    v_status.available_message := v_available ->> 'message';
    return v_status;
end;
$$;
