-- import_parts: the parts in which rows that the database refuses as a whole are tried again, in order.
--
-- p_rows  as in import_resources
-- Several trees: each tree. One tree: each resource, a parent before its children; where one of them is marked for deletion, the tree
-- as it is, since a marked parent without its children would be removed.
create or replace function import_parts(p_rows text[]) returns table (part jsonb)
language sql immutable parallel safe as $$
    with given as (
        select
            row.position,
            row.text,
            row.text::jsonb ->> 'id' as id,
            row.text::jsonb ->> 'owner_id' as owner_id,
            row.text::jsonb ->> 'deleted_time' is not null as is_marked
        from unnest(p_rows) with ordinality as row (text, position)
    ),
    rooted as (
        select given.*, count(*) filter (where parent.id is null) over (order by given.position) as tree
        from given
        left join (select distinct own.id from given as own) as parent on parent.id = given.owner_id
    )
    select jsonb_agg(rooted.text order by rooted.position)
    from rooted
    group by
        rooted.tree,
        case when (select max(every.tree) = 1 and not bool_or(every.is_marked) from rooted as every) then rooted.position end
    order by min(rooted.position)
$$;
