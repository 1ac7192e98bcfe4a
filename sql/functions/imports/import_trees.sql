-- import_trees: the part of import_resources that brings resources with their reports into the database: new ones as they are, those
-- that were imported before as they have become since, unless they were changed here.
--
-- p_rows, p_dimensions  as in import_resources
-- Conditions are computed here, by aggregate_conditions: of a new resource with its conditions there as the former ones, so that a
-- status that stays the same keeps its time. A report takes the place of an older one only, as in discard_reason. A child gets the
-- tenancy of its root. What is marked and held by nothing is removed (remove_finalized). References are left to import_references;
-- those that a changed resource has no more are dropped.
-- The locks are taken before anything is read, in the order of lock_tree.
-- Returns one row, as import_resources.
create or replace function import_trees(p_rows text[], p_dimensions jsonb)
returns table (imported int, updated int, unchanged int, stored_reports int, left_out jsonb)
language plpgsql as $$
declare
    v_ids uuid[];
    v_owners uuid[];
    v_stored int;
    v_done record;
    v_marked uuid[];
    v_new uuid[] := '{}';
    v_each record;
    v_removed jsonb;
begin
    perform require_read_committed();
    -- An id that is no UUID is null here, and equal to none.
    select coalesce(array_agg(given.id) filter (where given.id is not null), '{}'), array_agg(distinct given.owner_id)
    into v_ids, v_owners
    from imported_rows(p_rows, p_dimensions) as given;
    perform
    from resources as owner
    where owner.id = any (v_owners) and owner.id <> all (v_ids)
    order by owner.id
    for share;
    perform
    from resources as resource
    cross join lateral (select count(*) as depth from ancestors(resource.id) as line) as place
    where resource.id = any (v_ids)
    order by place.depth, resource.id
    for no key update of resource;

    v_stored := (select count(*) from resources as resource where resource.id = any (v_ids));
    imported := 0;
    updated := 0;
    unchanged := 0;
    stored_reports := 0;
    v_marked := '{}';
    if v_stored > 0 then
        select rows.* into v_done from import_rows(p_rows, p_dimensions, false) as rows;
        for v_each in
            select resource.id, resource.deleted_time, resource.refs
            from resources as resource
            where resource.id = any (v_done.changed)
        loop
            if v_each.deleted_time is not null then
                perform release_targets(array[v_each.id]);
            else
                perform store_references(v_each.id, coalesce(v_each.refs, '{}'));
            end if;
        end loop;
        updated := v_done.written;
        unchanged := v_done.stored_before - updated;
        stored_reports := v_done.stored_reports;
        left_out := v_done.left_out;
        v_marked := v_done.marked;
    end if;
    if v_stored < cardinality(p_rows) then
        select rows.* into v_done from import_rows(p_rows, p_dimensions, true) as rows;
        imported := v_done.written;
        stored_reports := stored_reports + v_done.stored_reports;
        left_out := v_done.left_out;
        v_new := v_done.marked;
        v_marked := v_marked || v_new;
    end if;
    v_removed := remove_finalized(v_marked, null, null);
    imported := imported - (
        select count(*)
        from jsonb_array_elements(v_removed) as gone (entry)
        where (gone.entry ->> 'id')::uuid = any (v_new)
    );
    if v_removed <> '[]' then
        left_out := left_out || (
            select jsonb_agg(gone.entry || '{"reason": "it is marked for deletion, and nothing holds it: it is removed"}')
            from jsonb_array_elements(v_removed) as gone (entry)
        );
    end if;
    return next;
end;
$$;
