-- report_statuses: takes many reports, each as report_status does, but reads all that they need at first and writes all that has changed at
-- last: a statement costs more than the rows of one more report.
--
-- p_reports  [{kind, owner_id, id, report}], each as in report_status; a resource, and an adapter of it, may occur more than once
-- p_max_clock_skew, p_max_age, p_tenancy  as in report_status, for all of them
-- Requires the locks that lock_for_batch takes; a resource that came into the tenancy after it is locked here.
-- Returns for each its place from 1 on, what report_status returns, and whether the kind has rules. Reports on one resource are taken in
-- their order, and so are those on marked resources, which may remove one another.
-- Refuses: as report_status; then none is taken, and the refused one is not named.
-- Plans are kept (delete_resource).
create or replace function report_statuses(p_reports jsonb, p_max_clock_skew interval, p_max_age interval, p_tenancy jsonb)
returns table (place int, discarded text, status adapter_statuses, has_rules boolean)
language plpgsql set plan_cache_mode = force_generic_plan as $$
declare
    v_given record;
    v_alone record;
    -- The resource of the reports that are taken, as it is after each.
    v_id uuid;
    v_version int;
    v_conditions jsonb;
    v_after jsonb;
    v_reports adapter_report[];
    -- Its stored reports: v_written from v_first on, v_new of them by adapters that had none.
    v_first int;
    v_new int;
    v_at int;
    v_stored adapter_statuses;
    v_report adapter_statuses;
    -- What is to be written: reports, one for each resource and adapter; conditions, one for each resource; entries of the feed.
    v_written adapter_statuses[] := '{}';
    v_changed_ids uuid[] := '{}';
    v_changed_versions int[] := '{}';
    v_changed_conditions jsonb[] := '{}';
    v_entry changes;
    v_entries changes[] := '{}';
begin
    perform require_read_committed();
    perform enter_tenancy(p_tenancy);
    perform
    from resources as resource
    where resource.id = any (array(select as_uuid(given ->> 'id') from jsonb_array_elements(p_reports) as given))
    order by resource.id
    for no key update;
    for v_given in
        select
            given.place,
            given.value ->> 'kind' as kind,
            given.value ->> 'owner_id' as owner_id,
            given.value ->> 'id' as id,
            given.value -> 'report' as report,
            (scoped.resource).id as resource_id,
            (scoped.resource).owner_id as parent_id,
            (scoped.resource).version,
            (scoped.resource).generation,
            (scoped.resource).generation_time,
            (scoped.resource).tenancy,
            (scoped.resource).conditions,
            (scoped.resource).deleted_time is not null as is_marked,
            stored,
            facts.required,
            facts.older_names,
            facts.condition_rules,
            facts.reports
        from jsonb_array_elements(p_reports) with ordinality as given (value, place)
        left join scoped_resources as scoped
            on (scoped.resource).id = as_uuid(given.value ->> 'id')
            and (scoped.resource).kind = given.value ->> 'kind'
            and (given.value ->> 'owner_id' is null or (scoped.resource).owner_id = as_uuid(given.value ->> 'owner_id'))
            and within_tenancy((scoped.resource).tenancy, p_tenancy)
        left join adapter_statuses as stored
            on stored.resource_id = (scoped.resource).id and stored.adapter = given.value -> 'report' ->> 'adapter'
        left join lateral resource_facts((scoped.resource).id, given.value ->> 'kind') as facts on true
        order by case when (scoped.resource).deleted_time is null then (scoped.resource).id end, given.place
    loop
        place := v_given.place;
        has_rules := v_given.condition_rules <> '[]';
        if v_given.resource_id is null then
            perform raise_not_found(v_given.kind, v_given.owner_id, v_given.id, p_tenancy);
        end if;
        if v_given.is_marked then
            select reported.*
            into v_alone
            from report_status(
                v_given.kind, v_given.owner_id, v_given.id, v_given.report, p_max_clock_skew, p_max_age, p_tenancy
            ) as reported;
            discarded := v_alone.discarded;
            status := v_alone.status;
            return next;
            continue;
        end if;
        perform check_report_time((v_given.report ->> 'observed_time')::timestamptz, p_max_clock_skew, p_max_age);
        if v_given.resource_id is distinct from v_id then
            v_id := v_given.resource_id;
            v_version := v_given.version;
            v_conditions := v_given.conditions;
            v_reports := v_given.reports;
            v_first := cardinality(v_written) + 1;
            v_new := 0;
        end if;
        v_at := v_first;
        while v_at <= cardinality(v_written) and (v_written[v_at]).adapter <> v_given.report ->> 'adapter' loop
            v_at := v_at + 1;
        end loop;
        v_stored := case when v_at <= cardinality(v_written) then v_written[v_at] else v_given.stored end;
        v_report := report_row(v_given.report, v_stored, clock_timestamp());
        discarded := discard_reason(v_given.generation, false, v_report, v_stored);
        if discarded is not null then
            status := null;
            return next;
            continue;
        end if;
        v_report.conditions := reported_conditions(v_given.report, v_stored, v_report.last_report_time);
        if same_report(v_report, v_stored) then
            status := v_stored;
            return next;
            continue;
        end if;
        v_report.resource_id := v_id;
        if v_stored.adapter is null then
            perform check_adapters(v_report, v_new);
            v_new := v_new + 1;
        end if;
        v_written[v_at] := v_report;
        v_reports := with_report(v_reports, v_report, v_given.required);
        if v_report.available is not null then
            v_after := aggregate_conditions(
                v_given.kind, v_given.generation, v_given.generation_time, false, false, v_given.required, v_conditions,
                v_reports, v_given.older_names, mapped_conditions(v_conditions, v_given.condition_rules)
            );
            if v_after <> v_conditions then
                v_version := v_version + 1;
                v_at := array_position(v_changed_ids, v_id);
                v_at := coalesce(v_at, cardinality(v_changed_ids) + 1);
                v_changed_ids[v_at] := v_id;
                v_changed_versions[v_at] := v_version;
                v_changed_conditions[v_at] := v_after;
                v_entry.kind := v_given.kind;
                v_entry.resource_id := v_id;
                v_entry.owner_id := v_given.parent_id;
                v_entry.version := v_version;
                v_entry.generation := v_given.generation;
                v_entry.tenancy := v_given.tenancy;
                v_entry.adapter := v_report.adapter;
                v_entry.changed := changed_conditions(v_conditions, v_after);
                v_entries := v_entries || v_entry;
                v_conditions := v_after;
            end if;
        end if;
        status := v_report;
        return next;
    end loop;
    perform store_reports(v_written);
    perform save_conditions(v_changed_ids, v_changed_versions, v_changed_conditions, v_entries);
end;
$$;
