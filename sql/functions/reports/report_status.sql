-- report_status: takes one adapter's report on one resource, and recomputes the resource's conditions.
--
-- p_kind, p_id     the resource; p_owner_id its parent in a nested path, null in a flat one
-- p_report         the request body, valid by the document
-- p_max_clock_skew, p_max_age  see check_report_time
-- p_tenancy        the caller's tenancy (within_tenancy)
-- Many reports of a batch are taken by report_statuses, with the same functions.
-- Returns the stored report, or the reason why it was discarded (discard_reason) and no report.
-- A report equal to the stored one that no rule discards is answered with that, and changes nothing.
-- Refuses: HF404 no such resource; HF400 the time, or too many adapters.
-- A report without observed_time has the server's time, read under the lock: none is stale for having waited.
--
-- A report that writes nothing is answered before the lock: a stored report only moves forward,
-- so a report that is stale now is stale later, and a generation not reached yet equals a call made a moment ago.
create or replace function report_status(
    p_kind text,
    p_owner_id text,
    p_id text,
    p_report jsonb,
    p_max_clock_skew interval,
    p_max_age interval,
    p_tenancy jsonb
) returns table (discarded text, status adapter_statuses)
language plpgsql rows 1 as $$
declare
    v_resource resources;
    v_is_locked boolean := false;
    v_is_same boolean;
    v_stored adapter_statuses;
    v_report adapter_statuses;
begin
    v_resource := find_resource(p_kind, p_owner_id, p_id, p_tenancy);
    perform check_report_time((p_report ->> 'observed_time')::timestamptz, p_max_clock_skew, p_max_age);
    -- Judged without the lock, and once more under it: the report may have waited for another.
    loop
        v_stored := find_report(v_resource.id, p_report ->> 'adapter');
        v_report := report_row(p_report, v_stored, clock_timestamp());
        discarded := discard_reason(v_resource.generation, v_resource.deleted_time is not null, v_report, v_stored);
        if discarded is not null then
            return next;
            return;
        end if;
        v_report.conditions := reported_conditions(p_report, v_stored, v_report.last_report_time);
        v_is_same := same_report(v_report, v_stored);
        if v_is_same and v_resource.deleted_time is null then
            status := v_stored;
            return next;
            return;
        end if;
        exit when v_is_locked;
        v_resource := lock_for_report(v_resource);
        v_is_locked := true;
    end loop;

    if v_is_same then
        status := v_stored;
    else
        v_report.resource_id := v_resource.id;
        if v_stored.adapter is null then
            perform check_adapters(v_report, 0);
        end if;
        perform store_reports(array[v_report]);
        if v_report.available is not null or (v_resource.deleted_time is not null and v_report.finalized) then
            v_resource := store_derived(v_resource, v_report.adapter);
        end if;
        status := v_report;
    end if;
    if v_resource.deleted_time is not null then
        perform remove_finalized(array[v_resource.id], null, p_report ->> 'adapter');
    end if;
    return next;
end;
$$;

-- As servers of the release before call it: for callers of all tenants.
create or replace function report_status(
    p_kind text,
    p_owner_id text,
    p_id text,
    p_report jsonb,
    p_max_clock_skew interval,
    p_max_age interval
) returns table (discarded text, status adapter_statuses)
language sql rows 1 as $$
    select reported.*
    from report_status(p_kind, p_owner_id, p_id, p_report, p_max_clock_skew, p_max_age, '{}') as reported
$$;
