-- normalized_refs: the references of a request as a resource has them: each type with its targets by id, no type without a
-- target, no href; null when there are none. So two requests that mean the same are equal.
--
-- p_references  as in given_references, checked (check_references)
create or replace function normalized_refs(p_references jsonb) returns jsonb
language sql immutable parallel safe as $$
    select jsonb_object_agg(typed.ref_type, typed.targets)
    from (
        select
            given.ref_type,
            jsonb_agg(
                jsonb_build_object('id', as_uuid(given.id), 'kind', given.kind) order by as_uuid(given.id)
            ) as targets
        from given_references(p_references) as given
        group by given.ref_type
    ) as typed
$$;
