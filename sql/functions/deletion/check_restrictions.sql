-- check_restrictions: HF410 when a resource cannot be deleted, because it has descendants of a kind that says
-- `on_parent_delete: restrict` and are not marked for deletion. All of them are told, by kind.
--
-- p_resource  the resource; p_ids  what would be marked with it
-- Requires the locks on the tree (lock_tree).
create or replace function check_restrictions(p_resource resources, p_ids uuid[]) returns void
language plpgsql as $$
declare
    v_children text;
begin
    select string_agg(format('%s %s', restricted.count, restricted.kind), ', ' order by restricted.kind)
    into v_children
    from (
        select child.kind, count(*) as count
        from resources as child
        inner join kinds on kinds.kind = child.kind
        where child.id = any (p_ids) and child.id <> p_resource.id and kinds.on_parent_delete = 'restrict'
        group by child.kind
    ) as restricted;
    if v_children is not null then
        perform raise_problem(
            'HF410',
            format(
                '%s with id=''%s'' cannot be deleted while resources below it are not: %s',
                p_resource.kind, p_resource.id, v_children
            )
        );
    end if;
end;
$$;
