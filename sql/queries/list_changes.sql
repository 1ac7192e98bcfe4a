-- list_changes: entries of the feed for one caller, in order.
--
-- Params
--   $1 since    bigint  the last entry seen
--   $2 until    bigint  a bound whose writers have ended
--   $3 kind     text?   only entries of this kind
--   $4 size     int     how many entries at most
--   $5 tenancy  jsonb?  the caller's tenancy (within_tenancy)
-- Returns one row; all of it is of one snapshot.
--   feed     text    the digest of the feed (feed_digest)
--   floor    bigint  entries up to it may be dropped: nothing can be read from before it
--   entries  text?   the entries (change_line); null where there are none
with page as materialized (
    select change.seq, change_line(change) as line
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
    (select string_agg(page.line, e'\n' order by page.seq) from page) as entries
from change_feed;
