-- get_index: whether an index is there, and whole.
--
-- Params
--   $1 name  text
-- Returns one row; none when there is no such index.
--   is_valid  boolean  false when building it was interrupted
select pg_index.indisvalid as is_valid
from pg_class
inner join pg_index on pg_index.indexrelid = pg_class.oid
where pg_class.relname = $1::text and pg_class.relnamespace = current_schema()::regnamespace;
