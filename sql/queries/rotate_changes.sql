-- rotate_changes: makes and drops partitions of the feed (sql/functions/changes/rotate_changes.sql).
--
-- Params
--   $1 retention  interval  how long entries are kept at least
-- Returns one row without meaning.
--   done  text
select rotate_changes($1::interval)::text as done;
