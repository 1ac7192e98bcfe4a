-- list_changes: entries of the feed for one caller, in order.
--
-- Params
--   $1 since    bigint  the last entry seen
--   $2 until    bigint  a bound whose writers have ended
--   $3 kind     text?   only entries of this kind
--   $4 size     int     how many entries at most
--   $5 tenancy  jsonb?  the caller's tenancy (within_tenancy)
-- Returns one row; all of it is of one snapshot.
--   feed    text    the digest of the feed (feed_digest)
--   floor   bigint  entries up to it may be dropped: nothing can be read from before it
--   seqs    text[]  the numbers of the entries
--   types   text[]  their types
--   ids     text[]  the ids of their resources
--   bodies  text[]  the entries as JSON (change_body)
with page as materialized (
    select change.seq, change.type, change.resource_id, change_body(change) as body
    from changes as change
    where change.seq > $1::bigint
        and change.seq <= $2::bigint
        and ($3::text is null or change.kind = $3::text)
        and within_tenancy(change.tenancy, $5::jsonb)
    order by change.seq
    limit $4::int
)
select
    feed_digest() as feed,
    change_feed.floor,
    array(select page.seq::text from page order by page.seq) as seqs,
    array(select page.type from page order by page.seq) as types,
    array(select page.resource_id::text from page order by page.seq) as ids,
    array(select page.body from page order by page.seq) as bodies
from change_feed;
