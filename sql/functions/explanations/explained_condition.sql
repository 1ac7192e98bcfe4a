-- explained_condition: one condition of a resource with the rule and the facts that it follows from.
--
-- p_condition   the condition as it is stored
-- p_deleting    whether the resource is marked for deletion
-- p_judged      the reports of the required adapters (judged_reports)
-- p_children, p_references  the resources below it, and those that it refers to (related_counts)
-- p_rules       the rules of its kind (kinds.condition_rules)
-- Returns the item of the answer: type, status, since, rule, because, waiting_for; with Reconciled, children and
-- references.
create or replace function explained_condition(
    p_condition jsonb,
    p_deleting boolean,
    p_judged judged_report[],
    p_children jsonb,
    p_references jsonb,
    p_rules jsonb
) returns jsonb
language sql stable parallel safe as $$
    select jsonb_build_object(
        'type', p_condition -> 'type',
        'status', p_condition -> 'status',
        'since', p_condition -> 'last_transition_time',
        'rule', condition_rule(p_condition ->> 'type', p_deleting, p_rules),
        'because', concat_ws(': ', p_condition ->> 'reason', p_condition ->> 'message'),
        'waiting_for', coalesce(
            (
                select jsonb_agg(
                    jsonb_strip_nulls(jsonb_build_object(
                        'adapter', judged.adapter,
                        'state', report_state(judged.why),
                        'observed_generation', judged.generation,
                        'last_report_time', judged.time,
                        'reason', judged.reason,
                        'message', judged.message
                    ))
                    order by judged.adapter collate "C"
                )
                from holding_reports(p_condition ->> 'type', p_condition ->> 'status', p_judged) as judged
            ),
            '[]'
        )
    ) || case
        when p_condition ->> 'type' in ('Reconciled', 'Ready')
            then jsonb_build_object('children', p_children, 'references', p_references)
        else '{}'
    end
$$;
