-- import_references: gives imported resources the references that they have in a database of the Go implementation.
--
-- p_rows  JSON objects {id, refs}, refs as in given_references: resources that are all in the database by now, and their targets
-- A resource that was changed here, is marked, or was not imported keeps its references. The references do not begin a generation
-- here: they are those of the generation that was imported. Each change has an entry in the feed of changes.
-- Locks the targets, and then the resources, each by id. Returns one row: how many resources were written, and left_out, a JSON
-- array of {kind, id, reason}: one entry for each reference that the rules do not allow (check_references).
create or replace function import_references(p_rows text[]) returns table (updated int, left_out jsonb)
language plpgsql as $$
declare
    v_given jsonb := (select jsonb_agg(row.text::jsonb) from unnest(p_rows) as row (text));
    v_changed uuid[];
    v_each record;
begin
    perform require_read_committed();
    perform
    from resources as target
    where target.id in (
        select as_uuid(given.id)
        from jsonb_array_elements(v_given) as entry (value)
        cross join given_references(entry.value -> 'refs') as given
    )
    order by target.id
    for key share;
    perform
    from resources as source
    where source.id in (select as_uuid(entry.value ->> 'id') from jsonb_array_elements(v_given) as entry (value))
    order by source.id
    for no key update;

    with given as (
        select
            source.id as source_id,
            source.kind as source_kind,
            source.refs as stored,
            reference.ref_type,
            reference.id as target_id,
            target.kind as target_kind,
            case
                when declared.target_kind is null then format('%s cannot have it', source.kind)
                when target.id is null then 'the target is not there'
                when target.kind <> declared.target_kind then format('the target is of the kind %s', target.kind)
                when target.deleted_time is not null then 'the target is marked for deletion'
                when target.id = source.id then 'a resource cannot refer to itself'
            end as fault
        from jsonb_array_elements(v_given) as entry (value)
        inner join resources as source on source.id = as_uuid(entry.value ->> 'id')
        inner join imported_resources as state on state.id = source.id and state.updated_time = source.updated_time
        inner join kinds on kinds.kind = source.kind
        cross join given_references(entry.value -> 'refs') as reference
        left join resources as target on target.id = as_uuid(reference.id)
        left join lateral (
            select type.value ->> 'target_kind' as target_kind
            from jsonb_array_elements(kinds.reference_types) as type (value)
            where type.value ->> 'ref_type' = reference.ref_type
        ) as declared on true
        where source.deleted_time is null
    ),
    typed as (
        select
            given.source_id,
            given.stored,
            given.ref_type,
            jsonb_agg(jsonb_build_object('id', given.target_id, 'kind', given.target_kind)) filter (where given.fault is null)
                as targets
        from given
        group by given.source_id, given.stored, given.ref_type
    ),
    wanted as (
        select
            typed.source_id,
            typed.stored,
            normalized_refs(jsonb_object_agg(typed.ref_type, typed.targets) filter (where typed.targets is not null)) as refs
        from typed
        group by typed.source_id, typed.stored
    ),
    written as (
        update resources as resource
        set refs = wanted.refs,
            version = resource.version + 1
        from wanted
        where resource.id = wanted.source_id and wanted.refs is distinct from wanted.stored
        returning
            resource.kind, resource.id, resource.owner_id, resource.version, resource.generation, resource.tenancy,
            resource.updated_by
    ),
    logged as (
        insert into changes (type, kind, resource_id, owner_id, version, generation, tenancy, caller, changed)
        select
            'changed', written.kind, written.id, written.owner_id, written.version, written.generation, written.tenancy,
            written.updated_by, array['references']
        from written
        order by written.id
    )
    select
        array(select written.id from written),
        coalesce(
            (
                select jsonb_agg(
                    jsonb_build_object(
                        'kind', given.source_kind,
                        'id', given.source_id,
                        'reason', format('the reference %s to %s: %s', given.ref_type, given.target_id, given.fault)
                    )
                    order by given.source_id, given.ref_type, given.target_id
                )
                from given
                where given.fault is not null
            ),
            '[]'
        )
    into v_changed, left_out;
    for v_each in
        select resource.id, resource.refs from resources as resource where resource.id = any (v_changed)
    loop
        perform store_references(v_each.id, coalesce(v_each.refs, '{}'));
    end loop;
    updated := cardinality(v_changed);
    return next;
end;
$$;
