-- find_resource: looks whether the resource that a path names is there (sql/functions/resources/find_resource.sql).
--
-- Params
--   $1 kind      text
--   $2 owner_id  text?  the parent's id in a nested path
--   $3 id        text
--   $4 tenancy   jsonb?    the caller's tenancy (within_tenancy)
-- Returns one row; HF404 as the function says.
--   id  uuid
select resource.id
from find_resource($1::text, $2::text, $3::text, $4::jsonb) as resource;
