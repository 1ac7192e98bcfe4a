-- list_change_writers: the transactions that have not ended yet (sql/functions/changes/change_writers.sql).
--
-- Params
--   $1 among  text[]  the transactions that are waited for
-- Returns one row.
--   writers  text[]
select change_writers($1::text[]) as writers;
