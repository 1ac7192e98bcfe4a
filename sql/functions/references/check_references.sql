-- check_references: HF400 with every rule that the references of a request break: types with too few, unknown types by name, types
-- with too many, and then the rules on single references, each in the order of the configuration and of the request.
--
-- p_kind        the row of the kind of the resource
-- p_source_id   the resource; null when it is being created
-- p_references  as in given_references
-- p_named       the types to judge; null: all
-- p_tenancy     the caller's tenancy (within_tenancy): a target beyond it is not found, unless the resource refers to it already
-- Requires the locks on the targets (lock_targets): the targets stay as they are until the transaction ends.
create or replace function check_references(
    p_kind kinds,
    p_source_id uuid,
    p_references jsonb,
    p_named text[],
    p_tenancy jsonb
) returns void
language plpgsql as $$
declare
    v_own uuid[] := own_targets(p_source_id);
    v_violations jsonb;
begin
    with given as (
        select
            reference.*,
            as_uuid(reference.id) as target_id,
            format('references.%s[%s]', left(reference.ref_type, 100), reference.index) as field,
            left(reference.id, 100) as shown_id,
            row_number() over (
                partition by reference.ref_type, coalesce(as_uuid(reference.id)::text, reference.id)
                order by reference.index
            ) as occurrence
        from given_references(p_references) as reference
    ),
    declared as (
        select
            entry.value ->> 'ref_type' as ref_type,
            entry.value ->> 'target_kind' as target_kind,
            (entry.value ->> 'min')::int as min,
            (entry.value ->> 'max')::int as max,
            entry.position,
            (select count(*) from given where given.ref_type = entry.value ->> 'ref_type') as count
        from jsonb_array_elements(p_kind.reference_types) with ordinality as entry (value, position)
        where p_named is null or entry.value ->> 'ref_type' = any (p_named)
    ),
    judged as (
        select given.*, declared.target_kind, target.id is not null as exists, target.deleted_time
        from given
        inner join declared on declared.ref_type = given.ref_type
        left join resources as target
            on target.id = given.target_id
            and target.kind = declared.target_kind
            -- A target beyond the tenancy that the resource has already was set by a caller of a larger tenancy.
            and (within_tenancy(target.tenancy, p_tenancy) or target.id = any (v_own))
    ),
    violations as (
        select
            1 as rank, declared.position, 0 as index, 'references.' || declared.ref_type as field,
            format('must have at least %s of the kind %s', declared.min, declared.target_kind) as message,
            null as value, case when declared.count = 0 then 'required' else 'minimum' end as "constraint"
        from declared
        where declared.count < declared.min
        union all
        select
            2, 0, 0, 'references.' || left(unknown.ref_type, 100),
            format('is not a reference that %s can have%s', p_kind.kind, (
                select format(' (it can have %s)', string_agg(entry.value ->> 'ref_type', ', ' order by entry.position))
                from jsonb_array_elements(p_kind.reference_types) with ordinality as entry (value, position)
                having count(*) > 0
            )),
            null, null
        from jsonb_object_keys(p_references) as unknown (ref_type)
        where unknown.ref_type not in (select declared.ref_type from declared)
            and (p_named is null or unknown.ref_type = any (p_named))
        union all
        select
            3, declared.position, 0, 'references.' || declared.ref_type,
            format('must have at most %s', declared.max), null, 'maximum'
        from declared
        where declared.max > 0 and declared.count > declared.max
        union all
        select
            4, declared.position, judged.index, judged.field || broken.member, broken.message, broken.value,
            broken."constraint"
        from judged
        inner join declared on declared.ref_type = judged.ref_type
        cross join lateral (
            values
                ('.id', 'must not be repeated', judged.shown_id, 'x-unique-by', judged.occurrence > 1),
                (
                    '.kind', 'must be ' || judged.target_kind, left(judged.kind, 100), 'enum',
                    judged.kind <> judged.target_kind
                ),
                ('.id', 'must not be the resource itself', judged.shown_id, null, judged.target_id = p_source_id),
                (
                    '.id', format('%s with id=''%s'' not found', judged.target_kind, judged.shown_id), judged.shown_id, null,
                    not judged.exists
                ),
                (
                    '.id', format('%s with id=''%s'' is marked for deletion', judged.target_kind, judged.shown_id),
                    judged.shown_id, null, judged.deleted_time is not null
                )
        ) as broken (member, message, value, "constraint", is_broken)
        where broken.is_broken
    )
    select jsonb_agg(
        jsonb_strip_nulls(jsonb_build_object(
            'field', violations.field,
            'message', violations.message,
            'value', violations.value,
            'constraint', violations."constraint"
        ))
        order by violations.rank, violations.position, violations.index, violations.field collate "C"
    )
    into v_violations
    from violations;
    if v_violations is not null then
        -- Twice, since one more look-up finds out which are not there.
        perform even_reads(given.id, p_tenancy)
        from given_references(p_references) as given
        cross join generate_series(1, 2)
        where not exists (
            select
            from resources as target
            where target.id = as_uuid(given.id) and within_tenancy(target.tenancy, p_tenancy)
        );
        perform raise_problem('HF400', '', v_violations);
    end if;
end;
$$;
