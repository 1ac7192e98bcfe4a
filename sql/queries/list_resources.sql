-- list_resources: one page of the resources of a kind, all of them or those of one parent.
--
-- Params
--   $1 kind      text
--   $2 owner_id  text?    the parent's id in a nested path
--   $3 page      int      from 1
--   $4 size      int
--   $5 counted   boolean  nothing narrows the list down, so that the kept count is its total
-- The filter and the order are compiled by search/; the filter's parameters follow these.
-- Returns one row; total and items are of one snapshot. HF404 when there is no such parent.
--   body  text  the list as JSON
select
    list_body(
        $1::text || 'List',
        $3::int,
        case
            when $5::boolean then (
                select coalesce(sum(counted.count), 0)::bigint
                from resource_counts as counted
                where counted.kind = $1::text
            )
            else (
                select count(*)
                from resources as resource
                where resource.kind = $1::text and /* filter: */ true /* :filter */
            )
        end,
        array(
            -- Bodies are built of the rows of the page only, not of those that the offset passes over.
            select resource_body(resource, own_kind, owner_kind)
            from (
                select resource.id, row_number() over () as position
                from (
                    select resource.id
                    from resources as resource
                    where resource.kind = $1::text and /* filter: */ true /* :filter */
                    order by /* order: */ resource.created_time desc, resource.id desc /* :order */
                    limit $4::int
                    offset ($3::int - 1)::bigint * $4::int
                ) as resource
            ) as paged
            inner join resources as resource on resource.id = paged.id
            inner join kinds as own_kind on own_kind.kind = $1::text
            left join kinds as owner_kind on owner_kind.kind = own_kind.parent_kind
            order by paged.position
        )
    ) as body
from find_owner($1::text, $2::text) as owner (id);
