-- shared_references: those references of a resource that are also among others; null when there are none.
--
-- p_refs    the references of a resource (normalized_refs), or null
-- p_others  others, as in given_references
create or replace function shared_references(p_refs jsonb, p_others jsonb) returns jsonb
language sql immutable parallel safe as $$
    select normalized_refs(jsonb_object_agg(typed.ref_type, typed.targets))
    from (
        select own.ref_type, jsonb_agg(jsonb_build_object('id', own.id, 'kind', own.kind)) as targets
        from given_references(coalesce(p_refs, '{}')) as own
        where exists (
            select
            from given_references(p_others) as other
            where other.ref_type = own.ref_type and other.id = own.id
        )
        group by own.ref_type
    ) as typed
$$;
