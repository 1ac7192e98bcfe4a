-- all_conditions: the conditions of a resource as they are stored and answered.
--
-- p_kind         the kind, as the messages name it
-- p_reconciled, p_known, p_adapters  Reconciled, LastKnownReconciled, and those of adapters
-- p_older_names  whether Available and Ready come before them, which are the same under their older names
-- Returns the conditions. A reason or message that is null is left out.
create or replace function all_conditions(
    p_kind text,
    p_reconciled resource_condition,
    p_known resource_condition,
    p_adapters resource_condition[],
    p_older_names boolean
) returns jsonb
language plpgsql immutable parallel safe as $$
declare
    v_silent boolean := cardinality(p_adapters) = 0;
    v_conditions resource_condition[] := array[p_reconciled, p_known];
    v_condition resource_condition;
begin
    if p_older_names then
        v_conditions := array[
            older_condition(p_known, p_kind, v_silent), older_condition(p_reconciled, p_kind, v_silent),
            p_reconciled, p_known
        ];
    end if;
    v_conditions := v_conditions || p_adapters;
    foreach v_condition in array p_adapters loop
        if v_condition.reason is null or v_condition.message is null then
            return jsonb_strip_nulls(to_jsonb(v_conditions));
        end if;
    end loop;
    return to_jsonb(v_conditions);
end;
$$;
