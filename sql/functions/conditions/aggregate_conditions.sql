-- aggregate_conditions: the conditions of a resource, from its reports and its conditions before.
--
-- The rules are told in docs/architecture.md, "Aggregation". They are pure: every time in the result is
-- a report's or p_ref, and nothing is read but the arguments.
--
-- p_kind          the kind, as the messages name it
-- p_generation    the resource's generation
-- p_ref           when that generation began
-- p_deleting      marked for deletion
-- p_has_children  a record of a child is left, marked or not
-- p_required      the required adapters, in configured order
-- p_previous      the stored conditions, [] before there are any
-- p_reports       the stored reports, in any order
-- Returns Available, Ready, Reconciled, LastKnownReconciled, and one <Adapter>Successful for each
-- required adapter that has a usable report.
create or replace function aggregate_conditions(
    p_kind text,
    p_generation int,
    p_ref timestamptz,
    p_deleting boolean,
    p_has_children boolean,
    p_required text[],
    p_previous jsonb,
    p_reports adapter_report[]
) returns jsonb
language plpgsql stable parallel safe as $$
declare
    v_ref text := format_time(p_ref);
    v_goal text := case when p_deleting then 'Finalized=True' else 'Available=True' end;
    v_previous jsonb;
    v_adapters jsonb;

    v_required int := cardinality(p_required);
    v_usable int;
    v_met int;
    v_false int;
    v_lowest int;
    v_highest int;
    v_oldest timestamptz;
    v_oldest_current timestamptz;
    v_oldest_highest timestamptz;
    v_false_at_highest boolean;
    v_false_at_tracked boolean;
    v_not_met text;
    v_reporting text;
    v_available text;
    v_unavailable text;
    v_silent text;

    v_reconciled jsonb;
    v_is_reconciled boolean;
    v_reconciled_reason text;
    v_reconciled_message text;
    v_reconciled_time text;
    v_reconciled_transition text;

    v_known jsonb;
    v_was_known boolean;
    v_is_known boolean;
    v_known_generation int;
    v_known_reason text;
    v_known_message text;
    v_known_time text;
    v_known_transition text;
