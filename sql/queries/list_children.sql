-- list_children: one page of the children of a resource, without a search; or a step of a walk through them by cursor.
--
-- Params
--   $1 kind        text    the children's
--   $2 owner_kind  text    the parent's
--   $3 owner_id    text
--   $4 page        int     from 1; 1 in a walk by cursor
--   $5 size        int
--   $6 fields      text[]?  the members asked for; null for all
--   $7 known       bigint?  the total, in a walk that has begun
--   $8 max_bytes   int      how many bytes its items may have
--   $9 beyond      text     the result for a page with more (bounded_items): cut in a walk, refuse, or none
--   $10 tenancy    jsonb?   the caller's tenancy (within_tenancy)
-- Order, source and the position of a walk are put in as in list_resources.
-- Returns one row; total and items are of one snapshot. HF404 when there is no such parent, HF400 when the page is too large.
--   body   text?    the list as JSON; null when the page is too large and $9 is none
--   total  bigint
--   last   text[]?  the order's values of the last resource of the page; null when no other follows
-- PostgreSQL plans it once for a session, as it does list_unfiltered_resources.
with counted as materialized (
    select coalesce(
        $7::bigint,
        (
            select count(*)
            from resources as resource
            where resource.kind = $1::text
                and resource.owner_id = owner.id
                and within_tenancy(resource.tenancy, $10::jsonb)
        )
    ) as total,
    -- The ids of the page, and of one more resource if there is one.
    array(
        select resource.id
        from /* source: */ owned_resources($3::text) /* :source */ as resource
        where resource.kind = $1::text
            and resource.owner_id = owner.id
            and within_tenancy(resource.tenancy, $10::jsonb)
            and /* after: */ true /* :after */
        order by /* order: */ resource.created_time desc, resource.id desc /* :order */
        limit $5::int + 1
        offset ($4::int - 1)::bigint * $5::int
    ) as ids
    from find_parent($2::text, $3::text, $10::jsonb) as owner (id)
)
select
    list_body($1::text || 'List', $4::int, counted.total, bodies.items) as body,
    counted.total,
    (
        select /* keys: */ array[]::text[] /* :keys */
        from resources as resource
        where resource.id = counted.ids[cardinality(bodies.items)] and cardinality(counted.ids) > cardinality(bodies.items)
    ) as last
from counted
cross join lateral (
    select resource_bodies($1::text, counted.ids[:$5::int], $6::text[], $8::int, $9::text, $10::jsonb) as items
    offset 0 -- made once
) as bodies;
