-- explain_remaining: as explain_resource, of a resource that a report may have removed.
--
-- Params
--   $1 id       text
--   $2 results  jsonb  the results of the rules of its kind, as in explain_resource
--   $3 tenancy  jsonb?  the caller's tenancy (within_tenancy)
-- Returns one row; none when the resource is gone.
--   body  text  the explanation as JSON
select explain_resource(resource, $2::jsonb, $3::jsonb)::text as body
from visible_resource($1::text, $3::jsonb) as resource;
