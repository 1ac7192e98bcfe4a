-- report_row: the body of a report as the row that would be stored, without its conditions (reported_conditions).
--
-- p_report    the request body, valid by the document; an optional member that is null counts as absent
-- p_stored    this adapter's stored report, null when there is none: the time of the first one is carried over
-- p_received  when the report came: the time of a report without observed_time
-- Returns a row of adapter_statuses without a resource_id.
-- One expression makes the row: a transaction prepares each expression of PL/pgSQL anew, which takes longer than to evaluate it.
create or replace function report_row(p_report jsonb, p_stored adapter_statuses, p_received timestamptz)
returns adapter_statuses
language plpgsql stable as $$
declare
    v_available jsonb := jsonb_path_query_first(p_report, '$.conditions[*] ? (@.type == "Available")');
    v_time timestamptz := coalesce((p_report ->> 'observed_time')::timestamptz, p_received);
begin
    return row(
        null, -- resource_id
        p_report ->> 'adapter',
        (p_report ->> 'observed_generation')::numeric::int,
        coalesce(p_stored.created_time, v_time),
        v_time, -- last_report_time
        case v_available ->> 'status' when 'True' then true when 'False' then false end,
        v_available ->> 'reason',
        v_available ->> 'message',
        p_report @? '$.conditions[*] ? (@.type == "Finalized" && @.status == "True")',
        null, -- conditions
        coalesce(nullif(p_report -> 'data', 'null'::jsonb), '{}'::jsonb),
        nullif(p_report -> 'metadata', 'null'::jsonb)
    )::adapter_statuses;
end;
$$;
