-- get_change_bound: how far the feed of changes can be read (sql/functions/changes/change_bound.sql).
--
-- Params
--   $1 known  bigint?  the bound up to which everything has been read
-- Returns one row.
--   feed     text    a digest of the feed
--   bound    bigint  the last number that was drawn
--   writers  text[]  the transactions that must end before entries up to it are read
select bounded.feed, bounded.bound, bounded.writers from change_bound($1::bigint) as bounded;
