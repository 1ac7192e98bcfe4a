-- adapter_report_of: a stored report as the rules see it (docs/architecture.md, "Aggregation").
create or replace function adapter_report_of(p_report adapter_statuses) returns adapter_report
language sql immutable parallel safe as $$
    select row(
        p_report.adapter,
        p_report.observed_generation,
        p_report.last_report_time,
        p_report.available,
        p_report.available_reason,
        p_report.available_message,
        p_report.finalized
    )::adapter_report
$$;
