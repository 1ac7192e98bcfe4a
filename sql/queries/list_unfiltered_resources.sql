-- list_unfiltered_resources: the first page of the resources of a kind, or of all kinds, without a search; or a step of a walk
-- through them by cursor.
--
-- Params
--   $1 kind       text?    null: all kinds
--   $2 size       int      at most 500
--   $3 fields     text[]?  the members asked for; null for all
--   $4 known      bigint?  the total, in a walk that has begun
--   $5 max_bytes  int      how many bytes its items may have
--   $6 beyond     text     the result for a page with more (bounded_items): cut in a walk, refuse, or none
--   $7 tenancy    jsonb?   the caller's tenancy (within_tenancy)
--   $8 tenant     text     the required dimensions of it (resources.tenant); empty for callers of all tenants
-- Scope, tenant, source, order and the position of a walk are put in as in list_resources.
-- Returns one row; total and items are of one snapshot. HF400 when the page is too large.
--   body   text?    the list as JSON; null when the page is too large and $6 is none
--   total  bigint
--   last   text[]?  the order's values of the last resource of the page; null when no other follows
-- Each part costs about as much planned without its values as with them, so that PostgreSQL plans it once for a session: the
-- inner limit of the page is a constant, since a limit that is not known is taken for a tenth of the fleet.
with kept as materialized (
    select coalesce(
        $4::bigint,
        (
            select coalesce(sum(resource_counts.count), 0)::bigint
            from resource_counts
            where /* scope: */ resource_counts.kind = $1::text /* :scope */
                and resource_counts.tenant = $8::text
                and within_tenancy(resource_counts.tenancy, $7::jsonb)
        )
    ) as total
),
-- The ids of the page, and of one more resource if there is one.
paged as materialized (
    select array(
        select page.id
        from (
            select resource.id
            from /* source: */ tenant_resources($1::text, $8::text) /* :source */ as resource
            where /* scope: */ resource.kind = $1::text /* :scope */
                and /* tenant: */ resource.tenant = $8::text and resource.tenant <> '' and within_tenancy(resource.tenancy, $7::jsonb) /* :tenant */
                and /* after: */ true /* :after */
            order by /* order: */ resource.created_time desc, resource.id desc /* :order */
            limit 501
        ) as page
        limit $2::int + 1
    ) as ids
)
select
    list_body(coalesce($1::text, 'Resource') || 'List', 1, kept.total, bodies.items) as body,
    kept.total,
    (
        select /* keys: */ array[]::text[] /* :keys */
        from resources as resource
        where resource.id = paged.ids[cardinality(bodies.items)] and cardinality(paged.ids) > cardinality(bodies.items)
    ) as last
from kept
cross join paged
cross join lateral (
    select resource_bodies($1::text, paged.ids[:$2::int], $3::text[], $5::int, $6::text, $7::jsonb) as items
    offset 0 -- made once
) as bodies;
