-- lock_ancestors: locks the ancestors of a resource, the root first. A function that removes a resource calls it before it
-- locks the resource, since the removal of a last child may remove its parent.
create or replace function lock_ancestors(p_resource resources) returns void
language plpgsql as $$
begin
    if p_resource.owner_id is null then
        return;
    end if;
    perform
    from ancestors(p_resource.id) as line
    inner join resources as ancestor on ancestor.id = line.id
    order by line.depth desc
    for no key update of ancestor;
end;
$$;
