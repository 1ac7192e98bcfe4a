-- adopt_resources: gives a tenancy to the next resources that have none, by id, so that the tenant can see them.
--
-- p_tenancy  the tenancy; p_tenant  the required dimensions of it (resources.tenant)
-- p_after    the id of the last resource of the batch before, null for the first batch
-- p_size     how many rows are looked at
-- Whole trees: a child has the tenancy of its root, also where only the child has none (created by a former release). Returns the last id looked at (null when there is none after p_after), the number
-- of resources that were changed, and those whose root has a name that the tenancy has already: they are left as they are.
-- The version rises, since clients can see the change. The kept counts follow here: the trigger counts inserts and deletes.
create or replace function adopt_resources(p_tenancy jsonb, p_tenant text, p_after uuid, p_size int)
returns table (last uuid, adopted int, clashes jsonb)
language plpgsql as $$
declare
    v_root resources;
    v_ids uuid[];
    v_tenancy jsonb;
    v_tenant text;
begin
    adopted := 0;
    clashes := '[]';
    for v_root in
        select resource.*
        from resources as resource
        where resource.owner_id is null and (p_after is null or resource.id > p_after)
        order by resource.id
        limit p_size
    loop
        last := v_root.id;
        if v_root.tenancy = '{}' then
            v_tenancy := p_tenancy;
            v_tenant := p_tenant;
        else
            continue when not exists (
                select
                from descendants(v_root.id) as tree
                -- By their ids: for a wrong estimate of their number, all resources would be read for each root.
                cross join lateral (
                    select from resources as child where child.id = tree.id and child.tenancy = '{}' offset 0
                ) as bare
            );
            v_tenancy := v_root.tenancy;
            v_tenant := v_root.tenant;
        end if;
        perform lock_tree(v_root.kind, null, v_root.id::text, '{}');
        v_ids := v_root.id || array(select tree.id from descendants(v_root.id) as tree);
        begin
            with changed as (
                update resources as resource
                set tenancy = v_tenancy,
                    tenant = v_tenant,
                    version = resource.version + 1
                where resource.id = any (v_ids) and resource.tenancy = '{}'
                returning resource.kind, resource.id, resource.owner_id, resource.version, resource.generation
            ),
            logged as (
                insert into changes (type, kind, resource_id, owner_id, version, generation, tenancy, changed)
                select
                    'changed', changed.kind, changed.id, changed.owner_id, changed.version, changed.generation, v_tenancy,
                    array['tenancy']
                from changed
            ),
            counted as (
                insert into resource_counts as counted (kind, tenant, tenancy, slot, count)
                select changed.kind, v_tenant, v_tenancy, count_slot(v_tenant), count(*)
                from changed
                group by changed.kind
                order by changed.kind
                on conflict (kind, tenant, tenancy, slot) do update
                set count = counted.count + excluded.count
                returning 1
            )
            select adopted + count(*) into adopted from changed;
        exception
            when unique_violation then
                clashes := clashes || jsonb_build_object('kind', v_root.kind, 'id', v_root.id, 'name', v_root.name);
            when sqlstate 'HF404' then null; -- removed meanwhile
        end;
    end loop;
    return next;
end;
$$;
