-- remove_resources: deletes the records of resources, with their reports. The only function that does.
--
-- p_ids      the resources, with all their descendants
-- p_caller   the caller who has them removed, p_adapter  the adapter whose report has completed their deletion; null where there is none
-- p_reason   why they are removed by force; null where they are not
-- Each has an entry in the feed of changes, and its last state is kept (generations).
-- Requires the locks on the resources. Returns what was deleted.
create or replace function remove_resources(p_ids uuid[], p_caller text, p_adapter text, p_reason text)
returns table (kind text, id uuid, owner_id uuid)
language sql as $$
    with gone as (
        delete from resources as resource
        where resource.id = any (p_ids)
        returning
            resource.kind, resource.id, resource.owner_id, resource.version, resource.tenancy, resource.generation,
            resource.generation_time, resource.deleted_time, resource.labels, resource.spec, resource.refs
    ),
    logged as (
        insert into changes (
            type, kind, resource_id, owner_id, version, generation, tenancy, caller, adapter, reason, changed
        )
        select
            'removed', gone.kind, gone.id, gone.owner_id, gone.version, gone.generation, gone.tenancy, p_caller, p_adapter,
            p_reason, '{}'
        from gone
    ),
    kept as (
        insert into generations (
            resource_id, kind, owner_id, tenancy, first_generation, generation, generation_time, labels, spec, refs
        )
        select
            gone.id, gone.kind, gone.owner_id, gone.tenancy,
            gone.generation - case when gone.deleted_time is null then 0 else 1 end,
            gone.generation, gone.generation_time, gone.labels, gone.spec, gone.refs
        from gone
    )
    select gone.kind, gone.id, gone.owner_id from gone
$$;

-- As a function of the release before calls it (save_resource).
create or replace function remove_resources(p_ids uuid[]) returns table (kind text, id uuid, owner_id uuid)
language sql as $$
    select gone.kind, gone.id, gone.owner_id from remove_resources(p_ids, null, null, null) as gone
$$;
