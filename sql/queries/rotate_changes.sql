-- rotate_changes: makes and drops partitions of the feed and of the history (sql/functions/changes/rotate_changes.sql).
--
-- Params
--   $1 retention          interval  how long the feed can be read from an entry on, at least
--   $2 history_retention  interval  how long entries and states are kept, at least
-- Returns one row without meaning.
--   done  text
select rotate_changes($1::interval, $2::interval)::text as done;
