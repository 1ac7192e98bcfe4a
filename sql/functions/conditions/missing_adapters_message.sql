-- missing_adapters_message: the message of Reconciled while required adapters do not confirm the generation.
--
-- p_goal                  the condition that they must report
-- p_missing, p_reporting  names of adapters, sorted, with commas; null for none
create or replace function missing_adapters_message(p_goal text, p_missing text, p_reporting text) returns text
language sql stable parallel safe as $$
    select format(
        'Required adapters not reporting %s: [%s]. Currently reporting: [%s]', p_goal, p_missing, p_reporting
    )
$$;
