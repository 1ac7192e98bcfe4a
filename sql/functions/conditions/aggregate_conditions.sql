-- aggregate_conditions: the conditions of a resource, from its reports and its conditions before.
--
-- The rules are told in docs/architecture.md, "Aggregation". They are pure: every time in the result is
-- a report's or p_ref, and nothing is read but the arguments. Each condition has a function of its own; loops and
-- expressions in them, since to start a statement costs more than the rules for a few adapters.
--
-- p_kind          the kind, as the messages name it
-- p_generation    the resource's generation
-- p_ref           when that generation began
-- p_deleting      marked for deletion
-- p_has_children  a record of a child is left, marked or not
-- p_required      the required adapters, in configured order; null: no adapter reconciles the kind
-- p_previous      the stored conditions, [] before there are any
-- p_reports       the stored reports, in any order
-- Returns Available, Ready, Reconciled, LastKnownReconciled, and one <Adapter>Successful for each
-- required adapter that has a usable report; [] for a kind that no adapter reconciles.
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
    v_by_name text[] := sorted_names(coalesce(p_required, '{}'));
    v_usable adapter_report[] := usable_reports(p_generation, p_deleting, v_by_name, p_reports);
    -- The path of no members: a copy that is not compressed, since each look at it would decompress it again.
    v_previous jsonb := p_previous #> '{}';
    v_reconciled jsonb := reconciled_condition(
        p_kind, p_generation, v_ref, p_deleting, p_has_children, v_by_name, v_usable,
        condition_of(v_previous, 'Reconciled')
    );
    v_known jsonb := last_known_condition(
        p_kind, v_ref, v_by_name, v_usable, condition_of(v_previous, 'LastKnownReconciled')
    );
    v_nobody boolean := cardinality(v_usable) = 0;
begin
    if p_required is null then
        return '[]';
    end if;
    return to_jsonb(array[
        older_condition('Available', v_known, v_nobody, 'ResourceAvailable', p_kind || ' is accessible'),
        older_condition(
            'Ready', v_reconciled, v_nobody, 'ResourceReady', 'All adapters report ready at current generation'
        ),
        v_reconciled,
        v_known
    ] || adapter_conditions(v_ref, p_required, v_usable, v_previous));
end;
$$;
