-- create_resources: does many creates of a batch (sql/functions/resources/create_resources.sql).
--
-- Params
--   $1 creates  jsonb   [{kind, owner_id, body}], each as in create_resource
--   $2 caller   text
--   $3 tenancy  jsonb?  the caller's tenancy (within_tenancy)
--   $4 tenant   text    the required dimensions of it (resources.tenant)
-- Returns the row of create_resource for each, in their order; refusals as the function says.
--   body     text  the resource as JSON
--   href     text  its path
--   version  int   its version, for the entity tag
--   id       text  its id
--   started  boolean  that a generation began
--   has_rules  boolean  whether its kind has rules
select created.body, created.href, created.version, created.id::text as id, true as started, created.has_rules
from create_resources($1::jsonb, $2::text, $3::jsonb, $4::text) as created
order by created.place;
