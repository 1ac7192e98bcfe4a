-- remove_gone: removes resources that their source has no more (sql/functions/imports/remove_gone.sql).
--
-- Params
--   $1 ids  uuid[]
-- Returns one row.
--   removed   int
--   left_out  text  a JSON array of {kind, id, reason}
select done.removed, done.left_out::text as left_out from remove_gone($1::uuid[]) as done;
