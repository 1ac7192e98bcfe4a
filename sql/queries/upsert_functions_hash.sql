-- upsert_functions_hash: writes down which sql/functions are in force.
--
-- Params
--   $1 hash  text
-- Returns no rows.
insert into applied_functions (hash)
values ($1::text)
on conflict (singleton) do update
set hash = excluded.hash;
