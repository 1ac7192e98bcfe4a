-- descendants: the children of a resource, their children, and so on; `depth` counts from 1 downwards.
create or replace function descendants(p_id uuid) returns table (id uuid, depth int)
language sql stable as $$
    with recursive tree (id, depth) as (
        select child.id, 1
        from resources as child
        where child.owner_id = p_id
        union all
        select child.id, tree.depth + 1
        from tree
        inner join resources as child on child.owner_id = tree.id
    )
    select tree.id, tree.depth from tree
$$;
