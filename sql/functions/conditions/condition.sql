-- condition: one resource condition as it is stored and answered. Times come formatted (format_time);
-- a reason or message that is null is left out, never null.
create or replace function condition(
    p_type text,
    p_status boolean,
    p_observed_generation int,
    p_reason text,
    p_message text,
    p_created_time text,
    p_last_updated_time text,
    p_last_transition_time text
) returns jsonb
language sql stable parallel safe as $$
    select jsonb_strip_nulls(jsonb_build_object(
        'type', p_type,
        'status', case when p_status then 'True' else 'False' end,
        'observed_generation', p_observed_generation,
        'reason', p_reason,
        'message', p_message,
        'created_time', p_created_time,
        'last_updated_time', p_last_updated_time,
        'last_transition_time', p_last_transition_time
    ))
$$;
