-- imported_report: a report of the Go implementation as it is stored here.
--
-- p_resource_id  the resource
-- p_report       {adapter, observed_generation, created_time, last_report_time, conditions, data, metadata}, without faults
--                (report_fault)
-- Returns a row of adapter_statuses. A condition keeps its transition time; one without has the time of the report.
create or replace function imported_report(p_resource_id uuid, p_report jsonb) returns adapter_statuses
language plpgsql stable as $$
declare
    v_report adapter_statuses := report_row(
        p_report || jsonb_build_object('observed_time', p_report -> 'last_report_time'),
        null,
        (p_report ->> 'last_report_time')::timestamptz
    );
begin
    v_report.resource_id := p_resource_id;
    v_report.created_time := (p_report ->> 'created_time')::timestamptz;
    v_report.conditions := (
        select coalesce(
            jsonb_agg(
                jsonb_strip_nulls(jsonb_build_object(
                    'type', given.condition -> 'type',
                    'status', given.condition -> 'status',
                    'reason', given.condition -> 'reason',
                    'message', given.condition -> 'message',
                    'last_transition_time',
                    format_time(coalesce((given.condition ->> 'last_transition_time')::timestamptz, v_report.last_report_time))
                ))
                order by given.position
            ),
            '[]'
        )
        from jsonb_array_elements(p_report -> 'conditions') with ordinality as given (condition, position)
    );
    return v_report;
end;
$$;
