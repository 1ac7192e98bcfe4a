-- import_references: gives imported resources their references (sql/functions/imports/import_references.sql).
--
-- Params
--   $1 rows  text[]
-- Returns one row.
--   updated   int   how many resources were written
--   left_out  text  a JSON array of {kind, id, reason}
select done.updated, done.left_out::text as left_out from import_references($1::text[]) as done;
