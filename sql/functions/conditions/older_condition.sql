-- older_condition: a condition under its older name.
--
-- p_type               the older name
-- p_newer              the condition under its newer name
-- p_nobody             no adapter has a usable report: then generation 0 has been observed
-- p_reason, p_message  what the older name says in its own words when the status is True
-- Returns the condition.
create or replace function older_condition(
    p_type text,
    p_newer jsonb,
    p_nobody boolean,
    p_reason text,
    p_message text
) returns jsonb
language sql stable parallel safe as $$
    select p_newer || case
        when p_newer ->> 'reason' = 'NoRequiredAdapters'
            then jsonb_build_object('type', p_type, 'observed_generation', 0)
        when p_nobody then jsonb_build_object(
            'type', p_type,
            'observed_generation', 0,
            'reason', 'AwaitingAdapters',
            'message', 'Waiting for adapters to report status'
        )
        when p_newer ->> 'status' = 'True'
            then jsonb_build_object('type', p_type, 'reason', p_reason, 'message', p_message)
        else jsonb_build_object('type', p_type)
    end
$$;
