-- mapping_sentence: the state of a condition of the configuration, for an operator.
--
-- p_resource  the resource
-- p_rule      the rule of the condition (kinds.condition_rules)
-- p_result    the result of its rule; null where the rule does not apply
create or replace function mapping_sentence(p_resource resources, p_rule jsonb, p_result jsonb) returns text
language plpgsql stable parallel safe as $$
declare
    v_type text := p_rule ->> 'type';
    v_stored jsonb := condition_of(p_resource.conditions::jsonb, v_type);
begin
    return case
        when p_result is null then format(
            'The condition %s is absent, as configured: its expression `when` is false at generation %s.', v_type, p_resource.generation
        )
        when p_result ? 'failed' then format(
            'The condition %s could not be evaluated at generation %s (expression %s), so it %s: where other resources of the kind have it, '
                || 'correct what it reads in the spec or the reports of this one, else the expression in the entity %s of the configuration.',
            v_type,
            p_resource.generation,
            p_result ->> 'failed',
            case
                when v_stored is null then 'is absent'
                else format(
                    'keeps its former value, %s of generation %s',
                    v_stored ->> 'status',
                    v_stored ->> 'observed_generation'
                )
            end,
            p_resource.kind
        )
        when v_stored is null then format(
            'The condition %s is not stored yet and would be %s: the next write of the resource stores it.', v_type, p_result ->> 'status'
        )
        else format(
            'The condition %s is %s since %s%s%s.',
            v_type,
            p_result ->> 'status',
            v_stored ->> 'last_transition_time',
            quoted_reason(p_result ->> 'reason', p_result ->> 'message'),
            case p_result ->> 'status'
                when 'False' then format(': its expression is false for the present spec and reports: %s', left(p_rule ->> 'status', 300)) else ''
            end
        )
    end;
end;
$$;
