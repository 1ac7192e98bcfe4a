-- get_locked_resource: a resource under the locks of a write (sql/functions/authorization/lock_for_decision.sql).
--
-- Params
--   $1 verb        text    update, delete, force-delete or report
--   $2 kind        text
--   $3 owner_id    text?   the parent's id in a nested path
--   $4 id          text
--   $5 references  jsonb?  the references that an update sets
--   $6 tenancy     jsonb?  the caller's tenancy (within_tenancy)
-- Returns one row; HF404 when there is none.
--   body  text  the resource as JSON
select resource_body(resource, own_kind, owner_kind, null) as body
from lock_for_decision($1::text, $2::text, $3::text, $4::text, $5::jsonb, $6::jsonb) as resource
inner join kinds as own_kind on own_kind.kind = resource.kind
left join kinds as owner_kind on owner_kind.kind = own_kind.parent_kind;
