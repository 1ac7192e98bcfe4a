-- get_kind: the kind of a resource, which never changes.
--
-- Params
--   $1 id       text
--   $2 tenancy  jsonb?  the caller's tenancy (within_tenancy)
-- Returns one row; HF404 when there is no such resource.
--   kind  text
select coalesce(
    (select resource.kind from visible_resource($1::text, $2::jsonb) as resource),
    raise_not_found('Resource', null, $1::text, $2::jsonb)
) as kind;
