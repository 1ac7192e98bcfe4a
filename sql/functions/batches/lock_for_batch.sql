-- lock_for_batch: takes the locks of all writes of a batch before the first of them, in the order of the locks of single writes: parents
-- before children and by id within a level (lock_tree, lock_targets), each as strong as the strongest write needs it. Then no write of the
-- batch waits for a lock out of order, and two batches over the same resources wait for one another instead of deadlocking.
--
-- p_writes   [{verb, id, owner_id, references, kind, name}]: verb is create, update, delete, force-delete or report; id the resource; of a
--            create owner_id the parent, kind and name; references the ids of the targets that a create or an update sets. Ids need
--            not exist
-- p_tenancy  the caller's tenancy (within_tenancy): no other resource is locked, except targets that a resource has already
-- Before the resources, the batch takes rows of its own in resource_counts (count_slot); after them, in one order, the names that it takes
-- or frees, since a create waits for another transaction that has the name.
-- Refuses: HF503 as require_read_committed; 40001 a resource was marked for deletion meanwhile (lock_for_report): the transaction begins anew.
-- Plans are kept (delete_resource).
create or replace function lock_for_batch(p_writes jsonb, p_tenancy jsonb) returns void
language plpgsql set plan_cache_mode = force_generic_plan as $$
declare
    v_slot int := 0;
    -- The resources that the writes name, each as often as it is named, with the verb and the strength of the lock.
    v_named uuid[];
    v_verbs text[];
    v_named_shared boolean[];
    v_updated uuid[];
    -- The resources to lock.
    v_ids uuid[];
    v_depths int[];
    v_shared boolean[];
    v_deleted uuid[];
    v_reported uuid[];
    v_level uuid[];
    v_level_shared uuid[];
    v_below uuid[] := '{}';
    v_tree uuid[] := '{}';
    v_id uuid;
    v_names bigint[];
    v_name bigint;
begin
    perform require_read_committed();
    perform enter_tenancy(p_tenancy);
    while not pg_try_advisory_xact_lock(batch_lock('slots'), v_slot) loop
        v_slot := v_slot + 1;
    end loop;
    perform set_config('hyperfleet.batch_slot', v_slot::text, true);

    with written as (
        select
            write.verb,
            as_uuid(write.id) as id,
            as_uuid(write.owner_id) as owner_id,
            write."references"
        from jsonb_to_recordset(p_writes) as write (verb text, id text, owner_id text, "references" jsonb)
    ),
    named as (
        select written.id, written.verb, false as is_shared from written where written.verb <> 'create'
        union all
        select written.owner_id, written.verb, true from written where written.verb = 'create'
        union all
        select as_uuid(target.id), 'refer', true
        from written
        cross join jsonb_array_elements_text(coalesce(nullif(written."references", 'null'), '[]')) as target (id)
    )
    select
        coalesce(array_agg(named.id), '{}'),
        array_agg(named.verb),
        array_agg(named.is_shared),
        coalesce(array_agg(named.id) filter (where named.verb = 'update'), '{}')
    into v_named, v_verbs, v_named_shared, v_updated
    from named
    where named.id is not null;

    -- By arrays, which the planner takes for short: for rows out of JSON it would read all resources.
    with found as (
        select
            resource.id,
            resource.owner_id,
            named.verb,
            named.is_shared,
            resource.deleted_time is not null as is_marked
        from unnest(v_named, v_verbs, v_named_shared) as named (id, verb, is_shared)
        inner join resources as resource on resource.id = named.id
        where within_tenancy(resource.tenancy, p_tenancy)
            or (named.verb = 'refer' and exists (
                select
                from resource_references as reference
                where reference.source_id = any (v_updated) and reference.target_id = named.id
            ))
    ),
    wanted as (
        select found.id, found.owner_id is null as is_root, found.is_shared from found
        union all
        select line.id, false, false
        from found
        cross join lateral ancestors(found.id) as line
        where found.owner_id is not null
            and (found.verb in ('delete', 'force-delete') or (found.verb = 'report' and found.is_marked))
    ),
    placed as (
        select
            wanted.id,
            case when bool_or(wanted.is_root) then 0 else (select count(*)::int from ancestors(wanted.id)) end as depth,
            bool_and(wanted.is_shared) as is_shared
        from wanted
        group by wanted.id
    )
    select
        (select array_agg(placed.id order by placed.id) from placed),
        (select array_agg(placed.depth order by placed.id) from placed),
        (select array_agg(placed.is_shared order by placed.id) from placed),
        array(select found.id from found where found.verb in ('delete', 'force-delete')),
        array(select found.id from found where found.verb = 'report' and not found.is_marked and found.owner_id is not null)
    into v_ids, v_depths, v_shared, v_deleted, v_reported;

    for v_depth in 0 .. 100 loop
        exit when cardinality(v_below) = 0 and v_depth > coalesce((select max(each) from unnest(v_depths) as each), -1);
        select
            coalesce(array_agg(placed.id) filter (where not placed.is_shared), '{}') || v_below,
            coalesce(array_agg(placed.id) filter (where placed.is_shared and placed.id <> all (v_below)), '{}')
        into v_level, v_level_shared
        from unnest(v_ids, v_depths, v_shared) as placed (id, depth, is_shared)
        where placed.depth = v_depth;
        if cardinality(v_level_shared) = 0 then
            perform
            from resources as resource
            where resource.id = any (v_level)
            order by resource.id
            for no key update;
        else
            for v_id in select distinct each from unnest(v_level || v_level_shared) as each order by each loop
                if v_id = any (v_level) then
                    perform from resources as resource where resource.id = v_id for no key update;
                else
                    perform from resources as resource where resource.id = v_id for share;
                end if;
            end loop;
        end if;
        -- What is below a resource is read under its lock: none can be added to it then.
        v_below := v_below || array(
            select placed.id
            from unnest(v_ids, v_depths) as placed (id, depth)
            where placed.depth = v_depth and placed.id = any (v_deleted)
        );
        v_tree := v_tree || v_below;
        v_below := array(select child.id from resources as child where child.owner_id = any (v_below));
    end loop;

    if exists (
        select
        from resources as resource
        where resource.id = any (v_reported) and resource.deleted_time is not null and resource.id <> all (v_tree)
    ) then
        raise exception using
            errcode = 'serialization_failure',
            message = 'a resource was marked for deletion while the batch was being locked';
    end if;

    -- Nothing waits for names without a create.
    v_names := array(
        select distinct batch_name(write.kind, as_uuid(write.owner_id), p_tenancy, write.name) as name
        from jsonb_to_recordset(p_writes) as write (verb text, kind text, owner_id text, name text)
        where write.verb = 'create'
        order by name
    );
    if cardinality(v_names) > 0 and cardinality(v_tree) > 0 then
        v_names := array(
            select name
            from unnest(v_names) as name
            union
            select batch_name(resource.kind, resource.owner_id, resource.tenancy, resource.name)
            from resources as resource
            where resource.id = any (v_tree) and resource.deleted_time is null
            order by name
        );
    end if;
    -- PostgreSQL has room for some thousands of locks in all (max_locks_per_transaction): one batch at a time has many.
    if cardinality(v_names) > 100 then
        perform pg_advisory_xact_lock(batch_lock('many names'), 0);
    end if;
    foreach v_name in array v_names loop
        perform pg_advisory_xact_lock(v_name);
    end loop;
end;
$$;
