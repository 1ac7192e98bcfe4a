-- parse_report: report_row with the conditions of the report, as report_status of the release before calls it: one that waits for a
-- table while `migrate` replaces the functions goes on with the new ones.
--
-- p_report, p_stored, p_received  as in report_row
create or replace function parse_report(p_report jsonb, p_stored adapter_statuses, p_received timestamptz)
returns adapter_statuses
language plpgsql stable as $$
declare
    v_report adapter_statuses := report_row(p_report, p_stored, p_received);
begin
    v_report.conditions := reported_conditions(p_report, p_stored, v_report.last_report_time);
    return v_report;
end;
$$;
