-- aggregate_conditions: the conditions of a resource, from its reports and its conditions before.
--
-- The rules are told in docs/architecture.md, "Aggregation". They are pure: every time in the result is
-- a report's or p_ref, and nothing is read but the arguments. Reports are judged once (judged_reports), and each
-- condition has a function of its own; loops and expressions in them, since to start a statement costs more than the
-- rules for a few adapters.
--
-- p_kind          the kind, as the messages name it
-- p_generation    the resource's generation
-- p_ref           when that generation began
-- p_deleting      marked for deletion
-- p_has_children  a record of a child is left, marked or not
-- p_required      the required adapters, in configured order; null: no adapter reconciles the kind
-- p_previous      the stored conditions, [] before there are any
-- p_reports       the stored reports, in any order
-- p_older_names   whether conditions are shown under their older names, too
-- p_mapped        the conditions that rules of the configuration have made (mapped_conditions); null for a kind without
-- Returns the conditions in the order of all_conditions, none for a kind that no adapter reconciles; and those that are mapped.
create or replace function aggregate_conditions(
    p_kind text,
    p_generation int,
    p_ref timestamptz,
    p_deleting boolean,
    p_has_children boolean,
    p_required text[],
    p_previous jsonb,
    p_reports adapter_report[],
    p_older_names boolean,
    p_mapped jsonb
) returns jsonb
language plpgsql stable parallel safe as $$
declare
    v_ref text := format_time(p_ref);
    -- `#> '{}'` makes a decompressed copy: each access to the original would decompress it again.
    v_previous jsonb := p_previous #> '{}';
    v_judged judged_report[];
    v_conditions jsonb;
begin
    if p_required is null then
        return coalesce(p_mapped, '[]');
    end if;
    v_judged := judged_reports(p_generation, p_deleting, sorted_names(p_required), p_reports);
    v_conditions := all_conditions(
        p_kind,
        reconciled_condition(
            p_kind, p_generation, v_ref, p_deleting, p_has_children, v_judged, condition_of(v_previous, 'Reconciled')
        ),
        last_known_condition(p_kind, v_ref, v_judged, condition_of(v_previous, 'LastKnownReconciled')),
        adapter_conditions(v_ref, p_required, v_judged, v_previous),
        p_older_names
    );
    if p_mapped is null then
        return v_conditions;
    end if;
    return v_conditions || p_mapped;
end;
$$;
