-- remove_gone: removes resources that were imported and are in the database of the Go implementation no more.
--
-- p_ids  the resources. Those that were changed here stay, as do those that have a child or are referred to by a resource that
--        stays.
-- Returns one row: how many were removed, parents that waited only for them included, and left_out, a JSON array of
-- {kind, id, reason}.
create or replace function remove_gone(p_ids uuid[]) returns table (removed int, left_out jsonb)
language plpgsql as $$
declare
    v_owners uuid[];
    v_ids uuid[];
    v_free uuid[];
begin
    perform require_read_committed();
    perform
    from resources as resource
    cross join lateral (select count(*) as depth from ancestors(resource.id) as line) as place
    where resource.id = any (p_ids)
        or resource.id in (select line.id from unnest(p_ids) as gone (id) cross join ancestors(gone.id) as line)
    order by place.depth, resource.id
    for no key update of resource;
    v_ids := array(
        select resource.id
        from resources as resource
        inner join imported_resources as state on state.id = resource.id and state.updated_time = resource.updated_time
        where resource.id = any (p_ids)
    );
    loop
        v_free := array(
            select gone.id
            from unnest(v_ids) as gone (id)
            where not exists (
                select from resources as child where child.owner_id = gone.id and child.id <> all (v_ids)
            ) and not exists (
                select
                from resource_references as reference
                where reference.held_id = gone.id and reference.source_id <> all (v_ids)
            )
        );
        exit when cardinality(v_free) = cardinality(v_ids);
        v_ids := v_free;
    end loop;
    left_out := coalesce(
        (
            select jsonb_agg(
                jsonb_build_object(
                    'kind', resource.kind,
                    'id', resource.id,
                    'reason', 'it is gone there, and was changed here, has a child here or is referred to here'
                )
                order by resource.id
            )
            from resources as resource
            where resource.id = any (p_ids) and resource.id <> all (v_ids)
        ),
        '[]'
    );
    perform release_targets(v_ids);
    with gone as (
        select taken.owner_id from remove_resources(v_ids, null, null, null) as taken
    )
    select count(*), array_agg(distinct gone.owner_id) filter (where gone.owner_id is not null)
    into removed, v_owners
    from gone;
    removed := removed + jsonb_array_length(remove_finalized(coalesce(v_owners, '{}'), null, null));
    return next;
end;
$$;
