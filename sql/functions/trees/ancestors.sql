-- ancestors: the parent of a resource, the parent's parent, and so on; `depth` counts from 1 upwards.
-- A resource never changes its parent, so that no lock is needed to read them.
create or replace function ancestors(p_id uuid) returns table (id uuid, depth int)
language sql stable as $$
    with recursive line (id, depth) as (
        select resource.owner_id, 1
        from resources as resource
        where resource.id = p_id and resource.owner_id is not null
        union all
        select resource.owner_id, line.depth + 1
        from line
        inner join resources as resource on resource.id = line.id
        where resource.owner_id is not null
    )
    select line.id, line.depth from line
$$;
