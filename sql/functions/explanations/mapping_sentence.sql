-- mapping_sentence: the state of a condition of the configuration, for an operator.
--
-- p_resource  the resource
-- p_type      the type of the condition
-- p_result    the result of its rule; null where the rule does not apply
create or replace function mapping_sentence(p_resource resources, p_type text, p_result jsonb) returns text
language sql stable parallel safe as $$
    select case
        when p_result is null then format(
            'The condition %s is absent: its expression `when` is false at generation %s.', p_type, p_resource.generation
        )
        when p_result ? 'failed' then format(
            'The condition %s could not be evaluated at generation %s (%s), so it %s: correct the expression in the entity %s of the '
                || 'configuration, or what it reads in the spec and the reports.',
            p_type,
            p_resource.generation,
            p_result ->> 'failed',
            case
                when condition_of(p_resource.conditions::jsonb, p_type) is null then 'is absent'
                else format(
                    'keeps its former value, %s of generation %s',
                    condition_of(p_resource.conditions::jsonb, p_type) ->> 'status',
                    condition_of(p_resource.conditions::jsonb, p_type) ->> 'observed_generation'
                )
            end,
            p_resource.kind
        )
        when condition_of(p_resource.conditions::jsonb, p_type) is null then format(
            'The condition %s is not stored yet and would be %s: the next write of the resource stores it.', p_type, p_result ->> 'status'
        )
        else format(
            'The condition %s is %s since %s, by an expression of the configuration%s%s.',
            p_type,
            p_result ->> 'status',
            condition_of(p_resource.conditions::jsonb, p_type) ->> 'last_transition_time',
            quoted_reason(p_result ->> 'reason', p_result ->> 'message'),
            case p_result ->> 'status'
                when 'False' then ': its rule shows what it reads in the spec and the reports' else ''
            end
        )
    end
$$;
