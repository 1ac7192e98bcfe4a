-- discard_reason: which rule discards a report, null when none does.
--
-- p_generation  the resource's generation; p_deleting whether it is marked for deletion
-- p_report      the report, as parse_report gives it; p_stored this adapter's stored one, or null
-- A rule must be monotone, since it is also evaluated before the lock: a report that is discarded now must be discarded
-- later, independent of other reports that are stored meanwhile (or the caller may as well have come a moment earlier).
--
-- Returns future-generation, stale-generation, stale-time or unknown: the first that applies.
create or replace function discard_reason(
    p_generation int,
    p_deleting boolean,
    p_report adapter_statuses,
    p_stored adapter_statuses
) returns text
language sql stable parallel safe as $$
    select case
        when p_report.observed_generation > p_generation then 'future-generation'
        when p_stored.adapter is null then null
        when p_report.observed_generation < p_stored.observed_generation then 'stale-generation'
        when p_report.observed_generation = p_stored.observed_generation
            and p_report.last_report_time < p_stored.last_report_time then 'stale-time'
        when p_report.available is null and not (p_deleting and p_report.finalized) then 'unknown'
    end
$$;
