-- list_present_resources: the next resources of a caller in the order of their ids, for a reader of the feed that begins with the present state.
--
-- Params
--   $1 kind       text?    null: all kinds
--   $2 after      uuid     the id of the last resource seen
--   $3 size       int      how many at most
--   $4 fields     text[]?  the members asked for; null where no bodies are wanted
--   $5 max_bytes  int      how many bytes the bodies may have
--   $6 tenancy    jsonb?   the caller's tenancy (within_tenancy)
--   $7 tenant     text     the required dimensions of it (resources.tenant); empty for callers of all tenants
-- The marked parts are put in as in list_resources.
-- Returns one row; all of it is of one snapshot.
--   feed       text    the digest of the feed (feed_digest)
--   floor      bigint  entries of the feed up to it may be dropped
--   ids        text[]
--   entries    text[]  the resources as entries of the feed (state_body)
--   resources  text[]  the bodies of the first of these, as many as fit (bounded_items)
with page as materialized (
    select array(
        select resource.id
        from /* source: */ tenant_resources($1::text, $7::text) /* :source */ as resource
        where /* scope: */ resource.kind = $1::text /* :scope */
            and /* tenant: */ resource.tenant = $7::text and resource.tenant <> '' and within_tenancy(resource.tenancy, $6::jsonb) /* :tenant */
            and /* filter: */ true /* :filter */
            and resource.id > $2::uuid
        order by resource.id
        limit $3::int
    ) as ids
)
select
    feed_digest() as feed,
    change_feed.floor,
    page.ids::text[] as ids,
    array(
        select state_body(present)
        from unnest(page.ids) with ordinality as wanted (id, position)
        inner join resources as present on present.id = wanted.id
        order by wanted.position
    ) as entries,
    case
        when $4::text[] is null then array[]::text[]
        else resource_bodies($1::text, page.ids, $4::text[], $5::int, 'cut', $6::jsonb)
    end as resources
from change_feed
cross join page
-- The only place of the parameter where no tenant is put in.
where $7::text is not null;
