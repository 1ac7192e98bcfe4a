-- import_resources: brings resources of the Go implementation into the database (sql/functions/imports/import_resources.sql).
--
-- Params
--   $1 rows        text[]
--   $2 dimensions  jsonb
-- Returns one row.
--   imported   int
--   updated    int
--   unchanged  int
--   reports    int   how many reports were stored
--   left_out   text  a JSON array of {kind, id, adapter?, reason}
select done.imported, done.updated, done.unchanged, done.stored_reports as reports, done.left_out::text as left_out
from import_resources($1::text[], $2::jsonb) as done;
