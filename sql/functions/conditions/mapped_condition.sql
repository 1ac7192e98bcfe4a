-- mapped_condition: a condition as its rule says.
--
-- p_previous    the condition as it is stored; null before there is one
-- p_result      the result of the rule: {type, status, reason, message}; with `failed`, there is none, and the condition
--               stays as it is
-- p_generation  the generation of the resource
-- p_time        when the newest of the facts came that the rule looks at, formatted (format_time)
-- Returns the condition; null where there is none to keep. Its last_updated_time is when it last changed.
create or replace function mapped_condition(p_previous jsonb, p_result jsonb, p_generation int, p_time text)
returns jsonb
language plpgsql immutable parallel safe as $$
declare
    v_content jsonb := jsonb_build_object(
        'type', p_result -> 'type',
        'status', p_result -> 'status',
        'reason', p_result -> 'reason',
        'message', p_result -> 'message',
        'observed_generation', p_generation
    );
begin
    if p_result ? 'failed' or p_previous @> v_content then
        return p_previous;
    end if;
    return v_content || jsonb_build_object(
        'created_time', coalesce(p_previous ->> 'created_time', p_time),
        'last_updated_time', p_time,
        'last_transition_time',
        case
            when p_previous ->> 'status' = p_result ->> 'status' then p_previous ->> 'last_transition_time'
            else p_time
        end
    );
end;
$$;
