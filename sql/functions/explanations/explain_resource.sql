-- explain_resource: why the conditions of a resource are as they are, and what it waits for.
--
-- The conditions are the stored ones; the reports are judged by the function that makes conditions of them (judged_reports).
--
-- p_results  the results of the rules of its kind: {type, status, reason, message} or {type, failed} each; [] for a kind
--            without rules
-- p_tenancy  the caller's tenancy (within_tenancy): targets of references beyond it are not counted
-- `stable`: all is read with the snapshot of the calling statement.
create or replace function explain_resource(p_resource resources, p_results jsonb, p_tenancy jsonb) returns jsonb
language plpgsql stable as $$
declare
    v_facts record;
    v_is_deleting boolean := p_resource.deleted_time is not null;
    v_judged judged_report[] := '{}';
    v_children jsonb := related_counts(array(
        select child.id from resources as child where child.owner_id = p_resource.id
    ));
    v_references jsonb := related_counts(array(
        select target.id
        from resource_references as reference
        inner join resources as target on target.id = reference.target_id
        where reference.source_id = p_resource.id and within_tenancy(target.tenancy, p_tenancy)
    ));
    v_below text;
    v_uncounted text;
begin
    select facts.* into v_facts from resource_facts(p_resource.id, p_resource.kind) as facts;
    if v_facts.required is not null then
        v_judged := judged_reports(
            p_resource.generation, v_is_deleting, sorted_names(v_facts.required), v_facts.reports
        );
    end if;
    select string_agg(format('%s "%s"', first.kind, first.name), ', ')
    into v_below
    from (
        select child.kind, child.name
        from resources as child
        where child.owner_id = p_resource.id
        order by child.kind, child.name
        limit 3
    ) as first;
    select string_agg(status.adapter, ', ' order by status.adapter)
    into v_uncounted
    from adapter_statuses as status
    where status.resource_id = p_resource.id and status.adapter <> all (coalesce(v_facts.required, '{}'));
    return jsonb_build_object(
        'generation', p_resource.generation,
        'conditions', (
            select coalesce(
                jsonb_agg(
                    explained_condition(
                        stored.condition, v_is_deleting, v_judged, v_children, v_references, v_facts.condition_rules
                    )
                    order by stored.position
                ),
                '[]'
            )
            from jsonb_array_elements(p_resource.conditions::jsonb) with ordinality as stored (condition, position)
        ),
        'failed', (
            select coalesce(
                jsonb_agg(jsonb_build_object('type', result -> 'type', 'reason', result -> 'failed') order by result ->> 'type'), '[]'
            )
            from jsonb_array_elements(p_results) as result
            where result ? 'failed'
        ),
        'sentences', to_jsonb(
            explaining_sentences(p_resource, v_facts.required, v_judged, v_children, v_below, v_uncounted)
                || case
                    when v_facts.condition_rules = '[]' then '{}'
                    else array['Conditions of the configuration do not decide whether it is reconciled or removed:']
                end
                || array(
                    select mapping_sentence(p_resource, rule.value, result.value)
                    from jsonb_array_elements(v_facts.condition_rules) with ordinality as rule (value, position)
                    left join jsonb_array_elements(p_results) as result on result -> 'type' = rule.value -> 'type'
                    order by rule.position
                )
        )
    );
end;
$$;
