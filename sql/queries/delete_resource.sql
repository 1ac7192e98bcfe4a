-- delete_resource: marks a resource for deletion (sql/functions/delete_resource.sql).
--
-- Params
--   $1 kind      text
--   $2 owner_id  text?  the parent's id in a nested path
--   $3 id        text
--   $4 caller    text
--   $5 if_match  text?  the header If-Match
-- Returns one row; HF404 and HF412 as the function says.
--   body     text  the marked resource as JSON
--   version  int   its version, for the entity tag
select resource_body(resource, own_kind, owner_kind, null) as body, resource.version
from delete_resource($1::text, $2::text, $3::text, $4::text, $5::text) as resource
inner join kinds as own_kind on own_kind.kind = resource.kind
left join kinds as owner_kind on owner_kind.kind = own_kind.parent_kind;
