-- list_resources: one page of the resources of a kind, all of them or those of one parent, or of all kinds.
--
-- Params
--   $1 kind      text?    null: all kinds
--   $2 owner_id  text?    the parent's id in a nested path
--   $3 page      int      from 1; 1 in a walk by cursor
--   $4 size      int
--   $5 fields    text[]?  the members asked for; null for all
--   $6 whole     boolean  nothing narrows the list down, so that the kept count is its total
--   $7 known     bigint?  the total, in a walk that has begun
--   $8 max_bytes int      how many bytes its items may have
--   $9 beyond    text     the result for a page with more (bounded_items): cut in a walk, refuse, or none
--   $10 owner_kind  text?  the parent's kind in a nested path
--   $11 tenancy     jsonb?  the caller's tenancy (within_tenancy)
--   $12 tenant      text    the required dimensions of it (resources.tenant); empty for callers of all tenants
-- The scope is replaced where the list is of all kinds, the tenant where the caller is of all tenants, and the source where it
-- is, or where an index finds the rows (scoped in search/selection.ts). The filter, the order, and the position of a walk (the
-- values of the order of the last resource seen) are compiled by search/; their parameters follow these.
-- Returns one row; total and items are of one snapshot. HF404 when there is no such parent, HF400 when the page is too large.
--   body   text?    the list as JSON; null when the page is too large and $9 is none
--   total  bigint
--   last   text[]?  the order's values of the last resource of the page; null when no other follows
with kept as materialized (
    select coalesce(sum(resource_counts.count), 0)::bigint as total
    from resource_counts
    where ($1::text is null or resource_counts.kind = $1::text)
        and resource_counts.tenant = $12::text
        and within_tenancy(resource_counts.tenancy, $11::jsonb)
),
counted as materialized (
    select case
        when $7::bigint is not null then $7::bigint
        when $6::boolean then kept.total
        else (
            select count(*)
            from /* source: */ tenant_resources($1::text, $12::text) /* :source */ as resource
            where /* scope: */ resource.kind = $1::text /* :scope */
                and /* tenant: */ resource.tenant = $12::text and resource.tenant <> '' and within_tenancy(resource.tenancy, $11::jsonb) /* :tenant */
                and ($2::text is null or resource.owner_id = as_uuid($2::text))
                and /* filter: */ true /* :filter */
        )
    end as total
    from kept
),
-- The ids of the page, and of one more resource if there is one. Either the index of the order is walked until
-- the page is full, which takes about page * size * kept / total rows, or all matches are read and sorted:
-- whichever is less. By the total, not by an estimate: with a wrong one, a page of few would walk through all.
paged as materialized (
    select case
        when ($3::int - 1)::bigint * $4::int >= counted.total then array[]::uuid[] -- past the end
        when $6::boolean or counted.total::numeric * counted.total > $3::int::numeric * $4::int * kept.total then array(
            select resource.id
            from /* source: */ tenant_resources($1::text, $12::text) /* :source */ as resource
            where /* scope: */ resource.kind = $1::text /* :scope */
                and /* tenant: */ resource.tenant = $12::text and resource.tenant <> '' and within_tenancy(resource.tenancy, $11::jsonb) /* :tenant */
                and ($2::text is null or resource.owner_id = as_uuid($2::text))
                and /* filter: */ true /* :filter */
                and /* after: */ true /* :after */
            order by /* order: */ resource.created_time desc, resource.id desc /* :order */
            limit $4::int + 1
            offset ($3::int - 1)::bigint * $4::int
        )
        else array(
            select resource.id
            from (
                select
                    resource.id, resource.kind, resource.name, resource.generation, resource.created_time,
                    resource.updated_time, resource.deleted_time, resource.created_by, resource.updated_by,
                    resource.deleted_by
                from /* source: */ tenant_resources($1::text, $12::text) /* :source */ as resource
                where /* scope: */ resource.kind = $1::text /* :scope */
                    and /* tenant: */ resource.tenant = $12::text and resource.tenant <> '' and within_tenancy(resource.tenancy, $11::jsonb) /* :tenant */
                    and ($2::text is null or resource.owner_id = as_uuid($2::text))
                    and /* filter: */ true /* :filter */
                    and /* after: */ true /* :after */
                offset 0 -- keeps the planner from walking the index of the order
            ) as resource
            order by /* order: */ resource.created_time desc, resource.id desc /* :order */
            limit $4::int + 1
            offset ($3::int - 1)::bigint * $4::int
        )
    end as ids
    from counted
    cross join kept
)
select
    list_body(coalesce($1::text, 'Resource') || 'List', $3::int, counted.total, bodies.items) as body,
    counted.total,
    (
        select /* keys: */ array[]::text[] /* :keys */
        from resources as resource
        where resource.id = paged.ids[cardinality(bodies.items)] and cardinality(paged.ids) > cardinality(bodies.items)
    ) as last
from find_parent($10::text, $2::text, $11::jsonb) as owner (id)
cross join counted
cross join paged
cross join lateral (
    select resource_bodies($1::text, paged.ids[:$4::int], $5::text[], $8::int, $9::text, $11::jsonb) as items
    offset 0 -- made once
) as bodies;
