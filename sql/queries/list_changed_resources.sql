-- list_changed_resources: of the resources that entries of the feed are about, those that are there, as they are now.
--
-- Params
--   $1 kind       text?    their kind; null: of any kind
--   $2 ids        uuid[]
--   $3 fields     text[]?  the members asked for; null where no bodies are wanted
--   $4 max_bytes  int      how many bytes the bodies may have
--   $5 tenancy    jsonb?   the caller's tenancy (within_tenancy)
-- The filter is compiled by search/; its parameters follow these.
-- Returns one row; all of it is of one snapshot.
--   found   text[]  the ids of those that the filter finds, in the order of $2
--   bodies  text[]  the bodies of the first of these, as many as fit (bounded_items)
with found as materialized (
    select array(
        select resource.id
        from unnest($2::uuid[]) with ordinality as wanted (id, position)
        cross join lateral visible_resource(wanted.id::text, $5::jsonb) as resource
        where /* filter: */ true /* :filter */
        order by wanted.position
    ) as ids
)
select
    found.ids::text[] as found,
    case
        when $3::text[] is null then array[]::text[]
        else resource_bodies($1::text, found.ids, $3::text[], $4::int, 'cut', $5::jsonb)
    end as bodies
from found;
