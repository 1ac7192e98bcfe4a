-- list_resource_changes: one page of the history of a resource, newest first.
--
-- Params
--   $1 kind      text
--   $2 owner_id  text?  the parent's id in a nested path
--   $3 id        text
--   $4 page      int    from 1
--   $5 size      int
--   $6 tenancy   jsonb?  the caller's tenancy (within_tenancy)
-- Returns one row; HF404 when there is no such resource, and no entry of one (find_history). All of it is of one snapshot.
--   feed     text   the digest of the feed (feed_digest)
--   total    text
--   entries  text?  the entries (change_line); null where there are none
with found as materialized (
    select history.id from find_history($1::text, $2::text, $3::text, $6::jsonb) as history
),
page as materialized (
    select change.seq, change_line(change) as line
    from found
    inner join changes as change on change.resource_id = found.id
    order by change.seq desc
    limit $5::int
    offset ($4::int - 1)::bigint * $5::int
)
select
    feed_digest() as feed,
    (select count(*) from changes as change where change.resource_id = found.id)::text as total,
    (select string_agg(page.line, e'\n' order by page.seq desc) from page) as entries
from found;
