-- update_conditions: brings one resource in line with the adapters required now (recompute_resource).
--
-- Params
--   $1 id  uuid
-- Returns one row without meaning.
--   done  text?
select recompute_resource($1::uuid)::text as done;
