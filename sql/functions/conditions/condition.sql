-- condition: a condition, whose times follow from the one before.
--
-- p_previous  the condition as it is stored; null before there is one
-- p_ref       when the resource's generation began, formatted (format_time)
-- p_time      its last_updated_time, formatted
-- p_changed   its last_transition_time, formatted, if its status differs from the one before
-- The others are members of the condition. Returns it; a reason or message may be null.
create or replace function condition(
    p_previous jsonb,
    p_ref text,
    p_type text,
    p_status boolean,
    p_observed_generation int,
    p_reason text,
    p_message text,
    p_time text,
    p_changed text
) returns resource_condition
language sql immutable parallel safe as $$
    select row(
        p_type,
        p_reason,
        case when p_status then 'True' else 'False' end,
        p_message,
        coalesce(p_previous ->> 'created_time', p_ref),
        p_time,
        p_observed_generation,
        case
            when (p_previous ->> 'status' = 'True') = p_status then p_previous ->> 'last_transition_time'
            else p_changed
        end
    )::resource_condition
$$;