begin
    select coalesce(jsonb_object_agg(entry ->> 'type', entry), '{}'::jsonb)
    into v_previous
    from jsonb_array_elements(p_previous) as entry;
    v_reconciled := v_previous -> 'Reconciled';
    v_known := v_previous -> 'LastKnownReconciled';
    v_was_known := coalesce(v_known ->> 'status' = 'True', false);

    -- One pass over the required adapters, each with its usable report, if it has one. A report is
    -- usable when it says True or False of a generation the resource has reached; on a resource marked
    -- for deletion, Finalized=True makes up for an Available that is Unknown, which then counts as False.
    with judged as (
        select
            required.adapter,
            required.position,
            report.observed_generation as generation,
            report.observed_time as time,
            coalesce(report.available, false) as available,
            report.reason,
            report.message,
            report.adapter is not null as usable,
            coalesce(
                report.observed_generation = p_generation
                and case when p_deleting then report.finalized else report.available end,
                false
            ) as met
        from unnest(p_required) with ordinality as required (adapter, position)
        left join unnest(p_reports) as report
            on report.adapter = required.adapter
            and report.observed_generation <= p_generation
            and (report.available is not null or (p_deleting and report.finalized))
    ),
    bounds as (
        select max(judged.generation) as highest from judged
    )
    select
        count(*) filter (where usable),
        count(*) filter (where met),
        count(*) filter (where usable and not available),
        min(generation),
        max(generation),
        min(time),
        min(time) filter (where generation = p_generation),
        min(time) filter (where generation = highest),
        coalesce(bool_or(not available) filter (where generation = highest), false),
        coalesce(
            bool_or(not available)
                filter (where generation = (v_known ->> 'observed_generation')::int),
            false
        ),
        string_agg(adapter, ', ' order by adapter collate "C") filter (where not met),
        string_agg(adapter, ', ' order by adapter collate "C") filter (where usable),
        string_agg(adapter || ' at generation ' || generation, ', ' order by adapter collate "C")
            filter (where usable and available),
        string_agg(adapter || ' at generation ' || generation, ', ' order by adapter collate "C")
            filter (where usable and not available),
        string_agg(adapter, ', ' order by adapter collate "C") filter (where not usable),
        jsonb_agg(
            condition(
                condition_name(adapter),
                available,
                generation,
                reason,
                message,
                coalesce(v_previous -> condition_name(adapter) ->> 'created_time', v_ref),
                format_time(time),
                case
                    when (v_previous -> condition_name(adapter) ->> 'status' = 'True') = available
                        then v_previous -> condition_name(adapter) ->> 'last_transition_time'
                    else format_time(time)
                end
            )
            order by position
        ) filter (where usable)
    into
        v_usable, v_met, v_false, v_lowest, v_highest,
        v_oldest, v_oldest_current, v_oldest_highest, v_false_at_highest, v_false_at_tracked,
        v_not_met, v_reporting, v_available, v_unavailable, v_silent,
        v_adapters
    from judged
    cross join bounds;

    -- Reconciled: does every required adapter confirm the current generation?
    v_is_reconciled := v_required > 0 and v_met = v_required and not (p_deleting and p_has_children);
    if v_required = 0 then
        v_reconciled_reason := 'NoRequiredAdapters';
    elsif v_is_reconciled then
        v_reconciled_reason := 'ReconciledAll';
        v_reconciled_message := format('All required adapters report %s at generation %s', v_goal, p_generation);
    elsif v_met = v_required then
        v_reconciled_reason := 'ReconciledWaitingForChildren';
        v_reconciled_message := 'All required adapters report Finalized=True; child resources are left';
    else
        v_reconciled_reason := 'ReconciledMissingAdapters';
        v_reconciled_message := format(
            'Required adapters not reporting %s: [%s]. Currently reporting: [%s]',
            v_goal, v_not_met, v_reporting
        );
    end if;
    v_reconciled_time := coalesce(format_time(v_oldest_current), v_ref);
    v_reconciled_transition := case
        when v_reconciled is null then v_reconciled_time
        when (v_reconciled ->> 'status' = 'True') = v_is_reconciled
            then v_reconciled ->> 'last_transition_time'
        when not v_is_reconciled and (v_reconciled ->> 'observed_generation')::int < p_generation then v_ref
        else v_reconciled_time
    end;

    -- LastKnownReconciled: is there a generation, maybe an older one, that all adapters have confirmed?
    v_is_known := case
        when v_usable = 0 or v_usable < v_required then false
        when v_false = 0 and v_lowest = v_highest then true
        when v_false = 0 then v_was_known
        when not v_was_known or v_lowest = v_highest or v_false_at_tracked then false
        else true
    end;
    v_known_generation := case
        when v_is_known and v_lowest = v_highest then v_highest
        when not v_is_known and v_usable > 0 then v_highest
        else coalesce((v_known ->> 'observed_generation')::int, 1)
    end;
    v_known_time := case
        when v_required = 0 then v_ref
        when v_usable = v_required and v_false = 0 and v_lowest = v_highest then format_time(v_oldest)
        when not v_is_known and v_false_at_highest then format_time(v_oldest_highest)
        else coalesce(v_known ->> 'last_updated_time', v_ref)
    end;
    v_known_transition := case
        when (v_known ->> 'status' = 'True') = v_is_known then v_known ->> 'last_transition_time'
        else v_known_time
    end;
    if v_required = 0 then
        v_known_reason := 'NoRequiredAdapters';
    elsif v_is_known then
        v_known_reason := 'AllAdaptersReconciled';
        v_known_message := format(
            'All required adapters reported Available=True at generation %s. Latest reports: Available=True: [%s]; Available=False: [%s]',
            v_known_generation, v_available, v_unavailable
        );
    elsif v_usable < v_required then
        v_known_reason := 'AdaptersMissingReports';
        v_known_message := format(
            'Required adapters without a usable report: [%s]. Available=True: [%s]; Available=False: [%s]',
            v_silent, v_available, v_unavailable
        );
    elsif v_false > 0 then
        v_known_reason := 'AdapterReportedNotAvailable';
        v_known_message := format(
            'Required adapters reporting Available=False: [%s]. Available=True: [%s]', v_unavailable, v_available
        );
    else
        v_known_reason := 'AdaptersNotAtSameGeneration';
        v_known_message := format(
            'Required adapters report Available=True at different generations: [%s]', v_available
        );
    end if;

    if v_required = 0 then
        v_reconciled_message := format(
            'No adapter is required for %s: set required_adapters of entity %s, or HYPERFLEET_%s_ADAPTERS',
            p_kind, p_kind, upper(p_kind)
        );
        v_known_message := v_reconciled_message;
    end if;

    return jsonb_build_array(
        condition(
            'Available',
            v_is_known,
            case when v_usable = 0 then 0 else v_known_generation end,
            case
                when v_required = 0 then v_known_reason
                when v_usable = 0 then 'AwaitingAdapters'
                when v_is_known then 'ResourceAvailable'
                else v_known_reason
            end,
            case
                when v_required = 0 then v_known_message
                when v_usable = 0 then 'Waiting for adapters to report status'
                when v_is_known then p_kind || ' is accessible'
                else v_known_message
            end,
            coalesce(v_known ->> 'created_time', v_ref),
            v_known_time,
            v_known_transition
        ),
        condition(
            'Ready',
            v_is_reconciled,
            case when v_usable = 0 then 0 else p_generation end,
            case
                when v_required = 0 then v_reconciled_reason
                when v_usable = 0 then 'AwaitingAdapters'
                when v_is_reconciled then 'ResourceReady'
                else v_reconciled_reason
            end,
            case
                when v_required = 0 then v_reconciled_message
                when v_usable = 0 then 'Waiting for adapters to report status'
                when v_is_reconciled then 'All adapters report ready at current generation'
                else v_reconciled_message
            end,
            coalesce(v_reconciled ->> 'created_time', v_ref),
            v_reconciled_time,
            v_reconciled_transition
        ),
        condition(
            'Reconciled',
            v_is_reconciled,
            p_generation,
            v_reconciled_reason,
            v_reconciled_message,
            coalesce(v_reconciled ->> 'created_time', v_ref),
            v_reconciled_time,
            v_reconciled_transition
        ),
        condition(
            'LastKnownReconciled',
            v_is_known,
            v_known_generation,
            v_known_reason,
            v_known_message,
            coalesce(v_known ->> 'created_time', v_ref),
            v_known_time,
            v_known_transition
        )
    ) || coalesce(v_adapters, '[]'::jsonb);
end;
$$;
