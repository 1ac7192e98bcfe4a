-- upsert_applied_functions: writes down which sql/functions are in force.
--
-- Params
--   $1 release     text
--   $2 hash        text
--   $3 rules_hash  text
-- Returns no rows.
insert into applied_functions (release, hash, rules_hash)
values ($1::text, $2::text, $3::text)
on conflict (singleton) do update
set release = excluded.release,
    hash = excluded.hash,
    rules_hash = excluded.rules_hash;
