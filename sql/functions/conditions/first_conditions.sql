-- first_conditions: the conditions of a resource that is being created: a short cut to aggregate_conditions, since there
-- is nothing to aggregate. They follow from the kind and the time alone: nobody has confirmed anything, and every time is
-- that of the creation.
--
-- p_kind  the row of the kind
-- p_time  when the resource is created
-- Returns the conditions; [] where no adapter reconciles the kind.
create or replace function first_conditions(p_kind kinds, p_time timestamptz) returns jsonb
language plpgsql stable parallel safe as $$
declare
    v_time text := format_time(p_time);
    v_silent text;
    v_reasons text[] := '{ReconciledMissingAdapters,AdaptersMissingReports}';
    v_messages text[];
begin
    if p_kind.required_adapters is null then
        return '[]';
    end if;
    if cardinality(p_kind.required_adapters) = 0 then
        v_reasons := '{NoRequiredAdapters,NoRequiredAdapters}';
        v_messages := array_fill(no_adapters_message(p_kind.kind), '{2}');
    else
        v_silent := array_to_string(sorted_names(p_kind.required_adapters), ', ');
        v_messages := array[
            missing_adapters_message('Available=True', v_silent, null), missing_reports_message(v_silent, null, null)
        ];
    end if;
    return all_conditions(
        p_kind.kind,
        condition(null, v_time, 'Reconciled', false, 1, v_reasons[1], v_messages[1], v_time, v_time),
        condition(null, v_time, 'LastKnownReconciled', false, 1, v_reasons[2], v_messages[2], v_time, v_time),
        '{}',
        p_kind.older_names
    );
end;
$$;
