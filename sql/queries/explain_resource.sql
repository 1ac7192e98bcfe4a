-- explain_resource: why the conditions of a resource are as they are (sql/functions/explanations/explain_resource.sql).
--
-- Params
--   $1 kind      text
--   $2 owner_id  text?  the parent's id in a nested path
--   $3 id        text
--   $4 results   jsonb  the results of the rules of its kind: {type, status, reason, message} or {type, failed}; [] without
--   $5 tenancy   jsonb?  the caller's tenancy (within_tenancy)
-- Returns one row; HF404 when there is no such resource.
--   body  text  the explanation as JSON
select explain_resource(resource, $4::jsonb, $5::jsonb)::text as body
from find_resource($1::text, $2::text, $3::text, $5::jsonb) as resource;
