-- same_report: whether a report equals the stored one. The order of conditions does not matter,
-- nor that of the members of data and metadata; 1.0 equals 1.
create or replace function same_report(p_report adapter_statuses, p_stored adapter_statuses)
returns boolean
language sql stable parallel safe as $$
    select p_stored.observed_generation = p_report.observed_generation
        and p_stored.last_report_time = p_report.last_report_time
        and p_stored.data = p_report.data
        and p_stored.metadata is not distinct from p_report.metadata
        and jsonb_array_length(p_stored.conditions) = jsonb_array_length(p_report.conditions)
        and p_stored.conditions @> p_report.conditions
        and p_report.conditions @> p_stored.conditions
$$;
