-- get_merged_spec: the result of a JSON merge patch on the current spec, without a lock.
--
-- Params
--   $1 kind       text
--   $2 owner_id   text?  the parent's id in a nested path
--   $3 id         text
--   $4 patch      jsonb  the request body
--   $5 if_match   text?  the header If-Match
--   $6 max_bytes  int    how large merging may make a spec
-- Returns one row; HF404, HF410, HF411, HF412 and HF413 as patch_resource refuses the patch.
--   spec        text  the resulting spec, as JSON
--   generation  int   the generation that it follows from
select patched.spec::text as spec, patched.generation
from find_resource($1::text, $2::text, $3::text) as found
cross join lateral patched_resource(found, $3::text, $4::jsonb, true, $5::text, $6::int) as patched;
