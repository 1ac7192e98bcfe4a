-- create_resource: creates a resource (sql/functions/create_resource.sql).
--
-- Params
--   $1 kind      text
--   $2 owner_id  text?  the parent's id, for a kind that has one
--   $3 body      jsonb  the request body
--   $4 caller    text
-- Returns one row; HF404, HF409 and HF410 as the function says.
--   body  text  the resource as JSON
--   href  text  its path
select
    resource_body(resource, own_kind, owner_kind) as body,
    own_kind.base_path || '/' || own_kind.plural || '/' || resource.id as href
from create_resource($1::text, $2::text, $3::jsonb, $4::text) as resource
inner join kinds as own_kind on own_kind.kind = resource.kind
left join kinds as owner_kind on owner_kind.kind = own_kind.parent_kind;
