-- condition_rule: the rule that makes a condition, in one sentence.
--
-- p_type      the type of the condition
-- p_deleting  whether the resource is marked for deletion
-- p_rules     the rules of its kind (kinds.condition_rules)
create or replace function condition_rule(p_type text, p_deleting boolean, p_rules jsonb) returns text
language sql immutable parallel safe as $$
    select case
        when p_type in ('Reconciled', 'Ready') and p_deleting
            then 'True when every required adapter reports Finalized=True at the generation of the resource and no resource is left below it'
        when p_type in ('Reconciled', 'Ready')
            then 'True when every required adapter reports Available=True at the generation of the resource'
        when p_type in ('LastKnownReconciled', 'Available')
            then 'True when every required adapter has reported Available=True at one generation, the present or an older one, and none has taken it back'
        else coalesce(
            (
                select format('Configured: status is (%s), where (%s)', rule ->> 'status', rule ->> 'when')
                from jsonb_array_elements(p_rules) as rule
                where rule ->> 'type' = p_type
            ),
            'The Available of the last usable report of the adapter'
        )
    end
$$;
