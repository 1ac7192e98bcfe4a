-- insert_resources: writes new resources, and their entries in the feed of changes.
--
-- p_resources  as new_resource makes them; their names may be taken
-- Returns how many were written: fewer where names are taken.
create or replace function insert_resources(p_resources resources[]) returns int
language plpgsql as $$
declare
    v_count int;
begin
    insert into resources (
        id, kind, owner_id, name, labels, label_pairs, spec, refs, generation, generation_time, version,
        created_time, updated_time, created_by, updated_by, conditions, states, unreconciled_since, tenancy, tenant
    )
    select
        each.id,
        each.kind,
        each.owner_id,
        each.name,
        each.labels,
        each.label_pairs,
        each.spec,
        each.refs,
        each.generation,
        each.generation_time,
        each.version,
        each.created_time,
        each.updated_time,
        each.created_by,
        each.updated_by,
        each.conditions,
        each.states,
        each.unreconciled_since,
        each.tenancy,
        each.tenant
    from unnest(p_resources) as each
    -- Of the name, by whichever index there is: the one with the tenancy is built while servers write.
    on conflict do nothing;
    get diagnostics v_count = row_count;
    if v_count = cardinality(p_resources) then
        insert into changes (type, kind, resource_id, owner_id, version, generation, tenancy, caller, changed)
        select
            'created', each.kind, each.id, each.owner_id, each.version, each.generation, each.tenancy, each.updated_by, '{}'
        from unnest(p_resources) as each;
    end if;
    return v_count;
end;
$$;
