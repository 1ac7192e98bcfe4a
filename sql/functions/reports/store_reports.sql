-- store_reports: writes reports over the former ones of their adapters, whose created_time is kept.
--
-- p_reports  at most one for each resource and adapter
-- Requires the locks on the resources.
create or replace function store_reports(p_reports adapter_statuses[]) returns void
language plpgsql as $$
begin
    insert into adapter_statuses as stored (
        resource_id, adapter, observed_generation, created_time, last_report_time, available,
        available_reason, available_message, finalized, conditions, data, metadata
    )
    select
        report.resource_id,
        report.adapter,
        report.observed_generation,
        report.created_time,
        report.last_report_time,
        report.available,
        report.available_reason,
        report.available_message,
        report.finalized,
        report.conditions,
        report.data,
        report.metadata
    from unnest(p_reports) as report
    on conflict (resource_id, adapter) do update
    set observed_generation = excluded.observed_generation,
        last_report_time = excluded.last_report_time,
        available = excluded.available,
        available_reason = excluded.available_reason,
        available_message = excluded.available_message,
        finalized = excluded.finalized,
        conditions = excluded.conditions,
        data = excluded.data,
        metadata = excluded.metadata;
end;
$$;
