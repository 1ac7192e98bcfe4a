-- get_kind: the kind of a resource, which never changes; also of a removed one, as long as the feed has an entry of it.
--
-- Params
--   $1 id       text
--   $2 tenancy  jsonb?  the caller's tenancy (within_tenancy)
-- Returns one row; HF404 when there is no such resource.
--   kind  text
select found.kind from find_history(null, null, $1::text, $2::jsonb) as found;
