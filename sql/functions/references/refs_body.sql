-- refs_body: the references of a resource as clients see them: each with the path of its target, where the kind of the
-- target is still known.
--
-- p_refs  resources.refs; null gives null
create or replace function refs_body(p_refs jsonb) returns text
language sql stable strict parallel safe as $$
    select jsonb_object_agg(
        typed.key,
        (
            select jsonb_agg(
                jsonb_strip_nulls(
                    target.value
                    || jsonb_build_object('href', resource_href(kinds, (target.value ->> 'id')::uuid))
                )
                order by target.position
            )
            from jsonb_array_elements(typed.value) with ordinality as target (value, position)
            left join kinds on kinds.kind = target.value ->> 'kind'
        )
    )::text
    from jsonb_each(p_refs) as typed
$$;
