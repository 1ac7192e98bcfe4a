-- import_rows: the part of import_resources that writes resources and their reports: new resources, or those that were imported before.
--
-- p_rows, p_dimensions  as in import_resources
-- p_is_new  true: those that are not in the database are added; false: those that are, and have changed since, are updated. The
--           second comes first, since a resource that is marked frees its name.
-- Each resource that is written has an entry in the feed of changes, and of one that begins a generation the former state is kept
-- (generations), as by save_resource and archive_generation: readers of the feed follow an import as they follow callers. The caller
-- of an entry is that of the change there.
-- Requires the locks that import_resources takes. One statement, since there may be thousands.
-- Returns one row: how many resources were written; how many of the others need no change; how many reports were stored; left_out
-- as in import_resources; the ids of resources that may have to be removed, and of those that were changed.
create or replace function import_rows(p_rows text[], p_dimensions jsonb, p_is_new boolean)
returns table (written int, stored_before int, stored_reports int, left_out jsonb, marked uuid[], changed uuid[])
language plpgsql as $$
#variable_conflict use_column
begin
    with recursive given as materialized (
        select
            source.*,
            stored.id is not null as is_stored,
            stored.updated_time as stored_time,
            stored.deleted_time as stored_deleted_time,
            stored.conditions::jsonb as stored_conditions,
            coalesce(stored.generation, 0) as stored_generation,
            stored.generation_time as stored_generation_time,
            row_number() over (partition by source.given_id order by source.position) > 1 as is_repeated,
            stored.id is not null and stored.updated_time = state.updated_time as is_own,
            stored.id is not null and source.source_time > state.source_time as is_newer,
            case
                when source.fault is not null then source.fault
                when row_number() over (partition by source.given_id order by source.position) > 1 then 'the id is there twice'
                when kinds.kind is null then format('the kind %s is not in the database', source.kind)
                when kinds.parent_kind is null and source.given_owner is not null
                    then format('a resource of the kind %s has no parent here', source.kind)
                when kinds.parent_kind is not null and source.given_owner is null
                    then format('a resource of the kind %s has a parent of the kind %s here', source.kind, kinds.parent_kind)
                when stored.id is null and state.id is not null then 'it was imported, and is removed here'
                when stored.id is not null and (state.id is null or stored.kind <> source.kind)
                    then 'another resource here has its id'
                when source.deleted_time is not null and stored.deleted_time is null and exists (
                    select
                    from resource_references as reference
                    inner join resources as referrer on referrer.id = reference.source_id
                    left join imported_resources as known on known.id = referrer.id
                    where reference.held_id = stored.id and referrer.updated_time is distinct from known.updated_time
                ) then 'it is marked for deletion there, and a resource that was changed here refers to it'
            end as own_fault,
            kinds.parent_kind,
            kinds.required_adapters,
            kinds.older_names,
            kinds.condition_rules
        from imported_rows(p_rows, p_dimensions) as source
        left join kinds on kinds.kind = source.kind
        left join resources as stored on stored.id = source.id
        left join imported_resources as state on state.id = source.id
    ),
    -- From the roots down: a child has the tenancy of its root, and goes the way of its parent.
    tree as (
        select
            given.position,
            coalesce(owner.tenancy, given.tenancy) as tenancy,
            coalesce(owner.tenant, given.tenant) as tenant,
            judged.fault,
            -- Whether it is in the database afterwards, and marked.
            given.is_stored or judged.fault is null as is_there,
            coalesce(given.stored_deleted_time, case when judged.fault is null then given.deleted_time end) is not null as is_marked
        from given
        left join resources as owner on owner.id = given.owner_id
        cross join lateral (
            select case
                when given.own_fault is not null then given.own_fault
                when given.parent_kind is null then given.tenancy_fault
                when owner.id is null then format('its parent %s is not there', given.given_owner)
                when owner.kind <> given.parent_kind then format('its parent is of the kind %s', owner.kind)
                when owner.deleted_time is not null and given.deleted_time is null
                    then 'its parent is marked for deletion, and it is not'
            end as fault
        ) as judged
        where not exists (select from given as parent where parent.given_id = given.given_owner)
        union all
        select
            given.position,
            tree.tenancy,
            tree.tenant,
            judged.fault,
            given.is_stored or judged.fault is null,
            coalesce(given.stored_deleted_time, case when judged.fault is null then given.deleted_time end) is not null
        from tree
        inner join given as parent on parent.position = tree.position and not parent.is_repeated
        inner join given on given.given_owner = parent.given_id
        cross join lateral (
            select case
                when given.own_fault is not null then given.own_fault
                when parent.kind is distinct from given.parent_kind then format('its parent is of the kind %s', parent.kind)
                when not tree.is_there then 'its parent is left out'
                when tree.is_marked and given.deleted_time is null and given.stored_deleted_time is null
                    then 'its parent is marked for deletion, and it is not'
            end as fault
        ) as judged
    ),
    placed as (
        select
            given.*,
            tree.tenancy as own_tenancy,
            tree.tenant as own_tenant,
            tree.fault as tree_fault,
            not given.is_stored and tree.fault is null and given.deleted_time is null as takes_name
        from given
        inner join tree on tree.position = given.position
    ),
    incoming as materialized (
        select
            placed.position,
            placed.id,
            placed.required_adapters,
            entry.value ->> 'adapter' as adapter,
            report_fault(entry.value, case
                when placed.is_own and not placed.is_newer then placed.stored_generation else placed.generation
            end) as fault,
            entry.value as report
        from placed
        cross join jsonb_array_elements(placed.reports) as entry (value)
        where placed.tree_fault is null
    ),
    fresh as materialized (
        select imported_report(incoming.id, incoming.report) as report, incoming.position
        from incoming
        left join adapter_statuses as stored on stored.resource_id = incoming.id and stored.adapter = incoming.adapter
        where incoming.fault is null
            and (
                stored.adapter is null
                or ((incoming.report ->> 'observed_generation')::int, (incoming.report ->> 'last_report_time')::timestamptz)
                    > (stored.observed_generation, stored.last_report_time)
            )
    ),
    decided as materialized (
        select
            placed.*,
            exists (select from fresh where fresh.position = placed.position) as has_reports,
            case
                when placed.tree_fault is not null then placed.tree_fault
                when placed.takes_name and (
                    row_number() over (
                        partition by placed.takes_name, placed.kind, placed.owner_id, placed.name, placed.own_tenancy
                        order by placed.position
                    ) > 1
                    or exists (
                        select
                        from resources as other
                        where other.kind = placed.kind
                            and other.owner_id is not distinct from placed.owner_id
                            and other.name = placed.name
                            and other.tenancy = placed.own_tenancy
                            and other.deleted_time is null
                    )
                ) then format('another resource here has the name %s', placed.name)
                when placed.is_stored and not placed.is_own
                    and (placed.is_newer or exists (select from fresh where fresh.position = placed.position))
                    then 'it was changed here since it was imported, and there as well'
                when placed.is_stored and placed.stored_deleted_time is null and placed.deleted_time is not null and exists (
                    select
                    from resources as child
                    where child.owner_id = placed.id
                        and child.deleted_time is null
                        and not exists (select from given where given.id = child.id and given.deleted_time is not null)
                ) then 'it is marked for deletion there, and has a child here that is not'
            end as left_because
        from placed
    ),
    -- A parent whose name is taken is not there, and nothing below it.
    lost as (
        select decided.position, decided.id, decided.left_because as reason
        from decided
        where decided.left_because is not null and not decided.is_stored
        union
        select decided.position, decided.id, 'its parent is left out'
        from lost
        inner join decided on decided.owner_id = lost.id and decided.left_because is null and not decided.is_stored
    ),
    kept as materialized (
        select
            decided.*,
            case when decided.is_newer or not decided.is_stored then decided.generation else decided.stored_generation end
                as new_generation,
            -- A generation that is there already began when it did.
            case
                when not decided.is_stored then decided.generation_time
                when not decided.is_newer then decided.stored_generation_time
                when decided.generation = decided.stored_generation and decided.deleted_time is null
                    then decided.stored_generation_time
                else decided.generation_time
            end as new_generation_time
        from decided
        where decided.left_because is null
            and decided.position not in (select lost.position from lost)
            and case when p_is_new then not decided.is_stored else decided.is_stored and (decided.is_newer or decided.has_reports) end
    ),
    computed as materialized (
        select
            kept.*,
            aggregate_conditions(
                kept.kind,
                kept.new_generation,
                kept.new_generation_time,
                facts.is_marked,
                facts.is_marked and facts.has_children,
                kept.required_adapters,
                facts.previous,
                facts.reports,
                kept.older_names,
                mapped_conditions(facts.previous, kept.condition_rules)
            ) as new_conditions
        from kept
        cross join lateral (
            select
                coalesce(kept.stored_deleted_time, kept.deleted_time) is not null as is_marked,
                coalesce(kept.stored_conditions, imported_conditions(kept.conditions)) as previous,
                exists (select from resources as child where child.owner_id = kept.id)
                    or exists (
                        select
                        from decided as child
                        where child.owner_id = kept.id
                            and child.left_because is null
                            and child.position not in (select lost.position from lost)
                    ) as has_children,
                array(
                    select adapter_report_of(status.report)
                    from (
                        select fresh.report from fresh where fresh.position = kept.position
                        union all
                        select old as report
                        from adapter_statuses as old
                        where old.resource_id = kept.id
                            and not exists (
                                select
                                from fresh
                                where fresh.position = kept.position and (fresh.report).adapter = old.adapter
                            )
                    ) as status
                    where (status.report).adapter = any (kept.required_adapters)
                ) as reports
            offset 0
        ) as facts
    ),
    inserted as (
        insert into resources (
            id, kind, owner_id, name, labels, label_pairs, spec, generation, generation_time, version, created_time,
            updated_time, created_by, updated_by, deleted_time, deleted_by, conditions, states, unreconciled_since, tenancy,
            tenant
        )
        select
            computed.id,
            computed.kind,
            computed.owner_id,
            computed.name,
            computed.labels,
            label_pairs(computed.labels),
            computed.spec,
            computed.generation,
            computed.new_generation_time,
            1,
            computed.created_time,
            computed.updated_time,
            computed.created_by,
            computed.updated_by,
            computed.deleted_time,
            computed.deleted_by,
            computed.new_conditions::json,
            condition_states(computed.new_conditions),
            unreconciled_since(computed.new_conditions),
            computed.own_tenancy,
            computed.own_tenant
        from computed
        where not computed.is_stored
        returning resources.id, resources.deleted_time, resources.version, resources.refs
    ),
    changed as (
        update resources as resource
        set labels = computed.labels,
            label_pairs = label_pairs(computed.labels),
            spec = computed.spec,
            generation = computed.generation,
            generation_time = computed.new_generation_time,
            version = resource.version + 1,
            updated_time = computed.updated_time,
            updated_by = computed.updated_by,
            deleted_time = computed.deleted_time,
            deleted_by = computed.deleted_by,
            refs = case
                when computed.deleted_time is null then shared_references(resource.refs, computed.refs) else resource.refs
            end,
            conditions = computed.new_conditions::json,
            states = condition_states(computed.new_conditions),
            unreconciled_since = unreconciled_since(computed.new_conditions)
        from computed
        where resource.id = computed.id and computed.is_newer
        returning resource.id, resource.deleted_time, resource.version, resource.refs
    ),
    reported as (
        update resources as resource
        set version = resource.version + 1,
            conditions = computed.new_conditions::json,
            states = condition_states(computed.new_conditions),
            unreconciled_since = unreconciled_since(computed.new_conditions)
        from computed
        where resource.id = computed.id
            and computed.is_stored
            and not computed.is_newer
            and computed.new_conditions <> computed.stored_conditions
        returning resource.id, resource.version, resource.refs
    ),
    -- One entry for each resource that was written, a parent before its children. `former` is the resource as it was.
    logged as (
        insert into changes (type, kind, resource_id, owner_id, version, generation, tenancy, caller, adapter, changed)
        select
            entry.type,
            computed.kind,
            computed.id,
            computed.owner_id,
            now_there.version,
            computed.new_generation,
            computed.own_tenancy,
            case entry.type when 'marked' then computed.deleted_by when 'reported' then null else computed.updated_by end,
            case when entry.type = 'reported' then (
                select min((fresh.report).adapter)
                from fresh
                where fresh.position = computed.position
                having count(*) = 1
            ) end,
            case when entry.type = 'created' then '{}' else
                array_remove(
                    array[
                        case when now_there.refs is distinct from former.refs then 'references' end,
                        case when computed.is_newer and computed.labels <> former.labels then 'labels' end,
                        case when computed.is_newer and computed.spec <> former.spec then 'spec' end,
                        case when entry.type = 'marked' then 'deleted_time' end
                    ],
                    null
                ) || changed_conditions(computed.stored_conditions, computed.new_conditions)
            end
        from (
            select inserted.id, inserted.version, inserted.refs from inserted
            union all
            select changed.id, changed.version, changed.refs from changed
            union all
            select reported.id, reported.version, reported.refs from reported
        ) as now_there
        inner join computed on computed.id = now_there.id
        left join resources as former on former.id = now_there.id
        cross join lateral (
            select case
                when former.id is null then 'created'
                when not computed.is_newer then 'reported'
                when computed.deleted_time is not null and former.deleted_time is null then 'marked'
                else 'changed'
            end as type
        ) as entry
        order by computed.position
    ),
    -- The state of a generation that has ended. A mark for deletion begins a generation with the state of the one before.
    archived as (
        insert into generations (
            resource_id, kind, owner_id, tenancy, first_generation, generation, generation_time, labels, spec, refs
        )
        select
            former.id, former.kind, former.owner_id, former.tenancy,
            former.generation, former.generation, former.generation_time,
            former.labels, former.spec, former.refs
        from changed
        inner join computed on computed.id = changed.id
        inner join resources as former on former.id = changed.id
        where former.deleted_time is null
            and former.generation < computed.new_generation - case when computed.deleted_time is null then 0 else 1 end
    ),
    stored as (
        insert into adapter_statuses as status (
            resource_id, adapter, observed_generation, created_time, last_report_time, available, available_reason,
            available_message, finalized, conditions, data, metadata
        )
        select
            (fresh.report).resource_id,
            (fresh.report).adapter,
            (fresh.report).observed_generation,
            (fresh.report).created_time,
            (fresh.report).last_report_time,
            (fresh.report).available,
            (fresh.report).available_reason,
            (fresh.report).available_message,
            (fresh.report).finalized,
            (fresh.report).conditions,
            (fresh.report).data,
            (fresh.report).metadata
        from fresh
        inner join kept on kept.position = fresh.position
        on conflict (resource_id, adapter) do update
        set observed_generation = excluded.observed_generation,
            last_report_time = excluded.last_report_time,
            available = excluded.available,
            available_reason = excluded.available_reason,
            available_message = excluded.available_message,
            finalized = excluded.finalized,
            conditions = excluded.conditions,
            data = excluded.data,
            metadata = excluded.metadata
        returning 1
    ),
    noted as (
        insert into imported_resources as state (id, kind, source_time, updated_time)
        select computed.id, computed.kind, computed.source_time, computed.updated_time
        from computed
        where not computed.is_stored or computed.is_newer
        on conflict (id) do update
        set source_time = excluded.source_time,
            updated_time = excluded.updated_time
        returning 1
    )
    select
        (select count(*) from kept),
        (select count(*) from decided where decided.left_because is null and decided.is_stored),
        (select count(*) from stored),
        coalesce(jsonb_agg(left_row.entry order by left_row.position, left_row.entry ->> 'adapter'), '[]'),
        array(
            select inserted.id from inserted where inserted.deleted_time is not null
            union all
            select changed.id from changed where changed.deleted_time is not null
            union all
            select reported.id from reported
        ),
        array(select changed.id from changed)
    into written, stored_before, stored_reports, left_out, marked, changed
    from (
        select
            decided.position,
            jsonb_build_object('kind', decided.kind, 'id', decided.given_id, 'reason', decided.left_because) as entry
        from decided
        where decided.left_because is not null
        union all
        select decided.position, jsonb_build_object('kind', decided.kind, 'id', decided.given_id, 'reason', lost.reason)
        from lost
        inner join decided on decided.position = lost.position
        where decided.left_because is null
        union all
        select
            incoming.position,
            jsonb_build_object(
                'kind', decided.kind, 'id', decided.given_id, 'adapter', incoming.adapter, 'reason', incoming.fault
            )
        from incoming
        inner join decided on decided.position = incoming.position
        where incoming.fault is not null
    ) as left_row;
    return next;
end;
$$;
